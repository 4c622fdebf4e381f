import { describe, expect, it } from 'vitest';
import type { Emulator } from '../src/emulator/server.ts';
import type { WorldInput } from '../src/emulator/world.ts';
import { domains, google, writes } from './cli/against-google.ts';
import { aDomainRow } from './cli/onboarding.ts';
import { aRemoteCustomer, aWorld, anIdentity } from './emulator/harness.ts';
import { applyHere, jumpingClock, undoHere, type Here, type HereEnd } from './run-here.ts';
import { aBook, newWorkplace } from './run-cli.ts';

const ROWS = 50;

/** Rows that are open at a time: so many may end the same way after the last that counts. */
const OPEN_ROWS = 16;

const CONFIG = {
  callTimeoutSeconds: 86_400,
  settleSeconds: 0,
  safety: { creates: 1000, imports: 1000, updates: 100, shrink: 100 },
};

interface Setting extends Here {
  readonly emulator: Emulator;
}

async function aSetting(
  world: Partial<WorldInput>,
  rows: readonly Readonly<Record<string, string>>[],
  config: object = {},
): Promise<Setting> {
  // Its clock is the real one: quota is the program's own to keep here.
  const quotas = { reseller: null, directory: null };
  const emulator = await google(aWorld({ ...world, quotas }));
  const place = newWorkplace();
  place.write('channelbook.config.json', JSON.stringify({ ...CONFIG, ...config }));
  place.write('book.csv', aBook(rows));
  return { emulator, place, apiUrl: emulator.url, clock: jumpingClock() };
}

/** Rows to import, all of which Google would take. */
function anImport(faults: WorldInput['faults'], rows = ROWS, config: object = {}): Promise<Setting> {
  const identities = domains(rows).map((domain) => anIdentity({ domain }));
  return aSetting(
    { identities, faults },
    domains(rows).map((domain) => ({ domain })),
    config,
  );
}

const DENIED = {
  method: 'customers.import',
  status: 403,
  code: 'PERMISSION_DENIED',
  message: 'The caller does not have permission',
  count: null,
} as const;

/** The run stopped early, and every row says how it ended. */
function expectStopped(
  { place }: Setting,
  end: HereEnd,
  exitCode: number,
  outcome: string,
  rows = { first: 20, all: ROWS },
): void {
  const counts = place.summary().outcomes;
  const ended = counts[outcome] ?? 0;
  expect([end.exitCode, counts]).toEqual([exitCode, { [outcome]: ended, unprocessed: rows.all - ended }]);
  expect(ended).toBeGreaterThanOrEqual(rows.first);
  expect(ended).toBeLessThan(rows.first + OPEN_ROWS);
  const unprocessed = place.results().filter((row) => row['outcome'] === 'unprocessed');
  expect(new Set(unprocessed.map((row) => row['error_code']))).toEqual(new Set(['run.common_cause']));
}

