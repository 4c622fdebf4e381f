import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.ts';
import { aWorld, anIdentity } from '../emulator/harness.ts';
import { aBook } from '../run-cli.ts';
import { google, until } from './against-google.ts';
import {
  aDomainRow,
  aTeamRow,
  allPasswords,
  credentials,
  effects,
  filesWith,
  killedAt,
  methods,
  onboardPlace,
  onboarding,
  passwordAtGoogle,
} from './onboarding.ts';

const DOMAIN = 'new.example.com';
const ADMIN = `admin@${DOMAIN}`;

describe('onboard', () => {
  it('looks up, inserts, sets the language, makes the first user and makes it a super admin, in this order', async () => {
    const emulator = await google(aWorld({ switches: { userWindowMs: 0 } }));
    const place = onboardPlace();
    const row = aDomainRow(DOMAIN, {
      language_code: 'de',
      administrative_area: 'Berlin',
      locality: 'Mitte',
      address_line_1: 'Weg 1',
      address_line_2: 'Hof',
      phone: '+493012345678',
    });
    const book = place.write('book.csv', aBook([row]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    const [password] = allPasswords(place);
    const [tenant] = emulator.resellerCustomers();
    expect(emulator.requests.map(({ verb, path, body, status }) => ({ verb, path, body, status }))).toEqual([
      { verb: 'GET', path: `/apps/reseller/v1/customers/${DOMAIN}`, body: undefined, status: 404 },
      {
        verb: 'POST',
        path: '/apps/reseller/v1/customers',
        body: {
          customerDomain: DOMAIN,
          customerType: 'domain',
          postalAddress: {
            contactName: 'Ada Berg',
            organizationName: `Company ${DOMAIN}`,
            countryCode: 'DE',
            postalCode: '10115',
            region: 'Berlin',
            locality: 'Mitte',
            addressLine1: 'Weg 1',
            addressLine2: 'Hof',
          },
          alternateEmail: 'ada@private.example',
          phoneNumber: '+493012345678',
        },
        status: 200,
      },
      {
        verb: 'PATCH',
        path: `/admin/directory/v1/customers/${tenant?.customerId ?? ''}`,
        body: { language: 'de' },
        status: 200,
      },
      {
        verb: 'POST',
        path: '/admin/directory/v1/users',
        body: {
          primaryEmail: ADMIN,
          name: { givenName: 'Ada', familyName: 'Berg' },
          password,
          changePasswordAtNextLogin: true,
          recoveryEmail: 'ada@private.example',
        },
        status: 200,
      },
      {
        verb: 'POST',
        path: `/admin/directory/v1/users/${encodeURIComponent(ADMIN)}/makeAdmin`,
        body: { status: true },
        status: 200,
      },
    ]);
    const [line] = place.results();
    expect([exitCode, line?.['outcome'], line?.['action'], line?.['cloud_identity_id']]).toEqual([
      0,
      'done',
      'onboard',
      tenant?.customerId,
    ]);
    expect([line?.['next_step'], line?.['waiting_for_customer']]).toEqual(['customer_accepts_terms', 'yes']);
  });

  it('sends only the six required fields where the row has no more, and no language that it does not name', async () => {
    const emulator = await google(aWorld());
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    await place.run(...onboarding(emulator, 'apply', book));

    const insert = emulator.requests.find(({ method }) => method === 'reseller.customers.insert');
    expect(insert?.body).toEqual({
      customerDomain: DOMAIN,
      customerType: 'domain',
      postalAddress: {
        contactName: 'Ada Berg',
        organizationName: `Company ${DOMAIN}`,
        countryCode: 'DE',
        postalCode: '10115',
      },
      alternateEmail: 'ada@private.example',
    });
    expect(methods(emulator)).not.toContain('directory.customers.patch');
  });

  it('makes a team with its primary admin and its language, and no user or super admin', async () => {
    const emulator = await google(aWorld());
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aTeamRow('gus@team.example.com', { language_code: 'de' })]));

    const first = await place.run(...onboarding(emulator, 'apply', book));
    const again = await place.run(...onboarding(emulator, 'apply', book));

    const insert = emulator.requests.find(({ method }) => method === 'reseller.customers.insert');
    expect(insert?.body).toMatchObject({
      customerType: 'team',
      customerDomain: 'team.example.com',
      primaryAdmin: { primaryEmail: 'gus@team.example.com' },
    });
    expect([first.exitCode, again.exitCode, effects(emulator)]).toEqual([
      0,
      0,
      ['reseller.customers.insert', 'directory.customers.patch'],
    ]);
    expect(place.results().map(({ outcome }) => outcome)).toEqual(['unchanged']);
  });

  it('writes nothing the second time, and says who has signed in', async () => {
    const emulator = await google(aWorld());
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN), aDomainRow('other.example.com')]));
    await place.run(...onboarding(emulator, 'apply', book));
    const before = effects(emulator).length;

    await place.run(...onboarding(emulator, 'apply', book));
    const second = place.results();
    emulator.signIn(ADMIN);
    const { stdout } = await place.run(...onboarding(emulator, 'plan', book));

    expect([second.map(({ outcome }) => outcome), effects(emulator).length]).toEqual([
      ['unchanged', 'unchanged'],
      before,
    ]);
    expect(place.results().map((line) => [line['waiting_for_customer'], line['next_step']])).toEqual([
      ['no', ''],
      ['yes', 'customer_accepts_terms'],
    ]);
    expect(place.summary()).toMatchObject({ waiting_for_customer: 1 });
    expect(stdout).toContain('Waiting for the customer: 1 has not signed in yet');
  });

  it('waits out the window in which a new user is not complete, whatever Google answers in it', async () => {
    const refusals = [
      { status: 412, reason: 'conditionNotMet', message: 'User creation is not complete.' },
      { status: 404, reason: 'notFound', message: 'Resource Not Found: userKey' },
      { status: 403, reason: 'forbidden', message: 'Not Authorized to access this resource/api' },
    ];
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: refusals.map((answer) => ({ method: 'directory.users.makeAdmin', ...answer })),
      }),
    );
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    const statuses = emulator.requests
      .filter(({ method }) => method === 'directory.users.makeAdmin')
      .map(({ status }) => status);
    expect([exitCode, statuses]).toEqual([0, [412, 404, 403, 200]]);
  });

  it('holds no slot while it waits for users to be complete', async () => {
    // As many as are ever open at a time: if they held their slots, the other rows would never come to their turn.
    const stuck = Array.from({ length: 16 }, (_, index) => `stuck${index}.example.com`);
    const free = Array.from({ length: 4 }, (_, index) => `free${index}.example.com`);
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: stuck.map((domain) => ({
          method: 'directory.users.makeAdmin',
          domain,
          status: 412,
          reason: 'conditionNotMet',
          count: null,
        })),
      }),
    );
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([...stuck, ...free].map((domain) => aDomainRow(domain))));

    const run = place.start(...onboarding(emulator, 'apply', book, '--concurrency', '1'));
    await until(() => emulator.users().filter(({ isAdmin }) => isAdmin).length >= free.length);
    emulator.clearFaults();
    const { exitCode } = await run.end;

    expect([exitCode, place.summary().outcomes]).toEqual([0, { done: 20 }]);
  });

  it('gives a user up that is never complete, and goes on with it the next time', async () => {
    const emulator = await google(aWorld({ switches: { userWindowMs: 600_000 } }));
    const place = onboardPlace({ operationTimeoutSeconds: 1 });
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    const first = await place.run(...onboarding(emulator, 'apply', book));
    const [failed] = place.results();
    const second = await place.run(...onboarding(emulator, 'apply', book));

    expect([first.exitCode, failed?.['outcome'], failed?.['error_code']]).toEqual([
      1,
      'failed',
      'FAILED_PRECONDITION',
    ]);
    expect([second.exitCode, effects(emulator)]).toEqual([
      1,
      ['reseller.customers.insert', 'directory.users.insert'],
    ]);
  });
});

