import type { FastifyInstance } from 'fastify';

import { jsonAnswer } from './answers.ts';
import type { Answer } from './answers.ts';
import { sendEnding } from './send.ts';
import type { Emulator } from './server.ts';
import { WorldError } from './world.ts';

/** The part of the emulator that tests outside its process may use. */
type Controlled = Pick<
  Emulator,
  | 'requests'
  | 'customers'
  | 'operations'
  | 'resellerCustomers'
  | 'users'
  | 'quotas'
  | 'faults'
  | 'addFault'
  | 'clearFaults'
  | 'signIn'
  | 'reset'
>;

interface ControlRoute {
  readonly verb: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly act: (emulator: Controlled, body: unknown) => unknown;
}

const ROUTES: readonly ControlRoute[] = [
  { verb: 'GET', path: 'requests', act: (emulator) => emulator.requests },
  { verb: 'GET', path: 'customers', act: (emulator) => emulator.customers() },
  { verb: 'GET', path: 'operations', act: (emulator) => emulator.operations() },
  { verb: 'GET', path: 'reseller-customers', act: (emulator) => emulator.resellerCustomers() },
  { verb: 'GET', path: 'users', act: (emulator) => emulator.users() },
  { verb: 'GET', path: 'quotas', act: (emulator) => emulator.quotas() },
  { verb: 'GET', path: 'faults', act: (emulator) => emulator.faults() },
  { verb: 'POST', path: 'faults', act: (emulator, body) => ({ id: emulator.addFault(body) }) },
  { verb: 'DELETE', path: 'faults', act: clearFaults },
  { verb: 'POST', path: 'sign-in', act: signIn },
  { verb: 'POST', path: 'reset', act: reset },
];

/** Serves `/_emulator/…`, without a bearer, outside quota, faults and log. Names: README. */
export function addControlRoutes(app: FastifyInstance, prefix: string, emulator: Controlled): void {
  for (const { verb, path, act } of ROUTES) {
    app.route({
      method: verb,
      url: `${prefix}/_emulator/${path}`,
      handler: (request, reply) => {
        const answer = controlAnswer(request.body, (body) => act(emulator, body));
        sendEnding(reply, { kind: 'answer', answer });
      },
    });
  }
}

function controlAnswer(text: unknown, act: (body: unknown) => unknown): Answer {
  try {
    return jsonAnswer(200, act(typeof text === 'string' && text !== '' ? JSON.parse(text) : undefined));
  } catch (error) {
    if (error instanceof WorldError) return jsonAnswer(400, { problems: error.problems });
    if (error instanceof SyntaxError)
      return jsonAnswer(400, { problems: [{ path: '', message: error.message }] });
    throw error;
  }
}

function clearFaults(emulator: Controlled): unknown {
  emulator.clearFaults();
  return {};
}

function signIn(emulator: Controlled, body: unknown): unknown {
  const { primaryEmail } = (body ?? {}) as { readonly primaryEmail?: unknown };
  if (typeof primaryEmail !== 'string') {
    throw new WorldError([{ path: 'primaryEmail', message: 'must be the address of a user' }], 'sign-in');
  }
  emulator.signIn(primaryEmail);
  return {};
}

function reset(emulator: Controlled, world: unknown): unknown {
  emulator.reset(world);
  return {};
}
