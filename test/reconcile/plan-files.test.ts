import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endRow } from '../../src/ledger/rows.ts';
import { contentDigest } from '../../src/plan/plan-line.ts';
import { writePlan } from '../../src/reconcile/plan-files.ts';
import { aCustomer } from '../builders.ts';
import {
  aDifference,
  aDirectory,
  aLedger,
  anEnding,
  anUpdate,
  aPlan,
  RUN,
  storePlan,
} from '../ledger/planned-run.ts';

describe('writePlan', () => {
  it('gives each decided row a line, and none to rows that were left out or not come to', async () => {
    const directory = aDirectory();
    const ledger = aLedger();
    const cause = { code: 'policy.x', column: 'domain', message: 'why', hint: 'what' };
    const update = anUpdate('A-1');
    const blocked = aCustomer({ domain: 'b.com' }, { overwrite: 'safe' });
    storePlan(ledger, [
      update,
      {
        customer: blocked,
        plan: aPlan({ differences: [aDifference({ google: undefined })] }),
        ending: anEnding({ outcome: 'blocked', causes: [cause] }),
      },
      {
        key: 'bad',
        ending: anEnding({ outcome: 'invalid', causes: [{ code: 'row.ragged', message: 'm', hint: 'h' }] }),
      },
      {
        customer: aCustomer({ domain: 'c.com' }),
        ending: anEnding({ outcome: 'unprocessed', leftOut: true }),
      },
      { customer: aCustomer({ domain: 'd.com' }) },
    ]);

    const names = await writePlan(directory, ledger, RUN, 'C1');

    const path = join(directory, 'plan.ndjson');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect([names, statSync(path).mode & 0o777]).toEqual([['plan.ndjson'], 0o600]);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        row: 1,
        line: 2,
        key: 'A-1',
        account: 'C1',
        action: 'update',
        outcome: 'planned',
        overwrite: 'never',
        customer: 'accounts/C1/customers/A-1',
        steps: [{ kind: 'patch' }],
        differences: [{ column: 'org_display_name', book: 'New', google: 'Old', weight: 'ordinary' }],
        content: contentDigest(aCustomer({ id: 'A-1', domain: 'a-1.com' })),
      },
      {
        row: 2,
        line: 3,
        key: 'b.com',
        account: 'C1',
        action: 'none',
        outcome: 'blocked',
        overwrite: 'safe',
        steps: [],
        differences: [{ column: 'org_display_name', book: 'New', weight: 'ordinary' }],
        cause: { code: 'policy.x', column: 'domain', message: 'why' },
        content: contentDigest(blocked),
      },
      {
        row: 3,
        line: 4,
        key: 'bad',
        account: 'C1',
        action: 'auto',
        outcome: 'invalid',
        steps: [],
        differences: [],
        cause: { code: 'row.ragged', message: 'm' },
      },
    ]);
  });

  it('says the same after the rows were applied', async () => {
    const directory = aDirectory();
    const ledger = aLedger();
    storePlan(ledger, [anUpdate('A-1')]);
    await writePlan(directory, ledger, RUN, 'C1');
    const before = readFileSync(join(directory, 'plan.ndjson'), 'utf8');
    endRow(
      ledger,
      RUN,
      1,
      anEnding({ outcome: 'failed', causes: [{ code: 'NOT_FOUND', message: 'm', hint: 'h' }] }),
    );

    await writePlan(directory, ledger, RUN, 'C1');

    expect(readFileSync(join(directory, 'plan.ndjson'), 'utf8')).toBe(before);
  });

  it('writes no file where nothing was decided', async () => {
    const directory = aDirectory();
    const ledger = aLedger();
    storePlan(ledger, [{ customer: aCustomer() }]);

    expect([
      await writePlan(directory, ledger, RUN, 'C1'),
      existsSync(join(directory, 'plan.ndjson')),
    ]).toEqual([[], false]);
  });

  it('keeps every line of a long plan', async () => {
    const directory = aDirectory();
    const ledger = aLedger();
    storePlan(
      ledger,
      Array.from({ length: 2500 }, (_, index) => anUpdate(`U${index}`)),
    );

    await writePlan(directory, ledger, RUN, 'C1');

    const keys = readFileSync(join(directory, 'plan.ndjson'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { key: string }).key);
    expect(keys).toEqual(Array.from({ length: 2500 }, (_, index) => `U${index}`));
  });
});

describe('contentDigest', () => {
  const customer = aCustomer({ id: 'A-1', domain: 'a.com' });

  it('does not depend on the order of the columns', () => {
    expect(contentDigest(aCustomer({ domain: 'a.com', id: 'A-1' }))).toBe(contentDigest(customer));
  });

  it('differs with every part of a row', () => {
    const others = [
      aCustomer({ id: 'A-1', domain: 'b.com' }),
      aCustomer({ id: 'A-1' }),
      { ...customer, key: 'A-2' },
      { ...customer, type: 'team' as const },
      { ...customer, action: 'auto' as const },
      { ...customer, overwrite: 'safe' as const },
    ];

    const digests = [customer, ...others].map(contentDigest);

    expect(new Set(digests).size).toBe(7);
    expect(digests.every((digest) => /^[0-9a-f]{32}$/.test(digest))).toBe(true);
  });
});
