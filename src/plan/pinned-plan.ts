import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LedgerDb } from '../ledger/ledger.ts';
import { createReviewedPlan, type ReviewedPlan } from '../ledger/reviewed-plan.ts';
import { acts, decisionByKey, rowDecisions } from '../ledger/row-decisions.ts';
import { EXIT, FatalError } from '../model/fatal.ts';
import { createShow } from '../validate/show.ts';
import { changeOf, goneText } from './plan-change.ts';
import { toPlanLine, type PlanLine } from './plan-line.ts';
import { brokenLine, readPlan, type NumberedLine } from './read-plan.ts';

/** Rows that the refusal names. */
const EXAMPLES = 3;

/** Rows compared in one transaction, before anything else gets its turn. */
const BATCH = 500;

const show = createShow(undefined);

/** How many rows are not as they were reviewed, with a sentence for each of the first. */
interface Changes {
  readonly count: number;
  readonly examples: readonly string[];
}

/**
 * Holds what a run would do now against a plan that a person has reviewed. By key, the same rows must have work to do:
 * the same steps for the same differences of the same customer, from the same cells. Where a row stands in the book,
 * and what is said of rows without work, does not matter.
 *
 * @param path plan.ndjson of the reviewed run, perhaps of another ledger
 * @throws FatalError 3 (`plan.changed`) when they differ, 66 when the file cannot be read, 65 when it is no plan
 */
export async function checkPinnedPlan(ledger: LedgerDb, run: number, path: string): Promise<void> {
  const reviewed = createReviewedPlan(ledger);
  try {
    for await (const lines of readPlan(path)) keep(ledger, reviewed, lines, path);
    const { count, examples } = await compare(ledger, run, reviewed);
    if (count > 0) throw planChanged(count, examples, path);
  } finally {
    reviewed.drop();
  }
}

function keep(ledger: LedgerDb, reviewed: ReviewedPlan, lines: readonly NumberedLine[], path: string): void {
  ledger.transaction(() => {
    for (const { number, line } of lines) {
      const { key, row, outcome, steps } = line;
      const plan = steps.length > 0 ? JSON.stringify(line) : undefined;
      if (reviewed.add({ key, row, outcome, plan })) continue;
      throw brokenLine(path, number, `an earlier line has work to do for the key ${show(key)} already`);
    }
  });
}

async function compare(ledger: LedgerDb, run: number, reviewed: ReviewedPlan): Promise<Changes> {
  const examples: string[] = [];
  let count = 0;
  for (const batch of inBatches(actingLines(ledger, run))) {
    ledger.transaction(() => {
      for (const line of batch) {
        const change = changeOf(line, reviewed.take(line.key));
        if (change === undefined) continue;
        count += 1;
        if (examples.length < EXAMPLES) examples.push(`${show(line.key)}: ${change}`);
      }
    });
    await nextTurn();
  }
  const gone = reviewed.rest(EXAMPLES - examples.length);
  for (const row of gone.first) {
    examples.push(`${show(row.key)}: ${goneText(row, decisionByKey(ledger, run, row.key))}`);
  }
  return { count: count + gone.count, examples };
}

function* actingLines(ledger: LedgerDb, run: number): Generator<PlanLine> {
  for (const decision of rowDecisions(ledger, run)) {
    const line = acts(decision.plan) ? toPlanLine(decision) : undefined;
    if (line !== undefined) yield line;
  }
}

function* inBatches(lines: Iterable<PlanLine>): Generator<readonly PlanLine[]> {
  let batch: PlanLine[] = [];
  for (const line of lines) {
    batch.push(line);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
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
