import { describe, expect, it } from 'vitest';
import type { Customer } from '../../src/model/customer.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { differences } from '../../src/plan/compare.ts';
import { importRequest, parentOf, patchRequest } from '../../src/plan/requests.ts';
import { aCustomer, aRemote } from '../builders.ts';

const fresh = { kind: 'import', overwriteIfExists: false, customer: undefined } as const;

describe('importRequest', () => {
  const identities: readonly (readonly [string, Customer, object])[] = [
    ['type domain by its domain', aCustomer({ domain: 'acme.com' }), { domain: 'acme.com' }],
    [
      'type domain by its Cloud Identity where it names one',
      aCustomer({ domain: 'acme.com', cloud_identity_id: 'C0a' }),
      { cloudIdentityId: 'C0a' },
    ],
    [
      'a team by its admin, never by its domain',
      aCustomer({ domain: 'acme.com', primary_admin_email: 'a@acme.com' }, { type: 'team' }),
      { primaryAdminEmail: 'a@acme.com' },
    ],
    [
      'a team by its Cloud Identity where it names one',
      aCustomer({ primary_admin_email: 'a@acme.com', cloud_identity_id: 'C0a' }, { type: 'team' }),
      { cloudIdentityId: 'C0a' },
    ],
  ];

  it.each(identities)('sends exactly one identity: %s', (_, customer, identity) => {
    expect(importRequest(customer, fresh, undefined)).toEqual({ ...identity, overwriteIfExists: false });
  });

  it('carries token, partner and the customer to overwrite', () => {
    const customer = aCustomer({ domain: 'acme.com', channel_partner_id: 'C0p' });
    const step = { kind: 'import', overwriteIfExists: true, customer: 'accounts/C1/customers/S1' } as const;

    expect(importRequest(customer, step, 'tok-1')).toEqual({
      domain: 'acme.com',
      authToken: 'tok-1',
      overwriteIfExists: true,
      channelPartnerId: 'C0p',
      customer: 'accounts/C1/customers/S1',
    });
  });
});

describe('parentOf', () => {
  it('is the account, or the link of the partner that the row names', () => {
    expect([
      parentOf('C1', aCustomer()),
      parentOf('C1', aCustomer({ domain: 'acme.com', channel_partner_id: 'C0p' })),
    ]).toEqual(['accounts/C1', 'accounts/C1/channelPartnerLinks/C0p']);
  });
});

describe('patchRequest', () => {
  function patch(fields: Customer['fields'], remote: RemoteCustomer): unknown {
    return patchRequest(fields, remote, differences(fields, remote));
  }

  it('names only the top-level fields that differ', () => {
    expect(
      patch({ org_display_name: 'New', language_code: 'de', id: '7' }, aRemote({ languageCode: 'de' })),
    ).toEqual({
      body: { orgDisplayName: 'New', correlationId: '7' },
      updateMask: ['orgDisplayName', 'correlationId'],
    });
  });

  it("sends an address whole: Google's value overlaid with the filled cells, unknown parts kept", () => {
    const remote = aRemote({
      orgPostalAddress: {
        regionCode: 'DE',
        locality: 'Berlin',
        addressLines: ['Old 1', 'Hof 2'],
        sublocality: 'Mitte',
      },
    });

    expect(patch({ address_line_1: 'New 1', postal_code: '10115' }, remote)).toEqual({
      body: {
        orgPostalAddress: {
          regionCode: 'DE',
          postalCode: '10115',
          locality: 'Berlin',
          addressLines: ['New 1', 'Hof 2'],
          sublocality: 'Mitte',
        },
      },
      updateMask: ['orgPostalAddress'],
    });
  });

  it('never sends the output-only display name of a contact', () => {
    const remote = aRemote({
      primaryContactInfo: { firstName: 'Ann', displayName: 'Ann Lee', email: 'a@acme.com' },
    });

    expect(patch({ contact_first_name: 'Anna' }, remote)).toEqual({
      body: { primaryContactInfo: { firstName: 'Anna', email: 'a@acme.com' } },
      updateMask: ['primaryContactInfo'],
    });
  });

  it('fills the region in where Google has none', () => {
    expect(patch({ region_code: 'DE' }, aRemote())).toEqual({
      body: { orgPostalAddress: { regionCode: 'DE' } },
      updateMask: ['orgPostalAddress'],
    });
  });

  it('is nothing where only domain or region differ: those are never patched', () => {
    expect(
      patch({ domain: 'new.com', region_code: 'DE' }, aRemote({ orgPostalAddress: { regionCode: 'US' } })),
    ).toBe(undefined);
  });
});
