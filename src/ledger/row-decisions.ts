import type { Customer } from '../model/customer.ts';
import type { OutcomeKind } from '../model/outcome.ts';
import type { RowPlan } from '../model/plan.ts';
import type { RowEnding } from '../model/row-ending.ts';
import type { EarlierRow } from './earlier-rows.ts';
import type { DbRow, LedgerDb } from './ledger.ts';
import { inPages } from './pages.ts';

/** A row of a run with what was decided for it. */
export interface RowDecision {
  readonly row: number;
  readonly line: number;
  readonly key: string;
  /** What was decided, else what the row asks for. */
  readonly action: string;
  /** Undefined where the row is invalid. */
  readonly customer: Customer | undefined;
  /** Undefined where nothing was decided: the row is invalid, left out, or was not come to. */
  readonly plan: RowPlan | undefined;
  /** Undefined until the row has ended. */
  readonly ending: RowEnding | undefined;
  /** What an earlier part of the run did for it. */
  readonly earlier: EarlierRow | undefined;
}

const COLUMNS = 'row, line, key, action, customer, plan, state, ending, earlier';

/** Every row of a run, in the book's order: the same before, while and after the plan is applied. */
export function* rowDecisions(ledger: LedgerDb, run: number): Generator<RowDecision> {
  const rows = inPages((after, count) =>
    ledger.all(
      `SELECT ${COLUMNS} FROM rows WHERE run = ? AND row > ? ORDER BY row LIMIT ?`,
      run,
      after,
      count,
    ),
  );
  for (const row of rows) yield toDecision(row);
}

/** The row of a run that has this key; of several the one with work to do. Reads all rows of the run. */
export function decisionByKey(ledger: LedgerDb, run: number, key: string): RowDecision | undefined {
  const row = ledger.get(
    `SELECT ${COLUMNS} FROM rows WHERE run = ? AND key = ? ORDER BY coalesce(json_array_length(plan, '$.steps'), 0) = 0, row LIMIT 1`,
    run,
    key,
  );
  return row === undefined ? undefined : toDecision(row);
}

/** Whether a plan has work to do. */
export function acts(plan: RowPlan | undefined): plan is RowPlan {
  return plan !== undefined && plan.steps.length > 0;
}

/** The outcome that the plan gives a row: `planned` for work to do, however that work ended. */
export function plannedOutcome({ plan, ending }: RowDecision): OutcomeKind {
  return acts(plan) ? 'planned' : (ending?.outcome ?? 'unprocessed');
}

function toDecision(row: DbRow): RowDecision {
  return {
    row: Number(row['row']),
    line: Number(row['line']),
    key: String(row['key']),
    action: String(row['action']),
    customer: parsed<Customer>(row['customer']),
    plan: parsed<RowPlan>(row['plan']),
    ending: row['state'] === 'ended' ? parsed<RowEnding>(row['ending']) : undefined,
    earlier: parsed<EarlierRow>(row['earlier']),
  };
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names what the column holds
function parsed<T>(json: DbRow[string] | undefined): T | undefined {
  return typeof json === 'string' ? (JSON.parse(json) as T) : undefined;
}
