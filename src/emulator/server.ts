import type { AddressInfo } from 'node:net';

import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';

import { CLOUD_IDENTITY_METHODS } from './cloud-identities.ts';
import { addControlRoutes } from './control.ts';
import { CUSTOMER_METHODS } from './customers.ts';
import { CREATE_METHODS } from './create.ts';
import { DIRECTORY_CUSTOMER_METHODS } from './directory-customers.ts';
import { DIRECTORY_DOMAIN_METHODS } from './directory-domains.ts';
import { DIRECTORY_USER_INSERT_METHODS } from './directory-user-insert.ts';
import { DIRECTORY_USER_LIST_METHODS } from './directory-user-list.ts';
import { DIRECTORY_USER_METHODS } from './directory-users.ts';
import { createExchange } from './exchange.ts';
import type { CallListener, Exchange } from './exchange.ts';
import type { StruckFault } from './faults.ts';
import { IMPORT_METHODS } from './import.ts';
import { pathBelow } from './incoming.ts';
import type { Method } from './method.ts';
import { listedOperations, OPERATION_METHODS } from './operations.ts';
import type { ListedOperation } from './operations.ts';
import { PARTNER_LINK_METHODS } from './partner-links.ts';
import { PROVISION_METHODS } from './provision.ts';
import type { BucketUse } from './quotas.ts';
import { createRequestLog } from './request-log.ts';
import type { LoggedRequest } from './request-log.ts';
import { RESELLER_CUSTOMER_METHODS, resellerCustomers } from './reseller-customers.ts';
import { RESELLER_INSERT_METHODS } from './reseller-insert.ts';
import type { ResellerCustomer } from './reseller-resources.ts';
import type { Customer } from './resources.ts';
import { createSession } from './session.ts';
import { settleOperations } from './settle.ts';
import { signIn } from './sign-in.ts';
import type { State } from './state.ts';
import { methodTarget, tokenTarget, unknownTarget } from './targets.ts';
import type { Target } from './targets.ts';
import type { User } from './user-store.ts';
import type { Bucket } from './world-schema.ts';
import { parseWorld } from './world.ts';
import type { World } from './world.ts';

/** Every API method served. A new resource adds its methods here. */
const METHODS: readonly Method[] = [
  ...CUSTOMER_METHODS,
  ...CREATE_METHODS,
  ...IMPORT_METHODS,
  ...PROVISION_METHODS,
  ...OPERATION_METHODS,
  ...CLOUD_IDENTITY_METHODS,
  ...PARTNER_LINK_METHODS,
  ...RESELLER_CUSTOMER_METHODS,
  ...RESELLER_INSERT_METHODS,
  ...DIRECTORY_CUSTOMER_METHODS,
  ...DIRECTORY_USER_METHODS,
  ...DIRECTORY_USER_INSERT_METHODS,
  ...DIRECTORY_USER_LIST_METHODS,
  ...DIRECTORY_DOMAIN_METHODS,
];

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
const MAX_NAME_LENGTH = 1000;
const VERBS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export interface EmulatorOptions {
  /** A world as files have it (WorldInput); an empty one of account C012345 where it is missing. */
  readonly world?: unknown;
  /** 0, the default, for any free port. */
  readonly port?: number;
  /** A loopback address; 127.0.0.1 by default. */
  readonly host?: string;
  /** Path before Google's own, such as `/google`; none by default. */
  readonly prefix?: string;
  /** Drives quotas, lag and expiry; latency and delays are real. */
  readonly clock?: Clock;
  /** Hears of each call as it arrives, and once more when it has had its answer or its fault. */
  readonly onCall?: CallListener;
}

