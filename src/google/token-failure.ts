import type { ApiFailure } from '../model/api-failure.ts';
import { EXIT, FatalError } from '../model/fatal.ts';
import { classifySilence } from './classify.ts';
import { errorCodeOf, isHttpClientError } from './network-error.ts';
import { cleanWord, oneLine } from './one-line.ts';

/** Whom a token is fetched for, in words. */
export interface Owner {
  readonly owner: string;
  readonly clientId?: string | undefined;
  readonly scopes: readonly string[];
}

/**
 * A token call that may be tried again, as a value; nothing of the library's error is kept.
 *
 * Without a token nothing was sent for the row, and no other row fares better: whatever is wrong with the token
 * endpoint is `unreachable`, an outage of the run and no fault of the rows that it happens to meet.
 *
 * @throws FatalError 77 where trying again would not help
 */
export function tokenFailure(error: unknown, owner: Owner): ApiFailure {
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
    class: 'unreachable',
    effect: 'none',
    httpStatus: status,
    code: 'TOKEN_UNAVAILABLE',
    reason: undefined,
    message: `the token endpoint answers HTTP ${status}`,
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined,
  };
}

/** Whether it says that no token is to be had, of whatever call it stopped. */
export function isTokenRefusal(error: unknown): error is FatalError {
  return error instanceof FatalError && error.exitCode === EXIT.credentials;
}

/** Only the error's name is told: what it says may quote a key or a token. */
export function noToken({ owner }: Owner, error?: unknown): FatalError {
  const kind = error instanceof Error && error.name !== 'Error' ? ` (${error.name})` : '';
  return new FatalError(
    EXIT.credentials,
    'auth.no_token',
    `no usable access token comes back for ${owner}${kind}`,
    'Check the credentials, and that --api-url, if set, leads to something that has a token endpoint.',
  );
}

function tokenRefused(data: unknown, status: number, tokenOwner: Owner): FatalError {
  const { owner } = tokenOwner;
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
    refusalHint(error, tokenOwner),
  );
}

function refusalHint(error: string | undefined, { clientId, scopes }: Owner): string {
  const client = clientId === undefined ? "the service account's client ID" : `client ID ${clientId}`;
  switch (error) {
    case 'unauthorized_client':
    case 'access_denied':
      return `In the reseller domain's Admin console, under API controls, Domain-wide delegation, add ${client} with the scope${scopes.length > 1 ? 's' : ''} ${scopes.join(', ')}.`;
    case 'invalid_grant':
      return "Check that --subject is an existing admin of the reseller domain, that the key was not deleted, and this machine's clock.";
    default:
      return 'Check the credentials and make a new key if it was deleted.';
  }
}
