import { describe, expect, it } from 'vitest';

import { ACCOUNT, anAddress, aPartnerLink, aRemoteCustomer, aWorld, emulate } from './harness.ts';
import type { TestEmulator } from './harness.ts';

const CUSTOMERS = `/v1/accounts/${ACCOUNT}/customers`;
const PARTNER_CUSTOMERS = `/v1/accounts/${ACCOUNT}/channelPartnerLinks/C0partner/customers`;
const NAME = `accounts/${ACCOUNT}/customers/S10000001`;

function aCreate(parts: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { domain: 'new.example', orgDisplayName: 'New', orgPostalAddress: anAddress(), ...parts };
}

async function refusal(google: TestEmulator, body: unknown, path = CUSTOMERS) {
  const { status, body: answer } = await google.call('POST', path, body);
  const { error } = answer as {
    error: { status: string; message: string; details?: { fieldViolations: { field: string }[] }[] };
  };
  const fields = error.details?.[0]?.fieldViolations.map((entry) => entry.field) ?? [];
  return { status, code: error.status, fields };
}

describe('customers.create', () => {
  it('answers the customer with name, times and the contact’s display name', async () => {
    const google = await emulate();
    const body = aCreate({
      primaryContactInfo: { firstName: 'Ann', lastName: 'Lee', email: 'ann@new.example', phone: '+49301' },
      alternateEmail: 'ann@mail.example',
      languageCode: 'de',
      correlationId: 'crm-1',
    });
    const created = {
      ...body,
      name: NAME,
      primaryContactInfo: {
        firstName: 'Ann',
        lastName: 'Lee',
        displayName: 'Ann Lee',
        email: 'ann@new.example',
        phone: '+49301',
      },
      createTime: '2026-01-15T12:00:00.000Z',
      updateTime: '2026-01-15T12:00:00.000Z',
    };
    const answer = await google.call('POST', CUSTOMERS, body);
    expect([answer.status, answer.body]).toEqual([200, created]);
    expect((await google.call('GET', `/v1/${NAME}`)).body).toEqual(created);
    expect(google.emulator.requests[0]).toMatchObject({
      method: 'customers.create',
      bucket: 'channel.other',
      status: 200,
      effect: true,
    });
  });

  it('passes over what only Google sets', async () => {
    const google = await emulate();
    const answer = await google.call('POST', CUSTOMERS, {
      ...aCreate(),
      name: `accounts/${ACCOUNT}/customers/mine`,
      createTime: '2020-01-01T00:00:00Z',
      updateTime: '2020-01-01T00:00:00Z',
      cloudIdentityId: 'C0mine',
      cloudIdentityInfo: { customerType: 'DOMAIN' },
    });
    expect(answer.body).toEqual({
      ...aCreate(),
      name: NAME,
      createTime: '2026-01-15T12:00:00.000Z',
      updateTime: '2026-01-15T12:00:00.000Z',
    });
  });

  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    [
      'nothing',
      { domain: '', orgDisplayName: '', orgPostalAddress: undefined },
      ['org_display_name', 'org_postal_address', 'domain'],
    ],
    ['no region', { orgPostalAddress: anAddress({ regionCode: '' }) }, ['org_postal_address.region_code']],
    [
      'no postal code where they are used',
      { orgPostalAddress: anAddress({ postalCode: '' }) },
      ['org_postal_address.postal_code'],
    ],
    [
      'no address line',
      { orgPostalAddress: anAddress({ addressLines: [] }) },
      ['org_postal_address.address_lines'],
    ],
    ['a domain that is none', { domain: 'new' }, ['domain']],
    [
      'a contact on another domain',
      { primaryContactInfo: { email: 'ann@mail.example' } },
      ['primary_contact_info.email'],
    ],
    ['an alternate address on the domain', { alternateEmail: 'ann@NEW.example' }, ['alternate_email']],
    ['a language that is none', { languageCode: 'german!' }, ['language_code']],
  ])('refuses %s', async (_, parts, fields) => {
    const google = await emulate();
    expect(await refusal(google, aCreate(parts))).toEqual({ status: 400, code: 'INVALID_ARGUMENT', fields });
    expect([google.emulator.customers(), google.emulator.requests[0]?.effect]).toEqual([[], false]);
  });

  it('says in its message that the contact must be on the domain', async () => {
    const google = await emulate();
    const answer = await google.call(
      'POST',
      CUSTOMERS,
      aCreate({ primaryContactInfo: { email: 'a@b.example' } }),
    );
    expect(answer.body).toMatchObject({
      error: { message: "primary_contact_info.email must be on the customer's domain." },
    });
  });

  it('needs no postal code in a country without them', async () => {
    const google = await emulate();
    const orgPostalAddress = anAddress({ regionCode: 'HK', postalCode: '' });
    expect((await google.call('POST', CUSTOMERS, aCreate({ orgPostalAddress }))).status).toBe(200);
  });

  it('makes a second customer of the same domain, unless the world says otherwise', async () => {
    const customers = [aRemoteCustomer({ domain: 'new.example' })];
    const loose = await emulate(aWorld({ customers }));
    expect((await loose.call('POST', CUSTOMERS, aCreate())).status).toBe(200);
    expect(loose.emulator.customers().map(({ domain }) => domain)).toEqual(['new.example', 'new.example']);
    const strict = await emulate(
      aWorld({ customers, switches: { createDuplicateDomain: 'ALREADY_EXISTS' } }),
    );
    const refused = { status: 409, code: 'ALREADY_EXISTS', fields: [] };
    expect(await refusal(strict, aCreate({ domain: 'NEW.example' }))).toEqual(refused);
    expect((await strict.call('POST', CUSTOMERS, aCreate({ domain: 'other.example' }))).status).toBe(200);
  });

  it('gives a domain free that its customer left, where duplicates are refused', async () => {
    const customer = aRemoteCustomer({ domain: 'new.example', cloudIdentityId: undefined });
    const google = await emulate(
      aWorld({ customers: [customer], switches: { createDuplicateDomain: 'ALREADY_EXISTS' } }),
    );
    await google.call('PATCH', `/v1/${customer.name ?? ''}?updateMask=domain`, { domain: 'moved.example' });
    expect((await google.call('POST', CUSTOMERS, aCreate())).status).toBe(200);
  });

  it('is seen by unfiltered lists at once and by filtered ones after the lag', async () => {
    const google = await emulate(aWorld({ switches: { filterLagMs: 3000 } }));
    await google.call('POST', CUSTOMERS, aCreate());
    const filtered = `${CUSTOMERS}?filter=${encodeURIComponent('domain = "new.example"')}`;
    expect((await google.call('GET', filtered)).body).toEqual({});
    expect((await google.call('GET', CUSTOMERS)).body).toMatchObject({ customers: [{ name: NAME }] });
    google.clock.advance(3000);
    expect((await google.call('GET', filtered)).body).toMatchObject({ customers: [{ name: NAME }] });
  });
});

