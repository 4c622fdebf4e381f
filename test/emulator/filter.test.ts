import { describe, expect, it } from 'vitest';

import { parseFilter } from '../../src/emulator/filter.ts';
import type { SearchKey } from '../../src/emulator/filter.ts';
import type { Customer } from '../../src/emulator/resources.ts';

const ACME: Customer = {
  name: 'accounts/C1/customers/1',
  domain: 'acme.com',
  orgDisplayName: 'Acme "West" Ltd',
  cloudIdentityId: 'C0acme',
};
const BETA: Customer = {
  name: 'accounts/C1/customers/2',
  domain: 'beta.acme.com',
  orgDisplayName: 'Beta',
  channelPartnerId: 'C0partner',
};

const MATCHES: readonly (readonly [string, string])[] = [
  ['domain = "acme.com"', 'acme'],
  ['domain="ACME.com"', 'acme'],
  ["domain = 'acme.com'", 'acme'],
  ['domain = acme.com', 'acme'],
  ['domain : "a*"', 'acme'],
  ['domain:"*"', 'acme beta'],
  ['org_display_name = "acme \\"west\\" ltd"', 'acme'],
  ['org_display_name : "b*"', 'beta'],
  ['cloud_identity_id = "c0ACME"', 'acme'],
  ['channel_partner_id = "C0partner"', 'beta'],
  ['domain = "acme.com" OR domain = "beta.acme.com"', 'acme beta'],
  ['domain = "acme.com" AND org_display_name = "Beta"', ''],
  ['(domain = "acme.com" OR domain = "beta.acme.com") AND org_display_name : "b*"', 'beta'],
  ['((domain = "acme.com"))', 'acme'],
  ['  domain = "acme.com"  ', 'acme'],
  ['cloud_identity_id = "C0*"', ''],
];

const ON_ACME: SearchKey = { field: 'domain', value: 'acme.com' };
const OF_ACME: SearchKey = { field: 'cloudIdentityId', value: 'c0acme' };

const KEYS: readonly (readonly [string, readonly SearchKey[] | undefined])[] = [
  ['domain = "Acme.com"', [ON_ACME]],
  ['domain = "acme.com" OR cloud_identity_id = "C0acme"', [ON_ACME, OF_ACME]],
  ['org_display_name = "x" AND (domain = "acme.com" OR cloud_identity_id = "C0acme")', [ON_ACME, OF_ACME]],
  ['domain = "acme.com" OR org_display_name = "x"', undefined],
  ['domain : "acme*"', undefined],
  ['domain = ""', undefined],
];

const REFUSED: readonly string[] = [
  'domain',
  'domain =',
  '= "acme.com"',
  'domain "acme.com"',
  'domain = "acme.com',
  'domain = "a" domain = "b"',
  'domain = "a" AND',
  'domain = "a" and domain = "b"',
  'domain = "a" AND domain = "b" OR domain = "c"',
  'domain = "a" OR domain = "b" AND domain = "c"',
  '(domain = "a"',
  'domain = "a")',
  'orgDisplayName = "Beta"',
  'correlation_id = "7"',
  'domain != "a"',
  'domain : "acme.com"',
  'cloud_identity_id : "C0*"',
  'toString = "a"',
  `${'('.repeat(50)}domain = "a"${')'.repeat(50)}`,
];

describe('parseFilter', () => {
  it.each(MATCHES)('reads %s', (filter, expected) => {
    const read = parseFilter(filter);
    const found = [read.matches(ACME) ? 'acme' : '', read.matches(BETA) ? 'beta' : ''].join(' ').trim();
    expect(found).toBe(expected);
  });

  it.each(KEYS)('finds the customers of %s by %j', (filter, keys) => {
    expect(parseFilter(filter).keys).toEqual(keys);
  });

  it.each(REFUSED)('refuses %s', (filter) => {
    expect(() => parseFilter(filter)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
