import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import { EXIT, FatalError } from '../model/fatal.ts';
import { classifySilence } from './classify.ts';
import { isReadableByOthers, readKeyFile } from './key-file.ts';
import type { AuthLibrary, OAuth2Client } from './load-api.ts';
import { errorCodeOf, isHttpClientError } from './network-error.ts';
import { cleanWord, oneLine } from './one-line.ts';
import { withRetries, type Attempt } from './retry.ts';
import type { BearerToken, Transport } from './transport.ts';

/** Reseller and Channel need this one scope (Cloud Channel API v1, "Authorization scopes"). */
export const CHANNEL_SCOPE = 'https://www.googleapis.com/auth/apps.order';

export interface CredentialSettings {
  readonly keyFile: string | undefined;
  /** Reseller admin that a service account acts for. */
  readonly subject: string | undefined;
  /** Used as it is, before anything else. */
  readonly accessToken: string | undefined;
  /** Attempts of a token call. */
  readonly attempts: number;
}

export interface CredentialDeps {
  readonly auth: AuthLibrary;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Ends waits between token calls. */
  readonly signal: AbortSignal;
}

export interface Credentials {
  /**
   * A token that is good for now; fetched where there is none or it is about to expire.
   *
   * A failure is never of the row or the request: the token endpoint cannot be reached or is out of order.
   *
   * @throws FatalError 77 when Google refuses to give one
   */
  token(): Promise<Attempt<BearerToken>>;
  /** Google answered 401 to this token. True where the next `token` will bring another one. */
  renew(token: BearerToken): boolean;
}

/**
 * Opens the credentials: a given access token, else a service account key, else application default credentials.
 *
 * @throws FatalError 78 for a key file or token that cannot be used, 77 where there are no credentials at all
 */
export async function openCredentials(
  settings: CredentialSettings,
  deps: CredentialDeps,
): Promise<Credentials> {
  if (settings.accessToken !== undefined) return givenToken(settings.accessToken);
  if (settings.keyFile !== undefined) return keyFileCredentials(settings.keyFile, settings, deps);
  return defaultCredentials(settings, deps);
}

function givenToken(accessToken: string): Credentials {
  const value = accessToken.trim();
  if (!isToken(value)) {
    throw new FatalError(
      EXIT.config,
      'auth.access_token',
      'CHANNELBOOK_ACCESS_TOKEN is empty or holds characters that no token has',
      'Set it to an access token alone, without "Bearer" and quotes, or unset it.',
    );
  }
  const token = { value, quotaProject: undefined };
  return { token: () => Promise.resolve({ kind: 'ok', value: token }), renew: () => false };
}

/** Anything else would make the library quote the token in an error of its own. */
function isToken(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value);
}

async function keyFileCredentials(
  path: string,
  settings: CredentialSettings,
  deps: CredentialDeps,
): Promise<Credentials> {
  const key = await readKeyFile(path);
  if (await isReadableByOthers(path)) {
    deps.log('warn', 'the key file can be read by other users of this machine: chmod 600', { file: path });
  }
  if (settings.subject === undefined) {
    deps.log(
      'warn',
      'no subject: the service account acts as itself, which Google knows as no reseller admin',
    );
  }
  const client = new deps.auth.JWT({
    email: key.email,
    key: key.privateKey,
    scopes: [CHANNEL_SCOPE],
    transporter: deps.transport.transporter,
    useAuthRequestParameters: false,
    ...(key.keyId === undefined ? {} : { keyId: key.keyId }),
    ...(settings.subject === undefined ? {} : { subject: settings.subject }),
  });
  const owner = settings.subject === undefined ? key.email : `${key.email} acting for ${settings.subject}`;
  return fetched(client, { owner, clientId: key.clientId }, settings, deps);
}

async function defaultCredentials(settings: CredentialSettings, deps: CredentialDeps): Promise<Credentials> {
  const { transporter } = deps.transport;
  const google = new deps.auth.GoogleAuth({
    scopes: [CHANNEL_SCOPE],
    // Without one the library starts gcloud and asks the metadata server for a project that nobody needs.
    projectId: 'unused',
    clientOptions: {
      transporter,
      useAuthRequestParameters: false,
      ...(settings.subject === undefined ? {} : { subject: settings.subject }),
    },
  });
  const client = await google.getClient().catch((error: unknown) => {
    throw noDefaultCredentials(error);
  });
  // An impersonating client and the one that it rests on bring HTTP clients of their own.
  const { sourceClient } = client as { readonly sourceClient?: OAuth2Client };
  for (const part of [client, sourceClient]) {
    if (part !== undefined && part.transporter !== transporter) deps.transport.adopt(part.transporter);
  }
  if (settings.subject !== undefined && !(client instanceof deps.auth.JWT)) {
    deps.log(
      'warn',
      'the subject has no effect: the application default credentials are no service account key',
    );
  }
  return fetched(client, { owner: 'the application default credentials' }, settings, deps);
}

