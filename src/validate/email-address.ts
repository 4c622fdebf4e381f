import type { Problem } from '../model/customer.ts';
import type { CellContext } from './cell-check.ts';
import { BEYOND_ASCII, toHostname } from './domain-name.ts';
import { fault } from './rules.ts';

/** The unquoted local part of RFC 5321: atoms with single dots between them. */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
/** RFC 5321, section 4.5.3.1. */
const LOCAL_LIMIT = 64;
const ADDRESS_LIMIT = 254;

/** One plain address, kept as it is typed. */
export function checkEmail(value: string, context: CellContext, column: string): string | Problem {
  if (value.length <= ADDRESS_LIMIT && emailDomain(value) !== undefined) return value;
  const message = `${column} is no e-mail address: ${context.show(value)}.`;
  return fault('email.syntax', column, message, hint(value));
}

/** The lower-case ASCII domain of an address, undefined where it is no address. */
export function emailDomain(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  if (at < 1 || at > LOCAL_LIMIT || !LOCAL_PART.test(address.slice(0, at))) return undefined;
  return address.endsWith('.') ? undefined : toHostname(address.slice(at + 1).toLowerCase());
}

/** Whether the address is on the domain, a lower-case ASCII one, in whichever spelling. */
export function isOnDomain(address: string, domain: string): boolean {
  return address.toLowerCase().endsWith(`@${domain}`) || emailDomain(address) === domain;
}

/** The form in which two spellings of one address are alike: lower case, its domain in ASCII. */
export function comparableAddress(address: string): string {
  const lower = address.toLowerCase();
  const domain = BEYOND_ASCII.test(lower) ? emailDomain(lower) : undefined;
  return domain === undefined ? lower : `${lower.slice(0, lower.lastIndexOf('@'))}@${domain}`;
}

function hint(value: string): string {
  if (value.includes('<') || /^mailto:/i.test(value)) {
    return 'Write the address alone, without a name, brackets or mailto:.';
  }
  if (value.split('@').length > 2) return 'Write one address only.';
  return 'Write it like name@example.com.';
}
