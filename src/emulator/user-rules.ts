import { domainOf, isDomain } from './customer-rules.ts';
import type { NewUser } from './directory-resources.ts';
import { invalid, required } from './legacy-errors.ts';
import type { LegacyFault } from './legacy-errors.ts';

/*
 * What the Directory API asks of a new user:
 * https://developers.google.com/workspace/admin/directory/reference/rest/v1/users
 * https://support.google.com/a/answer/9193374 (addresses)
 */

const MAX_NAME = 60;
const MAX_LOCAL_PART = 64;
const LOCAL_PART = /^[a-z0-9_'-]+(\.[a-z0-9_'-]+)*$/i;
const PASSWORD = /^[\x20-\x7e]{8,100}$/;
const E164 = /^\+[1-9]\d{6,14}$/;
/** Hash functions that `password` may have gone through, and how the hash looks. */
const HASHES: Readonly<Record<string, RegExp>> = {
  MD5: /^[0-9a-f]{32}$/i,
  'SHA-1': /^[0-9a-f]{40}$/i,
  crypt: /^(\$(1|5|6)\$|[./0-9a-z]{13}$)/i,
};

/** Everything wrong with a user that is to be made. */
export function newUserFaults(body: NewUser): readonly LegacyFault[] {
  const { primaryEmail = '', name = {}, recoveryEmail, recoveryPhone } = body;
  return [
    ...addressFaults(primaryEmail),
    ...nameFaults('givenName', name.givenName),
    ...nameFaults('familyName', name.familyName),
    ...passwordFaults(body),
    ...(recoveryEmail === undefined || isDomain(domainOf(recoveryEmail) ?? '')
      ? []
      : [invalid('Invalid Input: recoveryEmail')]),
    ...(recoveryPhone === undefined || isPhoneNumber(recoveryPhone)
      ? []
      : [invalid('Invalid Input: recoveryPhone')]),
  ];
}

export function isPhoneNumber(text: string): boolean {
  return E164.test(text);
}

function addressFaults(address: string): readonly LegacyFault[] {
  if (address === '') return [required('Missing required field: primaryEmail')];
  const [localPart = '', domain = '', ...rest] = address.split('@');
  const isSound = LOCAL_PART.test(localPart) && localPart.length <= MAX_LOCAL_PART;
  return isSound && isDomain(domain) && rest.length === 0
    ? []
    : [invalid('Invalid Input: primary_user_email')];
}

function nameFaults(field: 'givenName' | 'familyName', name = ''): readonly LegacyFault[] {
  if (name.trim() === '') return [required(`Missing required field: name.${field}`)];
  return name.length <= MAX_NAME ? [] : [invalid(`Invalid Input: name.${field}`)];
}

function passwordFaults({ password = '', hashFunction }: NewUser): readonly LegacyFault[] {
  if (password === '') return [required('Missing required field: password')];
  if (hashFunction === undefined) return PASSWORD.test(password) ? [] : [invalid('Invalid Password')];
  const hash = Object.hasOwn(HASHES, hashFunction) ? HASHES[hashFunction] : undefined;
  if (hash === undefined) return [invalid('Invalid Input: hashFunction')];
  return hash.test(password) ? [] : [invalid('Invalid Password')];
}
