import { describe, expect, it } from 'vitest';

import type { WorldInput } from '../../src/emulator/world.ts';
import { aLegacyError, anIdentity, aNewUser, aRemoteCustomer, aWorld, emulate } from './harness.ts';
import type { Heard, TestEmulator } from './harness.ts';

const USERS = '/admin/directory/v1/users';
const NOT_AUTHORIZED = aLegacyError(403, 'forbidden', 'Not Authorized to access this resource/api');
const DUPLICATE = aLegacyError(409, 'duplicate', 'Entity already exists.');

function emulateA(parts: Partial<WorldInput> = {}): Promise<TestEmulator> {
  return emulate(
    aWorld({
      resellerCustomers: ['a', 'b'].map((name) => ({
        customerId: `C0${name}`,
        customerDomain: `${name}.example`,
      })),
      identities: [anIdentity({ domain: 'foreign.example' })],
      ...parts,
    }),
  );
}

function insert(google: TestEmulator, parts: Record<string, unknown> = {}, query = ''): Promise<Heard> {
  return google.call('POST', `${USERS}${query}`, aNewUser(parts));
}

const RECORD = {
  kind: 'admin#directory#user',
  id: '100000000000000000001',
  etag: expect.stringMatching(/^"[\w-]{27}"$/) as string,
  primaryEmail: 'ann@a.example',
  customerId: 'C0a',
  name: { givenName: 'Ann', familyName: 'Lee', fullName: 'Ann Lee' },
  isAdmin: false,
  isDelegatedAdmin: false,
  suspended: false,
  agreedToTerms: false,
  changePasswordAtNextLogin: false,
  creationTime: '2026-01-15T12:00:00.000Z',
  lastLoginTime: '1970-01-01T00:00:00.000Z',
  orgUnitPath: '/',
  languages: [{ languageCode: 'en', preference: 'preferred' }],
};

