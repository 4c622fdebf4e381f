import { redact } from '../redact.ts';
import type { MailFailed, MailFailureCode } from './mail-result.ts';
import { oneLine } from './one-line.ts';

/** Nodemailer's codes (its errors.js) as ours; what is not here was refused by the server. */
const CODES: Readonly<Record<string, MailFailureCode>> = {
  ECONNECTION: 'unreachable',
  ESOCKET: 'unreachable',
  EDNS: 'unreachable',
  EPROTOCOL: 'unreachable',
  EPROXY: 'unreachable',
  ETIMEDOUT: 'timed_out',
  EABORT: 'timed_out',
  ETLS: 'tls',
  EAUTH: 'sign_in',
  ENOAUTH: 'sign_in',
};

/** Failures that the next mail would meet as well. */
const OF_THE_SERVER: ReadonlySet<MailFailureCode> = new Set(['unreachable', 'timed_out', 'tls', 'sign_in']);

const LONGEST = 300;

export function isOfTheServer(failure: MailFailed): boolean {
  return OF_THE_SERVER.has(failure.code);
}

/**
 * What nodemailer threw, as a value.
 *
 * @param secrets passwords
 * @param recipients addresses, which a server likes to repeat and no log may hold
 */
export function mailFailure(
  error: unknown,
  secrets: readonly string[],
  recipients: readonly string[],
): MailFailed {
  const { code, responseCode, message, response } = partsOf(error);
  const text = response === undefined || message.includes(response) ? message : `${message}: ${response}`;
  return failed(codeOf(code, responseCode, message), said(text, secrets, recipients));
}

export function failed(code: MailFailureCode, message: string): MailFailed {
  return { kind: 'failed', code, message };
}

interface ErrorParts {
  readonly code: string | undefined;
  readonly responseCode: number | undefined;
  readonly message: string;
  readonly response: string | undefined;
}

function partsOf(error: unknown): ErrorParts {
  const { code, responseCode, message, response } = error as Readonly<Record<string, unknown>>;
  return {
    code: typeof code === 'string' ? code : undefined,
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
    message: typeof message === 'string' && message !== '' ? message : 'the mail was not sent',
    response: typeof response === 'string' && response !== '' ? response : undefined,
  };
}

function codeOf(
  code: string | undefined,
  responseCode: number | undefined,
  message: string,
): MailFailureCode {
  // 421 closes the connection whatever it answers (RFC 5321, section 3.8).
  if (responseCode === 421) return 'unreachable';
  // A certificate that does not hold comes as a fault of the socket where TLS is spoken from the first byte.
  if (code === 'ESOCKET' && /certificate|\btls\b|\bssl\b/i.test(message)) return 'tls';
  return CODES[code ?? ''] ?? 'rejected';
}

/** Text of a server as a result holds it: one bounded line without secrets and recipients. */
export function said(text: string, secrets: readonly string[], recipients: readonly string[]): string {
  // Secrets first: an address that is a part of one would leave the rest of it.
  const clean = recipients.reduce(withoutAddress, redact(text, secrets));
  const line = oneLine(clean);
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

function withoutAddress(text: string, address: string): string {
  const pattern = new RegExp(address.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  return text.replace(pattern, '[recipient]');
}
