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
import type { Heard, TestEmulator } from './harness.ts';

const CUSTOMERS = '/apps/reseller/v1/customers';
const EXISTS = aLegacyError(409, 'conflict', 'Resource already exists.');
const FORBIDDEN = aLegacyError(403, 'forbidden', 'Forbidden');

const TEAM_BODY = {
  customerType: 'team',
  primaryAdmin: { primaryEmail: 'lee@team.example' },
  postalAddress: aLegacyAddress(),
};
const TEAM = {
  cloudIdentityId: 'C0team',
  domain: 'new.example',
  customerType: 'TEAM',
  primaryAdminEmail: 'boss@new.example',
} as const;

function insert(google: TestEmulator, body: unknown = aResellerBody(), query = ''): Promise<Heard> {
  return google.call('POST', `${CUSTOMERS}${query}`, body);
}

function check(google: TestEmulator, domain: string): Promise<Heard> {
  return google.call('POST', `/v1/accounts/${ACCOUNT}:checkCloudIdentityAccountsExist`, { domain });
}

function needed(field: string): readonly string[] {
  return ['required', `resource.${field} - Required field is missing`];
}

function wrong(field: string, what: string): readonly string[] {
  return ['invalid', `resource.${field} - ${what}`];
}

describe('reseller.customers.insert', () => {
  const record = {
    kind: 'reseller#customer',
    customerId: 'C01000000',
    customerDomain: 'new.example',
    customerType: 'domain',
    customerDomainVerified: false,
    postalAddress: { kind: 'customers#address', ...aLegacyAddress() },
    alternateEmail: 'owner@mail.example',
    resourceUiUrl: 'https://admin.google.com/new.example',
  };

  it('makes a customer of the six fields that it needs, which reads find by ID and domain', async () => {
    const google = await emulate();
    const answer = await insert(google);
    expect([answer.status, answer.body]).toEqual([200, record]);
    expect((await google.call('GET', `${CUSTOMERS}/C01000000`)).body).toEqual(record);
    expect((await google.call('GET', `${CUSTOMERS}/new.example`)).body).toEqual(record);
    expect(google.emulator.requests.map(({ method, bucket, effect }) => [method, bucket, effect])).toEqual([
      ['reseller.customers.insert', 'reseller', true],
      ['reseller.customers.get', 'reseller', false],
      ['reseller.customers.get', 'reseller', false],
    ]);
  });

  it('keeps every field, and nothing that only Google writes', async () => {
    const google = await emulate();
    const postalAddress = aLegacyAddress({
      addressLine1: 'Weg 1',
      addressLine2: 'Hof',
      addressLine3: 'Links',
      locality: 'Berlin',
      region: 'BE',
    });
    const body = aResellerBody({
      customerDomain: 'New.example',
      customerType: 'domain',
      phoneNumber: '+49 (30) 123-456',
      postalAddress: { kind: 'x', ...postalAddress },
      customerId: 'C0mine',
      customerDomainVerified: true,
      resourceUiUrl: 'https://x.example',
    });
    expect((await insert(google, body)).body).toEqual({
      ...record,
      phoneNumber: '+49 (30) 123-456',
      postalAddress: { kind: 'customers#address', ...postalAddress },
    });
  });

  it('makes a Cloud Identity that the Channel API finds, and imports without a token', async () => {
    const google = await emulate();
    expect((await check(google, 'new.example')).body).toEqual({});
    await insert(google);
    expect((await check(google, 'new.example')).body).toEqual({
      cloudIdentityAccounts: [
        { existing: true, customerCloudIdentityId: 'C01000000', customerType: 'DOMAIN' },
      ],
    });
    const imported = await google.call('POST', `/v1/accounts/${ACCOUNT}/customers:import`, {
      domain: 'new.example',
    });
    expect(imported.body).toMatchObject({
      orgDisplayName: 'New',
      orgPostalAddress: { recipients: ['Ann Lee'], postalCode: '10115', regionCode: 'DE' },
      cloudIdentityId: 'C01000000',
    });
  });

  it('makes a team, whose first admin is a user at once', async () => {
    const google = await emulate();
    expect((await insert(google, TEAM_BODY)).body).toEqual({
      ...record,
      customerDomain: 'team.example',
      customerType: 'team',
      alternateEmail: undefined,
      primaryAdmin: { primaryEmail: 'lee@team.example' },
      resourceUiUrl: 'https://admin.google.com/team.example',
    });
    const user = await google.call('GET', '/admin/directory/v1/users/lee@team.example');
    expect(user.body).toMatchObject({ customerId: 'C01000000', isAdmin: true, agreedToTerms: false });
  });

  it('lets several teams share a domain, each with an admin of its own', async () => {
    const google = await emulate();
    await insert(google, TEAM_BODY);
    expect((await insert(google, TEAM_BODY)).body).toEqual(EXISTS);
    const second = { ...TEAM_BODY, primaryAdmin: { primaryEmail: 'kim@team.example' } };
    expect((await insert(google, second)).body).toMatchObject({ customerId: 'C01000001' });
  });

  it.each([
    ['+49 30 123456', '+49 30 123456'],
    ['+1.650.555.1212', '+1.650.555.1212'],
    ['030 123456', undefined],
    ['0049 30 123456', undefined],
    ['+49', undefined],
    ['+0 30 123456', undefined],
    ['+49 30 CALL-ME', undefined],
    ['+1234567890123456', undefined],
    ['', undefined],
  ])('keeps or drops the phone %j without a word', async (sent, kept) => {
    const google = await emulate();
    const answer = await insert(google, aResellerBody({ phoneNumber: sent }));
    expect([answer.status, answer.body]).toEqual([200, { ...record, phoneNumber: kept }]);
  });

  const long = 'x'.repeat(256);

  it.each<[string, unknown, readonly string[]]>([
    ['no domain', aResellerBody({ customerDomain: undefined }), needed('customerDomain')],
    [
      'www',
      aResellerBody({ customerDomain: 'www.new.example' }),
      wrong('customerDomain', 'Domain name is not valid'),
    ],
    [
      'no such domain',
      aResellerBody({ customerDomain: 'new' }),
      wrong('customerDomain', 'Domain name is not valid'),
    ],
    ['no alternate address', aResellerBody({ alternateEmail: '' }), needed('alternateEmail')],
    [
      'an alternate address that is none',
      aResellerBody({ alternateEmail: 'owner' }),
      wrong('alternateEmail', 'Email address is not valid'),
    ],
    [
      'an alternate address on the domain',
      aResellerBody({ alternateEmail: 'owner@NEW.example' }),
      wrong('alternateEmail', 'Email address contains invalid domain name'),
    ],
    [
      'an alternate address on no domain',
      aResellerBody({ alternateEmail: 'owner@mail' }),
      wrong('alternateEmail', 'Email address contains invalid domain name'),
    ],
    ...['contactName', 'organizationName', 'postalCode', 'countryCode'].map(
      (field): [string, unknown, readonly string[]] => [
        `no ${field}`,
        aResellerBody({ postalAddress: aLegacyAddress({ [field]: undefined }) }),
        needed(`postalAddress.${field}`),
      ],
    ),
    [
      'a long line',
      aResellerBody({ postalAddress: aLegacyAddress({ addressLine2: long }) }),
      wrong('postalAddress.addressLine2', 'Longer than 255 characters'),
    ],
    [
      'a country of three letters',
      aResellerBody({ postalAddress: aLegacyAddress({ countryCode: 'DEU' }) }),
      wrong('postalAddress.countryCode', 'Country code is not valid'),
    ],
    [
      'a country without resale',
      aResellerBody({ postalAddress: aLegacyAddress({ countryCode: 'KP' }) }),
      wrong('postalAddress.countryCode', 'Country is not eligible for resale'),
    ],
    ['a team without admin', { ...TEAM_BODY, primaryAdmin: {} }, needed('primaryAdmin.primaryEmail')],
    [
      'a team whose admin has no address',
      { ...TEAM_BODY, primaryAdmin: { primaryEmail: 'lee' } },
      wrong('primaryAdmin.primaryEmail', 'Email address is not valid'),
    ],
    [
      'a team on another domain than its admin',
      { ...TEAM_BODY, customerDomain: 'b.example' },
      wrong('customerDomain', 'Domain differs from that of the primary email address'),
    ],
    [
      'a team without country',
      { ...TEAM_BODY, postalAddress: aLegacyAddress({ countryCode: '' }) },
      needed('postalAddress.countryCode'),
    ],
    [
      'an unknown type',
      aResellerBody({ customerType: 'school' }),
      ['invalid', "Invalid value at 'customer_type'."],
    ],
    [
      'an unknown field',
      aResellerBody({ language: 'es' }),
      ['invalid', 'Invalid JSON payload received. Unknown name "language": Cannot find field.'],
    ],
    [
      'an unknown field of the address',
      aResellerBody({ postalAddress: aLegacyAddress({ city: 'Berlin' }) }),
      [
        'invalid',
        'Invalid JSON payload received. Unknown name "city" at \'postal_address\': Cannot find field.',
      ],
    ],
    ['no JSON', '{"customerDomain":', ['invalid', 'Invalid JSON payload received. It cannot be parsed.']],
  ])('refuses %s', async (_, body, [reason = '', message = '']) => {
    const google = await emulate();
    expect((await insert(google, body)).body).toEqual(aLegacyError(400, reason, message));
    expect(google.emulator.resellerCustomers()).toEqual([]);
    expect(google.emulator.requests).toMatchObject([{ status: 400, effect: false }]);
  });

  it('names every field that is at fault', async () => {
    const google = await emulate();
    const answer = await insert(google, aResellerBody({ alternateEmail: undefined, postalAddress: {} }));
    const { errors } = (answer.body as { error: { errors: { message: string }[] } }).error;
    expect(errors.map(({ message }) => message.split(' ')[0])).toEqual([
      'resource.alternateEmail',
      'resource.postalAddress.contactName',
      'resource.postalAddress.organizationName',
      'resource.postalAddress.postalCode',
      'resource.postalAddress.countryCode',
    ]);
  });

  it.each<[NonNullable<WorldInput['switches']>, unknown, string]>([
    [{ resellerTeamDomainRequired: true }, TEAM_BODY, 'resource.customerDomain - Required field is missing'],
    [
      { resellerTeamAlternateEmail: 'refuse' },
      { ...TEAM_BODY, alternateEmail: 'a@mail.example' },
      'resource.alternateEmail - A team has no alternate email address',
    ],
    [
      { resellerIneligibleCountries: ['DE'] },
      aResellerBody(),
      'resource.postalAddress.countryCode - Country is not eligible for resale',
    ],
  ])('with %j refuses what it takes otherwise', async (switches, body, message) => {
    expect((await insert(await emulate(), body)).status).toBe(200);
    const answer = await insert(await emulate(aWorld({ switches })), body);
    expect(answer.body).toMatchObject({ error: { code: 400, message } });
  });

  it.each<[string, Partial<WorldInput>]>([
    ['ours', { resellerCustomers: [{ customerId: 'C0', customerDomain: 'new.example' }] }],
    ['another’s', { resellerCustomers: [{ customerId: 'C0', customerDomain: 'New.example', ours: false }] }],
    ['Google’s', { identities: [anIdentity({ domain: 'new.example' })] }],
    ['a customer of the Channel API', { customers: [aRemoteCustomer({ domain: 'new.example' })] }],
  ])('refuses a domain that is %s already, for a team, too', async (_, world) => {
    const google = await emulate(aWorld(world));
    const team = { ...TEAM_BODY, primaryAdmin: { primaryEmail: 'lee@new.example' } };
    expect((await insert(google)).body).toEqual(EXISTS);
    expect((await insert(google, team)).body).toEqual(EXISTS);
    expect(google.emulator.requests).toMatchObject([{ effect: false }, { effect: false }]);
  });

  it('tells the reason that the switch names', async () => {
    const identities = [anIdentity({ domain: 'new.example' })];
    const google = await emulate(aWorld({ identities, switches: { resellerConflictReason: 'duplicate' } }));
    expect((await insert(google)).body).toEqual(aLegacyError(409, 'duplicate', 'Resource already exists.'));
  });

  it('refuses a domain that teams use, unless the switch allows it', async () => {
    const google = await emulate(aWorld({ identities: [TEAM] }));
    expect((await insert(google)).body).toEqual(
      aLegacyError(409, 'conflict', 'Domain in request is in use by an email verified customer'),
    );
    const lenient = await emulate(
      aWorld({ identities: [TEAM], switches: { resellerDomainOverTeams: 'allow' } }),
    );
    expect((await insert(lenient)).status).toBe(200);
  });

  it('takes a domain again whose customer was deleted', async () => {
    const google = await emulate(
      aWorld({ identities: [anIdentity({ domain: 'new.example', deleted: true })] }),
    );
    expect((await insert(google)).body).toMatchObject({ customerId: 'C01000001' });
  });
});

