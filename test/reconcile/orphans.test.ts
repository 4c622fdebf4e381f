import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimCustomer } from '../../src/ledger/claims.ts';
import { findDuplicates } from '../../src/ledger/duplicates.ts';
import type { LedgerDb } from '../../src/ledger/ledger.ts';
import { dropMentions, mentionApplied, storeMentions } from '../../src/ledger/mentions.ts';
import { orphanCustomers } from '../../src/ledger/orphans.ts';
import { storeApplied } from '../../src/ledger/applied.ts';
import { storeCustomers } from '../../src/ledger/remote.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { writeDuplicates } from '../../src/reconcile/duplicates.ts';
import { writeOrphans } from '../../src/reconcile/orphans.ts';
import { aCustomer } from '../builders.ts';
import { aLedger, readRows } from '../snapshot/a-snapshot.ts';

function remote(name: string, rest: Partial<RemoteCustomer> = {}): RemoteCustomer {
  return { name, domain: `${name}.example`, cloudIdentityId: `C0${name}`, ...rest };
}

function holding(...customers: readonly RemoteCustomer[]): LedgerDb {
  const ledger = aLedger();
  storeCustomers(ledger, customers, undefined);
  return ledger;
}

function directory(): string {
  return mkdtempSync(join(tmpdir(), 'channelbook-orphans-'));
}

function orphans(ledger: LedgerDb, run = 1): readonly string[] {
  return [...orphanCustomers(ledger, run)].map(({ customer }) => customer.name);
}

describe('orphanCustomers', () => {
  it('are those that no row has and no row mentions', () => {
    const ledger = holding(
      ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => remote(name, { correlationId: `id-${name}` })),
    );
    claimCustomer(ledger, 1, 'a', 1);
    storeMentions(ledger, 1, { customer: 'b' });
    storeMentions(ledger, 1, { cloud_identity_id: 'C0c' });
    storeMentions(ledger, 1, { id: 'id-d' });
    storeMentions(ledger, 1, { domain: 'E.Example' });

    expect(orphans(ledger)).toEqual(['f']);
  });

  it('takes an identifier for what it is and nothing else', () => {
    const ledger = holding(remote('a', { correlationId: 'x' }));
    storeMentions(ledger, 1, { customer: 'x', cloud_identity_id: 'a.example', id: 'C0a', domain: 'x' });

    expect(orphans(ledger)).toEqual(['a']);
  });

  it('keeps the customer that an earlier run got for the key', () => {
    const ledger = holding(remote('a'), remote('b'));
    const applied = { key: 'team', identity: 'primary_admin_email:x', contentHash: '', customer: 'a' };
    storeApplied(ledger, applied, 1, '2026-01-01T00:00:00.000Z');
    mentionApplied(ledger, 2, 'team');

    expect(orphans(ledger, 2)).toEqual(['b']);
  });

  it('counts what rows of its own run say, whatever earlier runs said', () => {
    const ledger = holding(remote('a'), remote('b'));
    claimCustomer(ledger, 1, 'a', 1);
    storeMentions(ledger, 1, { domain: 'b.example' });

    expect(orphans(ledger, 2)).toEqual(['a', 'b']);
  });

  it('comes page by page, each once and in order', () => {
    const names = Array.from({ length: 2500 }, (_, index) => `n${String(index).padStart(4, '0')}`);
    const ledger = holding(...names.map((name) => remote(name)));

    expect(orphans(ledger)).toEqual(names);
  });
});

describe('dropMentions', () => {
  it('forgets those of this run and of earlier ones', () => {
    const ledger = holding();
    for (const run of [1, 2, 3]) storeMentions(ledger, run, { id: 'x' });
    dropMentions(ledger, 2);

    expect(ledger.all('SELECT run FROM mentions')).toEqual([{ run: 3 }]);
  });
});

