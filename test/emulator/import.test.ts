import { describe, expect, it } from 'vitest';

import type { WorldInput } from '../../src/emulator/world.ts';
import {
  ACCOUNT,
  anAddress,
  anIdentity,
  aPartnerLink,
  aRemoteCustomer,
  aWorld,
  cloudIdentityIdOf,
  emulate,
} from './harness.ts';

const CUSTOMERS = `accounts/${ACCOUNT}/customers`;
const IMPORT = `/v1/${CUSTOMERS}:import`;
const LINK_IMPORT = `/v1/accounts/${ACCOUNT}/channelPartnerLinks/C0partner/customers:import`;
const C0A = cloudIdentityIdOf('a.example');

/** One call against a world; whether it had an effect is read from the request log. */
async function importInto(world: WorldInput, body: unknown, path = IMPORT, advanceMs = 0) {
  const google = await emulate(world);
  google.clock.advance(advanceMs);
  const answer = await google.call('POST', path, body);
  const failure = (answer.body as { error?: { status: string } }).error;
  return {
    result: failure?.status ?? 'OK',
    status: answer.status,
    customer: answer.body,
    effect: google.emulator.requests[0]?.effect,
    customers: google.emulator.customers(),
    google,
  };
}

async function resultOf(world: WorldInput, body: unknown, path = IMPORT, advanceMs = 0): Promise<string> {
  const { result, effect } = await importInto(world, body, path, advanceMs);
  return `${result}${effect === true ? ', changed' : ''}`;
}

const A = anIdentity({ domain: 'a.example' });
const TEAM = anIdentity({
  domain: 'team.example',
  cloudIdentityId: 'C0team1',
  customerType: 'TEAM',
  primaryAdminEmail: 'boss@team.example',
});
const TEAM_2 = { ...TEAM, cloudIdentityId: 'C0team2', primaryAdminEmail: 'second@team.example' };

describe('customers.import, the identity', () => {
  const world = aWorld({
    identities: [
      A,
      TEAM,
      TEAM_2,
      anIdentity({ domain: 'gone.example', deleted: true, primaryAdminEmail: 'a@gone.example' }),
    ],
  });

  it.each<[string, unknown, string]>([
    ['a domain', { domain: 'a.example' }, 'OK, changed'],
    ['a domain in capitals', { domain: 'A.EXAMPLE' }, 'OK, changed'],
    ['a Cloud Identity ID', { cloudIdentityId: C0A }, 'OK, changed'],
    ['the Cloud Identity ID of a team', { cloudIdentityId: 'C0team1' }, 'OK, changed'],
    ['the admin of a team', { primaryAdminEmail: 'Second@team.example' }, 'OK, changed'],
    ['snake_case names', { cloud_identity_id: C0A, overwrite_if_exists: false }, 'OK, changed'],
    ['nothing', {}, 'INVALID_ARGUMENT'],
    ['an empty domain', { domain: '' }, 'INVALID_ARGUMENT'],
    ['two identities', { domain: 'a.example', cloudIdentityId: C0A }, 'INVALID_ARGUMENT'],
    ['an unknown domain', { domain: 'b.example' }, 'NOT_FOUND'],
    ['an unknown ID', { cloudIdentityId: 'C0x' }, 'NOT_FOUND'],
    ['an unknown admin', { primaryAdminEmail: 'nobody@team.example' }, 'NOT_FOUND'],
    ['a deleted domain', { domain: 'gone.example' }, 'NOT_FOUND'],
    ['a deleted ID', { cloudIdentityId: cloudIdentityIdOf('gone.example') }, 'NOT_FOUND'],
    ['the admin of a deleted identity', { primaryAdminEmail: 'a@gone.example' }, 'NOT_FOUND'],
    ['the domain of teams', { domain: 'team.example' }, 'INVALID_ARGUMENT'],
    ['a field of a customer', { domain: 'a.example', orgDisplayName: 'A' }, 'INVALID_ARGUMENT'],
    ['no JSON', '{"domain":', 'INVALID_ARGUMENT'],
    ['a list', [], 'INVALID_ARGUMENT'],
  ])('by %s', async (_, body, expected) => {
    expect(await resultOf(world, body)).toBe(expected);
  });

  it('answers NOT_FOUND for the domain of teams where the world says so', async () => {
    const other = aWorld({ identities: [TEAM], switches: { importTeamByDomain: 'NOT_FOUND' } });
    expect(await resultOf(other, { domain: 'team.example' })).toBe('NOT_FOUND');
  });

  it('takes the domain customer where teams share its domain', async () => {
    const shared = aWorld({ identities: [{ ...TEAM, domain: 'a.example' }, A] });
    expect((await importInto(shared, { domain: 'a.example' })).customer).toMatchObject({
      cloudIdentityId: C0A,
    });
  });
});

