import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../src/emulator/world-schema.ts';
import { aWorld } from '../emulator/harness.ts';
import { aBook } from '../run-cli.ts';
import { google } from './against-google.ts';
import {
  WRITES,
  aDomainRow,
  allPasswords,
  credentials,
  effects,
  killedAt,
  onboardPlace,
  onboarding,
  passwordAtGoogle,
  struck,
} from './onboarding.ts';

const DOMAIN = 'new.example.com';
const ADMIN = `admin@${DOMAIN}`;
const ALL_STEPS = [...WRITES];

describe('a row that was edited while its insert was in doubt', () => {
  const silent = { method: 'reseller.customers.insert', do: 'silence', afterEffect: true } as const;

  it('goes on with what was sent, whatever the cells say by now', async () => {
    const emulator = await google(aWorld({ switches: { userWindowMs: 0 }, faults: [silent] }));
    const place = onboardPlace();
    await killedAt(place, emulator, 'reseller.customers.insert', aDomainRow(DOMAIN));
    const edited = { org_display_name: 'Renamed', alternate_email: 'else@private.example' };
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN, edited)]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome'], emulator.resellerCustomers().length]).toEqual([
      0,
      'done',
      1,
    ]);
  });

  it('makes no second customer for one key: another domain needs a key of its own', async () => {
    const emulator = await google(aWorld({ switches: { userWindowMs: 0 }, faults: [silent] }));
    const place = onboardPlace();
    await killedAt(place, emulator, 'reseller.customers.insert', aDomainRow(DOMAIN, { id: '7' }));
    const moved = aDomainRow('moved.example.com', { id: '7' });
    const book = place.write('book.csv', aBook([moved]));

    const { exitCode, stderr } = await place.run(...onboarding(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome'], place.results()[0]?.['error_code']]).toEqual([
      1,
      'blocked',
      'policy.other_domain',
    ]);
    expect(emulator.resellerCustomers().map(({ customerDomain }) => customerDomain)).toEqual([DOMAIN]);
    expect(stderr).toContain('no row that this run takes is about it');
  });
});

describe('a run that is cut off', () => {
  const cuts = ALL_STEPS.flatMap((method) => [[method, false] as const, [method, true] as const]);

  it.each(cuts)(
    'by SIGKILL at %s (after its effect: %s) is gone on from, and nothing is done twice',
    async (method, afterEffect) => {
      const emulator = await google(
        aWorld({
          switches: { userWindowMs: 300 },
          faults: [{ method, domain: DOMAIN, do: 'silence', afterEffect }],
        }),
      );
      const place = onboardPlace();
      const rows = [
        aDomainRow(DOMAIN, { language_code: 'de' }),
        aDomainRow('b.example.com', { language_code: 'fr' }),
      ];
      const book = place.write('book.csv', aBook(rows));

      const run = place.start(...onboarding(emulator, 'apply', book));
      await struck(emulator, method);
      run.child.kill('SIGKILL');
      await run.end;
      const { exitCode, stderr } = await place.run(...onboarding(emulator, 'apply', book));

      expect([exitCode, stderr]).toEqual([0, expect.anything()]);
      expect([...effects(emulator)].sort()).toEqual([...ALL_STEPS, ...ALL_STEPS].sort());
      const [user] = emulator.users().filter(({ primaryEmail }) => primaryEmail === ADMIN);
      expect(user).toMatchObject({ isAdmin: true, languages: [{ languageCode: 'de' }] });
      expect([...allPasswords(place)]).toContain(passwordAtGoogle(emulator, ADMIN));
      const mails = place.runs().flatMap((directory) => emlFiles(directory));
      expect(new Set(mails)).toEqual(new Set([`b.example.com.eml`, `${DOMAIN}.eml`]));
      const again = await place.run(...onboarding(emulator, 'apply', book));
      expect([again.exitCode, place.results().map(({ outcome }) => outcome)]).toEqual([
        0,
        ['unchanged', 'unchanged'],
      ]);
    },
  );
});

function emlFiles(directory: string): readonly string[] {
  try {
    return readdirSync(join(directory, 'notifications'));
  } catch {
    return [];
  }
}

