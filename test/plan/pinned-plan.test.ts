import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LedgerDb } from '../../src/ledger/ledger.ts';
import { EXIT, FatalError } from '../../src/model/fatal.ts';
import type { StepPlan } from '../../src/model/plan.ts';
import { checkPinnedPlan } from '../../src/plan/pinned-plan.ts';
import { writePlan } from '../../src/reconcile/plan-files.ts';
import { aCustomer } from '../builders.ts';
import {
  aDirectory,
  aLedger,
  anEnding,
  anUnchanged,
  anUpdate,
  aPlan,
  RUN,
  storePlan,
  type PlannedRowOf,
} from '../ledger/planned-run.ts';

const ACCOUNT = 'C1';

function aCreate(id: string): PlannedRowOf {
  return {
    customer: aCustomer({ id, domain: `${id.toLowerCase()}.com` }),
    plan: aPlan({
      action: 'create',
      steps: [{ kind: 'create' }, { kind: 'provision', operation: undefined }],
    }),
  };
}

function aProvision(
  id: string,
  step: Partial<Extract<StepPlan, { readonly kind: 'provision' }>> = {},
): PlannedRowOf {
  return changed(aCreate(id), {
    action: 'provision',
    steps: [{ kind: 'provision', operation: undefined, ...step }],
    customer: `accounts/C1/customers/${id}`,
  });
}

const invalid: PlannedRowOf = { key: 'A-1', ending: anEnding({ outcome: 'invalid', action: 'auto' }) };

function planned(rows: readonly PlannedRowOf[]): LedgerDb {
  const ledger = aLedger();
  storePlan(ledger, rows);
  return ledger;
}

async function written(rows: readonly PlannedRowOf[]): Promise<string> {
  const directory = aDirectory();
  await writePlan(directory, planned(rows), RUN, ACCOUNT);
  return join(directory, 'plan.ndjson');
}

async function refusal(check: Promise<void>): Promise<FatalError | undefined> {
  return check.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof FatalError) return error;
      throw error;
    },
  );
}

/** The refusal when `reviewed` was reviewed and `now` would be done. */
async function held(
  reviewed: readonly PlannedRowOf[],
  now: readonly PlannedRowOf[],
): Promise<FatalError | undefined> {
  return refusal(checkPinnedPlan(planned(now), RUN, await written(reviewed), ACCOUNT));
}

/** The same row with another part of its plan. */
function changed(row: PlannedRowOf, rest: Partial<NonNullable<PlannedRowOf['plan']>>): PlannedRowOf {
  if (row.plan === undefined) throw new Error('a row without a plan');
  return { ...row, plan: { ...row.plan, ...rest } };
}