describe('directory.users.insert', () => {
  it('makes a user of the four fields that it needs, and never tells the password', async () => {
    const google = await emulateA();
    const answer = await insert(google);
    expect([answer.status, answer.body]).toEqual([200, RECORD]);
    google.clock.advance(1000);
    const read = await google.call('GET', `${USERS}/ann@a.example`);
    expect(read.body).toEqual(answer.body);
    expect(google.emulator.requests.map(({ method, bucket, effect }) => [method, bucket, effect])).toEqual([
      ['directory.users.insert', 'directory', true],
      ['directory.users.get', 'directory', false],
    ]);
  });

  it('shows the password in the control listing alone', async () => {
    const google = await emulateA();
    await insert(google);
    expect(google.emulator.users()).toMatchObject([
      { primaryEmail: 'ann@a.example', password: 'correct horse' },
    ]);
    const overHttp = (await google.call('GET', '/_emulator/users', undefined, {})).body;
    expect(overHttp).toEqual(JSON.parse(JSON.stringify(google.emulator.users())));
    google.clock.advance(1000);
    const list = await google.call('GET', `${USERS}?customer=C0a`);
    expect(JSON.stringify(list.body)).not.toContain('correct horse');
  });

  it('keeps what callers may set, and passes over what only Google writes', async () => {
    const google = await emulateA();
    const settable = {
      changePasswordAtNextLogin: true,
      recoveryEmail: 'ann@mail.example',
      recoveryPhone: '+4930123456',
      orgUnitPath: '/staff',
      suspended: true,
      phones: [{ type: 'work', value: '1' }],
    };
    const answer = await insert(google, {
      ...settable,
      primaryEmail: 'Ann@A.example',
      isAdmin: true,
      agreedToTerms: true,
      id: '7',
      customerId: 'C0b',
      creationTime: '2020-01-01T00:00:00Z',
      aliases: ['x@a.example'],
    });
    expect(answer.body).toEqual({ ...RECORD, ...settable });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['no address', { primaryEmail: undefined }, 'required', 'Missing required field: primaryEmail'],
    ['no names', { name: { familyName: 'Lee' } }, 'required', 'Missing required field: name.givenName'],
    ['no family name', { name: { givenName: 'Ann' } }, 'required', 'Missing required field: name.familyName'],
    ['no password', { password: '' }, 'required', 'Missing required field: password'],
    ['a password of seven', { password: '1234567' }, 'invalid', 'Invalid Password'],
    ['a password of 101', { password: 'x'.repeat(101) }, 'invalid', 'Invalid Password'],
    ['a password beyond ASCII', { password: 'pässwörter' }, 'invalid', 'Invalid Password'],
    ['a hash that is none', { hashFunction: 'MD5' }, 'invalid', 'Invalid Password'],
    ['an unknown hash function', { hashFunction: 'SHA-256' }, 'invalid', 'Invalid Input: hashFunction'],
    [
      'a given name of 61',
      { name: { givenName: 'x'.repeat(61), familyName: 'Lee' } },
      'invalid',
      'Invalid Input: name.givenName',
    ],
    ['a recovery address that is none', { recoveryEmail: 'ann' }, 'invalid', 'Invalid Input: recoveryEmail'],
    [
      'a recovery phone that is not E.164',
      { recoveryPhone: '+49 30 123456' },
      'invalid',
      'Invalid Input: recoveryPhone',
    ],
    [
      'an unknown field',
      { email: 'x' },
      'invalid',
      'Invalid JSON payload received. Unknown name "email": Cannot find field.',
    ],
  ])('refuses %s', async (_, parts, reason, message) => {
    const google = await emulateA();
    expect((await insert(google, parts)).body).toEqual(aLegacyError(400, reason, message));
    expect(google.emulator.users()).toEqual([]);
    expect(google.emulator.requests).toMatchObject([{ effect: false }]);
  });

  it.each(['ann', 'ann@', '@a.example', 'a..b@a.example', '.a@a.example', 'a.@a.example', 'a=b@a.example'])(
    'refuses the address %s',
    async (primaryEmail) => {
      const google = await emulateA();
      expect((await insert(google, { primaryEmail })).body).toEqual(
        aLegacyError(400, 'invalid', 'Invalid Input: primary_user_email'),
      );
    },
  );

  it.each(["o'neil", 'a-b_c.d', '9'])('takes the address %s', async (name) => {
    const google = await emulateA();
    expect((await insert(google, { primaryEmail: `${name}@a.example` })).status).toBe(200);
  });

  it.each([
    ['MD5', 'd'.repeat(32)],
    ['SHA-1', 'd'.repeat(40)],
    ['crypt', '$6$salt$hash'],
    [undefined, 'x'.repeat(100)],
  ])('takes a password by %s', async (hashFunction, password) => {
    const google = await emulateA();
    expect((await insert(google, { hashFunction, password })).status).toBe(200);
  });

  it.each(['ann@foreign.example', 'ann@free.example'])('refuses %s, no tenant of ours', async (address) => {
    const google = await emulateA();
    expect((await insert(google, { primaryEmail: address })).body).toEqual(NOT_AUTHORIZED);
  });

  it('makes users in tenants that the Channel API has', async () => {
    const google = await emulateA({
      customers: [aRemoteCustomer({ domain: 'c.example', cloudIdentityId: 'C0c' })],
    });
    const answer = await insert(google, { primaryEmail: 'ann@c.example' });
    expect(answer.body).toMatchObject({ customerId: 'C0c' });
  });

  it.each<[string, Partial<WorldInput>]>([
    ['a user', { users: [{ primaryEmail: 'Ann@a.example' }] }],
    ['an alias', { users: [{ primaryEmail: 'x@a.example', aliases: ['ANN@a.example'] }] }],
    ['a group', { groups: ['Ann@a.example'] }],
    [
      'a first admin',
      { identities: [anIdentity({ domain: 'x.example', primaryAdminEmail: 'ann@a.example' })] },
    ],
    ['an account outside every tenant', { users: [{ primaryEmail: 'ann@a.example', customerId: null }] }],
  ])('refuses the address of %s', async (_, world) => {
    const google = await emulateA(world);
    const before = google.emulator.users();
    const answer = await insert(google);
    expect([answer.status, answer.body]).toEqual([409, DUPLICATE]);
    expect(google.emulator.users()).toHaveLength(before.length);
  });

  it('refuses the same address at once, and in a provisioning', async () => {
    const google = await emulateA({
      customers: [aRemoteCustomer({ domain: 'c.example', cloudIdentityId: undefined })],
    });
    await insert(google);
    expect((await insert(google)).body).toEqual(DUPLICATE);
    const path = '/v1/accounts/C012345/customers/c-example:provisionCloudIdentity';
    const body = {
      user: { email: 'ann@a.example', givenName: 'Ann', familyName: 'Lee' },
      cloudIdentityInfo: { customerType: 'TEAM' },
    };
    expect((await google.call('POST', path, body)).status).toBe(409);
  });

  it('invites an account outside every tenant where it is asked to, and nobody else', async () => {
    const google = await emulateA({
      users: [{ primaryEmail: 'ann@a.example', customerId: null }, { primaryEmail: 'kim@a.example' }],
    });
    const invited = await insert(google, {}, '?resolveConflictAccount=true');
    expect([invited.status, invited.body]).toEqual([202, '']);
    const query = '?resolveConflictAccount=true';
    expect((await insert(google, { primaryEmail: 'kim@a.example' }, query)).body).toEqual(DUPLICATE);
    expect((await insert(google, {}, '?resolveConflictAccount=false')).body).toEqual(DUPLICATE);
    expect(google.emulator.requests.map(({ effect }) => effect)).toEqual([true, false, false]);
  });
});

describe('the pace of users.insert', () => {
  const TOO_FAST = aLegacyError(
    403,
    'quotaExceeded',
    'Quota exceeded for the current request',
    'usageLimits',
  );

  async function insertMany(google: TestEmulator, count: number, domain = 'a.example') {
    const statuses: number[] = [];
    for (let number = 0; number < count; number += 1) {
      const primaryEmail = `u${google.emulator.requests.length}@${domain}`;
      statuses.push((await insert(google, { primaryEmail })).status);
    }
    return statuses;
  }

  it('is ten a domain and second', async () => {
    const google = await emulateA();
    expect(await insertMany(google, 10)).toEqual(Array(10).fill(200));
    expect((await insert(google)).body).toEqual(TOO_FAST);
    expect(await insertMany(google, 1, 'b.example')).toEqual([200]);
    google.clock.advance(999);
    expect(await insertMany(google, 1)).toEqual([403]);
    google.clock.advance(1);
    expect(await insertMany(google, 10)).toEqual(Array(10).fill(200));
  });

  it('is what the switch says, and counts no refusals', async () => {
    const google = await emulateA({ switches: { usersPerDomainSecond: 2 } });
    await insert(google, { password: 'short' });
    await insert(google);
    expect((await insert(google)).body).toEqual(DUPLICATE);
    expect(await insertMany(google, 2)).toEqual([200, 403]);
    const free = await emulateA({ switches: { usersPerDomainSecond: null } });
    expect(await insertMany(free, 30)).toEqual(Array(30).fill(200));
  });
});