describe('customers.create for a partner', () => {
  const world = aWorld({
    partnerLinks: [aPartnerLink(), aPartnerLink({ resellerCloudIdentityId: 'C0gone', linkState: 'REVOKED' })],
  });

  it.each<[string, string, object]>([
    ['under the link', PARTNER_CUSTOMERS, {}],
    ['under the account, with the partner in the body', CUSTOMERS, { channelPartnerId: 'C0partner' }],
  ])('gives the customer its partner: %s', async (_, path, parts) => {
    const google = await emulate(world);
    const answer = await google.call('POST', path, aCreate({ ...parts }));
    expect(answer.body).toMatchObject({ name: NAME, channelPartnerId: 'C0partner' });
    expect((await google.call('GET', PARTNER_CUSTOMERS)).body).toMatchObject({ customers: [{ name: NAME }] });
  });

  it.each<[string, string, object, object]>([
    [
      'an unknown link',
      PARTNER_CUSTOMERS.replace('C0partner', 'C0none'),
      {},
      { status: 404, code: 'NOT_FOUND', fields: [] },
    ],
    [
      'a link that is not active',
      PARTNER_CUSTOMERS.replace('C0partner', 'C0gone'),
      {},
      { status: 403, code: 'PERMISSION_DENIED', fields: [] },
    ],
    [
      'an unknown partner in the body',
      CUSTOMERS,
      { channelPartnerId: 'C0none' },
      { status: 400, code: 'INVALID_ARGUMENT', fields: ['channel_partner_id'] },
    ],
    [
      'a partner that contradicts the parent',
      PARTNER_CUSTOMERS,
      { channelPartnerId: 'C0gone' },
      { status: 400, code: 'INVALID_ARGUMENT', fields: ['channel_partner_id'] },
    ],
    [
      'another account',
      `/v1/accounts/C9/customers`,
      {},
      { status: 403, code: 'PERMISSION_DENIED', fields: [] },
    ],
  ])('refuses %s', async (_, path, parts, expected) => {
    const google = await emulate(world);
    expect(await refusal(google, aCreate({ ...parts }), path)).toEqual(expected);
    expect(google.emulator.customers()).toEqual([]);
  });
});
