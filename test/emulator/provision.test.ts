import { describe, expect, it } from 'vitest';

import type { WorldInput } from '../../src/emulator/world.ts';
import { ACCOUNT, anAddress, anIdentity, aPartnerLink, aWorld, emulate } from './harness.ts';
import type { Heard, TestEmulator } from './harness.ts';

type CustomerInput = NonNullable<WorldInput['customers']>[number];

const CUSTOMER = `accounts/${ACCOUNT}/customers/a-example`;
const ADMIN = { email: 'admin@a.example', givenName: 'Ann', familyName: 'Lee' };

/** A customer without Cloud Identity. */
function anUnlinkedCustomer(parts: Partial<CustomerInput> = {}): CustomerInput {
  return {
    name: CUSTOMER,
    domain: 'a.example',
    orgDisplayName: 'A',
    orgPostalAddress: anAddress(),
    alternateEmail: 'owner@mail.example',
    languageCode: 'de',
    createTime: '2026-01-01T00:00:00Z',
    ...parts,
  };
}

function aProvisioningWorld(parts: Partial<WorldInput> = {}): WorldInput {
  return aWorld({
    customers: [anUnlinkedCustomer()],
    ...parts,
    switches: { provisionDelayMs: 1000, ...parts.switches },
  });
}

function provision(google: TestEmulator, body: unknown = { user: ADMIN }, name = CUSTOMER): Promise<Heard> {
  return google.call('POST', `/v1/${name}:provisionCloudIdentity`, body);
}

async function refusal(google: TestEmulator, body?: unknown, name?: string) {
  const { status, body: answer } = await provision(google, body, name);
  const { error } = answer as {
    error: { status: string; details?: { fieldViolations: { field: string }[] }[] };
  };
  const fields = error.details?.[0]?.fieldViolations.map((entry) => entry.field) ?? [];
  return { status, code: error.status, fields };
}

function cloudIdentities(google: TestEmulator): readonly (string | undefined)[] {
  return google.emulator.customers().map((customer) => customer.cloudIdentityId);
}

const METADATA = {
  '@type': 'type.googleapis.com/google.cloud.channel.v1.OperationMetadata',
  operationType: 'PROVISION_CLOUD_IDENTITY',
};
const OPERATION = 'operations/op10000001';
const PENDING = { name: OPERATION, metadata: METADATA };
const PROVISIONED = {
  ...anUnlinkedCustomer(),
  createTime: '2026-01-01T00:00:00.000Z',
  updateTime: '2026-01-15T12:00:01.000Z',
  cloudIdentityId: 'C01000000',
  cloudIdentityInfo: {
    customerType: 'DOMAIN',
    primaryDomain: 'a.example',
    alternateEmail: 'owner@mail.example',
    languageCode: 'de',
    adminConsoleUri: 'admin.google.com/a.example',
  },
};
const RESPONSE = { '@type': 'type.googleapis.com/google.cloud.channel.v1.Customer', ...PROVISIONED };