describe('no user is made in a tenant that we did not make', () => {
  const ours = {
    customerId: 'C0ours',
    customerDomain: DOMAIN,
    alternateEmail: 'ada@private.example',
    postalAddress: { organizationName: `Company ${DOMAIN}` },
    resourceUiUrl: 'admin.google.com/ours',
  };
  const user = { primaryEmail: ADMIN, customerId: 'C0ours', name: { givenName: 'Ada', familyName: 'Berg' } };

  const table: readonly (readonly [
    title: string,
    world: Parameters<typeof aWorld>[0],
    expected: readonly [outcome: string, code: string, column: string],
  ])[] = [
    [
      'is ours, and has the admin: unchanged',
      { resellerCustomers: [ours], users: [{ ...user, isAdmin: true }] },
      ['unchanged', '', ''],
    ],
    [
      'is ours, and the user is no admin: blocked',
      { resellerCustomers: [ours], users: [user] },
      ['blocked', 'policy.admin_missing', 'admin_email'],
    ],
    [
      'is ours, and has no such user: blocked',
      { resellerCustomers: [ours] },
      ['blocked', 'policy.admin_missing', 'admin_email'],
    ],
    [
      'is ours, and the address is an alias: blocked',
      {
        resellerCustomers: [ours],
        users: [{ ...user, primaryEmail: `boss@${DOMAIN}`, aliases: [ADMIN], isAdmin: true }],
      },
      ['blocked', 'policy.other_user', 'admin_email'],
    ],
    [
      'is not ours: blocked, and the token column named',
      { resellerCustomers: [{ ...ours, ours: false }] },
      ['blocked', 'policy.foreign_customer', 'auth_token'],
    ],
    [
      'is not ours, and Google answers 403: the same',
      { resellerCustomers: [{ ...ours, ours: false }], switches: { resellerForeign: 'forbidden' } },
      ['blocked', 'PERMISSION_DENIED', 'auth_token'],
    ],
    [
      'has teams: blocked',
      {
        resellerCustomers: ['a', 'b'].map((name) => ({
          customerId: `C0${name}`,
          customerDomain: DOMAIN,
          customerType: 'team' as const,
          primaryAdmin: { primaryEmail: `${name}@${DOMAIN}` },
        })),
      },
      ['blocked', 'policy.teams_on_domain', 'domain'],
    ],
  ];

  it.each(table)('where the domain %s', async (_, world, expected) => {
    const emulator = await google(aWorld(world));
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    await place.run(...onboarding(emulator, 'apply', book));

    const [line] = place.results();
    expect([line?.['outcome'], line?.['error_code'], line?.['error_column']]).toEqual(expected);
    expect(effects(emulator)).toEqual([]);
    if (expected[2] === 'auth_token')
      expect(line?.['error_message']).toContain('transfer the subscriptions first');
  });

  it('where the domain is taken between look-up and insert: a 409 is looked into, not gone on from', async () => {
    const emulator = await google(
      aWorld({
        resellerCustomers: [ours],
        users: [{ ...user, isAdmin: true }],
        faults: [
          {
            method: 'reseller.customers.get',
            status: 404,
            reason: 'notFound',
            format: 'legacy',
            message: 'Not Found',
          },
        ],
      }),
    );
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome'], effects(emulator)]).toEqual([0, 'unchanged', []]);
    expect(methods(emulator)).toEqual([
      'reseller.customers.get',
      'reseller.customers.insert',
      'reseller.customers.get',
      'directory.users.get',
    ]);
  });
});

