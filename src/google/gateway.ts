import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Bucket, Quotas } from '../model/bucket.ts';
import { redactUrl } from '../redact.ts';
import { openCredentials, type CredentialDeps } from './auth.ts';
import { isLoopback, parseBaseAddress } from './base-address.ts';
import { createCaller, type BucketStats, type Caller, type SendHistory } from './caller.ts';
import { createChannelReader } from './channel-reader.ts';
import { createChannelWriter } from './channel-writer.ts';
import type { ChannelReader, ChannelWriter } from './channel.ts';
import type { Credentials } from './fetched-token.ts';
import { loadChannelModule, type ChannelApi } from './load-api.ts';
import { createDirectoryReader, createDirectoryWriter } from './directory-api.ts';
import type { DirectoryReader, DirectoryWriter } from './directory.ts';
import { laterCredentials } from './later-credentials.ts';
import { createResellerReader, createResellerWriter } from './reseller-api.ts';
import type { ResellerReader, ResellerWriter } from './reseller.ts';
import { scopesOf } from './scopes.ts';
import { createTransport } from './transport.ts';

export type { BucketStats, SendHistory } from './caller.ts';
export type { CallContext } from './method.ts';

export interface GatewaySettings {
  /** Base address for all APIs and the token endpoint; Google's own where undefined. */
  readonly apiUrl: string | undefined;
  readonly keyFile: string | undefined;
  /** Reseller admin that a service account acts for. */
  readonly subject: string | undefined;
  /** A secret; used as it is. */
  readonly accessToken: string | undefined;
  readonly attempts: number;
  /** Longest time from sending to the last byte of the answer. */
  readonly callTimeoutMs: number;
  /** Calls under way at one time, per bucket. */
  readonly concurrency: number;
  readonly quotas: Quotas;
}

export interface GatewayDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly history: SendHistory;
}

/** The way to Google without any method that writes. */
export interface ReadGateway {
  readonly reader: ChannelReader;
  readonly reseller: ResellerReader;
  readonly directory: DirectoryReader;
  readonly stats: () => Readonly<Record<Bucket, BucketStats>>;
  /**
   * Makes sure that there is a token for the calls of a bucket, before work is begun that could not be ended without one.
   *
   * @throws FatalError 77 when Google refuses to give one
   */
  readonly authorize: (bucket: Bucket) => Promise<void>;
  /** No new call leaves; those waiting end with a failure of class `aborted`, those under way go on. */
  readonly stop: (reason: unknown) => void;
  /** Closes connections that stand open. */
  readonly close: () => Promise<void>;
}

export interface Gateway extends ReadGateway {
  readonly writer: ChannelWriter;
  readonly resellerWriter: ResellerWriter;
  readonly directoryWriter: DirectoryWriter;
}

/**
 * Opens the gateway. Calls nothing at Google yet, but loads its modules and the credentials.
 *
 * @throws FatalError 78 for an address, key file or token that cannot be used, 77 where there are no credentials
 */
export async function openGateway(settings: GatewaySettings, deps: GatewayDeps): Promise<Gateway> {
  const { api, caller, frame } = await openFrame(settings, deps);
  return {
    ...frame,
    ...readers(api, caller),
    writer: createChannelWriter(api, caller),
    resellerWriter: createResellerWriter(caller),
    directoryWriter: createDirectoryWriter(caller),
  };
}

/** As `openGateway`, for commands that must not be able to write. */
export async function openReadGateway(settings: GatewaySettings, deps: GatewayDeps): Promise<ReadGateway> {
  const { api, caller, frame } = await openFrame(settings, deps);
  return { ...frame, ...readers(api, caller) };
}

function readers(api: ChannelApi, caller: Caller): Pick<ReadGateway, 'reader' | 'reseller' | 'directory'> {
  return {
    reader: createChannelReader(api, caller),
    reseller: createResellerReader(caller),
    directory: createDirectoryReader(caller),
  };
}

interface Frame {
  readonly api: ChannelApi;
  readonly caller: Caller;
  readonly frame: Pick<ReadGateway, 'stats' | 'authorize' | 'stop' | 'close'>;
}

async function openFrame(settings: GatewaySettings, deps: GatewayDeps): Promise<Frame> {
  const { clock, random, log, history } = deps;
  const base = parseBaseAddress(settings.apiUrl);
  if (base !== undefined && base.protocol === 'http:' && !isLoopback(base)) {
    log('warn', 'access tokens travel unencrypted to another machine', { apiUrl: redactUrl(base.href) });
  }
  const { auth, api } = await loadChannelModule();
  const stopping = new AbortController();
  const transport = createTransport({
    auth,
    base,
    callTimeoutMs: settings.callTimeoutMs,
    clock,
    environment: process.env,
  });
  const { keyFile, subject, accessToken, attempts, quotas, concurrency } = settings;
  const stopped = stopping.signal;
  const credentialDeps: CredentialDeps = { auth, transport, clock, random, log, signal: stopped };
  const given = { keyFile, subject, accessToken, attempts };
  const credentials = await openCredentials(
    { ...given, scopes: scopesOf('channel.other') },
    credentialDeps,
  ).catch((error: unknown) => {
    transport.close();
    throw error;
  });
  const forDirectory = laterCredentials(() =>
    openCredentials({ ...given, scopes: scopesOf('directory') }, { ...credentialDeps, log: () => undefined }),
  );
  function credentialsFor(bucket: Bucket): Credentials {
    return bucket === 'directory' ? forDirectory : credentials;
  }
  const caller = createCaller({
    transport,
    credentialsFor,
    quotas,
    attempts,
    concurrency,
    clock,
    random,
    log,
    history,
    stopped,
  });
  return {
    api,
    caller,
    frame: {
      stats: caller.stats,
      async authorize(bucket) {
        // A token endpoint that is out of reach is an outage like any other, and waited for.
        await credentialsFor(bucket).token();
      },
      stop(reason) {
        stopping.abort(reason);
      },
      close() {
        stopping.abort(new Error('the gateway is closed'));
        transport.close();
        return Promise.resolve();
      },
    },
  };
}
