import { describe, expect, it } from 'vitest';

import { WorldError } from '../../src/emulator/world.ts';
import type { WorldInput } from '../../src/emulator/world.ts';
import { aLegacyError, anIdentity, aNewUser, aWorld, emulate } from './harness.ts';
import type { Heard, TestEmulator } from './harness.ts';

const USERS = '/admin/directory/v1/users';
const NOT_AUTHORIZED = aLegacyError(403, 'forbidden', 'Not Authorized to access this resource/api');
const NO_USER = aLegacyError(404, 'notFound', 'Resource Not Found: userKey');
const INCOMPLETE = aLegacyError(412, 'conditionNotMet', 'User creation is not complete.');

const ANN = {
  primaryEmail: 'ann@a.example',
  id: '117',
  name: { givenName: 'Ann', familyName: 'Lee' },
  aliases: ['a.lee@a.example'],
  isAdmin: true,
  agreedToTerms: true,
  creationTime: '2025-12-24T18:00:00Z',
  lastLoginTime: '-1d',
  recoveryEmail: 'ann@mail.example',
};
const ANN_RECORD = {
  ...ANN,
  kind: 'admin#directory#user',
  etag: expect.stringMatching(/^"[\w-]{27}"$/) as string,
  customerId: 'C0a',
  name: { ...ANN.name, fullName: 'Ann Lee' },
  isDelegatedAdmin: false,
  suspended: false,
  changePasswordAtNextLogin: false,
  creationTime: '2025-12-24T18:00:00.000Z',
  lastLoginTime: '2026-01-14T12:00:00.000Z',
  orgUnitPath: '/',
};

function emulateUsers(parts: Partial<WorldInput> = {}): Promise<TestEmulator> {
  return emulate(
    aWorld({
      resellerCustomers: [
        { customerId: 'C0a', customerDomain: 'a.example' },
        { customerId: 'C0b', customerDomain: 'b.example' },
      ],
      identities: [anIdentity({ domain: 'foreign.example', primaryAdminEmail: 'boss@foreign.example' })],
      users: [ANN],
      ...parts,
    }),
  );
}

function insert(google: TestEmulator, primaryEmail: string): Promise<Heard> {
  return google.call('POST', USERS, aNewUser({ primaryEmail }));
}

function makeAdmin(google: TestEmulator, key: string, body: unknown = { status: true }): Promise<Heard> {
  return google.call('POST', `${USERS}/${key}/makeAdmin`, body);
}

describe('directory.users.get', () => {
  it.each(['ann@a.example', 'ANN@a.example', 'ann%40a.example', 'a.lee@a.example', '117'])(
    'tells a user of ours by %s',
    async (key) => {
      const google = await emulateUsers();
      const answer = await google.call('GET', `${USERS}/${key}?projection=full&viewType=admin_view`);
      expect([answer.status, answer.body]).toEqual([200, ANN_RECORD]);
      expect(google.emulator.requests).toMatchObject([
        { method: 'directory.users.get', bucket: 'directory', effect: false },
      ]);
    },
  );

  it.each<[string, string, unknown]>([
    ['an address that nobody has', 'nobody@a.example', NO_USER],
    ['an ID that nobody has', '999', NO_USER],
    ['a group', 'team@a.example', NO_USER],
    ['a user of a foreign tenant', 'kim@foreign.example', NOT_AUTHORIZED],
    ['the first admin of a foreign tenant', 'boss@foreign.example', NOT_AUTHORIZED],
    ['an address at a foreign tenant that nobody has', 'nobody@foreign.example', NOT_AUTHORIZED],
    ['an address at nobody’s domain', 'x@free.example', NOT_AUTHORIZED],
    ['an account outside every tenant', 'lee@a.example', NOT_AUTHORIZED],
  ])('does not tell %s', async (_, key, error) => {
    const users = [
      { primaryEmail: 'kim@foreign.example' },
      { primaryEmail: 'lee@a.example', customerId: null },
    ];
    const google = await emulateUsers({ users, groups: ['team@a.example'] });
    expect((await google.call('GET', `${USERS}/${key}`)).body).toEqual(error);
  });

  it('says of who never signed in that it was in 1970', async () => {
    const google = await emulateUsers({ users: [{ primaryEmail: 'kim@a.example' }] });
    expect((await google.call('GET', `${USERS}/kim@a.example`)).body).toEqual({
      kind: 'admin#directory#user',
      etag: expect.any(String) as string,
      id: '100000000000000000001',
      primaryEmail: 'kim@a.example',
      customerId: 'C0a',
      isAdmin: false,
      isDelegatedAdmin: false,
      suspended: false,
      agreedToTerms: false,
      changePasswordAtNextLogin: false,
      creationTime: '2025-12-16T12:00:00.000Z',
      lastLoginTime: '1970-01-01T00:00:00.000Z',
      orgUnitPath: '/',
    });
  });
});