describe('a 409 for the first user', () => {
  it('blocks the row where a group has the address, and leaves no password behind', async () => {
    const emulator = await google(aWorld({ groups: [ADMIN] }));
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    const [line] = place.results();
    expect([exitCode, line?.['outcome'], line?.['error_code'], line?.['error_column']]).toEqual([
      1,
      'blocked',
      'ALREADY_EXISTS',
      'admin_email',
    ]);
    expect([...allPasswords(place)]).toEqual([]);
  });
});

describe('a user under another name', () => {
  it('at the address of the row is never made a super admin, however often the book is applied', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [{ method: 'directory.users.insert', do: 'silence' }],
      }),
    );
    const place = onboardPlace();
    await killedAt(place, emulator, 'directory.users.insert', aDomainRow(DOMAIN));
    const book = join(place.path, 'book.csv');
    const shared = `info@${DOMAIN}`;
    await makeUser(emulator, shared, { givenName: 'Eve', familyName: 'Else' });
    place.write('book.csv', aBook([aDomainRow(DOMAIN, { admin_email: shared })]));

    const outcomes: unknown[] = [];
    for (let round = 0; round < 3; round += 1) {
      await place.run(...onboarding(emulator, 'apply', book));
      outcomes.push([place.results()[0]?.['outcome'], place.results()[0]?.['error_code']]);
    }

    expect(outcomes).toEqual(Array(3).fill(['blocked', 'policy.other_user']));
    expect(emulator.users().some(({ isAdmin }) => isAdmin)).toBe(false);
  });
});

