import { describe, expect, it } from 'vitest';
import { customersByCorrelation } from '../../src/ledger/remote.ts';
import type { Fields } from '../../src/model/customer.ts';
import { listEverything, takeSnapshot } from '../../src/snapshot/take-snapshot.ts';
import { aCustomer } from '../builders.ts';
import { aPartnerLink, aRemoteCustomer, aWorld } from '../emulator/harness.ts';
import { ACCOUNT, aRequest, aSetting } from './a-snapshot.ts';

/** `c0000.example`, `c0001.example` and so on. */
function customers(count: number, parts: { readonly listedUnder?: string } = {}) {
  return Array.from({ length: count }, (_, index) => aRemoteCustomer({ domain: domainOf(index), ...parts }));
}

function domainOf(index: number): string {
  return `c${String(index).padStart(4, '0')}.example`;
}

function autoRow(fields: Fields) {
  return aCustomer(fields, { action: 'auto' });
}

function rowsFor(count: number) {
  return Array.from({ length: count }, (_, index) => autoRow({ domain: domainOf(index) }));
}

describe('listEverything', () => {
  it('lists the account and the links, and says which links it may not list', async () => {
    const world = aWorld({
      customers: [
        ...customers(60),
        aRemoteCustomer({ domain: 'theirs.example', channelPartnerId: undefined, listedUnder: 'C0partner' }),
      ],
      partnerLinks: [aPartnerLink()],
      switches: { accountListsPartners: false },
    });
    const { deps, calls, progress, ledger } = await aSetting(world);

    const snapshot = await listEverything(ACCOUNT, ['C0partner', 'C0nobody'], deps);

    expect({ ...snapshot, missingPartners: [...snapshot.missingPartners.keys()] }).toEqual({
      customers: 61,
      isComplete: true,
      missingPartners: ['C0nobody'],
      refusedRows: new Map(),
    });
    expect(calls()).toEqual([
      'customers.list customers',
      'customers.list customers',
      'customers.list channelPartnerLinks/C0partner/customers',
      'customers.list channelPartnerLinks/C0nobody/customers',
    ]);
    expect(progress).toEqual(['50 listed', '60 listed', '61 listed']);
    expect(ledger.all('SELECT name, partner FROM remote_customers WHERE partner IS NOT NULL')).toEqual([
      { name: `accounts/${ACCOUNT}/customers/theirs-example`, partner: 'C0partner' },
    ]);
  });

  it('forgets what an earlier snapshot had', async () => {
    const { deps, stored } = await aSetting(aWorld({ customers: customers(2) }));
    deps.ledger.run(`INSERT INTO remote_customers (name, json) VALUES ('gone', '{}')`);

    await listEverything(ACCOUNT, [], deps);

    expect(stored()).toEqual(['c0000-example', 'c0001-example']);
  });

  it('takes 200 calls for 10,000 customers', async () => {
    const { deps, calls } = await aSetting(aWorld({ customers: customers(10_000) }));

    const { customers: count } = await listEverything(ACCOUNT, [], deps);

    expect([count, calls().length]).toEqual([10_000, 200]);
  });

  it('ends the run where the account is not ours', async () => {
    const { deps } = await aSetting(aWorld());

    await expect(listEverything('C0other', [], deps)).rejects.toMatchObject({ exitCode: 77 });
  });
});

describe('takeSnapshot', () => {
  const world = aWorld({ customers: customers(120) });

  it.each([
    ['list', 1, 3, 120, true],
    ['lookup', 1, 1, 1, false],
    // One page is listed, and the row is on it: looked up all the same, because its domain may have others.
    ['auto', 1, 2, 50, false],
    // Two pages, then two look-ups.
    ['auto', 2, 4, 100, false],
    ['auto', 3, 3, 120, true],
    ['auto', 50, 3, 120, true],
    ['auto', 0, 0, 0, false],
    ['lookup', 0, 0, 0, false],
  ] as const)('%s with %i rows takes %i calls', async (mode, rows, expectedCalls, stored, isComplete) => {
    const { deps, calls } = await aSetting(world, rowsFor(rows));

    const snapshot = await takeSnapshot(ACCOUNT, aRequest(mode), deps);

    expect([calls().length, snapshot.customers, snapshot.isComplete]).toEqual([
      expectedCalls,
      stored,
      isComplete,
    ]);
  });

  it('counts rows to be skipped for nothing', async () => {
    const rows = [...rowsFor(1), aCustomer({ domain: domainOf(1) }, { action: 'skip' })];
    const { deps, calls, rowCalls } = await aSetting(world, rows);

    await takeSnapshot(ACCOUNT, aRequest('lookup'), deps);

    expect([calls(), rowCalls()]).toEqual([[`customers.list customers domain = "${domainOf(0)}"`], [1, 0]]);
  });

  it('counts the pages of partner links like those of the account', async () => {
    const partnered = aWorld({
      customers: customers(60, { listedUnder: 'C0partner' }),
      partnerLinks: [aPartnerLink()],
      switches: { accountListsPartners: false },
    });
    const rows = [autoRow({ domain: 'new.example', channel_partner_id: 'C0partner' }), ...rowsFor(1)];
    const { deps, calls } = await aSetting(partnered, rows);

    const snapshot = await takeSnapshot(
      ACCOUNT,
      aRequest('auto', { partners: ['C0partner'], concurrency: 1 }),
      deps,
    );

    expect(snapshot).toMatchObject({ customers: 50, isComplete: false });
    expect(calls()).toEqual([
      'customers.list customers',
      'customers.list channelPartnerLinks/C0partner/customers',
      'channelPartnerLinks.get channelPartnerLinks/C0partner',
      'customers.list customers domain = "new.example"',
      'customers.list channelPartnerLinks/C0partner/customers domain = "new.example"',
      `customers.list customers domain = "${domainOf(0)}"`,
    ]);
  });

  it.each(['auto', 'lookup'] as const)(
    'lists everything under %s where a row is known by its id alone',
    async (mode) => {
      const here = [...customers(119), aRemoteCustomer({ domain: 'named.example', correlationId: 'A-7' })];
      const setting = await aSetting(aWorld({ customers: here }), [
        ...rowsFor(1),
        autoRow({ id: 'A-7', org_display_name: 'New name' }),
      ]);

      const snapshot = await takeSnapshot(ACCOUNT, aRequest(mode), setting.deps);

      expect(snapshot).toMatchObject({ customers: 120, isComplete: true });
      expect(setting.calls()).toHaveLength(3);
      expect(customersByCorrelation(setting.ledger, 'A-7')).toHaveLength(1);
      expect(setting.notes).toEqual(
        mode === 'auto'
          ? []
          : [
              'everything is listed: row 2 (line 3) names its customer by id alone, and Google has no look-up by that',
            ],
      );
    },
  );
});
