import type { RowPlan, StepKind } from '../model/plan.ts';
import type { RowEnding } from '../model/row-ending.ts';
import type { DbRow, LedgerDb } from './ledger.ts';
import { partsBefore } from './parts.ts';

/** What an earlier part of the run did for a row that it did not bring to its end. */
export interface EarlierWork {
  readonly action: RowEnding['action'];
  readonly attempts: number;
  readonly calls: number;
  readonly startedAt: string;
  /** The columns that it wrote, or was writing. */
  readonly changedFields: readonly string[];
  /** The step whose end it did not learn, if any. */
  readonly open: StepKind | undefined;
}

/** A row of an earlier part, found again in the book as it is now. */
export interface EarlierRow {
  /** Number of the part, and the row's place in the book as it was. */
  readonly part: number;
  readonly row: number;
  readonly plan: RowPlan | undefined;
  /** Undefined where the row is done. */
  readonly work: EarlierWork | undefined;
}

/** With how it ended, where it is done. */
export interface FoundRow {
  readonly earlier: EarlierRow;
  readonly ending: RowEnding | undefined;
}

/** The rows of the earlier parts of a run, by key and content. */
export interface EarlierRows {
  find(key: string, content: string): FoundRow | undefined;
  /** To be called when the book is read. */
  drop(): void;
}

/** @param run the new part */
export function earlierRows(ledger: LedgerDb, run: number): EarlierRows {
  const parts = partsBefore(ledger, run);
  createIndex(ledger, parts);
  return {
    find(key, content) {
      const found = parts.flatMap((part) =>
        ledger
          .all(
            `SELECT r.run, r.row, state, outcome, ending, plan, action, ${STEP_FACTS}
             FROM temp.earlier_rows e JOIN rows r ON r.run = e.run AND r.row = e.row
             WHERE e.content_hash = ? AND e.run = ? AND r.key = ?`,
            ledger.hash(content),
            part,
            key,
          )
          .flatMap((row) => toFoundRow(row) ?? []),
      );
      return found.find(({ ending }) => ending !== undefined) ?? found[0];
    },
    drop() {
      ledger.transaction(() => {
        ledger.db.exec('DROP TABLE IF EXISTS temp.earlier_rows');
      });
    },
  };
}

/** Beside the ledger, and only while the book is read: every other run would pay for an index in it. */
function createIndex(ledger: LedgerDb, parts: readonly number[]): void {
  ledger.transaction(() => {
    ledger.db.exec(`
      DROP TABLE IF EXISTS temp.earlier_rows;
      CREATE TEMP TABLE earlier_rows (content_hash TEXT, run INTEGER, row INTEGER, PRIMARY KEY (content_hash, run, row))
        STRICT, WITHOUT ROWID;
      INSERT INTO temp.earlier_rows SELECT content_hash, run, row FROM rows WHERE run IN (${parts.join(', ')})`);
  });
}

const STEP_FACTS = `(SELECT json_group_array(json_object('kind', kind, 'state', state, 'attempt', attempt, 'at', begun_at))
  FROM (SELECT * FROM steps s WHERE s.run = r.run AND s.row = r.row ORDER BY s.step)) AS steps`;

interface StepFact {
  readonly kind: StepKind;
  readonly state: string;
  readonly attempt: number;
  readonly at: string;
}

function toFoundRow(row: DbRow): FoundRow | undefined {
  const plan = typeof row['plan'] === 'string' ? (JSON.parse(row['plan']) as RowPlan) : undefined;
  const ending = typeof row['ending'] === 'string' ? (JSON.parse(row['ending']) as RowEnding) : undefined;
  const place = { part: Number(row['run']), row: Number(row['row']), plan };
  if (row['state'] === 'ended' && row['outcome'] === 'done')
    return { earlier: { ...place, work: undefined }, ending };
  const work = workOf(JSON.parse(String(row['steps'])) as readonly StepFact[], plan, ending);
  return work === undefined ? undefined : { earlier: { ...place, work }, ending: undefined };
}

function workOf(
  steps: readonly StepFact[],
  plan: RowPlan | undefined,
  ending: RowEnding | undefined,
): EarlierWork | undefined {
  const sent = steps.filter(({ state }) => state !== 'failed');
  const [first] = sent;
  if (first === undefined) return undefined;
  const sends = sent.reduce((sum, { attempt }) => sum + attempt, 0);
  return {
    action: plan?.action ?? 'auto',
    attempts: sent.at(-1)?.attempt ?? 0,
    calls: Math.max(sends, ending?.calls ?? 0),
    startedAt: ending?.startedAt ?? first.at,
    changedFields: sent.some(({ kind }) => kind === 'patch') ? patched(plan) : [],
    open: sent.find(({ state }) => state !== 'done')?.kind,
  };
}

function patched(plan: RowPlan | undefined): readonly string[] {
  return (plan?.differences ?? []).flatMap(({ column, weight }) => (weight === 'ordinary' ? [column] : []));
}

/** Moves what was written for a row to its place in this part, so that the part tells all of it. */
export function takeSteps(ledger: LedgerDb, run: number, row: number, from: EarlierRow): void {
  ledger.run(
    'UPDATE OR IGNORE steps SET run = ?, row = ? WHERE run = ? AND row = ?',
    run,
    row,
    from.part,
    from.row,
  );
}
