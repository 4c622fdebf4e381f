import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createLedgerDb, type LedgerDb } from '../../src/ledger/ledger.ts';
import { openLedgerFile } from '../../src/ledger/open.ts';
import { insertRows, storeDecisions, type Decided } from '../../src/ledger/rows.ts';
import type { Customer } from '../../src/model/customer.ts';
import type { Difference, RowPlan } from '../../src/model/plan.ts';
import type { RowEnding } from '../../src/model/row-ending.ts';
import { aCustomer } from '../builders.ts';

/** A directory of its own for one test. */
export function aDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'channelbook-plan-'));
}

export function aLedger(): LedgerDb {
  const opened = createLedgerDb(openLedgerFile(join(aDirectory(), 'a.sqlite')));
  onTestFinished(opened.close);
  return opened;
}

/** One row of a run: what the book says, and what was decided, if anything. */
export interface PlannedRowOf {
  readonly customer?: Customer;
  /** The key of a row that is invalid. */
  readonly key?: string;
  readonly plan?: RowPlan;
  readonly ending?: RowEnding;
}

export const RUN = 7;

/** Stores rows as a run that has decided them has; the first is row 1 on line 2. */
export function storePlan(ledger: LedgerDb, rows: readonly PlannedRowOf[]): void {
  insertRows(
    ledger,
    RUN,
    rows.map(({ customer, key, plan, ending }, index) => ({
      row: index + 1,
      line: index + 2,
      key: customer?.key ?? key ?? '',
      content: String(index),
      customer,
      action: customer?.action ?? 'auto',
      tokenCreated: undefined,
      sealedToken: undefined,
      ending: plan === undefined ? ending : undefined,
    })),
  );
  storeDecisions(
    ledger,
    RUN,
    rows.flatMap(({ plan, ending }, index): readonly Decided[] => {
      if (plan === undefined) return [];
      const row = index + 1;
      return ending === undefined ? [{ kind: 'planned', row, plan }] : [{ kind: 'ended', row, plan, ending }];
    }),
  );
}

export function aPlan(rest: Partial<RowPlan> = {}): RowPlan {
  return { action: 'none', steps: [], differences: [], customer: undefined, ...rest };
}

export function anEnding(rest: Partial<RowEnding> = {}): RowEnding {
  return {
    outcome: 'unchanged',
    action: 'none',
    causes: [],
    attempts: 0,
    calls: 0,
    checkedBy: 'local',
    changedFields: [],
    ...rest,
  };
}

export function aDifference(rest: Partial<Difference> = {}): Difference {
  return { column: 'org_display_name', book: 'New', google: 'Old', weight: 'ordinary', ...rest };
}

/** A row whose customer is patched in one field. */
export function anUpdate(id: string, difference: Partial<Difference> = {}): PlannedRowOf {
  return {
    customer: aCustomer({ id, domain: `${id.toLowerCase()}.com` }),
    plan: aPlan({
      action: 'update',
      steps: [{ kind: 'patch' }],
      differences: [aDifference(difference)],
      customer: `accounts/C1/customers/${id}`,
    }),
  };
}

/** A row with nothing to do. */
export function anUnchanged(id: string): PlannedRowOf {
  return {
    customer: aCustomer({ id, domain: `${id.toLowerCase()}.com` }),
    plan: aPlan({ customer: `accounts/C1/customers/${id}` }),
    ending: anEnding(),
  };
}