describe('directory.users.makeAdmin', () => {
  it.each([200, 204] as const)('makes a super admin, and answers an empty %s', async (makeAdminStatus) => {
    const google = await emulateUsers({
      users: [{ ...ANN, isAdmin: false }],
      switches: { makeAdminStatus },
    });
    const answer = await makeAdmin(google, 'ann@a.example');
    expect([answer.status, answer.body]).toEqual([makeAdminStatus, '']);
    expect(google.emulator.users()).toMatchObject([{ primaryEmail: 'ann@a.example', isAdmin: true }]);
    expect(google.emulator.requests).toMatchObject([{ method: 'directory.users.makeAdmin', effect: true }]);
  });

  it('does nothing to who is one, and makes it a user like others again', async () => {
    const google = await emulateUsers();
    await makeAdmin(google, '117');
    await makeAdmin(google, '117', { status: false });
    expect(google.emulator.users()).toMatchObject([{ isAdmin: false }]);
    expect(google.emulator.requests).toMatchObject([{ effect: false }, { effect: true }]);
  });

  it.each<[string, unknown, unknown]>([
    ['ann@a.example', {}, aLegacyError(400, 'required', 'Missing required field: status')],
    ['ann@a.example', undefined, aLegacyError(400, 'required', 'Missing required field: status')],
    ['ann@a.example', { status: 'yes' }, aLegacyError(400, 'invalid', "Invalid value at 'status'.")],
    ['nobody@a.example', { status: true }, NO_USER],
    ['boss@foreign.example', { status: true }, NOT_AUTHORIZED],
  ])('refuses %s with %j', async (key, body, error) => {
    const google = await emulateUsers();
    expect((await google.call('POST', `${USERS}/${key}/makeAdmin`, body)).body).toEqual(error);
    expect(google.emulator.requests).toMatchObject([{ effect: false }]);
  });
});

