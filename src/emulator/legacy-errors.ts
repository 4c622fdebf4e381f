import { CODES } from './errors.ts';
import type { ApiError } from './errors.ts';
import type { Bucket } from './world-schema.ts';

/** One entry of `errors` in the answers of the Reseller and Directory APIs. */
export interface LegacyFault {
  readonly reason: string;
  readonly message: string;
  /** `global` where it is missing. */
  readonly domain?: 'usageLimits';
}

/** A refusal by the Reseller or the Directory API: they tell the reason, not a canonical code. */
export class LegacyError extends Error {
  override readonly name = 'LegacyError';
  readonly status: number;
  /** Never empty; the first one's message is that of the whole. */
  readonly faults: readonly LegacyFault[];

  constructor(status: number, first: LegacyFault, ...others: readonly LegacyFault[]) {
    super(first.message);
    this.status = status;
    this.faults = [first, ...others];
  }
}

/** What Google calls the refusal of a tenant or user that is not the caller's. */
export function notAuthorized(): LegacyError {
  return new LegacyError(403, {
    reason: 'forbidden',
    message: 'Not Authorized to access this resource/api',
  });
}

/** `what` is the parameter that names nothing, such as `userKey`. */
export function resourceNotFound(what: string): LegacyError {
  return new LegacyError(404, { reason: 'notFound', message: `Resource Not Found: ${what}` });
}

/** Throws 400 with every fault, where there is one. */
export function refuseFaults([first, ...others]: readonly LegacyFault[]): void {
  if (first !== undefined) throw new LegacyError(400, first, ...others);
}

export function invalid(message: string): LegacyFault {
  return { reason: 'invalid', message };
}

export function required(message: string): LegacyFault {
  return { reason: 'required', message };
}

/** The same refusal as these two APIs tell it: for what all APIs share, such as tokens and unknown fields. */
export function asLegacy(error: ApiError): LegacyError {
  if (error.code === 'UNAUTHENTICATED') {
    return new LegacyError(401, { reason: 'authError', message: 'Invalid Credentials' });
  }
  const status = CODES[error.code].http;
  if (JSON.stringify(error.details).includes('ACCESS_TOKEN_SCOPE_INSUFFICIENT')) {
    const message = 'Insufficient Permission: Request had insufficient authentication scopes.';
    return new LegacyError(status, { reason: 'insufficientPermissions', message });
  }
  return new LegacyError(status, { ...usualFault(status), message: error.message });
}

/** Reason, and domain of the reason, that the API of the bucket usually gives with an HTTP status. */
export function usualFault(status: number, bucket?: Bucket): Omit<LegacyFault, 'message'> {
  if (status === 409 && bucket === 'directory') return { reason: 'duplicate' };
  if (status === 429) {
    const reason = bucket === 'reseller' ? 'quotaExceeded' : 'rateLimitExceeded';
    return { reason, domain: 'usageLimits' };
  }
  return { reason: REASONS[status] ?? (status < 500 ? 'badRequest' : 'backendError') };
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'authError',
  403: 'forbidden',
  404: 'notFound',
  409: 'conflict',
  412: 'conditionNotMet',
};
