import type { ApiFailure } from '../model/api-failure.ts';

/** An answer of HTTP 200 with which a run cannot go on: it speaks for the server, and of no row. */
export function invalidAnswer(message: string): ApiFailure {
  return {
    class: 'run',
    effect: 'none',
    httpStatus: 200,
    code: 'INVALID_ANSWER',
    reason: undefined,
    message,
    retryAfterMs: undefined,
  };
}