describe('the window after users.insert', () => {
  it.each<['412' | '404' | '403' | 'mixed', readonly unknown[]]>([
    ['412', [INCOMPLETE, INCOMPLETE, INCOMPLETE, INCOMPLETE]],
    ['404', [NO_USER, NO_USER, NO_USER, NO_USER]],
    ['403', [NOT_AUTHORIZED, NOT_AUTHORIZED, NOT_AUTHORIZED, NOT_AUTHORIZED]],
    ['mixed', [INCOMPLETE, NO_USER, NOT_AUTHORIZED, INCOMPLETE]],
  ])('answers %s to makeAdmin and get until it is over', async (userWindowAnswer, errors) => {
    const google = await emulateUsers({ users: [], switches: { userWindowAnswer } });
    await insert(google, 'kim@a.example');
    google.clock.advance(999);
    const seen = [
      await makeAdmin(google, 'kim@a.example'),
      await google.call('GET', `${USERS}/kim@a.example`),
      await makeAdmin(google, 'kim@a.example'),
      await makeAdmin(google, 'kim@a.example'),
    ];
    expect(seen.map(({ body }) => body)).toEqual(errors);
    expect(google.emulator.users()).toMatchObject([{ isAdmin: false }]);
    google.clock.advance(1);
    expect((await makeAdmin(google, 'kim@a.example')).status).toBe(200);
    expect((await google.call('GET', `${USERS}/kim@a.example`)).body).toMatchObject({ isAdmin: true });
  });

  it('takes its turns for each user alone', async () => {
    const google = await emulateUsers({ users: [], switches: { userWindowAnswer: 'mixed' } });
    await insert(google, 'kim@a.example');
    await insert(google, 'lee@a.example');
    const seen: number[] = [];
    for (const key of ['kim@a.example', 'lee@a.example', 'kim@a.example', 'lee@a.example']) {
      seen.push((await makeAdmin(google, key)).status);
    }
    expect(seen).toEqual([412, 412, 404, 404]);
  });

  it('spares reads where the switch says so, and users that were there before', async () => {
    const google = await emulateUsers({ switches: { userWindowReads: false } });
    await insert(google, 'kim@a.example');
    expect((await google.call('GET', `${USERS}/kim@a.example`)).status).toBe(200);
    expect((await makeAdmin(google, 'kim@a.example')).status).toBe(412);
    expect((await makeAdmin(google, 'ann@a.example')).status).toBe(200);
  });

  it('lasts as long as the switch says', async () => {
    const google = await emulateUsers({ switches: { userWindowMs: 60_000 } });
    await insert(google, 'kim@a.example');
    google.clock.advance(59_999);
    expect((await makeAdmin(google, 'kim@a.example')).status).toBe(412);
    google.clock.advance(1);
    expect((await makeAdmin(google, 'kim@a.example')).status).toBe(200);
    const none = await emulateUsers({ switches: { userWindowMs: 0 } });
    await insert(none, 'kim@a.example');
    expect((await makeAdmin(none, 'kim@a.example')).status).toBe(200);
  });
});