/** The library's message may quote the file, so that only its kind is passed on. */
function noDefaultCredentials(error: unknown): FatalError {
  const isAbsent =
    error instanceof Error && error.message.startsWith('Could not load the default credentials');
  if (isAbsent) {
    return new FatalError(
      EXIT.credentials,
      'auth.none',
      'there are no credentials: no key file, no access token, no application default credentials',
      'Name a service account key with --key-file, or run `gcloud auth application-default login`.',
    );
  }
  const file = process.env['GOOGLE_APPLICATION_CREDENTIALS'];
  const code = errorCodeOf(error);
  return new FatalError(
    EXIT.config,
    'auth.default_credentials',
    `the application default credentials${file === undefined ? '' : ` in ${file}`} cannot be used${code === undefined ? '' : ` (${code})`}`,
    'Correct GOOGLE_APPLICATION_CREDENTIALS, or name a service account key with --key-file.',
  );
}

/** Whom a token is fetched for, in words. */
interface Owner {
  readonly owner: string;
  readonly clientId?: string | undefined;
}

/** The part of the library's clients that is used; they fetch, keep and renew tokens in the same way. */
interface TokenClient {
  getAccessToken(): Promise<{ token?: string | null | undefined }>;
  setCredentials(credentials: OAuth2Client['credentials']): void;
  readonly credentials: OAuth2Client['credentials'];
  readonly quotaProjectId?: string | undefined;
}

function fetched(
  client: TokenClient,
  owner: Owner,
  settings: CredentialSettings,
  deps: CredentialDeps,
): Credentials {
  let latest: string | undefined;
  let underWay: Promise<Attempt<BearerToken>> | undefined;

  async function once(): Promise<Attempt<BearerToken>> {
    try {
      const { token } = await client.getAccessToken();
      if (typeof token !== 'string' || !isToken(token)) throw noToken(owner);
      latest = token;
      return { kind: 'ok', value: { value: token, quotaProject: client.quotaProjectId } };
    } catch (error) {
      return { kind: 'failed', failure: tokenFailure(error, owner) };
    }
  }

  function fetchToken(): Promise<Attempt<BearerToken>> {
    const { attempts } = settings;
    const { clock, random, signal } = deps;
    const rules = { attempts, repeatable: true, clock, random, signal, renewToken: () => false };
    return withRetries(once, rules).finally(() => {
      underWay = undefined;
    });
  }

  return {
    token: () => (underWay ??= fetchToken()),
    renew({ value }) {
      // Another call may have brought a new one already.
      if (value === latest)
        client.setCredentials({ ...client.credentials, access_token: null, expiry_date: 1 });
      return true;
    },
  };
}

/** A token call that may be tried again, as a value; nothing of the library's error is kept. */
function tokenFailure(error: unknown, owner: Owner): ApiFailure {
  if (error instanceof FatalError) throw error;
  if (!isHttpClientError(error)) throw noToken(owner, error);
  const status = error.response?.status;
  if (status === undefined) {
    const silence = { cause: 'error', connected: false, errorCode: errorCodeOf(error) } as const;
    return classifySilence({ ...silence, host: 'the token endpoint' });
  }
  if (status < 500 && status !== 429 && status !== 408)
    throw tokenRefused(error.response?.data, status, owner);
  const retryAfter = Number(error.response?.headers.get('retry-after') ?? undefined);
  return {
    class: 'transient',
    effect: 'none',
    httpStatus: status,
    code: 'TOKEN_UNAVAILABLE',
    reason: undefined,
    message: `the token endpoint answers HTTP ${status}`,
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined,
  };
}

/** Only the error's name is told: what it says may quote a key or a token. */
function noToken({ owner }: Owner, error?: unknown): FatalError {
  const kind = error instanceof Error && error.name !== 'Error' ? ` (${error.name})` : '';
  return new FatalError(
    EXIT.credentials,
    'auth.no_token',
    `no usable access token comes back for ${owner}${kind}`,
    'Check the credentials, and that --api-url, if set, leads to something that has a token endpoint.',
  );
}

function tokenRefused(data: unknown, status: number, { owner, clientId }: Owner): FatalError {
  const body = typeof data === 'object' && data !== null ? data : {};
  const error = 'error' in body && typeof body.error === 'string' ? cleanWord(body.error, []) : undefined;
  const description =
    'error_description' in body && typeof body.error_description === 'string'
      ? oneLine(body.error_description, [])
      : undefined;
  const said = [error ?? `HTTP ${status}`, description].filter((part) => part !== undefined).join(': ');
  return new FatalError(
    EXIT.credentials,
    'auth.refused',
    `Google gives no token to ${owner}: ${said}`,
    refusalHint(error, clientId),
  );
}

function refusalHint(error: string | undefined, clientId: string | undefined): string {
  const client = clientId === undefined ? "the service account's client ID" : `client ID ${clientId}`;
  switch (error) {
    case 'unauthorized_client':
    case 'access_denied':
      return `In the reseller domain's Admin console, under API controls, Domain-wide delegation, add ${client} with the scope ${CHANNEL_SCOPE}.`;
    case 'invalid_grant':
      return "Check that --subject is an existing admin of the reseller domain, that the key was not deleted, and this machine's clock.";
    default:
      return 'Check the credentials and make a new key if it was deleted.';
  }
}
