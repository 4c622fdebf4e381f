import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { LoggedRequest } from '../src/emulator/request-log.ts';
import { aRow } from './doubtful-writes.ts';
import { aRemoteCustomer, aWorld } from './emulator/harness.ts';
import { anAccount, takeEffect, type Account, type EndedRun, type Row } from './in-process.ts';

const SETTLE_MS = 120_000;
const DOMAIN = 'a.example.com';
const OTHER = 'b.example.com';

const LOST = { method: 'customers.create', domain: DOMAIN, do: 'reset' } as const;

function creates(requests: readonly LoggedRequest[]): readonly LoggedRequest[] {
  return requests.filter(({ method }) => method === 'customers.create');
}

/** An account on which a row's first create, given up by its run after the settle time, takes effect at last. */
async function twiceMade(row: Row): Promise<Account> {
  const account = await anAccount(aWorld({ faults: [LOST] }));
  const run = await account.apply([row, aRow(OTHER)]);
  expect([run.exitCode, creates(run.requests).length]).toEqual([0, 3]);
  await takeEffect(creates(run.requests)[0], account.emulator);
  return account;
}

function told(run: EndedRun): unknown {
  const lines = parse<Row>(run.report('duplicates.csv') ?? '', { columns: true });
  return {
    exitCode: run.exitCode,
    duplicates: lines.map(({ domain }) => domain),
    warned: run.said.filter((text) => text.includes('more than once') && text.includes('duplicates.csv'))
      .length,
    written: creates(run.requests).length,
  };
}

const TOLD = { exitCode: 4, duplicates: [DOMAIN, DOMAIN], warned: 1, written: 0 };

describe('a customer that a very late effect of our own create has made twice', () => {
  it.each([
    ['plan', 'list'],
    ['plan', 'lookup'],
    ['apply', 'list'],
    ['apply', 'lookup'],
  ] as const)(
    'is reported by %s --snapshot %s, and nothing is sent for its row',
    async (command, snapshot) => {
      const account = await twiceMade(aRow(DOMAIN));

      const run = await account[command]([aRow(DOMAIN), aRow(OTHER)], { snapshot });

      expect(told(run)).toEqual(TOLD);
      expect(run.results.map(({ outcome }) => outcome)).toEqual(['blocked', 'unchanged']);
    },
  );

  it('is reported by a run whose rows are all well, where nothing but the listing shows it', async () => {
    const account = await twiceMade(aRow(DOMAIN));

    const run = await account.apply([aRow(OTHER)], { snapshot: 'list', allow: ['shrink=1'] });

    expect(told(run)).toEqual(TOLD);
    expect(run.results.map(({ outcome }) => outcome)).toEqual(['unchanged']);
  });

  it('is reported of a team without an id too, which only its name tells from others on its domain', async () => {
    const team = aRow(DOMAIN, { id: '', customer_type: 'team', org_display_name: 'Sales' });
    const other = aRow(OTHER, { customer_type: 'domain' });
    const account = await twiceMade(team);

    const run = await account.plan([team, other], { snapshot: 'list' });

    expect(told(run)).toEqual(TOLD);
  });
});

describe('a customer that is there twice when its create is looked up', () => {
  it('leaves its row ambiguous, is reported by that very run, and is not made a third time', async () => {
    const { emulator, apply, whileWaiting } = await anAccount(
      aWorld({ faults: [{ ...LOST, afterEffect: true }] }),
    );
    whileWaiting(SETTLE_MS, () => takeEffect(creates(emulator.requests)[0], emulator));

    const run = await apply([aRow(DOMAIN), aRow(OTHER)]);
    const next = await apply([aRow(DOMAIN), aRow(OTHER)]);

    // Two of the run, and the one that took effect once more.
    expect(told(run)).toEqual({ ...TOLD, written: 3 });
    expect(run.results.map(({ outcome }) => outcome)).toEqual(['ambiguous', 'done']);
    expect(told(next)).toEqual(TOLD);
    expect(emulator.customers()).toHaveLength(3);
  });
});

describe('customers that share a domain', () => {
  it('are no duplicates where they are teams of different names', async () => {
    const { apply, plan } = await anAccount(aWorld());
    const teams = ['Sales', 'Support'].map((name) =>
      aRow(DOMAIN, { id: '', customer_type: 'team', org_display_name: name, action: 'create' }),
    );
    await apply(teams);

    const run = await plan(teams, { snapshot: 'list' });

    expect(run.report('duplicates.csv')).toBeUndefined();
  });

  it('are no duplicates where both are teams with a Cloud Identity, whatever their names', async () => {
    const identities = ['C01', 'C02'];
    const { plan } = await anAccount(
      aWorld({
        customers: identities.map((cloudIdentityId) =>
          aRemoteCustomer({
            domain: DOMAIN,
            name: `accounts/C012345/customers/${cloudIdentityId}`,
            cloudIdentityId,
            cloudIdentityInfo: { customerType: 'TEAM' },
          }),
        ),
      }),
    );

    const run = await plan(
      identities.map((id) => ({ domain: DOMAIN, customer_type: 'team', cloud_identity_id: id })),
      { snapshot: 'list' },
    );

    expect([run.exitCode, run.report('duplicates.csv')]).toEqual([0, undefined]);
  });
});
