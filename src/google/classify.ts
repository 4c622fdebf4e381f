import type { ApiFailure, FailureClass } from '../model/api-failure.ts';
import type { Bucket } from '../model/bucket.ts';
import { readErrorBody, type ErrorBody } from './error-body.ts';
import { cleanWord, oneLine } from './one-line.ts';
import {
  CODE_BY_STATUS,
  QUOTA_MESSAGE,
  QUOTA_REASONS,
  QUOTA_TEXT,
  RUN_REASONS,
  TOKEN_REASONS,
  TRANSIENT_REASONS,
} from './reasons.ts';

/** An HTTP answer, as far as its meaning hangs on it. */
export interface Answer {
  readonly httpStatus: number;
  /** `Retry-After` and `Date` headers, as sent. */
  readonly retryAfter?: string | undefined;
  readonly date?: string | undefined;
  readonly body: string;
}

/** A call that brought no whole answer. */
export interface Silence {
  /** `timeout`: we waited long enough; `abort`: the run told us to stop; `error`: the network did. */
  readonly cause: 'timeout' | 'abort' | 'error';
  /** Whether a connection stood, so that the request may have left. */
  readonly connected: boolean;
  /** System's or library's code (`ECONNRESET`), where there is one. */
  readonly errorCode: string | undefined;
  /** Host and port, for the message. */
  readonly host: string;
}

/** A daily quota comes back at midnight in California; asking once an hour is often enough. */
const DAILY_WAIT_MS = 3_600_000;
const LONGEST_WAIT_MS = 86_400_000;

/**
 * What an answer that is no success means: by the reason that Google gives, then its status, then the HTTP
 * status, then the text. Pure.
 *
 * @param secrets values that the answer may echo and no message may hold
 * @param now epoch milliseconds, for a Retry-After that names a time
 */
export function classifyAnswer(
  answer: Answer,
  bucket: Bucket,
  secrets: readonly string[],
  now: number,
): ApiFailure {
  const body = readErrorBody(answer.body);
  const failureClass = classOf(answer.httpStatus, body, bucket);
  const named = body.words.find((word) => cleanWord(word, secrets) !== undefined);
  return {
    class: failureClass,
    effect: effectOf(failureClass, answer.httpStatus),
    httpStatus: answer.httpStatus,
    code: codeOf(answer.httpStatus, body, secrets),
    reason: named === body.status ? undefined : named,
    message: messageOf(answer.httpStatus, body, secrets),
    retryAfterMs: waitOf(answer, body, failureClass, now),
  };
}

function classOf(httpStatus: number, body: ErrorBody, bucket: Bucket): FailureClass {
  const found = classByReason(body) ?? classByStatus(httpStatus, body);
  // The Reseller API answers 503 for quota (https://developers.google.com/workspace/admin/reseller/v1/limits).
  return found === 'transient' && httpStatus === 503 && bucket === 'reseller' ? 'quota' : found;
}

function classByReason(body: ErrorBody): FailureClass | undefined {
  for (const word of [...body.words, body.status]) {
    if (word === undefined) continue;
    if (QUOTA_REASONS.has(word)) return 'quota';
    if (RUN_REASONS.has(word)) return 'run';
    if (TOKEN_REASONS.has(word)) return 'unauthenticated';
    if (TRANSIENT_REASONS.has(word)) return 'transient';
  }
  return undefined;
}

function classByStatus(httpStatus: number, body: ErrorBody): FailureClass {
  if (httpStatus === 429) return 'quota';
  if ((httpStatus === 403 || httpStatus === 503) && isQuotaText(body)) return 'quota';
  if (httpStatus === 401) return 'unauthenticated';
  if (httpStatus === 501) return 'refused';
  if (httpStatus >= 500 || httpStatus === 408 || httpStatus === 499) return 'transient';
  return isFromElsewhere(httpStatus, body) ? 'run' : 'refused';
}

function isQuotaText(body: ErrorBody): boolean {
  return (body.form === 'json' ? QUOTA_MESSAGE : QUOTA_TEXT).test(body.message);
}

/** No API of Google's spoke: a redirect, a proxy, or a server that knows none of these paths. */
function isFromElsewhere(httpStatus: number, body: ErrorBody): boolean {
  if (httpStatus < 400 || httpStatus === 407) return true;
  if (body.form === 'json') return false;
  return body.form === 'html' ? httpStatus !== 400 : httpStatus === 404 || httpStatus === 405;
}

