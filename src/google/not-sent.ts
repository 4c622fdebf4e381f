import type { ApiFailure } from '../model/api-failure.ts';

/** A call that ended before it was made. */
export interface NotSent {
  readonly kind: 'failed';
  readonly failure: ApiFailure;
  readonly calls: 0;
}

/** For a resource name that no method takes: those of a book may be anything, and Google's library throws on some. */
export function badName(name: string): NotSent {
  return notSent(`${JSON.stringify(name.slice(0, 100))} is no resource name of this kind`);
}

/** For a request that must not reach Google as it is. */
export function notSent(what: string): NotSent {
  const failure: ApiFailure = {
    class: 'refused',
    effect: 'none',
    httpStatus: undefined,
    code: 'INVALID_ARGUMENT',
    reason: undefined,
    message: `${what}; nothing was sent`,
    retryAfterMs: undefined,
  };
  return { kind: 'failed', failure, calls: 0 };
}