describe('a user that the customer has itself', () => {
  it('is never made a super admin by a row that was edited to name it', async () => {
    const emulator = await google(aWorld({ switches: { userWindowMs: 0 } }));
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));
    await place.run(...onboarding(emulator, 'apply', book));
    const own = `info@${DOMAIN}`;
    await makeUser(emulator, own, { givenName: 'Ada', familyName: 'Berg' });
    place.write('book.csv', aBook([aDomainRow(DOMAIN, { admin_email: own })]));

    const outcomes: unknown[] = [];
    for (let round = 0; round < 3; round += 1) {
      await place.run(...onboarding(emulator, 'apply', book));
      outcomes.push(place.results()[0]?.['outcome']);
    }

    expect(outcomes).toEqual(['skipped', 'skipped', 'skipped']);
    expect(
      emulator
        .users()
        .filter(({ isAdmin }) => isAdmin)
        .map(({ primaryEmail }) => primaryEmail),
    ).toEqual([ADMIN]);
  });
});

describe('a password that Google may have', () => {
  it('is kept and used where the answer was 400 and the user comes to be seen later', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [
          {
            method: 'directory.users.insert',
            status: 400,
            reason: 'invalid',
            format: 'legacy',
            afterEffect: true,
          },
          { method: 'directory.users.get', status: 404, reason: 'notFound', count: 2 },
        ],
      }),
    );
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    const first = await place.run(...onboarding(emulator, 'apply', book));
    const [refused] = place.results();
    const second = await place.run(...onboarding(emulator, 'apply', book));

    expect([first.exitCode, refused?.['outcome']]).toEqual([1, 'failed']);
    expect([second.exitCode, place.results()[0]?.['outcome']]).toEqual([0, 'done']);
    expect(emulator.users().map(({ isAdmin }) => isAdmin)).toEqual([true]);
    expect(credentials(place.runs()[1] ?? '')[0]?.['temporary_password']).toBe(
      passwordAtGoogle(emulator, ADMIN),
    );
  });

  it('goes with a refusal that is certain: the row may name another user then', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [
          { method: 'directory.users.insert', status: 412, reason: 'conditionNotMet', format: 'legacy' },
        ],
      }),
    );
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));
    await place.run(...onboarding(emulator, 'apply', book));
    const left = [...allPasswords(place)];
    const other = `other@${DOMAIN}`;
    place.write('book.csv', aBook([aDomainRow(DOMAIN, { admin_email: other })]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    expect([left, exitCode]).toEqual([[], 0]);
    expect(emulator.users().map(({ primaryEmail, isAdmin }) => [primaryEmail, isAdmin])).toEqual([
      [other, true],
    ]);
  });

  it('stays in credentials.csv although the second try is refused, and is the one that holds', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [
          { method: 'directory.users.insert', do: 'reset', afterEffect: true },
          { method: 'directory.users.insert', status: 412, reason: 'conditionNotMet', count: 2 },
          { method: 'directory.users.get', status: 404, reason: 'notFound', count: 4 },
        ],
      }),
    );
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    const first = await place.run(...onboarding(emulator, 'apply', book));
    const [doubted] = place.results();
    const kept = credentials(place.runs()[0] ?? '').map((line) => line['temporary_password']);
    emulator.clearFaults();
    const second = await place.run(...onboarding(emulator, 'apply', book));

    expect([first.exitCode, doubted?.['outcome'], kept]).toEqual([
      4,
      'ambiguous',
      [passwordAtGoogle(emulator, ADMIN)],
    ]);
    expect([second.exitCode, place.results()[0]?.['outcome']]).toEqual([0, 'done']);
    expect(credentials(place.runs()[1] ?? '')[0]?.['temporary_password']).toBe(
      passwordAtGoogle(emulator, ADMIN),
    );
  });

  it('is not written down for a user that is never sent', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [{ method: 'directory.customers.patch', status: 403, reason: 'forbidden' }],
      }),
    );
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN, { language_code: 'de' })]));

    await place.run(...onboarding(emulator, 'apply', book));

    expect(place.results()[0]).toMatchObject({ outcome: 'blocked', error_code: 'PERMISSION_DENIED' });
    expect([...allPasswords(place)]).toEqual([]);
  });

  it('of a damaged credentials.csv of an earlier run is told to be lost, and stops no run', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [{ method: 'directory.users.makeAdmin', do: 'silence' }],
      }),
    );
    const place = onboardPlace();
    await killedAt(place, emulator, 'directory.users.makeAdmin', aDomainRow(DOMAIN));
    appendFileSync(join(place.runs()[0] ?? '', 'credentials.csv'), 'x,"y');

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', join(place.path, 'book.csv')));

    expect([exitCode, place.results()[0]?.['outcome']]).toEqual([0, 'done']);
    expect(place.results()[0]?.['hint']).toContain('in no credentials.csv any more');
  });

  it('is found again where only the case of the address was changed', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [{ method: 'directory.users.insert', do: 'silence', afterEffect: true }],
      }),
    );
    const place = onboardPlace();
    await killedAt(place, emulator, 'directory.users.insert', aDomainRow(DOMAIN));
    const upper = aDomainRow(DOMAIN, { admin_email: `Admin@${DOMAIN}` });
    const book = place.write('book.csv', aBook([upper]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome']]).toEqual([0, 'done']);
    expect(credentials(place.runs()[1] ?? '')[0]?.['temporary_password']).toBe(
      passwordAtGoogle(emulator, ADMIN),
    );
  });
});