describe('customers.provisionCloudIdentity', () => {
  it('answers an operation that runs, and makes the Cloud Identity when it is due', async () => {
    const google = await emulate(aProvisioningWorld());
    const answer = await provision(google);
    expect([answer.status, answer.body]).toEqual([200, PENDING]);
    google.clock.advance(999);
    expect((await google.call('GET', `/v1/${OPERATION}`)).body).toEqual(PENDING);
    expect(cloudIdentities(google)).toEqual([undefined]);
    google.clock.advance(1);
    const done = { ...PENDING, done: true, response: RESPONSE };
    expect((await google.call('GET', `/v1/${OPERATION}`)).body).toEqual(done);
    expect((await google.call('GET', `/v1/${CUSTOMER}`)).body).toEqual(PROVISIONED);
  });

  it('takes effect in time though nobody asks, dated when it was due', async () => {
    const google = await emulate(aProvisioningWorld({ switches: { filterLagMs: 3000 } }));
    await provision(google);
    google.clock.advance(3999);
    expect(google.emulator.customers()).toEqual([PROVISIONED]);
    const filter = encodeURIComponent('cloud_identity_id = "C01000000"');
    expect((await google.call('GET', `/v1/accounts/${ACCOUNT}/customers?filter=${filter}`)).body).toEqual({});
    google.clock.advance(1);
    expect((await google.call('GET', `/v1/accounts/${ACCOUNT}/customers?filter=${filter}`)).body).toEqual({
      customers: [PROVISIONED],
    });
  });

  it('is an effect of the call that starts it, and of no other', async () => {
    const google = await emulate(aProvisioningWorld());
    await provision(google);
    google.clock.advance(1000);
    await google.call('GET', `/v1/${OPERATION}`);
    expect(google.emulator.requests.map(({ method, bucket, effect }) => [method, bucket, effect])).toEqual([
      ['customers.provisionCloudIdentity', 'channel.other', true],
      ['operations.get', 'channel.operations', false],
    ]);
  });

  it('makes the super admin, and an account that checks and imports find', async () => {
    const google = await emulate(aProvisioningWorld());
    await provision(google);
    expect(google.emulator.users()).toEqual([]);
    google.clock.advance(1000);
    expect(google.emulator.users()).toEqual([
      {
        id: '100000000000000000001',
        primaryEmail: 'admin@a.example',
        customerId: 'C01000000',
        name: { givenName: 'Ann', familyName: 'Lee' },
        aliases: [],
        isAdmin: true,
        suspended: false,
        agreedToTerms: false,
        changePasswordAtNextLogin: false,
        creationTime: '2026-01-15T12:00:01.000Z',
        recoveryEmail: 'owner@mail.example',
        orgUnitPath: '/',
        languages: [{ languageCode: 'de', preference: 'preferred' }],
      },
    ]);
    const check = await google.call('POST', `/v1/accounts/${ACCOUNT}:checkCloudIdentityAccountsExist`, {
      domain: 'a.example',
      primaryAdminEmail: 'admin@a.example',
    });
    expect(check.body).toEqual({
      cloudIdentityAccounts: [
        { existing: true, customerCloudIdentityId: 'C01000000', customerType: 'DOMAIN' },
      ],
    });
    const imported = await google.call('POST', `/v1/accounts/${ACCOUNT}/customers:import`, {
      domain: 'a.example',
    });
    expect(imported.body).toEqual(PROVISIONED);
  });

  it('gives the Cloud Identity what the request says, but for what only Google sets', async () => {
    const google = await emulate(aProvisioningWorld({ switches: { provisionDelayMs: 0 } }));
    const cloudIdentityInfo = {
      customerType: 'DOMAIN',
      alternateEmail: 'it@mail.example',
      phoneNumber: '+49301',
      languageCode: 'en-US',
      eduData: { instituteType: 'K12', website: 'a.example' },
    };
    const fixed = { primaryDomain: 'x.example', isDomainVerified: true, adminConsoleUri: 'x' };
    const answer = await provision(google, {
      user: ADMIN,
      cloudIdentityInfo: { ...cloudIdentityInfo, ...fixed },
    });
    expect(answer.body).toMatchObject({ done: true, response: { alternateEmail: 'owner@mail.example' } });
    expect((answer.body as { response: { cloudIdentityInfo: object } }).response.cloudIdentityInfo).toEqual({
      ...cloudIdentityInfo,
      primaryDomain: 'a.example',
      adminConsoleUri: 'admin.google.com/a.example',
    });
  });

  it('makes the primary contact the super admin where the request names none', async () => {
    const primaryContactInfo = { firstName: 'Bob', lastName: 'Ray', email: 'bob@a.example' };
    const google = await emulate(
      aProvisioningWorld({
        customers: [anUnlinkedCustomer({ primaryContactInfo })],
        switches: { provisionDelayMs: 0 },
      }),
    );
    expect((await provision(google, {})).status).toBe(200);
    expect(google.emulator.users()).toMatchObject([
      { primaryEmail: 'bob@a.example', name: { givenName: 'Bob', familyName: 'Ray' } },
    ]);
  });

  it('lets the admin of a team be anywhere', async () => {
    const google = await emulate(aProvisioningWorld({ switches: { provisionDelayMs: 0 } }));
    const user = { ...ADMIN, email: 'ann@elsewhere.example' };
    const answer = await provision(google, { user, cloudIdentityInfo: { customerType: 'TEAM' } });
    expect(answer.body).toMatchObject({ response: { cloudIdentityInfo: { customerType: 'TEAM' } } });
  });

  it.each<[string, unknown, readonly string[]]>([
    ['no admin', {}, ['user.email', 'user.given_name', 'user.family_name']],
    ['an admin without names', { user: { email: ADMIN.email } }, ['user.given_name', 'user.family_name']],
    ['an admin whose address is none', { user: { ...ADMIN, email: 'admin' } }, ['user.email']],
    ['an admin on another domain', { user: { ...ADMIN, email: 'admin@b.example' } }, ['user.email']],
    [
      'an alternate address on the domain',
      { user: ADMIN, cloudIdentityInfo: { alternateEmail: 'x@A.example' } },
      ['cloud_identity_info.alternate_email'],
    ],
    [
      'a language that is none',
      { user: ADMIN, cloudIdentityInfo: { languageCode: 'german!' } },
      ['cloud_identity_info.language_code'],
    ],
    ['a field of the wrong type', { user: ADMIN, validateOnly: 'yes' }, ['validate_only']],
  ])('refuses %s', async (_, body, fields) => {
    const google = await emulate(aProvisioningWorld());
    expect(await refusal(google, body)).toEqual({ status: 400, code: 'INVALID_ARGUMENT', fields });
    expect([google.emulator.operations(), google.emulator.requests[0]?.effect]).toEqual([[], false]);
  });

  it('refuses a customer without a domain', async () => {
    const customers = [anUnlinkedCustomer({ domain: undefined })];
    const google = await emulate(aProvisioningWorld({ customers }));
    expect((await refusal(google)).code).toBe('INVALID_ARGUMENT');
  });

  it('does not find an unknown customer, and refuses another account', async () => {
    const google = await emulate(aProvisioningWorld());
    expect((await refusal(google, undefined, `${CUSTOMER}x`)).code).toBe('NOT_FOUND');
    expect((await refusal(google, undefined, 'accounts/C9/customers/a-example')).code).toBe(
      'PERMISSION_DENIED',
    );
  });

  it('is not served under partner links, and serves their customers under the account', async () => {
    const customers = [anUnlinkedCustomer({ channelPartnerId: 'C0partner' })];
    const google = await emulate(aProvisioningWorld({ customers, partnerLinks: [aPartnerLink()] }));
    const below = `accounts/${ACCOUNT}/channelPartnerLinks/C0partner/customers/a-example`;
    expect((await provision(google, undefined, below)).status).toBe(404);
    expect(google.emulator.requests).toMatchObject([{ method: 'unknown' }]);
    expect((await provision(google)).status).toBe(200);
  });

  it.each<[string, Partial<WorldInput>]>([
    ['a user has', { users: [{ primaryEmail: 'Admin@a.example' }] }],
    ['is another one’s alias', { users: [{ primaryEmail: 'x@b.example', aliases: ['admin@a.example'] }] }],
    [
      'the admin of a Cloud Identity has',
      { identities: [anIdentity({ domain: 'b.example', primaryAdminEmail: 'admin@A.example' })] },
    ],
  ])('refuses an address that %s', async (_, parts) => {
    const google = await emulate(aProvisioningWorld(parts));
    expect(await refusal(google)).toEqual({ status: 409, code: 'ALREADY_EXISTS', fields: [] });
  });

  it('refuses a domain that has a Cloud Identity, but for a team', async () => {
    const google = await emulate(aProvisioningWorld({ identities: [anIdentity({ domain: 'a.example' })] }));
    expect(await refusal(google)).toEqual({ status: 409, code: 'ALREADY_EXISTS', fields: [] });
    const team = { user: ADMIN, cloudIdentityInfo: { customerType: 'TEAM' } };
    expect((await provision(google, team)).status).toBe(200);
  });

  it('takes domain and address of a deleted Cloud Identity', async () => {
    const identities = [anIdentity({ domain: 'a.example', primaryAdminEmail: ADMIN.email, deleted: true })];
    const google = await emulate(aProvisioningWorld({ identities }));
    expect((await provision(google)).status).toBe(200);
  });
});

