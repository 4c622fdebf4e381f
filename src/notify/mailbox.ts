import { domainToASCII } from 'node:url';

/** A name, which may be empty, and an address. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** Atoms with single dots between them; an unquoted local part (RFC 5321, RFC 6531). */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~\u0080-\uffff-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u0080-\uffff-]+)*$/;
const HOST = /^(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i;
/** RFC 5321, section 4.5.3.1. */
const LOCAL_LIMIT = 64;
const ADDRESS_LIMIT = 254;

/** Whether `text` is one plain address, without a name or brackets. */
export function isAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || at > LOCAL_LIMIT || text.length > ADDRESS_LIMIT || /\s/.test(text)) return false;
  return LOCAL_PART.test(text.slice(0, at)) && HOST.test(domainToASCII(text.slice(at + 1)));
}

/** Reads `info@reseller.example` or `Name <info@reseller.example>`; undefined where it is neither. */
export function parseMailbox(text: string): Mailbox | undefined {
  const parts = /^(?<name>[^<>\r\n]*)<(?<address>[^<>]+)>$/u.exec(text.trim())?.groups;
  const address = (parts?.['address'] ?? text).trim();
  if (!isAddress(address)) return undefined;
  return { name: unquoted((parts?.['name'] ?? '').trim()), address };
}

function unquoted(name: string): string {
  return /^"(.*)"$/.exec(name)?.[1]?.replace(/\\(.)/g, '$1') ?? name;
}

/** The domain of an address, in the form in which names on the network are written. */
export function domainOf(address: string): string {
  return domainToASCII(address.slice(address.lastIndexOf('@') + 1));
}

/** The address as it travels: its domain in ASCII, so that the server's words can be searched for it. */
export function asciiAddress(address: string): string {
  return `${address.slice(0, address.lastIndexOf('@'))}@${domainOf(address)}`;
}