describe('a row of a customer that is onboarded', () => {
  it('makes no second admin when its admin is edited, and says so', async () => {
    const emulator = await google(aWorld({ switches: { userWindowMs: 0 } }));
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));
    await place.run(...onboarding(emulator, 'apply', book));
    place.write('book.csv', aBook([aDomainRow(DOMAIN, { admin_email: `other@${DOMAIN}` })]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome'], place.results()[0]?.['changed_fields']]).toEqual([
      0,
      'skipped',
      'admin_email',
    ]);
    expect(emulator.users()).toHaveLength(1);
  });

  it('is unchanged while Google does not show its user yet', async () => {
    const emulator = await google(aWorld({ switches: { userWindowMs: 0 } }));
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));
    await place.run(...onboarding(emulator, 'apply', book));
    emulator.addFault({ method: 'directory.users.get', status: 404, reason: 'notFound' });

    await place.run(...onboarding(emulator, 'apply', book));

    expect(place.results()[0]).toMatchObject({ outcome: 'unchanged' });
  });

  it('of another name is sent as DNS has it: customer and address alike', async () => {
    const emulator = await google(aWorld({ switches: { userWindowMs: 0 } }));
    const place = onboardPlace();
    const row = aDomainRow('bücher.example.com', { admin_email: 'Admin@Bücher.example.com' });
    const book = place.write('book.csv', aBook([row]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    const user = emulator.requests.find(({ method }) => method === 'directory.users.insert')?.body;
    expect([exitCode, user]).toMatchObject([0, { primaryEmail: 'Admin@xn--bcher-kva.example.com' }]);
  });
});

describe('rows that wait for a quota of the Reseller API', () => {
  it('do not keep imports from theirs', async () => {
    const domains = Array.from({ length: 20 }, (_, index) => `c${index}.example.com`);
    const emulator = await google(
      aWorld({
        identities: [anIdentity({ domain: 'moves.example.com', consent: true })],
        faults: [{ method: 'reseller.customers.insert', status: 429, retryAfterSeconds: 3600 }],
      }),
    );
    const place = onboardPlace();
    const onboard = domains.map((domain) => aDomainRow(domain, { action: 'onboard' }));
    const book = place.write(
      'book.csv',
      aBook([
        ...onboard,
        aDomainRow('moves.example.com', {
          action: 'import',
          admin_email: '',
          admin_given_name: '',
          admin_family_name: '',
        }),
      ]),
    );

    const run = place.start(...onboarding(emulator, 'apply', book));
    await until(() => emulator.customers().length > 0);
    run.child.kill('SIGKILL');
    await run.end;

    expect(emulator.customers().map(({ domain }) => domain)).toEqual(['moves.example.com']);
  });
});