describe('one cause of the first rows that is not theirs', () => {
  it('stops imports that are all denied with 77, and says what Google said and what to do', async () => {
    const setting = await anImport([DENIED]);

    const end = await applyHere(setting);

    expectStopped(setting, end, 77, 'blocked');
    const last = setting.place.results().find((row) => row['outcome'] === 'unprocessed');
    expect(last).toMatchObject({
      error_message:
        'not processed: the first 20 rows failed alike, which looks like no fault of theirs: PERMISSION_DENIED: The caller does not have permission',
      hint: expect.stringContaining('raise commonCauseRows in the config file') as unknown,
    });
    expect(end.said).toContain('type the same command again');
  });

  it('is let go once it is put right: the same command ends the book', async () => {
    const setting = await anImport([DENIED]);
    await applyHere(setting);
    setting.emulator.clearFaults();

    const end = await applyHere(setting);

    expect([end.exitCode, setting.place.summary().outcomes]).toEqual([0, { done: ROWS }]);
  });

  it('is looked for in as many rows as the config says', async () => {
    const setting = await anImport([DENIED], ROWS, { commonCauseRows: 5 });

    expectStopped(setting, await applyHere(setting), 77, 'blocked', { first: 5, all: ROWS });
  });

  it('stops nothing in a book with fewer rows', async () => {
    const setting = await anImport([DENIED], 12);

    const end = await applyHere(setting);

    expect([end.exitCode, setting.place.summary().outcomes]).toEqual([1, { blocked: 12 }]);
  });

  it('has stopped nothing where no row was left', async () => {
    const setting = await anImport([DENIED], 12, { commonCauseRows: 12 });

    const end = await applyHere(setting);

    expect([end.exitCode, setting.place.summary().outcomes]).toEqual([1, { blocked: 12 }]);
  });

  it('is none where one row went well first', async () => {
    const setting = await anImport([{ ...DENIED, nth: 2 }]);

    const end = await applyHere(setting, { concurrency: 1 });

    expect([end.exitCode, setting.place.summary().outcomes]).toEqual([1, { done: 1, blocked: ROWS - 1 }]);
  });

  it('is none where Google speaks of each row: there are no such customers', async () => {
    const setting = await aSetting(
      {},
      domains(ROWS).map((domain) => ({ domain })),
    );

    const end = await applyHere(setting);

    expect([end.exitCode, setting.place.summary().outcomes]).toEqual([1, { failed: ROWS }]);
  });

  it('stops with 5 where it is a fault on the side of Google', async () => {
    const identities = domains(ROWS).map((domain) => ({ domain, ...aProvisioned(domain) }));
    const setting = await aSetting(
      {
        customers: domains(ROWS).map((domain) => aRemoteCustomer({ domain, cloudIdentityId: undefined })),
        faults: [{ do: 'fail-operation', code: 'INTERNAL', operationMs: 0, count: null }],
      },
      identities,
    );

    const end = await applyHere(setting, { action: 'provision' });

    const { failed = 0, unprocessed = 0 } = setting.place.summary().outcomes;
    expect([end.exitCode, failed + unprocessed, unprocessed > 0]).toEqual([5, ROWS, true]);
  });

  it.each([
    ['reseller.customers.insert', 'Forbidden', 0],
    ['directory.users.insert', 'Not Authorized to access this resource/api', 1],
  ] as const)('stops onboardings where every %s is refused, with 77', async (method, message, inserts) => {
    const setting = await aSetting(
      { faults: [{ method, status: 403, reason: 'forbidden', message, count: null }] },
      domains(ROWS).map((domain) => aDomainRow(domain)),
    );

    const end = await applyHere(setting, { action: 'onboard' });

    expectStopped(setting, end, 77, 'blocked');
    const ended = setting.place.summary().outcomes['blocked'] ?? 0;
    expect(setting.emulator.resellerCustomers()).toHaveLength(inserts * ended);
  });

  it('ends the questions about the first rows before a plan is made of them', async () => {
    const setting = await aSetting(
      { faults: [{ ...DENIED, method: 'checkCloudIdentityAccountsExist' }] },
      domains(ROWS).map((domain) => ({ domain })),
    );

    const end = await applyHere(setting, { action: 'auto' });

    expectStopped(setting, end, 77, 'blocked');
    expect(writes(setting.emulator)).toEqual([]);
  });

  it('stops an undo whose patches are all refused, with 77', async () => {
    const customers = domains(ROWS).map((domain) => aRemoteCustomer({ domain, orgDisplayName: 'Before' }));
    const setting = await aSetting(
      { customers },
      domains(ROWS).map((domain) => ({ domain, org_display_name: 'After' })),
    );
    const applied = await applyHere(setting, { overwrite: 'safe' });
    setting.emulator.addFault({ ...DENIED, method: 'customers.patch' });

    const end = await undoHere(setting);

    expect(applied.exitCode).toBe(0);
    expectStopped(setting, end, 77, 'blocked');
  });
});

/** The cells of a row whose first user is provisioned. */
function aProvisioned(domain: string): Readonly<Record<string, string>> {
  return {
    alternate_email: 'owner@mail.example',
    admin_email: `admin@${domain}`,
    admin_given_name: 'Ada',
    admin_family_name: 'Berg',
  };
}