describe('writeOrphans', () => {
  it('writes columns of the book, for the owner alone, formulas made harmless', async () => {
    const ledger = holding(
      remote('a', { orgDisplayName: '=cmd()', correlationId: '7', channelPartnerId: 'C0p' }),
      { name: 'b' },
    );
    const out = directory();

    expect(await writeOrphans(out, ledger, 1)).toBe(2);
    expect(readFileSync(join(out, 'orphans.csv'), 'utf8')).toBe(
      'customer,domain,org_display_name,cloud_identity_id,id,channel_partner_id\n' +
        "a,a.example,'=cmd(),C0a,7,C0p\n" +
        'b,,,,,\n',
    );
    expect(statSync(join(out, 'orphans.csv')).mode & 0o777).toBe(0o600);
  });

  it('tells the partner under whose link a customer was listed', async () => {
    const ledger = aLedger();
    storeCustomers(ledger, [remote('a')], 'C0link');
    const out = directory();
    await writeOrphans(out, ledger, 1);

    expect(readFileSync(join(out, 'orphans.csv'), 'utf8')).toContain('a,a.example,,C0a,,C0link\n');
  });

  it('leaves no file where there is none, not even an older one', async () => {
    const ledger = holding(remote('a'));
    const out = directory();
    await writeOrphans(out, ledger, 1);
    claimCustomer(ledger, 1, 'a', 1);

    expect([await writeOrphans(out, ledger, 1), readdirSync(out)]).toEqual([0, []]);
  });
});