/** 4xx and redirects say that nothing was done; anything else may have been. */
function effectOf(failureClass: FailureClass, httpStatus: number): ApiFailure['effect'] {
  if (failureClass === 'transient') return 'unknown';
  return httpStatus >= 500 && httpStatus !== 501 ? 'unknown' : 'none';
}

function codeOf(httpStatus: number, body: ErrorBody, secrets: readonly string[]): string {
  const status = body.status === undefined ? undefined : cleanWord(body.status, secrets);
  return status ?? CODE_BY_STATUS[httpStatus] ?? `HTTP_${httpStatus}`;
}

function messageOf(httpStatus: number, body: ErrorBody, secrets: readonly string[]): string {
  const said = oneLine(body.message, secrets);
  switch (body.form) {
    case 'json':
      return said === '' ? `HTTP ${httpStatus} without a message` : said;
    case 'html':
      return `HTTP ${httpStatus}, a web page instead of an answer: ${said}`;
    case 'text':
      return said === '' ? `HTTP ${httpStatus} without a body` : said;
  }
}

function waitOf(
  answer: Answer,
  body: ErrorBody,
  failureClass: FailureClass,
  now: number,
): number | undefined {
  const waits = [retryAfterMs(answer, now), body.retryDelayMs].filter((wait) => wait !== undefined);
  if (waits.length > 0) return Math.min(LONGEST_WAIT_MS, Math.max(...waits));
  return failureClass === 'quota' && body.words.includes('dailyLimitExceeded') ? DAILY_WAIT_MS : undefined;
}

/** Seconds, or a date (RFC 9110, 10.2.3), which is held against the server's own `Date` where it sends one. */
function retryAfterMs({ retryAfter, date }: Answer, now: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  const text = retryAfter.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  // The parser takes a bare number, even a negative one, for a year.
  const at = /^[A-Za-z]{3,9}\W/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) return undefined;
  const serverNow = date === undefined ? NaN : Date.parse(date);
  return Math.max(0, at - (Number.isNaN(serverNow) ? now : serverNow));
}

/** A call that ended without a whole answer. Pure. */
export function classifySilence(silence: Silence): ApiFailure {
  const { cause, connected } = silence;
  return {
    class: cause === 'abort' ? 'aborted' : connected ? 'transient' : 'unreachable',
    effect: connected ? 'unknown' : 'none',
    httpStatus: undefined,
    code: silenceCode(silence),
    reason: undefined,
    message: silenceMessage(silence),
    retryAfterMs: undefined,
  };
}

function silenceCode({ cause, connected }: Silence): string {
  if (cause === 'abort') return 'ABORTED_BY_RUN';
  if (cause === 'timeout') return 'TIMEOUT';
  return connected ? 'CONNECTION_LOST' : 'UNREACHABLE';
}

function silenceMessage({ cause, connected, errorCode, host }: Silence): string {
  const detail = errorCode === undefined ? '' : ` (${cleanWord(errorCode, []) ?? 'unknown error'})`;
  if (cause === 'abort') return 'the call was cut off because the run ends';
  if (cause === 'timeout') {
    return connected ? `${host} did not answer in time` : `no connection to ${host} came about in time`;
  }
  return connected
    ? `the connection to ${host} broke before the whole answer came${detail}`
    : `no connection to ${host}${detail}`;
}

/** An answer of 2xx that is not what the method returns. Pure. */
export function invalidAnswer(httpStatus: number, body: string, secrets: readonly string[]): ApiFailure {
  const said = oneLine(readErrorBody(body).message, secrets);
  return {
    class: 'transient',
    effect: 'unknown',
    httpStatus,
    code: 'INVALID_ANSWER',
    reason: undefined,
    message: `the answer (HTTP ${httpStatus}) is not what this method returns${said === '' ? '' : `: ${said}`}`,
    retryAfterMs: undefined,
  };
}

/** Google gives no new token to try the call again with. Pure. */
export function noTokenLeft({ message }: { readonly message: string }): ApiFailure {
  return {
    class: 'unauthenticated',
    effect: 'none',
    httpStatus: undefined,
    code: 'UNAUTHENTICATED',
    reason: undefined,
    message,
    retryAfterMs: undefined,
  };
}

/** The run was told to end while the call waited for its turn. Pure. */
export function stoppedWaiting(): ApiFailure {
  return {
    class: 'aborted',
    effect: 'none',
    httpStatus: undefined,
    code: 'ABORTED_BY_RUN',
    reason: undefined,
    message: 'the call was not sent because the run ends',
    retryAfterMs: undefined,
  };
}