describe('provisionAgain', () => {
  const linked = anUnlinkedCustomer({
    cloudIdentityId: 'C0a',
    cloudIdentityInfo: { customerType: 'DOMAIN' },
  });

  it.each([
    ['ALREADY_EXISTS', undefined, 409],
    ['FAILED_PRECONDITION', 'FAILED_PRECONDITION', 400],
  ] as const)('refuses a customer that has its Cloud Identity: %s', async (code, provisionAgain, status) => {
    const switches = provisionAgain === undefined ? {} : { provisionAgain };
    const google = await emulate(aProvisioningWorld({ customers: [linked], switches }));
    expect(await refusal(google)).toEqual({ status, code, fields: [] });
  });

  it('answers an operation that is done, with the same Cloud Identity: done', async () => {
    const google = await emulate(
      aProvisioningWorld({ customers: [linked], switches: { provisionAgain: 'done' } }),
    );
    const answer = await provision(google);
    expect(answer.body).toMatchObject({ ...PENDING, done: true, response: { cloudIdentityId: 'C0a' } });
    expect((await google.call('GET', `/v1/${OPERATION}`)).body).toEqual(answer.body);
    expect(google.emulator.requests[0]?.effect).toBe(false);
  });
});

describe('provisionWhileRunning', () => {
  it.each([
    ['ABORTED', undefined],
    ['ALREADY_EXISTS', 'ALREADY_EXISTS'],
  ] as const)('refuses a second call: %s', async (code, provisionWhileRunning) => {
    const switches = provisionWhileRunning === undefined ? {} : { provisionWhileRunning };
    const google = await emulate(aProvisioningWorld({ switches }));
    await provision(google);
    expect(await refusal(google)).toEqual({ status: 409, code, fields: [] });
    expect(google.emulator.operations()).toHaveLength(1);
  });

  it('lets a customer be provisioned again after a failure', async () => {
    const google = await emulate(aProvisioningWorld({ faults: [{ do: 'fail-operation' }] }));
    await provision(google);
    google.clock.advance(1000);
    expect((await provision(google)).body).toEqual({ ...PENDING, name: 'operations/op10000002' });
  });

  it('answers the operation that runs: same', async () => {
    const google = await emulate(aProvisioningWorld({ switches: { provisionWhileRunning: 'same' } }));
    await provision(google);
    expect((await provision(google)).body).toEqual(PENDING);
    expect(google.emulator.requests.map(({ effect }) => effect)).toEqual([true, false]);
  });

  it('starts a second operation, which fails because the first one ends before: another', async () => {
    const google = await emulate(aProvisioningWorld({ switches: { provisionWhileRunning: 'another' } }));
    await provision(google);
    await provision(google);
    google.clock.advance(1000);
    expect(
      google.emulator.operations().map(({ response, error }) => response?.cloudIdentityId ?? error),
    ).toEqual(['C01000000', { code: 6, message: `Customer ${CUSTOMER} has a Cloud Identity already.` }]);
    expect(google.emulator.users()).toHaveLength(1);
  });
});

