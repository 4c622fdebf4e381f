import { describe, expect, it } from 'vitest';
import type { Fields } from '../../src/model/customer.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { differences } from '../../src/plan/compare.ts';
import { aRemote } from '../builders.ts';

const equal: readonly (readonly [string, Fields, Partial<RemoteCustomer>])[] = [
  ['case of a domain', { domain: 'acme.com' }, { domain: 'ACME.com' }],
  ['case of an e-mail', { contact_email: 'A@acme.com' }, { primaryContactInfo: { email: 'a@ACME.com' } }],
  [
    'format of a phone',
    { contact_phone: '+16505550101' },
    { primaryContactInfo: { phone: '+1 650-555-0101' } },
  ],
  ['blanks of a postal code', { postal_code: 'SW1A 1AA' }, { orgPostalAddress: { postalCode: 'SW1A1AA' } }],
  ['case of a language', { language_code: 'en-US' }, { languageCode: 'en-us' }],
  ['runs of blanks in a name', { org_display_name: 'A B' }, { orgDisplayName: ' A  B' }],
  [
    'composed and decomposed letters',
    { org_display_name: 'M\u00fcller' },
    { orgDisplayName: 'Mu\u0308ller' },
  ],
  ['an empty cell is no opinion', {}, { orgDisplayName: 'Acme', languageCode: 'de' }],
  ['phone, which Google drops silently', { phone: '+16505550101' }, {}],
];

describe('differences', () => {
  it.each(equal)('sees none: %s', (_, fields, remote) => {
    expect(differences(fields, aRemote(remote))).toEqual([]);
  });

  it('takes the region for a gap to fill where Google has none, and the domain for unknown', () => {
    expect(differences({ domain: 'acme.com', region_code: 'DE' }, aRemote({ domain: undefined }))).toEqual([
      { column: 'region_code', book: 'DE', google: undefined, weight: 'ordinary' },
    ]);
  });

  it('names each column with both values and its weight', () => {
    const fields: Fields = {
      id: '7',
      domain: 'new.com',
      region_code: 'DE',
      org_display_name: 'Acme',
      address_line_2: 'Floor 2',
    };

    expect(
      differences(fields, aRemote({ orgDisplayName: 'Akme', orgPostalAddress: { regionCode: 'US' } })),
    ).toEqual([
      { column: 'domain', book: 'new.com', google: 'acme.com', weight: 'critical' },
      { column: 'region_code', book: 'DE', google: 'US', weight: 'critical' },
      { column: 'org_display_name', book: 'Acme', google: 'Akme', weight: 'ordinary' },
      { column: 'address_line_2', book: 'Floor 2', google: undefined, weight: 'ordinary' },
      { column: 'id', book: '7', google: undefined, weight: 'ordinary' },
    ]);
  });
});
