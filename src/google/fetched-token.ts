import type { OAuth2Client } from './load-api.ts';
import { withRetries, type Attempt, type RetryRules } from './retry.ts';
import { noToken, tokenFailure, type Owner } from './token-failure.ts';
import type { BearerToken } from './transport.ts';

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

/** Anything else would make the library quote the token in an error of its own. */
export function isToken(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value);
}

/** The part of the library's clients that is used; they fetch, keep and renew tokens in the same way. */
export interface TokenClient {
  getAccessToken(): Promise<{ token?: string | null | undefined }>;
  setCredentials(credentials: OAuth2Client['credentials']): void;
  readonly credentials: OAuth2Client['credentials'];
  readonly quotaProjectId?: string | undefined;
}

/** Credentials whose tokens are fetched; calls that need one at the same time share one token call. */
export function createFetchedToken(
  client: TokenClient,
  owner: Owner,
  limits: Pick<RetryRules, 'attempts' | 'clock' | 'random' | 'signal'>,
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
    const rules = { ...limits, repeatable: true, renewToken: () => false };
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
