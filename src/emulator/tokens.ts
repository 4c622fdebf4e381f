import type { Clock } from '../clock.ts';

import { jsonAnswer, oauthAnswer } from './answers.ts';
import type { Answer } from './answers.ts';
import { ApiError, errorInfo, permissionDenied } from './errors.ts';
import type { Switches } from './world-schema.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** What an access token minted here is good for. */
interface Grant {
  readonly expiresAtMs: number;
  /** Undefined where the grant does not limit it. */
  readonly scopes: readonly string[] | undefined;
  /** Whether a service account acts for nobody. */
  readonly lacksSubject: boolean;
}

/** Mints access tokens at the token endpoint and checks them on every call. Signatures are not verified. */
export interface TokenDesk {
  grant(form: Readonly<Record<string, string>>): Answer;
  /** Throws UNAUTHENTICATED or PERMISSION_DENIED. */
  authorize(token: string | undefined, scopes: readonly string[]): void;
}

export function createTokenDesk(switches: Switches, clock: Clock): TokenDesk {
  const grants = new Map<string, Grant>();
  return {
    grant: (form) => {
      const asked = readGrant(form, switches);
      if ('status' in asked) return asked;
      const token = `ya29.emulated-${grants.size + 1}`;
      grants.set(token, { ...asked, expiresAtMs: clock.now() + switches.accessTokenSeconds * 1000 });
      return tokenAnswer(token, asked.scopes, switches);
    },
    authorize: (token, scopes) => {
      if (token === undefined) throw new ApiError('UNAUTHENTICATED', 'The request carries no access token.');
      const grant = grants.get(token);
      if (grant === undefined) requireAccepted(token, switches);
      else requireGrant(grant, scopes, clock.now(), switches);
    },
  };
}

/** The token of an Authorization header or of the query; undefined without one. */
export function bearerToken(header: string | undefined, query: string | undefined): string | undefined {
  const token = /^Bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1] ?? query;
  return token === '' ? undefined : token;
}

type AskedGrant = Omit<Grant, 'expiresAtMs'>;

function readGrant(form: Readonly<Record<string, string>>, switches: Switches): AskedGrant | Answer {
  switch (form['grant_type']) {
    case JWT_BEARER:
      return grantForAssertion(form['assertion'] ?? '', switches);
    case 'refresh_token':
      return grantForRefresh(form);
    default:
      return oauthAnswer(
        400,
        'unsupported_grant_type',
        'Only JWT bearer and refresh token grants are served.',
      );
  }
}

function grantForAssertion(assertion: string, switches: Switches): AskedGrant | Answer {
  const claims = readClaims(assertion);
  if (claims === undefined || typeof claims['iss'] !== 'string') {
    return oauthAnswer(400, 'invalid_grant', 'The assertion is not a JWT with an issuer.');
  }
  const { scope, sub } = claims;
  if (typeof scope !== 'string' || scope === '') {
    return oauthAnswer(400, 'invalid_scope', 'The assertion names no scope.');
  }
  const subject = typeof sub === 'string' && sub !== '' ? sub : undefined;
  if (subject !== undefined && switches.subjects !== null && !switches.subjects.includes(subject)) {
    return oauthAnswer(400, 'invalid_grant', 'The subject is not a user that may be acted for.');
  }
  return { scopes: scope.split(' '), lacksSubject: subject === undefined };
}

function readClaims(assertion: string): Readonly<Record<string, unknown>> | undefined {
  const parts = assertion.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function grantForRefresh(form: Readonly<Record<string, string>>): AskedGrant | Answer {
  if ((form['refresh_token'] ?? '') === '') {
    return oauthAnswer(400, 'invalid_request', 'refresh_token is missing.');
  }
  if ((form['client_id'] ?? '') === '') return oauthAnswer(401, 'invalid_client', 'client_id is missing.');
  return { scopes: form['scope']?.split(' '), lacksSubject: false };
}

function tokenAnswer(token: string, scopes: readonly string[] | undefined, switches: Switches): Answer {
  return jsonAnswer(200, {
    access_token: token,
    expires_in: switches.accessTokenSeconds,
    token_type: 'Bearer',
    ...(scopes === undefined ? {} : { scope: scopes.join(' ') }),
  });
}

function requireAccepted(token: string, switches: Switches): void {
  if (switches.expiredTokens.includes(token)) throw expired();
  if (switches.acceptedTokens === null || switches.acceptedTokens.includes(token)) return;
  throw new ApiError('UNAUTHENTICATED', 'The access token is not known here.');
}

function requireGrant(grant: Grant, scopes: readonly string[], now: number, switches: Switches): void {
  if (now >= grant.expiresAtMs) throw expired();
  if (grant.scopes !== undefined && !scopes.some((scope) => grant.scopes?.includes(scope))) {
    throw new ApiError('PERMISSION_DENIED', 'The access token lacks the scope that this method needs.', [
      errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT'),
    ]);
  }
  if (grant.lacksSubject && switches.subjectRequired) {
    throw permissionDenied('The service account itself is no user of the reseller; act for an admin.');
  }
}

function expired(): ApiError {
  return new ApiError('UNAUTHENTICATED', 'The access token has expired.', [
    errorInfo('ACCESS_TOKEN_EXPIRED'),
  ]);
}
