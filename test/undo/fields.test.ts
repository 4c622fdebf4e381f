import { describe, expect, it } from 'vitest';
import type { PatchableField } from '../../src/model/patchable.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import {
  asBefore,
  bodyOf,
  changesOf,
  patchable,
  regionsDiffer,
  unpatchableChanges,
} from '../../src/undo/fields.ts';
import { aRemote } from '../builders.ts';

describe('patchable', () => {
  it('keeps what a patch may write, in one order, and takes everything where the mask is lost', () => {
    expect(patchable(['languageCode', 'domain', 'orgDisplayName'])).toEqual([
      'orgDisplayName',
      'languageCode',
    ]);
    expect(patchable(undefined)).toEqual([
      'orgDisplayName',
      'orgPostalAddress',
      'primaryContactInfo',
      'alternateEmail',
      'languageCode',
      'correlationId',
    ]);
  });
});

describe('changesOf', () => {
  const cases: readonly [
    title: string,
    field: PatchableField,
    back: Partial<RemoteCustomer>,
    now: Partial<RemoteCustomer>,
    changes: readonly unknown[],
  ][] = [
    [
      'a text that differs',
      'languageCode',
      { languageCode: 'en' },
      { languageCode: 'de' },
      [{ field: 'languageCode', now: 'de', back: 'en' }],
    ],
    ['a text that is the same', 'languageCode', { languageCode: 'en' }, { languageCode: 'en' }, []],
    [
      'a text that was absent',
      'correlationId',
      {},
      { correlationId: '7' },
      [{ field: 'correlationId', now: '7', back: undefined }],
    ],
    [
      'a text that is gone',
      'correlationId',
      { correlationId: '7' },
      {},
      [{ field: 'correlationId', now: undefined, back: '7' }],
    ],
    ['an empty text for an absent one', 'alternateEmail', {}, { alternateEmail: '' }, []],
    [
      'an address part by part, in their order by name',
      'orgPostalAddress',
      { orgPostalAddress: { regionCode: 'DE', postalCode: '1', addressLines: ['A', 'B'] } },
      { orgPostalAddress: { regionCode: 'DE', postalCode: '2', addressLines: ['B', 'A'], locality: 'C' } },
      [
        { field: 'orgPostalAddress.addressLines', now: ['B', 'A'], back: ['A', 'B'] },
        { field: 'orgPostalAddress.locality', now: 'C', back: undefined },
        { field: 'orgPostalAddress.postalCode', now: '2', back: '1' },
      ],
    ],
    [
      'an address that differs in what we know nothing of',
      'orgPostalAddress',
      { orgPostalAddress: { regionCode: 'DE', sublocality: 'Mitte' } },
      { orgPostalAddress: { regionCode: 'DE' } },
      [{ field: 'orgPostalAddress.sublocality', now: undefined, back: 'Mitte' }],
    ],
    [
      'a contact whose display name alone differs',
      'primaryContactInfo',
      { primaryContactInfo: { firstName: 'Kim', displayName: 'Kim' } },
      { primaryContactInfo: { firstName: 'Kim', displayName: 'Kim Lee' } },
      [],
    ],
    ['an empty contact for an absent one', 'primaryContactInfo', {}, { primaryContactInfo: {} }, []],
  ];

  it.each(cases)('sees %s', (_, field, back, now, changes) => {
    expect(changesOf(field, aRemote(back), aRemote(now))).toEqual(changes);
  });
});

describe('asBefore', () => {
  it('is the before-image', () => {
    const before = aRemote({ orgPostalAddress: { regionCode: 'DE', locality: 'Berlin' } });

    expect(asBefore(before, aRemote({ orgPostalAddress: { regionCode: 'DE' } }))).toEqual(before);
  });

  it('keeps a region that the address had not, since a region is never taken away', () => {
    const before = aRemote({ orgPostalAddress: { locality: 'Berlin' } });
    const now = aRemote({ orgPostalAddress: { regionCode: 'DE', locality: 'Potsdam' } });

    expect(asBefore(before, now).orgPostalAddress).toEqual({ regionCode: 'DE', locality: 'Berlin' });
  });
});

describe('regionsDiffer', () => {
  it.each([
    ['DE', 'AT', true],
    ['DE', 'de', false],
    [undefined, 'DE', false],
    ['DE', undefined, false],
  ])('says of %s before and %s now: %s', (was, is, differ) => {
    const before = aRemote({ orgPostalAddress: { regionCode: was } });
    const now = aRemote({ orgPostalAddress: { regionCode: is } });

    expect(regionsDiffer(before, now)).toBe(differ);
  });
});

describe('unpatchableChanges', () => {
  const berlin = { regionCode: 'DE', locality: 'Berlin' };
  const cases: readonly [
    title: string,
    before: Partial<RemoteCustomer>,
    now: Partial<RemoteCustomer>,
    changes: readonly unknown[],
  ][] = [
    [
      'another domain and another partner',
      { channelPartnerId: 'C1' },
      { domain: 'acme.org', channelPartnerId: 'C2' },
      [
        { field: 'domain', now: 'acme.org', back: 'acme.com' },
        { field: 'channelPartnerId', now: 'C2', back: 'C1' },
      ],
    ],
    [
      'a Cloud Identity where there was none',
      { cloudIdentityId: undefined },
      {},
      [{ field: 'cloudIdentityId', now: 'C0acme', back: undefined }],
    ],
    [
      'an address in another region, whole',
      { orgPostalAddress: berlin },
      { orgPostalAddress: { regionCode: 'AT', locality: 'Wien' } },
      [
        { field: 'orgPostalAddress.locality', now: 'Wien', back: 'Berlin' },
        { field: 'orgPostalAddress.regionCode', now: 'AT', back: 'DE' },
      ],
    ],
    [
      'a region where there was none, and just that',
      { orgPostalAddress: { locality: 'Berlin' } },
      { orgPostalAddress: { regionCode: 'DE', locality: 'Potsdam' } },
      [{ field: 'orgPostalAddress.regionCode', now: 'DE', back: undefined }],
    ],
  ];

  it.each(cases)('sees %s', (_, before, now, changes) => {
    expect(unpatchableChanges(aRemote(before), aRemote(now))).toEqual(changes);
  });

  it('sees nothing in what a patch takes back, nor in the case of a domain', () => {
    const before = aRemote({ orgDisplayName: 'Acme', orgPostalAddress: berlin });
    const now = aRemote({
      domain: 'ACME.com',
      orgDisplayName: 'Other',
      orgPostalAddress: { ...berlin, locality: 'Bonn' },
    });

    expect(unpatchableChanges(before, now)).toEqual([]);
  });
});

describe('bodyOf', () => {
  it('has the fields that are asked for as they were, and leaves out those that were absent', () => {
    const back = aRemote({ orgDisplayName: 'Before', languageCode: 'en' });

    expect(bodyOf(['orgDisplayName', 'correlationId'], back)).toEqual({ orgDisplayName: 'Before' });
  });
});