describe('reseller.customers.insert with a token', () => {
  const identity = anIdentity({
    domain: 'new.example',
    consent: false,
    languageCode: 'fr',
    tokens: [
      { token: 'good', createdAt: '-13d' },
      { token: 'old', createdAt: '-15d' },
    ],
  });
  const id = cloudIdentityIdOf('new.example');

  it('takes the customer over with the data of the body, and its ID and language stay', async () => {
    const google = await emulate(aWorld({ identities: [identity] }));
    const taken = await insert(google, aResellerBody(), '?customerAuthToken=good');
    expect(taken.body).toMatchObject({
      customerId: id,
      alternateEmail: 'owner@mail.example',
      postalAddress: { contactName: 'Ann Lee', organizationName: 'New' },
    });
    expect((await google.call('GET', `${CUSTOMERS}/new.example`)).body).toEqual(taken.body);
    expect((await google.call('GET', `/admin/directory/v1/customers/${id}`)).body).toMatchObject({
      language: 'fr',
    });
    expect(google.emulator.requests[0]).toMatchObject({ effect: true, query: { customerAuthToken: 'good' } });
    expect((await insert(google, aResellerBody(), '?customerAuthToken=good')).body).toEqual(EXISTS);
  });

  it.each([
    ['an expired token', 'old', {}],
    ['another token', 'bad', {}],
    ['a customer that it may not have', 'good', { importable: false }],
    ['a deleted customer', 'good', { deleted: true }],
    ['a domain that is free', 'good', { domain: 'other.example' }],
  ])('refuses %s', async (_, token, parts) => {
    const google = await emulate(aWorld({ identities: [{ ...identity, ...parts }] }));
    const answer = await insert(google, aResellerBody(), `?customerAuthToken=${token}`);
    expect(answer.body).toEqual(FORBIDDEN);
    expect(google.emulator.resellerCustomers()).toEqual([]);
  });
});