/** A running emulator. */
export interface Emulator {
  /** Base address, prefix included, without a slash at the end. */
  readonly url: string;
  readonly world: World;
  /** Every call that arrived since the start or the last reset, in order of arrival; grows as calls arrive. */
  readonly requests: readonly LoggedRequest[];
  /** Google's customers as they are now, in order of creation. */
  customers(): readonly Customer[];
  /** The long-running operations as they are now, in the order in which they were started. */
  operations(): readonly ListedOperation[];
  /** The customers that are this reseller's in the Reseller API, in order of creation. */
  resellerCustomers(): readonly ResellerCustomer[];
  /** The users that exist now, in order of creation, with the passwords that no API tells. */
  users(): readonly User[];
  quotas(): Readonly<Record<Bucket, BucketUse>>;
  faults(): readonly StruckFault[];
  /** Adds a rule behind the others and returns its ID; throws WorldError. */
  addFault(fault: unknown): string;
  clearFaults(): void;
  /** The user of that address signs in and accepts the terms; throws WorldError where there is none. */
  signIn(address: string): void;
  /** Starts afresh, log and quotas included, with the world given or else the first one; throws WorldError. */
  reset(world?: unknown): void;
  /** Ends within moments, whatever connections and waiting calls there are. */
  close(): Promise<void>;
}

/** Serves Google's APIs on a loopback address; throws WorldError, or Node's error where it cannot listen. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = '127.0.0.1', clock = systemClock } = options;
  if (!LOOPBACK.has(host)) throw new Error(`the emulator listens on loopback addresses only, not on ${host}`);
  const prefix = cleanPrefix(options.prefix ?? '');
  const world = parseWorld(options.world ?? { account: 'C012345' });
  const log = createRequestLog();
  const closing = new AbortController();
  let session = createSession(world, clock);
  const app = createApp();
  const control = {
    requests: log.entries,
    customers: () => settled(session.state).customers(),
    operations: () => listedOperations(settled(session.state)),
    resellerCustomers: () => resellerCustomers(settled(session.state)),
    users: () => settled(session.state).users.all(),
    quotas: () => session.quotas.use(),
    faults: () => session.faults.list(),
    addFault: (fault: unknown) => session.faults.add(fault),
    clearFaults: () => {
      session.faults.clear();
    },
    signIn: (address: string) => {
      signIn(settled(session.state), address);
    },
    reset: (next?: unknown) => {
      session = createSession(next === undefined ? world : parseWorld(next), clock);
      log.clear();
    },
  };
  const { onCall = () => undefined } = options;
  addRoutes(
    app,
    prefix,
    createExchange({ prefix, log, session: () => session, closing: closing.signal, onCall }),
  );
  addControlRoutes(app, prefix, control);
  await app.listen({ port, host });
  return {
    ...control,
    url: baseAddress(app.server.address() as AddressInfo) + prefix,
    get world() {
      return session.world;
    },
    close: async () => {
      closing.abort();
      await app.close();
    },
  };
}

function settled(state: State): State {
  settleOperations(state);
  return state;
}

function createApp(): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: MAX_NAME_LENGTH },
  });
  // Bodies are read as text: an empty one must pass, and a broken one must not come before token and quota.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  return app;
}

function addRoutes(app: FastifyInstance, prefix: string, exchange: Exchange): void {
  for (const method of METHODS) {
    const target = methodTarget(method);
    for (const path of method.paths) addRoute(app, [method.verb], prefix + path, exchange, () => target);
  }
  addRoute(app, VERBS, '*', exchange, (verb, url) => otherTarget(verb, pathBelow(prefix, url)));
  app.setErrorHandler((error, request, reply) => {
    exchange.fail(request, reply, error);
  });
}

function addRoute(
  app: FastifyInstance,
  verbs: string[],
  url: string,
  exchange: Exchange,
  targetOf: (verb: string, url: string) => Target,
): void {
  app.route({
    method: verbs,
    url,
    onRequest: (request, _reply, done) => {
      exchange.arrive(request, targetOf(request.method, request.url));
      done();
    },
    handler: async (request, reply) => {
      await exchange.finish(request, reply, targetOf(request.method, request.url));
      return reply;
    },
  });
}

/** The token endpoint is any path that ends in `/token`; whatever else has no route is unknown to Google. */
function otherTarget(verb: string, path: string): Target {
  return verb === 'POST' && path.endsWith('/token') ? tokenTarget : unknownTarget(path);
}

/** `/google` for `google/`; empty for none. */
function cleanPrefix(prefix: string): string {
  const bare = prefix.replace(/^\/+|\/+$/g, '');
  return bare === '' ? '' : `/${bare}`;
}

function baseAddress({ address, port, family }: AddressInfo): string {
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}