describe('passwords', () => {
  it('are long, begin with a letter or digit, differ, and stand in credentials.csv alone, mode 0600', async () => {
    const emulator = await google(aWorld());
    const place = onboardPlace({ logLevel: 'debug' });
    const rows = Array.from({ length: 12 }, (_, index) => aDomainRow(`c${index}.example.com`));
    const book = place.write('book.csv', aBook(rows));

    const { stdout, stderr } = await place.run(...onboarding(emulator, 'apply', book));

    const [run = ''] = place.runs();
    const lines = credentials(run);
    const passwords = lines.map((line) => line['temporary_password'] ?? '');
    expect(lines.map(({ key, domain, admin_email: email }) => [key, domain, email]).sort()).toEqual(
      rows.map(({ id, domain, admin_email: email }) => [id, domain, email]).sort(),
    );
    expect(new Set(passwords).size).toBe(12);
    expect(passwords.every((password) => /^[A-Za-z0-9][\x21-\x7e]{15,99}$/.test(password))).toBe(true);
    expect(statSync(join(run, 'credentials.csv')).mode & 0o777).toBe(0o600);
    for (const password of passwords) {
      expect(filesWith(place.path, password).map((name) => name.split('/').at(-1))).toEqual([
        'credentials.csv',
      ]);
      expect(`${stdout}${stderr}`).not.toContain(password);
    }
  });

  it('stand in no message, although the server repeats what it was sent', async () => {
    const emulator = await google(
      aWorld({
        faults: [
          { method: 'directory.users.insert', status: 400, reason: 'invalid', format: 'legacy', echo: true },
        ],
      }),
    );
    const place = onboardPlace({ logLevel: 'debug' });
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    await place.run(...onboarding(emulator, 'apply', book));

    const sent = emulator.requests.find(({ method }) => method === 'directory.users.insert')?.body as {
      readonly password: string;
    };
    expect(place.results()[0]).toMatchObject({ outcome: 'failed', error_code: 'INVALID_ARGUMENT' });
    // A user has been seen to be made by an insert that was answered 400: its password would be this one.
    expect(filesWith(place.path, sent.password).map((name) => name.split('/').at(-1))).toEqual([
      'credentials.csv',
    ]);
  });

  it('are told to be lost where the credentials.csv of the run that made the user is gone', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [{ method: 'directory.users.makeAdmin', do: 'silence' }],
      }),
    );
    const place = onboardPlace();
    await killedAt(place, emulator, 'directory.users.makeAdmin', aDomainRow(DOMAIN));
    const book = join(place.path, 'book.csv');
    rmSync(place.runs()[0] ?? '', { recursive: true });

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome']]).toEqual([0, 'done']);
    expect(place.results()[0]?.['hint']).toContain('in no credentials.csv any more');
  });
});

describe('the language', () => {
  it('is not changed where the customer has users already, and the report says so', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [{ method: 'directory.users.insert', do: 'silence' }],
      }),
    );
    const place = onboardPlace();
    await killedAt(place, emulator, 'directory.users.insert', aDomainRow(DOMAIN));
    const book = join(place.path, 'book.csv');
    const [tenant] = emulator.resellerCustomers();
    // Somebody makes a user in the Admin console meanwhile.
    await fetch(`${emulator.url}/admin/directory/v1/users`, {
      method: 'POST',
      headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
      body: JSON.stringify({
        primaryEmail: `other@${DOMAIN}`,
        name: { givenName: 'O', familyName: 'Ther' },
        password: 'long-enough-1',
      }),
    });
    place.write('book.csv', aBook([aDomainRow(DOMAIN, { language_code: 'fr' })]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    expect([exitCode, effects(emulator)]).toEqual([
      0,
      [
        'reseller.customers.insert',
        'directory.users.insert',
        'directory.users.insert',
        'directory.users.makeAdmin',
      ],
    ]);
    expect(place.results()[0]?.['hint']).toContain('the language was not changed to fr');
    expect(tenant?.customerDomain).toBe(DOMAIN);
  });
});

describe('limits and rehearsals', () => {
  it('count onboardings among the creates: past the limit nothing is written', async () => {
    const emulator = await google(aWorld());
    const place = onboardPlace({ safety: { creates: 1 } });
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN), aDomainRow('b.example.com')]));

    const refused = await place.run(...onboarding(emulator, 'apply', book));
    const planned = await place.run(...onboarding(emulator, 'plan', book, '--detailed-exitcode'));
    const rehearsed = await place.run(...onboarding(emulator, 'apply', book, '--validate-only'));

    expect([refused.exitCode, planned.exitCode, rehearsed.exitCode, effects(emulator)]).toEqual([
      3,
      2,
      0,
      [],
    ]);
    expect(place.results().map(({ action, outcome }) => [action, outcome])).toEqual([
      ['onboard', 'planned'],
      ['onboard', 'planned'],
    ]);
    expect(readFileSync(join(place.runs()[1] ?? '', 'plan.ndjson'), 'utf8')).toContain(
      '"steps":[{"kind":"insert"},{"kind":"user"},{"kind":"admin"}]',
    );
  });
});

/** Somebody else's doing: a user that no row of ours asked for. */
async function makeUser(
  emulator: Emulator,
  primaryEmail: string,
  name: { readonly givenName: string; readonly familyName: string },
): Promise<void> {
  const made = await fetch(`${emulator.url}/admin/directory/v1/users`, {
    method: 'POST',
    headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
    body: JSON.stringify({ primaryEmail, name, password: 'long-enough-1' }),
  });
  expect(made.status).toBe(200);
}
