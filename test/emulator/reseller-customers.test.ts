import { describe, expect, it } from 'vitest';

import type { WorldInput } from '../../src/emulator/world.ts';
import {
  ACCOUNT,
  aLegacyAddress,
  aLegacyError,
  anIdentity,
  aRemoteCustomer,
  aResellerBody,
  aWorld,
  cloudIdentityIdOf,
  emulate,
} from './harness.ts';
import type { TestEmulator } from './harness.ts';

const CUSTOMERS = '/apps/reseller/v1/customers';
const FORBIDDEN = aLegacyError(403, 'forbidden', 'Forbidden');
const NOT_FOUND = aLegacyError(404, 'notFound', 'Resource Not Found: customerId');

const OURS = {
  customerId: 'C0ours',
  customerDomain: 'ours.example',
  postalAddress: aLegacyAddress({ addressLine1: 'Weg 1', addressLine2: 'Hof', locality: 'Berlin' }),
  alternateEmail: 'owner@mail.example',
  phoneNumber: '+49 30 123456',
};
const OURS_RECORD = {
  kind: 'reseller#customer',
  ...OURS,
  customerType: 'domain',
  customerDomainVerified: false,
  postalAddress: { kind: 'customers#address', ...OURS.postalAddress },
  resourceUiUrl: 'https://admin.google.com/ours.example',
};
const THEIRS = { customerId: 'C0theirs', customerDomain: 'theirs.example', ours: false };

function aTeam(id: string, parts: object = {}) {
  return {
    cloudIdentityId: id,
    domain: 'team.example',
    customerType: 'TEAM' as const,
    primaryAdminEmail: `${id}@team.example`,
    ...parts,
  };
}

function emulateWith(parts: Partial<WorldInput>): Promise<TestEmulator> {
  return emulate(aWorld(parts));
}

describe('reseller.customers.get', () => {
  it.each(['C0ours', 'ours.example', 'OURS.example'])(
    'gives the full record of a customer of ours by %s',
    async (key) => {
      const google = await emulateWith({ resellerCustomers: [OURS] });
      const answer = await google.call('GET', `${CUSTOMERS}/${key}`);
      expect([answer.status, answer.body]).toEqual([200, OURS_RECORD]);
      expect(google.emulator.requests).toMatchObject([
        { method: 'reseller.customers.get', bucket: 'reseller', effect: false },
      ]);
    },
  );

  it.each(['C0nobody', 'free.example', 'gone.example', 'C0gone'])('says 404 to %s', async (key) => {
    const identities = [anIdentity({ domain: 'gone.example', cloudIdentityId: 'C0gone', deleted: true })];
    const google = await emulateWith({ identities });
    const answer = await google.call('GET', `${CUSTOMERS}/${key}`);
    expect([answer.status, answer.body]).toEqual([404, NOT_FOUND]);
  });

  it.each([
    ['C0theirs', 'C0theirs', 'theirs.example'],
    ['theirs.example', 'C0theirs', 'theirs.example'],
    ['import.example', cloudIdentityIdOf('import.example'), 'import.example'],
  ])('tells four words of %s, which is not ours, or nothing', async (key, customerId, customerDomain) => {
    const world = {
      resellerCustomers: [THEIRS],
      identities: [anIdentity({ domain: 'import.example' })],
    };
    const google = await emulateWith(world);
    expect((await google.call('GET', `${CUSTOMERS}/${key}`)).body).toEqual({
      kind: 'reseller#customer',
      customerId,
      customerDomain,
      customerType: 'domain',
    });
    const strict = await emulateWith({ ...world, switches: { resellerForeign: 'forbidden' } });
    expect((await strict.call('GET', `${CUSTOMERS}/${key}`)).body).toEqual(FORBIDDEN);
  });

  const SEVERAL = aLegacyError(
    400,
    'invalid',
    'Customer domain [team.example] is linked to one or more email verified customers, please provide a customer id',
  );

  it('asks for an ID where several teams have the domain', async () => {
    const google = await emulateWith({ identities: [aTeam('C0one'), aTeam('C0two')] });
    expect((await google.call('GET', `${CUSTOMERS}/team.example`)).body).toEqual(SEVERAL);
    expect((await google.call('GET', `${CUSTOMERS}/C0two`)).body).toEqual({
      kind: 'reseller#customer',
      customerId: 'C0two',
      customerDomain: 'team.example',
      customerType: 'team',
    });
  });

  it('finds a single team of ours by its domain, or asks for its ID', async () => {
    const identities = [aTeam('C0one', { subscribed: true })];
    const google = await emulateWith({ identities });
    expect((await google.call('GET', `${CUSTOMERS}/team.example`)).body).toEqual({
      kind: 'reseller#customer',
      customerId: 'C0one',
      customerDomain: 'team.example',
      customerType: 'team',
      customerDomainVerified: false,
      primaryAdmin: { primaryEmail: 'C0one@team.example' },
      resourceUiUrl: 'https://admin.google.com/team.example',
    });
    const strict = await emulateWith({ identities, switches: { resellerOneTeamByDomain: 'invalid' } });
    expect((await strict.call('GET', `${CUSTOMERS}/team.example`)).body).toEqual(SEVERAL);
  });

  it('prefers the customer of type domain to the teams on it', async () => {
    const google = await emulateWith({
      identities: [aTeam('C0one'), aTeam('C0two'), anIdentity({ domain: 'team.example' })],
    });
    expect((await google.call('GET', `${CUSTOMERS}/team.example`)).body).toMatchObject({
      customerId: cloudIdentityIdOf('team.example'),
    });
  });

  it('knows what the Channel API provisioned as ours', async () => {
    const unprovisioned = aRemoteCustomer({
      domain: 'a.example',
      cloudIdentityId: undefined,
      cloudIdentityInfo: undefined,
    });
    const google = await emulateWith({ customers: [unprovisioned], switches: { provisionDelayMs: 0 } });
    const path = `/v1/${unprovisioned.name ?? ''}:provisionCloudIdentity`;
    const user = { email: 'ann@a.example', givenName: 'Ann', familyName: 'Lee' };
    expect((await google.call('POST', path, { user })).status).toBe(200);
    const [customer] = google.emulator.customers();
    expect((await google.call('GET', `${CUSTOMERS}/a.example`)).body).toEqual({
      kind: 'reseller#customer',
      customerId: customer?.cloudIdentityId,
      customerDomain: 'a.example',
      customerType: 'domain',
      customerDomainVerified: false,
      postalAddress: {
        kind: 'customers#address',
        contactName: 'Org of a.example',
        organizationName: 'Org of a.example',
        addressLine1: 'Weg 1',
        locality: 'Berlin',
        postalCode: '10115',
        countryCode: 'DE',
      },
      alternateEmail: 'owner@mail.example',
      resourceUiUrl: 'https://admin.google.com/a.example',
    });
  });
});

