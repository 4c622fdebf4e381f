import { CODES } from './errors.ts';
import type { ApiError, Code } from './errors.ts';
import type { LegacyError } from './legacy-errors.ts';
import { omitDefaults } from './proto-json.ts';

/** An HTTP answer before it is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=UTF-8';
const TEXT_TYPE = 'text/plain; charset=UTF-8';
const HTML_TYPE = 'text/html; charset=UTF-8';

/** A message as Google's servers write it: indented, without defaults. */
export function messageAnswer(message: unknown): Answer {
  return jsonAnswer(200, omitDefaults(message));
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': JSON_TYPE }, body: `${JSON.stringify(value, null, 2)}\n` };
}

/** A success that has nothing to say. */
export function emptyAnswer(status: number): Answer {
  return { status, headers: {}, body: '' };
}

export function textAnswer(status: number, text: string): Answer {
  return { status, headers: { 'content-type': TEXT_TYPE }, body: `${text}\n` };
}

export function htmlAnswer(status: number, text: string): Answer {
  const safe = text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const page = `<!DOCTYPE html>\n<html lang=en><title>Error ${status}</title>\n<p><b>${status}.</b> ${safe}\n</html>`;
  return { status, headers: { 'content-type': HTML_TYPE }, body: `${page}\n` };
}

/** `{"error":{code,message,status,details}}`; `code` is the HTTP status. */
export function statusAnswer(
  status: number,
  error: { readonly code: string; readonly message: string; readonly details?: readonly object[] },
): Answer {
  const { code, message, details = [] } = error;
  return jsonAnswer(status, {
    error: { code: status, message, status: code, ...(details.length > 0 ? { details } : {}) },
  });
}

/** `{"error":{code,message,errors:[{domain,reason,message}]}}`. */
export function legacyAnswer(
  status: number,
  error: { readonly message: string; readonly reason: string; readonly domain?: string },
): Answer {
  const { message, reason, domain = 'global' } = error;
  return jsonAnswer(status, { error: { code: status, message, errors: [{ domain, reason, message }] } });
}

/** An OAuth error (RFC 6749, section 5.2). */
export function oauthAnswer(status: number, error: string, description: string): Answer {
  return jsonAnswer(status, { error, error_description: description });
}

/** A refusal in the Channel API's format. */
export function refusalAnswer(error: ApiError): Answer {
  return withChallenge(statusAnswer(CODES[error.code].http, error));
}

/** A refusal in the format of the Reseller and Directory APIs. */
export function legacyRefusalAnswer({ status, message, faults }: LegacyError): Answer {
  const errors = faults.map((fault) => ({ domain: 'global', ...fault }));
  return withChallenge(jsonAnswer(status, { error: { code: status, message, errors } }));
}

/** Every 401 says how to do better (RFC 9110, section 11.6.1). */
function withChallenge(answer: Answer): Answer {
  if (answer.status !== 401) return answer;
  return withHeaders(answer, { 'www-authenticate': 'Bearer realm="https://accounts.google.com/"' });
}

export function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** Retry-After as seconds from now or as a date; whole seconds, rounded up (RFC 9110, section 10.2.3). */
export function retryAfter(as: 'seconds' | 'date', seconds: number, now: number): Record<string, string> {
  const whole = Math.ceil(seconds);
  return { 'retry-after': as === 'seconds' ? String(whole) : new Date(now + whole * 1000).toUTCString() };
}

/** The canonical code that Google uses with an HTTP status. */
export function codeOfStatus(status: number): Code {
  const found = Object.entries(CODES).find(([, { http }]) => http === status);
  if (found !== undefined) return STATUS_FIRST[status] ?? (found[0] as Code);
  return status < 500 ? 'UNKNOWN' : 'UNAVAILABLE';
}

/** Where several codes share a status, the one that is meant without more said. */
const STATUS_FIRST: Readonly<Record<number, Code>> = { 409: 'ALREADY_EXISTS', 500: 'INTERNAL' };