describe('directory.users.list', () => {
  const users = [
    { primaryEmail: 'c@a.example', name: { givenName: 'Xi', familyName: 'Abel' } },
    { primaryEmail: 'a@a.example', name: { givenName: 'Yu', familyName: 'Cole' } },
    { primaryEmail: 'b@a.example', name: { givenName: 'Zoe', familyName: 'Bell' } },
    { primaryEmail: 'd@b.example' },
    { primaryEmail: 'e@foreign.example' },
  ];

  async function listed(google: TestEmulator, query: string): Promise<unknown> {
    const { body } = await google.call('GET', `${USERS}?${query}`);
    const { users: found = [] } = body as { users?: { primaryEmail: string }[] };
    return found.map(({ primaryEmail }) => primaryEmail.charAt(0)).join('');
  }

  it.each([
    ['customer=C0a', 'cab'],
    ['domain=B.example', 'd'],
    ['customer=C0a&domain=a.example', 'cab'],
    ['customer=C0a&domain=b.example', ''],
    ['customer=C0a&orderBy=email', 'abc'],
    ['customer=C0a&orderBy=email&sortOrder=DESCENDING', 'cba'],
    ['customer=C0a&orderBy=familyName', 'cba'],
    ['customer=C0a&orderBy=givenName&sortOrder=ASCENDING', 'cab'],
  ])('finds by %s', async (query, expected) => {
    expect(await listed(await emulateUsers({ users }), query)).toBe(expected);
  });

  it('has the first admin of a team, whom nothing but the team mentions', async () => {
    const primaryAdmin = { primaryEmail: 'lee@team.example' };
    const team = {
      customerId: 'C0t',
      customerDomain: 'team.example',
      customerType: 'team',
      primaryAdmin,
    } as const;
    const google = await emulateUsers({ resellerCustomers: [team], users: [] });
    const list = await google.call('GET', `${USERS}?customer=C0t`);
    expect(list.body).toMatchObject({ users: [{ ...primaryAdmin, customerId: 'C0t', isAdmin: true }] });
  });

  it('answers whole users page by page', async () => {
    const google = await emulateUsers();
    expect((await google.call('GET', `${USERS}?customer=C0a`)).body).toEqual({
      kind: 'admin#directory#users',
      etag: expect.any(String) as string,
      users: [ANN_RECORD],
    });
    await insert(google, 'kim@a.example');
    await insert(google, 'lee@a.example');
    const first = (await google.call('GET', `${USERS}?customer=C0a&maxResults=2`)).body;
    const { nextPageToken = '' } = first as { nextPageToken?: string };
    const rest = `customer=C0a&maxResults=2&pageToken=${nextPageToken}`;
    expect(await listed(google, 'customer=C0a&maxResults=2')).toBe('ak');
    expect(await listed(google, rest)).toBe('l');
    const last = (await google.call('GET', `${USERS}?${rest}`)).body;
    expect(Object.keys(last as object)).toEqual(['kind', 'etag', 'users']);
    const other = await google.call('GET', `${USERS}?customer=C0b&pageToken=${nextPageToken}`);
    expect(other.status).toBe(400);
  });

  it.each<[string, unknown]>([
    ['', aLegacyError(400, 'badRequest', 'Bad Request')],
    ['customer=a.example', aLegacyError(400, 'badRequest', 'Invalid Input: customer')],
    ['domain=C0a', aLegacyError(400, 'badRequest', 'Invalid Input: domain')],
    ['customer=C0x', aLegacyError(404, 'notFound', 'Resource Not Found: customer')],
    ['domain=free.example', aLegacyError(404, 'notFound', 'Domain not found.')],
    ['domain=foreign.example', NOT_AUTHORIZED],
    ['customer=C0a&maxResults=501', aLegacyError(400, 'invalid', 'Invalid Input: maxResults')],
    ['customer=C0a&maxResults=0', aLegacyError(400, 'invalid', 'Invalid Input: maxResults')],
    ['customer=C0a&orderBy=id', aLegacyError(400, 'invalid', 'Invalid Input: orderBy')],
    ['customer=C0a&sortOrder=up', aLegacyError(400, 'invalid', 'Invalid Input: sortOrder')],
  ])('refuses %j', async (query, error) => {
    const google = await emulateUsers();
    expect((await google.call('GET', `${USERS}?${query}`)).body).toEqual(error);
  });
});

describe('signIn', () => {
  it('makes a user agree to the terms, inside the process and over HTTP', async () => {
    const google = await emulateUsers({
      users: [
        { primaryEmail: 'kim@a.example', changePasswordAtNextLogin: true, lastLoginTime: '-9d' },
        { primaryEmail: 'lee@a.example', aliases: ['l@a.example'] },
      ],
    });
    google.emulator.signIn('Kim@a.example');
    const over = await google.call('POST', '/_emulator/sign-in', { primaryEmail: 'l@a.example' }, {});
    expect([over.status, over.body]).toEqual([200, {}]);
    const signedIn = {
      agreedToTerms: true,
      changePasswordAtNextLogin: false,
      lastLoginTime: '2026-01-15T12:00:00.000Z',
    };
    expect(google.emulator.users()).toMatchObject([signedIn, signedIn]);
    expect((await google.call('GET', `${USERS}/kim@a.example`)).body).toMatchObject(signedIn);
  });

  it('finds the first admin that only a tenant mentions', async () => {
    const google = await emulateUsers({ users: [] });
    google.emulator.signIn('boss@foreign.example');
    expect(google.emulator.users()).toMatchObject([
      { primaryEmail: 'boss@foreign.example', isAdmin: true, agreedToTerms: true },
    ]);
  });

  it.each([[{ primaryEmail: 'x@a.example' }], [{}], [undefined]])('refuses %j', async (body) => {
    const google = await emulateUsers();
    expect(() => {
      google.emulator.signIn('x@a.example');
    }).toThrow(WorldError);
    const over = await google.call('POST', '/_emulator/sign-in', body, {});
    expect([over.status, over.body]).toMatchObject([400, { problems: [{ path: 'primaryEmail' }] }]);
  });
});