describe('reseller.customers.patch and update', () => {
  it('change what the body says, and keep or clear the rest', async () => {
    const google = await emulateWith({ resellerCustomers: [OURS] });
    const patched = await google.call('PATCH', `${CUSTOMERS}/C0ours`, {
      postalAddress: { locality: 'Bonn' },
    });
    expect(patched.body).toEqual({
      ...OURS_RECORD,
      postalAddress: { ...OURS_RECORD.postalAddress, locality: 'Bonn' },
    });
    const { alternateEmail, postalAddress } = aResellerBody({ customerDomain: 'ours.example' });
    const updated = await google.call('PUT', `${CUSTOMERS}/ours.example`, { alternateEmail, postalAddress });
    expect(updated.body).toEqual({
      ...OURS_RECORD,
      phoneNumber: undefined,
      postalAddress: { kind: 'customers#address', ...aLegacyAddress() },
    });
    expect((await google.call('GET', `${CUSTOMERS}/C0ours`)).body).toEqual(updated.body);
    expect(google.emulator.requests.map(({ method, effect }) => [method, effect])).toEqual([
      ['reseller.customers.patch', true],
      ['reseller.customers.update', true],
      ['reseller.customers.get', false],
    ]);
  });

  it.each<[string, unknown, unknown]>([
    [
      'C0ours',
      { customerType: 'team' },
      aLegacyError(400, 'invalid', 'resource.customerType - Cannot be changed'),
    ],
    [
      'C0ours',
      { customerDomain: 'b.example' },
      aLegacyError(400, 'invalid', 'resource.customerDomain - Cannot be changed'),
    ],
    [
      'C0ours',
      { alternateEmail: 'a@ours.example' },
      aLegacyError(400, 'invalid', 'resource.alternateEmail - Email address contains invalid domain name'),
    ],
    ['C0theirs', { phoneNumber: '+49 30 654321' }, FORBIDDEN],
    ['C0nobody', {}, NOT_FOUND],
  ])('refuse %s %j, and change nothing', async (key, body, error) => {
    const google = await emulateWith({ resellerCustomers: [OURS, THEIRS] });
    expect((await google.call('PATCH', `${CUSTOMERS}/${key}`, body)).body).toEqual(error);
    expect(google.emulator.resellerCustomers()).toEqual([OURS_RECORD]);
    expect(google.emulator.requests).toMatchObject([{ effect: false }]);
  });

  it('have no effect where nothing changes, and drop an implausible phone', async () => {
    const google = await emulateWith({ resellerCustomers: [OURS] });
    const answer = await google.call('PATCH', `${CUSTOMERS}/C0ours`, { phoneNumber: '030 1234' });
    expect(answer.body).toEqual(OURS_RECORD);
    expect(google.emulator.requests).toMatchObject([{ status: 200, effect: false }]);
  });
});

describe('resellerCustomers', () => {
  it('lists what is ours, whichever API made it, inside the process and over HTTP', async () => {
    const google = await emulateWith({
      resellerCustomers: [OURS, THEIRS],
      customers: [aRemoteCustomer({ domain: 'a.example' })],
      identities: [anIdentity({ domain: 'import.example' })],
    });
    const domains = google.emulator.resellerCustomers().map(({ customerDomain }) => customerDomain);
    expect(domains).toEqual(['ours.example', 'a.example']);
    const overHttp = (await google.call('GET', '/_emulator/reseller-customers', undefined, {})).body;
    expect(overHttp).toEqual(JSON.parse(JSON.stringify(google.emulator.resellerCustomers())));
  });

  it('has a customer of both APIs once', async () => {
    const google = await emulateWith({
      resellerCustomers: [OURS],
      customers: [aRemoteCustomer({ domain: 'ours.example', cloudIdentityId: 'C0ours' })],
    });
    expect(google.emulator.resellerCustomers()).toEqual([OURS_RECORD]);
    const body = { domain: 'ours.example' };
    const check = await google.call('POST', `/v1/accounts/${ACCOUNT}:checkCloudIdentityAccountsExist`, body);
    expect(check.body).toMatchObject({
      cloudIdentityAccounts: [{ owned: true, customerCloudIdentityId: 'C0ours' }],
    });
  });
});
