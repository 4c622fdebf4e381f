/**
 * What a failed call means, decided in one place (`google/classify.ts`) from the API, the reason and the status.
 *
 * - `quota`: a rate limit answered; certainly no effect.
 * - `transient`: may go through later (5xx, ABORTED, a dropped connection, silence).
 * - `unreachable`: no connection was ever opened; certainly no effect.
 * - `unauthenticated`: the token is refused.
 * - `run`: refused for a reason that is not the row's: API disabled, scope missing, account wrong.
 * - `refused`: Google says no to this request.
 * - `aborted`: we stopped waiting because the run was told to end.
 */
export type FailureClass =
  'quota' | 'transient' | 'unreachable' | 'unauthenticated' | 'run' | 'refused' | 'aborted';

/** A call that did not succeed, as a value. Holds no secret: messages are redacted where they enter. */
export interface ApiFailure {
  readonly class: FailureClass;
  /** Whether the request can have changed anything at Google. */
  readonly effect: 'none' | 'unknown';
  /** HTTP status, where there was an answer. */
  readonly httpStatus: number | undefined;
  /** Canonical name (`PERMISSION_DENIED`), or for the network `UNREACHABLE`, `CONNECTION_LOST`, `TIMEOUT`. */
  readonly code: string;
  /** Google's own reason (`rateLimitExceeded`, `SERVICE_DISABLED`), where it gave one. */
  readonly reason: string | undefined;
  /** Google's sentence, or ours for a network error; one line, redacted. */
  readonly message: string;
  /** Least time to wait that Google named (Retry-After, RetryInfo), in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** How a call ended, with what it cost. */
export type ApiResult<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly calls: number }
  | { readonly kind: 'failed'; readonly failure: ApiFailure; readonly calls: number };
