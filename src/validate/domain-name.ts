import { domainToASCII } from 'node:url';
import { parse } from 'tldts';
import type { Problem } from '../model/customer.ts';
import type { CellContext } from './cell-check.ts';
import { fault } from './rules.ts';

/** Labels of letters, digits and inner hyphens, up to 63 of them (RFC 1035), at least two labels. */
const HOSTNAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const HOSTNAME_LIMIT = 253;
// eslint-disable-next-line no-control-regex -- everything beyond ASCII
export const BEYOND_ASCII = /[^\u0000-\u007f]/;

/** Endings kept for trials (RFC 6761): in no public suffix list, and no customer's, but sample books have them. */
const KEPT_FOR_TRIALS = /\.(?:example|test)$/;

/** A customer's domain: lower case, IDN as punycode, without `www.` and a dot at the end. */
export function checkDomain(value: string, context: CellContext): string | Problem {
  const lower = value.toLowerCase();
  const host = toHostname(lower);
  const parsed = parse(host ?? lower, { extractHostname: false });
  const isKnown = parsed.isIcann === true || KEPT_FOR_TRIALS.test(lower);
  if (host === undefined || parsed.isIp === true || !isKnown || parsed.domain === null) {
    return domainFault(lower, host, parsed, context.show(value));
  }
  return withoutWww(host, parsed.domain);
}

function domainFault(
  lower: string,
  host: string | undefined,
  parsed: ReturnType<typeof parse>,
  shown: string,
): Problem {
  if (lower.includes('/')) {
    return fault('domain.url', 'domain', `The domain ${shown} is a web address.`, insteadOf(urlHost(lower)));
  }
  if (lower.includes('@')) {
    const mailHost = lower.slice(lower.lastIndexOf('@') + 1);
    return fault('domain.email', 'domain', `The domain ${shown} is an e-mail address.`, insteadOf(mailHost));
  }
  if (parsed.isIp === true) {
    return fault('domain.ip', 'domain', `The domain ${shown} is an IP address.`, insteadOf(undefined));
  }
  if (host === undefined) {
    return fault(
      'domain.syntax',
      'domain',
      `The domain ${shown} is not spelled like one.`,
      insteadOf(undefined),
    );
  }
  if (parsed.isIcann !== true) {
    const message = `The domain ${shown} does not end in a public suffix.`;
    return fault(
      'domain.unknown_suffix',
      'domain',
      message,
      'Correct its ending; such a domain cannot be registered.',
    );
  }
  const message = `The domain ${shown} is a public suffix, under which anyone can register.`;
  return fault('domain.public_suffix', 'domain', message, "Write the customer's own domain below it.");
}

/** Lower-case ASCII form of a host name, undefined where it is none. */
export function toHostname(text: string): string | undefined {
  if (HOSTNAME.test(text)) return text.length <= HOSTNAME_LIMIT ? text : undefined;
  const ascii = BEYOND_ASCII.test(text) ? domainToASCII(text) : text;
  const host = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  return host.length <= HOSTNAME_LIMIT && HOSTNAME.test(host) ? host : undefined;
}

/** `www.example.com` is the domain `example.com`; `www.com` is a domain of its own. */
function withoutWww(host: string, registrable: string): string {
  return host.startsWith('www.') && host.length > registrable.length ? host.slice(4) : host;
}

function urlHost(text: string): string {
  const afterScheme = text.replace(/^[a-z][a-z0-9+.-]*:\/\//, '').replace(/^\/+/, '');
  return afterScheme.replace(/[/?#:].*$/s, '').replace(/^.*@/, '');
}

function insteadOf(candidate: string | undefined): string {
  const host = candidate === undefined ? undefined : toHostname(candidate);
  const { domain, isIcann } = parse(host ?? '', { extractHostname: false });
  if (host === undefined || domain === null || isIcann !== true) {
    return 'Write the domain alone, like example.com.';
  }
  return `Write ${withoutWww(host, domain)} if that is the customer's domain.`;
}