describe('a write without a certain answer', () => {
  const faults: readonly (readonly [title: string, fault: Partial<FaultInput>])[] = [
    ['a reset before the effect', { do: 'reset' }],
    ['a reset after the effect', { do: 'reset', afterEffect: true }],
    ['silence before the effect', { do: 'silence' }],
    ['silence after the effect', { do: 'silence', afterEffect: true }],
    ['a 503 before the effect', { status: 503 }],
    ['a 503 after the effect', { status: 503, afterEffect: true }],
    ['a 500 after the effect', { status: 500, afterEffect: true }],
    ['half an answer', { do: 'truncate' }],
  ];
  const cases = ALL_STEPS.flatMap((method) =>
    faults.map(([title, fault]) => [title, method, fault] as const),
  );

  it.each(cases)('(%s of %s) is looked up, and its effect comes about once', async (_, method, fault) => {
    const emulator = await google(aWorld({ switches: { userWindowMs: 0 }, faults: [{ ...fault, method }] }));
    // Nothing but silence is waited for until a call is given up.
    const place = onboardPlace({ ...(fault.do === 'silence' ? { callTimeoutSeconds: 3 } : {}), attempts: 1 });
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN, { language_code: 'de' })]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    const [line] = place.results();
    expect([exitCode, line?.['outcome'], line?.['error_message']]).toEqual([0, 'done', '']);
    // A language and a super admin may be set again; a customer and a user may not.
    const made = effects(emulator);
    expect(made.filter((name) => name === 'reseller.customers.insert')).toHaveLength(1);
    expect(made.filter((name) => name === 'directory.users.insert')).toHaveLength(1);
    expect(passwordAtGoogle(emulator, ADMIN)).toBe(
      credentials(place.runs().at(-1) ?? '')[0]?.['temporary_password'],
    );
    expect(emulator.users()).toMatchObject([{ primaryEmail: ADMIN, isAdmin: true }]);
  });
});

describe('an effect that comes late', () => {
  it('of an insert shows as a 409 of the second one, and is gone on from as ours', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [
          { method: 'reseller.customers.insert', do: 'reset', afterEffect: true },
          // The look-up of the plan tells the truth, the two for the doubt do not yet.
          { method: 'reseller.customers.get', status: 404, reason: 'notFound', nth: 2, count: 2 },
        ],
      }),
    );
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome'], place.results()[0]?.['resolved_by']]).toEqual([
      0,
      'done',
      'customers.get',
    ]);
    expect(effects(emulator)).toEqual([
      'reseller.customers.insert',
      'directory.users.insert',
      'directory.users.makeAdmin',
    ]);
  });

  it('of a user shows as a 409 of the second one, with the password that was written down first', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [
          { method: 'directory.users.insert', do: 'reset', afterEffect: true },
          { method: 'directory.users.get', status: 404, reason: 'notFound', count: 2 },
        ],
      }),
    );
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['resolved_by']]).toEqual([0, 'users.get']);
    expect(credentials(place.runs()[0] ?? '').map((line) => line['temporary_password'])).toEqual([
      passwordAtGoogle(emulator, ADMIN),
    ]);
    expect(effects(emulator).filter((name) => name === 'directory.users.insert')).toHaveLength(1);
  });

  it('is settled by the next run, although its book has no such row any more', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [{ method: 'reseller.customers.insert', do: 'silence', afterEffect: true }],
      }),
    );
    const place = onboardPlace();
    await killedAt(place, emulator, 'reseller.customers.insert', aDomainRow(DOMAIN));
    const book = join(place.path, 'book.csv');
    const other = place.write('book.csv', aBook([aDomainRow('other.example.com')]));
    await place.run(...onboarding(emulator, 'apply', other));
    // Known to be ours by now: what it says at Google may have changed since.
    await fetch(`${emulator.url}/apps/reseller/v1/customers/${DOMAIN}`, {
      method: 'PATCH',
      headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
      body: JSON.stringify({ alternateEmail: 'else@private.example' }),
    });
    place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome']]).toEqual([0, 'done']);
    expect(effects(emulator).filter((name) => name === 'reseller.customers.insert')).toHaveLength(2);
  });
});

describe('a run that is interrupted while a user is not complete', () => {
  it('ends with 75, accounts for the row, and the next run makes the admin', async () => {
    const emulator = await google(
      aWorld({
        switches: { userWindowMs: 0 },
        faults: [
          {
            method: 'directory.users.makeAdmin',
            status: 412,
            reason: 'conditionNotMet',
            count: null,
          },
        ],
      }),
    );
    const place = onboardPlace();
    const book = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));
    const run = place.start(...onboarding(emulator, 'apply', book));
    await struck(emulator, 'directory.users.makeAdmin');
    run.child.kill('SIGTERM');
    run.child.kill('SIGINT');
    const { exitCode } = await run.end;
    const [cut] = place.results();
    emulator.clearFaults();

    const again = await place.run(...onboarding(emulator, 'apply', book));

    expect([exitCode, cut?.['outcome'], again.exitCode, place.results()[0]?.['outcome']]).toEqual([
      75,
      'unprocessed',
      0,
      'done',
    ]);
    expect(effects(emulator)).toEqual([
      'reseller.customers.insert',
      'directory.users.insert',
      'directory.users.makeAdmin',
    ]);
    expect(credentials(place.runs()[1] ?? '').map((line) => line['temporary_password'])).toEqual([
      passwordAtGoogle(emulator, ADMIN),
    ]);
  });
});
