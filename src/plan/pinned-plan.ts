import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LedgerDb } from '../ledger/ledger.ts';
import { createPlanComparison, type ComparedRow, type PlanComparison } from '../ledger/plan-comparison.ts';
import type { EarlierRow } from '../ledger/earlier-rows.ts';
import { acts, decisionByKey, rowDecisions } from '../ledger/row-decisions.ts';
import { EXIT, FatalError } from '../model/fatal.ts';
import type { Difference, RowPlan } from '../model/plan.ts';
import { createShow } from '../validate/show.ts';
import { changeText } from './plan-change.ts';
import { toPlanLine, workDigest, type PlanLine } from './plan-line.ts';
import { brokenLine, readPlan } from './read-plan.ts';

/** Rows that the refusal names. */
const EXAMPLES = 3;

/** Rows looked at before anything else gets its turn. */
const BATCH = 500;

const show = createShow(undefined);

/**
 * Holds what a run would do now against a plan that a person has reviewed. By key, the same rows must have work to do
 * in the same account: the same steps for the same differences of the same customer, from the same cells. Where a row
 * stands in the book, and what is said of rows without work, does not matter.
 *
 * @param path plan.ndjson of the reviewed run, perhaps of another ledger
 * @param account of the run, its id without `accounts/`
 * @param isRest whether earlier parts of the run did some of the plan: what is left must be of it, and is less
 * @throws FatalError 3 (`plan.changed`, `plan.other_account`) when they differ, 66 when the file cannot be read, 65
 * when it is no plan
 */
export async function checkPinnedPlan(
  ledger: LedgerDb,
  run: number,
  path: string,
  account: string,
  isRest = false,
): Promise<void> {
  const now: Now = { ledger, run, account };
  const comparison = createPlanComparison(ledger);
  try {
    await addReviewed(comparison, path, account);
    await addNow(comparison, now);
    const { count, keys } = comparison.changes(EXAMPLES, isRest ? 'of-now' : 'of-both');
    if (count > 0) throw planChanged(count, await examplesOf(keys, now, path), path);
  } finally {
    comparison.drop();
  }
}

/** The run whose plan is held against the reviewed one. */
interface Now {
  readonly ledger: LedgerDb;
  readonly run: number;
  readonly account: string;
}

async function addReviewed(comparison: PlanComparison, path: string, account: string): Promise<void> {
  for await (const lines of readPlan(path)) {
    const other = lines.find(({ line }) => line.account !== account);
    if (other !== undefined) throw otherAccount(other.line.account, account, path);
    comparison.addReviewed(
      lines.flatMap(({ number, line }) =>
        line.steps.length === 0 ? [] : [{ key: line.key, place: number, digest: workDigest(line) }],
      ),
    );
  }
  const repeated = comparison.repeated();
  if (repeated === undefined) return;
  const what = `an earlier line has work to do for the key ${show(repeated.key)} already`;
  throw brokenLine(path, repeated.place, what);
}

async function addNow(comparison: PlanComparison, { ledger, run, account }: Now): Promise<void> {
  let rows: ComparedRow[] = [];
  for (const decision of rowDecisions(ledger, run)) {
    const line =
      acts(decision.plan) && !isRestOf(decision.plan, decision.earlier)
        ? toPlanLine(decision, account)
        : undefined;
    if (line === undefined) continue;
    rows.push({ key: line.key, place: line.row, digest: workDigest(line) });
    if (rows.length < BATCH) continue;
    comparison.addNow(rows);
    rows = [];
    await nextTurn();
  }
  comparison.addNow(rows);
}

/**
 * Whether a row has only the rest of the work left that was planned, and reviewed, for it in an earlier part of the run:
 * steps of that plan for differences of that plan. What an import or a create leaves to be patched is not known before.
 */
function isRestOf(now: RowPlan, earlier: EarlierRow | undefined): boolean {
  const before = earlier?.plan;
  if (earlier?.work === undefined || before === undefined) return false;
  const kinds = new Set(before.steps.map(({ kind }) => kind));
  if (!now.steps.every(({ kind }) => kinds.has(kind))) return false;
  if (before.customer === undefined) return true;
  return (
    now.customer === before.customer &&
    now.differences.every((difference) => before.differences.some((known) => isSame(known, difference)))
  );
}

function isSame(one: Difference, other: Difference): boolean {
  return one.column === other.column && one.book === other.book && one.google === other.google;
}

/** A sentence for each key: only digests were compared, so the file tells again what was reviewed. */
async function examplesOf(
  keys: readonly string[],
  { ledger, run, account }: Now,
  path: string,
): Promise<readonly string[]> {
  const reviewed = new Map<string, PlanLine>();
  for await (const lines of readPlan(path)) {
    for (const { line } of lines) {
      if (keys.includes(line.key) && !hasWork(reviewed.get(line.key))) reviewed.set(line.key, line);
    }
  }
  return keys.map(
    (key) => `${show(key)}: ${changeText(decisionByKey(ledger, run, key), reviewed.get(key), account)}`,
  );
}

/** Rows without work may share their key with another one. */
function hasWork(line: PlanLine | undefined): boolean {
  return line !== undefined && line.steps.length > 0;
}

function planChanged(count: number, examples: readonly string[], path: string): FatalError {
  const rows = count === 1 ? '1 row differs' : `${count} rows differ`;
  const more = count > examples.length ? `; and ${count - examples.length} more` : '';
  return new FatalError(
    EXIT.refused,
    'plan.changed',
    `${rows} from the reviewed plan ${path}, nothing was written: ${examples.join('; ')}${more}`,
    'Run channelbook plan again, review it, and give its plan.ndjson to --plan.',
  );
}

function otherAccount(reviewed: string, account: string, path: string): FatalError {
  return new FatalError(
    EXIT.refused,
    'plan.other_account',
    `the reviewed plan ${path} is for account ${show(reviewed)}, and this run is for ${show(account)}; nothing was written`,
    'Give the account of the plan to --account, or run channelbook plan for this account and review that.',
  );
}