describe('findDuplicates', () => {
  it.each<[string, readonly RemoteCustomer[], unknown]>([
    ['nothing in common', [remote('a'), remote('b')], []],
    [
      'a domain, whatever its case',
      [remote('a'), remote('b', { domain: 'A.Example' })],
      [{ names: ['a', 'b'], same: ['domain'] }],
    ],
    ['a domain with a team', [remote('a'), remote('b', { domain: 'a.example', customerType: 'TEAM' })], []],
    [
      'a domain of two teams',
      ['a', 'b'].map((name) => remote(name, { domain: 'a.example', customerType: 'TEAM' })),
      [],
    ],
    [
      'a domain and an id of two teams',
      ['a', 'b'].map((name) =>
        remote(name, { domain: 'a.example', customerType: 'TEAM', correlationId: '7' }),
      ),
      [{ names: ['a', 'b'], same: ['domain and id'] }],
    ],
    ['an id alone', ['a', 'b'].map((name) => remote(name, { correlationId: '7' })), []],
    [
      'a Cloud Identity',
      [remote('a'), remote('b', { cloudIdentityId: 'C0a' })],
      [{ names: ['a', 'b'], same: ['cloud_identity_id'] }],
    ],
    [
      'everything, told once',
      ['b', 'a'].map((name) =>
        remote(name, { domain: 'x.example', cloudIdentityId: 'C0x', correlationId: '7' }),
      ),
      [{ names: ['a', 'b'], same: ['cloud_identity_id', 'domain', 'domain and id'] }],
    ],
    [
      'a Cloud Identity of two, a domain of three',
      [
        remote('a', { domain: 'x.example', cloudIdentityId: 'C0x' }),
        remote('b', { domain: 'x.example', cloudIdentityId: 'C0x' }),
        remote('c', { domain: 'x.example' }),
      ],
      [
        { names: ['a', 'b'], same: ['cloud_identity_id'] },
        { names: ['a', 'b', 'c'], same: ['domain'] },
      ],
    ],
    [
      'no domain and no Cloud Identity',
      [{ name: 'a' }, { name: 'b' }, { name: 'c', domain: '' }, { name: 'd', domain: '' }],
      [],
    ],
  ])('judges customers with %s', (_, customers, groups) => {
    const ledger = holding(...customers);

    expect([...findDuplicates(ledger, 1)]).toEqual(groups);
  });

  const team = aCustomer({ domain: 'x.example' }, { key: 'T', type: 'team' });
  const domain = aCustomer({ domain: 'x.example' }, { key: 'D' });

  /** Customers a, b, … on one domain, of which Google does not say that they are teams; rows 1 team, 2 domain, 3 team. */
  function onOneDomain(names: readonly string[], rest: Partial<RemoteCustomer> = {}): LedgerDb {
    const shared = { domain: 'x.example', cloudIdentityId: undefined, ...rest };
    const ledger = holding(...names.map((name) => remote(name, shared)));
    readRows(ledger, [team, domain, { ...team, key: 'U' }]);
    return ledger;
  }

  it('counts no customer of a team row by its domain, before Google calls it a team', () => {
    const ledger = onOneDomain(['a', 'b']);
    const before = [...findDuplicates(ledger, 1)];
    claimCustomer(ledger, 1, 'a', 1);
    claimCustomer(ledger, 1, 'b', 2);

    expect([before, [...findDuplicates(ledger, 1)], [...findDuplicates(ledger, 2)]]).toEqual([
      [{ names: ['a', 'b'], same: ['domain'] }],
      [],
      [{ names: ['a', 'b'], same: ['domain'] }],
    ]);
  });

  it('counts the others on the domain of a team', () => {
    const ledger = onOneDomain(['a', 'b', 'c']);
    claimCustomer(ledger, 1, 'b', 1);

    expect([...findDuplicates(ledger, 1)]).toEqual([{ names: ['a', 'c'], same: ['domain'] }]);
  });

  it('knows what a team row got earlier, though this run links it to nothing', () => {
    const ledger = onOneDomain(['a', 'b']);
    for (const [key, customer] of [
      ['T', 'a'],
      ['U', 'b'],
    ] as const) {
      storeApplied(ledger, { key, identity: key, contentHash: '', customer }, 1, '2026-01-01T00:00:00.000Z');
    }

    expect([...findDuplicates(ledger, 1)]).toEqual([]);
  });

  it('counts a Cloud Identity or an id that teams have twice', () => {
    const ledger = onOneDomain(['a', 'b'], { cloudIdentityId: 'C0x', correlationId: '7' });
    claimCustomer(ledger, 1, 'a', 1);
    claimCustomer(ledger, 1, 'b', 3);

    expect([...findDuplicates(ledger, 1)]).toEqual([
      { names: ['a', 'b'], same: ['cloud_identity_id', 'domain and id'] },
    ]);
  });

  it('finds each of 21,000 pairs once', () => {
    const names = Array.from({ length: 42_000 }, (_, index) => `n${String(index).padStart(5, '0')}`);
    const ledger = holding(
      ...names.map((name, index) => remote(name, { domain: `d${Math.floor(index / 2)}.example` })),
    );

    const found = [...findDuplicates(ledger, 1)].map((group) => group.names);

    expect(found).toEqual(
      Array.from({ length: 21_000 }, (_, index) => names.slice(2 * index, 2 * index + 2)),
    );
  });
});

describe('writeDuplicates', () => {
  it('writes the customers of a group together, with what they have in common', async () => {
    const ledger = holding(
      remote('a', { domain: 'x.example', correlationId: '7' }),
      remote('b'),
      remote('c', { domain: 'x.example', correlationId: '7', channelPartnerId: 'C0p' }),
    );
    const out = directory();

    expect(await writeDuplicates(out, ledger, 1)).toMatchObject({ groups: 1, first: [expect.any(String)] });
    expect(readFileSync(join(out, 'duplicates.csv'), 'utf8')).toBe(
      'customer,domain,cloud_identity_id,id,channel_partner_id,reason\n' +
        'a,x.example,C0a,7,,same domain; same domain and id\n' +
        'c,x.example,C0c,7,C0p,same domain; same domain and id\n',
    );
    expect(statSync(join(out, 'duplicates.csv')).mode & 0o777).toBe(0o600);
  });

  it('leaves no file where there is none', async () => {
    const out = directory();

    expect([await writeDuplicates(out, holding(remote('a')), 1), readdirSync(out)]).toEqual([
      { groups: 0, first: [] },
      [],
    ]);
  });
});