describe('checkPinnedPlan', () => {
  const reviewed = [invalid, anUpdate('A-1'), anUnchanged('A-2'), aCreate('A-3')];

  it('passes the plan of another ledger for the same rows', async () => {
    expect(await held(reviewed, reviewed)).toBeUndefined();
  });

  it.each<readonly [string, readonly PlannedRowOf[]]>([
    ['stand elsewhere', [aCreate('A-3'), anUpdate('A-1'), anUnchanged('A-2'), invalid]],
    ['have others without work beside them', [...reviewed, anUnchanged('A-9')]],
    ['have lost those without work', [anUpdate('A-1'), aCreate('A-3')]],
  ])('passes rows that %s', async (_, now) => {
    expect(await held(reviewed, now)).toBeUndefined();
  });

  it.each<readonly [string, readonly PlannedRowOf[], string]>([
    [
      'a row that acts and had nothing to do',
      [anUpdate('A-1'), anUpdate('A-2'), aCreate('A-3')],
      '"A-2": now update of org_display_name, reviewed was nothing (unchanged)',
    ],
    [
      'a row that acts and was not there',
      [anUpdate('A-1'), anUpdate('A-4'), aCreate('A-3')],
      '"A-4": now update of org_display_name, not in the reviewed plan',
    ],
    [
      'a row that has nothing to do any more',
      [anUnchanged('A-1'), aCreate('A-3')],
      '"A-1": now nothing (unchanged), reviewed was update of org_display_name',
    ],
    [
      'a row that is gone',
      [anUpdate('A-1')],
      '"A-3": now not in the book, reviewed was create and provision',
    ],
    [
      'other steps',
      [anUpdate('A-1'), changed(aCreate('A-3'), { steps: [{ kind: 'create' }] })],
      '"A-3": now create, reviewed was create and provision',
    ],
    [
      'an import that overwrites',
      [
        anUpdate('A-1'),
        changed(aCreate('A-3'), {
          action: 'import',
          steps: [{ kind: 'import', overwriteIfExists: true, customer: undefined }],
        }),
      ],
      '"A-3": now overwriting import, reviewed was create and provision',
    ],
    [
      'a difference in another column',
      [anUpdate('A-1', { column: 'locality' }), aCreate('A-3')],
      '"A-1": now update of locality, reviewed was update of org_display_name',
    ],
    [
      'another value at Google',
      [anUpdate('A-1', { google: 'Older' }), aCreate('A-3')],
      '"A-1": other values in org_display_name than reviewed',
    ],
    [
      'another linked customer',
      [changed(anUpdate('A-1'), { customer: 'accounts/C1/customers/Z' }), aCreate('A-3')],
      '"A-1": now update of org_display_name of accounts/C1/customers/Z, reviewed was accounts/C1/customers/A-1',
    ],
    [
      'another cell of a row that is created',
      [anUpdate('A-1'), { ...aCreate('A-3'), customer: aCustomer({ id: 'A-3', domain: 'a-33.com' }) }],
      '"A-3": the row in the book is not the one that was reviewed',
    ],
    [
      'another policy',
      [
        anUpdate('A-1'),
        {
          ...aCreate('A-3'),
          customer: aCustomer({ id: 'A-3', domain: 'a-3.com' }, { overwrite: 'always' }),
        },
      ],
      '"A-3": the row in the book is not the one that was reviewed',
    ],
  ])('refuses %s', async (_, now, sentence) => {
    const error = await held(reviewed, now);

    expect([error?.exitCode, error?.code]).toEqual([EXIT.refused, 'plan.changed']);
    expect(error?.message).toMatch(
      /^1 row differs from the reviewed plan .*plan\.ndjson, nothing was written: /,
    );
    expect(error?.message.split('nothing was written: ')[1]).toBe(sentence);
  });

  const begun = aProvision('A-1');
  const waited = aProvision('A-1', { operation: 'operations/1' });
  const doubted = aProvision('A-1', { inDoubt: true });

  it.each<readonly [string, PlannedRowOf, PlannedRowOf]>([
    ['begins what was to be begun', begun, begun],
    ['waits for an operation that was waited for', waited, waited],
    ['waits for another operation', waited, aProvision('A-1', { operation: 'operations/2' })],
    ['has the same doubt', doubted, doubted],
  ])('passes a provisioning that %s', async (_, before, now) => {
    expect(await held([before], [now])).toBeUndefined();
  });

  it.each<readonly [string, PlannedRowOf, PlannedRowOf, string]>([
    [
      'is begun and was waited for',
      waited,
      begun,
      'now provision, reviewed was wait for the provisioning under way',
    ],
    [
      'is waited for and was to be begun',
      begun,
      waited,
      'now wait for the provisioning under way, reviewed was provision',
    ],
    ['is in doubt and was not', begun, doubted, 'now provision after one in doubt, reviewed was provision'],
  ])('refuses a provisioning that %s', async (_, before, now, sentence) => {
    const error = await held([before], [now]);

    expect([error?.code, error?.message.split('nothing was written: ')[1]]).toEqual([
      'plan.changed',
      `"A-1": ${sentence}`,
    ]);
  });

  it('counts all rows that differ and names the first three', async () => {
    const now = ['A-4', 'A-5', 'A-6', 'A-7'].map((id) => anUpdate(id));

    const error = await held([anUpdate('A-1'), aCreate('A-3')], now);

    expect(error?.message).toMatch(/^6 rows differ .*"A-4": .*"A-5": .*"A-6": .*; and 3 more$/);
  });

  it('names rows that are gone where there is room for them', async () => {
    const error = await held([anUpdate('A-1'), aCreate('A-3')], [anUpdate('A-4')]);

    expect(error?.message).toMatch(
      /^3 rows differ .*"A-4": now update.*"A-1": now not in.*"A-3": now not in[^;]*$/,
    );
  });

  it('passes an empty file where nothing is to be done, and refuses where something is', async () => {
    const path = join(aDirectory(), 'plan.ndjson');
    writeFileSync(path, '');

    expect(await refusal(checkPinnedPlan(planned([anUnchanged('A-2')]), RUN, path, ACCOUNT))).toBeUndefined();
    expect((await refusal(checkPinnedPlan(planned([anUpdate('A-2')]), RUN, path, ACCOUNT)))?.code).toBe(
      'plan.changed',
    );
  });

  it('refuses the plan of another account, though the rows are the same', async () => {
    const path = await written(reviewed);

    const error = await refusal(checkPinnedPlan(planned(reviewed), RUN, path, 'C2'));

    expect([error?.exitCode, error?.code, error?.message]).toEqual([
      EXIT.refused,
      'plan.other_account',
      `the reviewed plan ${path} is for account "C1", and this run is for "C2"; nothing was written`,
    ]);
  });

  it('refuses a plan that names another account on one line, though that has no work', async () => {
    const path = await written([anUpdate('A-1'), anUnchanged('A-2')]);
    const [first, second = ''] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${first}\n${second.replace('"account":"C1"', '"account":"C2"')}\n`);

    const error = await refusal(checkPinnedPlan(planned([anUpdate('A-1')]), RUN, path, ACCOUNT));

    expect(error?.code).toBe('plan.other_account');
  });

  it('can be called again on the same ledger', async () => {
    const ledger = planned(reviewed);
    const path = await written(reviewed);
    const others = await written([anUpdate('A-1')]);

    const first = await refusal(checkPinnedPlan(ledger, RUN, path, ACCOUNT));
    const second = await refusal(checkPinnedPlan(ledger, RUN, others, ACCOUNT));
    const third = await refusal(checkPinnedPlan(ledger, RUN, path, ACCOUNT));

    expect([first?.code, second?.code, third?.code]).toEqual([undefined, 'plan.changed', undefined]);
  });

  it('compares as many rows as a book may have', async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => anUpdate(`U${index}`));

    expect(await held(rows, rows.toReversed())).toBeUndefined();
    expect((await held(rows, rows.slice(1)))?.message).toMatch(/^1 row differs .*"U0": now not in the book/);
  });

  it('reads what an editor has left: a byte order mark, CRLF, blank lines', async () => {
    const path = await written(reviewed);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, `\ufeff${text.replaceAll('\n', '\r\n')}\r\n\r\n`);

    expect(await refusal(checkPinnedPlan(planned(reviewed), RUN, path, ACCOUNT))).toBeUndefined();
  });

  it('ends with 66 where there is no such file', async () => {
    const path = join(aDirectory(), 'none.ndjson');

    const error = await refusal(checkPinnedPlan(planned([]), RUN, path, ACCOUNT));

    expect([error?.exitCode, error?.code]).toEqual([66, 'plan.no_file']);
    expect(error?.message).toContain(path);
  });

  it('ends with 66 where the path is a directory', async () => {
    expect((await refusal(checkPinnedPlan(planned([]), RUN, aDirectory(), ACCOUNT)))?.exitCode).toBe(66);
  });

  const valid = {
    row: 1,
    line: 2,
    key: 'k',
    account: ACCOUNT,
    action: 'none',
    outcome: 'unchanged',
    steps: [],
    differences: [],
  };

  it.each<readonly [string, string, number]>([
    ['is no JSON', `${JSON.stringify(valid)}\nrow,line\n`, 2],
    ['was cut off', `${JSON.stringify(valid)}\n\n${JSON.stringify(valid).slice(0, 40)}`, 3],
    ['is of another file', '{"row":1,"key":"k","kind":"patch","before":{}}\n', 1],
    ['says planned without steps', JSON.stringify({ ...valid, outcome: 'planned' }), 1],
    ['has steps and is not planned', JSON.stringify({ ...valid, steps: [{ kind: 'create' }] }), 1],
    [
      'lacks the content of its row',
      JSON.stringify({ ...valid, outcome: 'planned', steps: [{ kind: 'create' }] }),
      1,
    ],
    [
      'has a step that is not known',
      JSON.stringify({ ...valid, outcome: 'planned', steps: [{ kind: 'delete' }] }),
      1,
    ],
    ['never ends', `${JSON.stringify(valid)}\n${'x'.repeat(1_100_000)}`, 2],
  ])('ends with 65 and the number of a line that %s', async (_, text, line) => {
    const path = join(aDirectory(), 'plan.ndjson');
    writeFileSync(path, text);

    const error = await refusal(checkPinnedPlan(planned([]), RUN, path, ACCOUNT));

    expect([error?.exitCode, error?.code]).toEqual([65, 'plan.unreadable']);
    expect(error?.message).toContain(`${path}, line ${line}: `);
  });

  it('ends with 65 where two lines have work for one key', async () => {
    const path = await written([anUpdate('A-1')]);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text + text);

    const error = await refusal(checkPinnedPlan(planned([anUpdate('A-1')]), RUN, path, ACCOUNT));

    expect([error?.exitCode, error?.message]).toEqual([
      65,
      `${path}, line 2: an earlier line has work to do for the key "A-1" already`,
    ]);
  });
});