describe('customers.import, the authority', () => {
  const closed = anIdentity({
    domain: 'a.example',
    consent: false,
    tokens: [{ token: 'fresh' }, { token: 'old', createdAt: '-13d' }, { token: 'stale', createdAt: '-14d' }],
  });
  const world = aWorld({
    identities: [closed, anIdentity({ domain: 'b.example', tokens: [{ token: 'b' }] })],
  });

  it.each([
    [undefined, 'PERMISSION_DENIED'],
    ['', 'PERMISSION_DENIED'],
    ['fresh', 'OK, changed'],
    ['old', 'OK, changed'],
    ['stale', 'INVALID_ARGUMENT'],
    ['made up', 'INVALID_ARGUMENT'],
    ['b', 'INVALID_ARGUMENT'],
  ])('with the token %s', async (authToken, expected) => {
    expect(await resultOf(world, { domain: 'a.example', authToken })).toBe(expected);
  });

  it('ends 14 days after the token was made, by the clock', async () => {
    const body = { domain: 'a.example', authToken: 'old' };
    const day = 86_400_000;
    expect(await resultOf(world, body, IMPORT, day - 1)).toBe('OK, changed');
    expect(await resultOf(world, body, IMPORT, day)).toBe('INVALID_ARGUMENT');
  });

  it('lasts as long as the world says', async () => {
    const longer = aWorld({ identities: [closed], switches: { transferTokenDays: 30 } });
    expect(await resultOf(longer, { domain: 'a.example', authToken: 'stale' })).toBe('OK, changed');
  });

  it('needs no token with consent, but refuses a wrong one even so', async () => {
    const consenting = aWorld({ identities: [A] });
    expect(await resultOf(consenting, { domain: 'a.example' })).toBe('OK, changed');
    expect(await resultOf(consenting, { domain: 'a.example', authToken: 'x' })).toBe('INVALID_ARGUMENT');
  });

  it('is missing for an identity that this reseller may not import, whatever the token', async () => {
    const barred = aWorld({ identities: [{ ...closed, importable: false }] });
    expect(await resultOf(barred, { domain: 'a.example', authToken: 'fresh' })).toBe('PERMISSION_DENIED');
  });

  it('is there already for a linked customer, unless the world says otherwise', async () => {
    const parts = { identities: [closed], customers: [aRemoteCustomer({ domain: 'a.example' })] };
    expect(await resultOf(aWorld(parts), { domain: 'a.example' })).toBe('OK');
    const strict = aWorld({ ...parts, switches: { importLinkedWithoutToken: false } });
    expect(await resultOf(strict, { domain: 'a.example' })).toBe('PERMISSION_DENIED');
  });

  it('never shows the token in an answer', async () => {
    const answers = await Promise.all(
      ['fresh', 'stale', 'made up'].map((authToken) => importInto(world, { domain: 'a.example', authToken })),
    );
    const text = JSON.stringify(answers.map((answer) => answer.customer));
    expect(text).not.toMatch(/fresh|stale|made up/);
  });
});

