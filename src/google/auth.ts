import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { EXIT, FatalError } from '../model/fatal.ts';
import { createFetchedToken, isToken, type Credentials } from './fetched-token.ts';
import { isReadableByOthers, readKeyFile } from './key-file.ts';
import type { AuthLibrary, OAuth2Client } from './load-api.ts';
import { errorCodeOf } from './network-error.ts';
import type { Transport } from './transport.ts';

export interface CredentialSettings {
  /** What tokens must be good for; a token that is given is taken to be good for everything. */
  readonly scopes: readonly string[];
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
    scopes: [...settings.scopes],
    transporter: deps.transport.transporter,
    useAuthRequestParameters: false,
    ...(key.keyId === undefined ? {} : { keyId: key.keyId }),
    ...(settings.subject === undefined ? {} : { subject: settings.subject }),
  });
  const owner = settings.subject === undefined ? key.email : `${key.email} acting for ${settings.subject}`;
  return createFetchedToken(
    client,
    { owner, clientId: key.clientId, scopes: settings.scopes },
    { ...deps, attempts: settings.attempts },
  );
}

async function defaultCredentials(settings: CredentialSettings, deps: CredentialDeps): Promise<Credentials> {
  const { transporter } = deps.transport;
  const google = new deps.auth.GoogleAuth({
    scopes: [...settings.scopes],
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
  const owner = 'the application default credentials';
  return createFetchedToken(
    client,
    { owner, scopes: settings.scopes },
    { ...deps, attempts: settings.attempts },
  );
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