describe('validateOnly', () => {
  const validation = { user: ADMIN, validateOnly: true };
  const preview = { ...RESPONSE, cloudIdentityId: undefined, updateTime: RESPONSE.createTime };
  const done = JSON.parse(JSON.stringify({ ...PENDING, done: true, response: preview })) as object;

  it('answers a preview and changes nothing', async () => {
    const google = await emulate(aProvisioningWorld());
    const before = google.emulator.customers();
    expect((await provision(google, validation)).body).toEqual(done);
    google.clock.advance(60_000);
    expect((await google.call('GET', `/v1/${OPERATION}`)).body).toEqual(done);
    expect(google.emulator.customers()).toEqual(before);
    expect(google.emulator.users()).toEqual([]);
    expect(google.emulator.requests.map(({ effect }) => effect)).toEqual([false, false]);
    expect(google.emulator.operations()).toMatchObject([
      { customer: CUSTOMER, validateOnly: true, done: true },
    ]);
  });

  it('is done later where the world says so, and stands in nobody’s way', async () => {
    const google = await emulate(
      aProvisioningWorld({ switches: { validateOnlyAnswer: 'operation-pending' } }),
    );
    expect((await provision(google, validation)).body).toEqual(PENDING);
    expect((await provision(google)).status).toBe(200);
    google.clock.advance(1000);
    expect((await google.call('GET', `/v1/${OPERATION}`)).body).toEqual(done);
  });

  it('answers nothing where the world says so', async () => {
    const google = await emulate(aProvisioningWorld({ switches: { validateOnlyAnswer: 'empty' } }));
    expect((await provision(google, validation)).body).toEqual({});
    expect(google.emulator.operations()).toEqual([]);
  });

  it.each<[string, unknown, Partial<WorldInput>, string]>([
    ['bad data', { validateOnly: true }, {}, 'INVALID_ARGUMENT'],
    ['a taken address', validation, { users: [{ primaryEmail: ADMIN.email }] }, 'ALREADY_EXISTS'],
    [
      'a customer that has its Cloud Identity',
      validation,
      { customers: [anUnlinkedCustomer({ cloudIdentityId: 'C0a' })] },
      'ALREADY_EXISTS',
    ],
  ])('is refused for %s', async (_case, body, parts, code) => {
    const google = await emulate(aProvisioningWorld(parts));
    expect((await refusal(google, body)).code).toBe(code);
  });
});

describe('a provisioning that another one overtakes', () => {
  it('fails in its operation, and makes nothing', async () => {
    const other = `accounts/${ACCOUNT}/customers/other`;
    const customers = [anUnlinkedCustomer(), anUnlinkedCustomer({ name: other })];
    const google = await emulate(aProvisioningWorld({ customers }));
    await provision(google);
    await provision(google, { user: { ...ADMIN, email: 'second@a.example' } }, other);
    google.clock.advance(1000);
    expect(google.emulator.operations()[1]).toMatchObject({
      done: true,
      error: { code: 6, message: 'The domain a.example has a Cloud Identity already.' },
    });
    expect(cloudIdentities(google)).toEqual(['C01000000', undefined]);
  });
});