describe('customers.import, the customer that receives the data', () => {
  const identity = { ...A, orgDisplayName: 'From Google', languageCode: undefined };
  const linked = aRemoteCustomer({
    domain: 'a.example',
    orgDisplayName: 'Ours',
    languageCode: 'de',
    correlationId: '7',
    name: `${CUSTOMERS}/linked`,
  });
  const free = {
    ...linked,
    cloudIdentityId: undefined,
    cloudIdentityInfo: undefined,
    name: `${CUSTOMERS}/free`,
  };
  const elsewhere = { ...linked, orgPostalAddress: anAddress({ regionCode: 'FR' }) };
  const renamed = { ...linked, domain: 'old.example' };
  const other = aRemoteCustomer({ domain: 'other.example', name: `${CUSTOMERS}/other` });

  it('is new where none is linked, with what the identity has and no correlationId', async () => {
    const { customer } = await importInto(aWorld({ identities: [A] }), { domain: 'a.example' });
    expect(customer).toEqual({
      name: `${CUSTOMERS}/S10000001`,
      orgDisplayName: 'Org of a.example',
      orgPostalAddress: anAddress(),
      alternateEmail: 'owner@mail.example',
      domain: 'a.example',
      createTime: '2026-01-15T12:00:00.000Z',
      updateTime: '2026-01-15T12:00:00.000Z',
      cloudIdentityId: C0A,
      languageCode: 'en',
      cloudIdentityInfo: {
        customerType: 'DOMAIN',
        primaryDomain: 'a.example',
        alternateEmail: 'owner@mail.example',
        languageCode: 'en',
        adminConsoleUri: 'admin.google.com/a.example',
      },
    });
  });

  it.each<[string, readonly (typeof linked | typeof free)[], object, string]>([
    ['linked, the same critical fields', [linked], {}, 'OK'],
    ['linked, another region', [elsewhere], {}, 'ALREADY_EXISTS'],
    ['linked, another domain', [renamed], {}, 'ALREADY_EXISTS'],
    ['linked, another region, overwriting', [elsewhere], { overwriteIfExists: true }, 'OK, changed'],
    ['linked, another domain, overwriting', [renamed], { overwriteIfExists: true }, 'OK, changed'],
    ['linked and named', [linked], { customer: linked.name }, 'OK'],
    ['free and named', [free], { customer: free.name }, 'OK, changed'],
    [
      'free, named, another region',
      [{ ...elsewhere, ...noIdentity() }],
      { customer: linked.name },
      'ALREADY_EXISTS',
    ],
    ['free and not named', [free], {}, 'OK, changed'],
    ['not there', [], { customer: `${CUSTOMERS}/nobody` }, 'NOT_FOUND'],
    ['of another account', [], { customer: 'accounts/C9/customers/x' }, 'PERMISSION_DENIED'],
    ['no resource name', [], { customer: 'nobody' }, 'INVALID_ARGUMENT'],
    ['of another identity', [other], { customer: other.name, overwriteIfExists: true }, 'ALREADY_EXISTS'],
    [
      'not the linked one',
      [linked, free],
      { customer: free.name, overwriteIfExists: true },
      'ALREADY_EXISTS',
    ],
  ])('%s', async (_, customers, request, expected) => {
    const world = aWorld({ identities: [identity], customers: [...customers] });
    expect(await resultOf(world, { domain: 'a.example', ...request })).toBe(expected);
  });

  function noIdentity() {
    return { cloudIdentityId: undefined, cloudIdentityInfo: undefined };
  }

  it('keeps its data without overwrite, or is refreshed where the world says so', async () => {
    const parts = { identities: [identity], customers: [linked] };
    const kept = await importInto(aWorld(parts), { domain: 'a.example' });
    expect(kept.customer).toMatchObject({ name: linked.name, orgDisplayName: 'Ours' });
    const refreshing = aWorld({ ...parts, switches: { importSameData: 'refresh' } });
    const refreshed = await importInto(refreshing, { domain: 'a.example' });
    expect([refreshed.customers[0]?.orgDisplayName, refreshed.effect]).toEqual(['From Google', true]);
  });

  it('takes the identity’s data with overwrite, and keeps correlationId and what the identity lacks', async () => {
    const world = aWorld({ identities: [identity], customers: [elsewhere] });
    const { customers } = await importInto(world, { domain: 'a.example', overwriteIfExists: true });
    expect(customers).toEqual([
      expect.objectContaining({
        name: linked.name,
        orgDisplayName: 'From Google',
        orgPostalAddress: anAddress(),
        languageCode: 'de',
        correlationId: '7',
      }),
    ]);
  });

  it('is made, linked or in conflict where a customer without identity has the domain, as the world says', async () => {
    const parts = { identities: [identity], customers: [free] };
    const outcomes = await Promise.all(
      (['create', 'link', 'conflict'] as const).map(async (importUnlinkedSameDomain) => {
        const world = aWorld({ ...parts, switches: { importUnlinkedSameDomain } });
        const { result, customers } = await importInto(world, { domain: 'a.example' });
        return [result, customers.map((customer) => customer.cloudIdentityId)];
      }),
    );
    expect(outcomes).toEqual([
      ['OK', [undefined, C0A]],
      ['OK', [C0A]],
      ['ALREADY_EXISTS', [undefined]],
    ]);
  });
});

describe('customers.import, the partner', () => {
  const world = aWorld({
    identities: [A, { ...TEAM, channelPartnerId: 'C0partner' }],
    partnerLinks: [aPartnerLink(), aPartnerLink({ resellerCloudIdentityId: 'C0gone', linkState: 'REVOKED' })],
  });

  it.each<[string, string, object, string]>([
    ['from the parent', LINK_IMPORT, {}, 'OK, changed'],
    ['from the body', IMPORT, { channelPartnerId: 'C0partner' }, 'OK, changed'],
    ['from both', LINK_IMPORT, { channelPartnerId: 'C0partner' }, 'OK, changed'],
    ['contradicting', LINK_IMPORT, { channelPartnerId: 'C0gone' }, 'INVALID_ARGUMENT'],
    ['unknown in the body', IMPORT, { channelPartnerId: 'C0x' }, 'INVALID_ARGUMENT'],
    ['unknown in the path', LINK_IMPORT.replace('C0partner', 'C0x'), {}, 'NOT_FOUND'],
    ['revoked', IMPORT, { channelPartnerId: 'C0gone' }, 'PERMISSION_DENIED'],
  ])('%s', async (_, path, request, expected) => {
    expect(await resultOf(world, { domain: 'a.example', ...request }, path)).toBe(expected);
  });

  it('is kept in the customer, which has an account name and is listed under the link', async () => {
    for (const [path, request] of [
      [LINK_IMPORT, {}],
      [IMPORT, { channelPartnerId: 'C0partner' }],
    ] as const) {
      const { customer, google } = await importInto(world, { domain: 'a.example', ...request }, path);
      expect(customer).toMatchObject({ name: `${CUSTOMERS}/S10000001`, channelPartnerId: 'C0partner' });
      const listed = await google.call('GET', LINK_IMPORT.replace(':import', ''));
      expect(listed.body).toEqual({ customers: [customer] });
    }
  });

  it('is needed for the identity of a partner, unless the world says otherwise', async () => {
    const body = { cloudIdentityId: 'C0team1' };
    expect(await resultOf(world, body)).toBe('INVALID_ARGUMENT');
    const loose = aWorld({ ...world, switches: { importPartnerRequired: false } });
    expect(await resultOf(loose, body)).toBe('OK, changed');
  });
});
