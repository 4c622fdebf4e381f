import { patchedColumns, type RowPlan, type StepKind } from '../model/plan.ts';
import { PERSON, type RowEnding } from '../model/row-ending.ts';
import type { DbRow, LedgerDb } from './ledger.ts';
import { inPages } from './pages.ts';
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

/** The rows of the earlier parts of a run that were done or begun, by key and content. */
export interface EarlierRows {
  find(key: string, content: string): FoundRow | undefined;
  /** How many keys there are. */
  readonly keys: number;
  /** To be called when the book is read. */
  drop(): void;
}

/** @param run the new part */
export function earlierRows(ledger: LedgerDb, run: number): EarlierRows {
  const keys = createIndex(ledger, partsBefore(ledger, run));
  return {
    keys,
    find(key, content) {
      const row = ledger.get(
        `SELECT r.run, r.row, outcome, ending, plan, r.earlier,
           EXISTS (SELECT 1 FROM applied a WHERE a.key = r.key AND a.content_hash = r.content_hash) AS is_last,
           ${STEP_FACTS}
         FROM temp.earlier_rows e JOIN rows r ON r.run = e.run AND r.row = e.row
         WHERE e.content_hash = ? AND r.key = ? ORDER BY e.run DESC LIMIT 1`,
        ledger.hash(content),
        key,
      );
      return row === undefined ? undefined : toFoundRow(row);
    },
    drop() {
      ledger.transaction(() => {
        ledger.db.exec('DROP TABLE IF EXISTS temp.earlier_rows');
      });
    },
  };
}

/** Beside the ledger, and only while the book is read: every other run would pay for an index in it. */
function createIndex(ledger: LedgerDb, parts: readonly number[]): number {
  return ledger.transaction(() => {
    ledger.db.exec(`
      DROP TABLE IF EXISTS temp.earlier_rows;
      CREATE TEMP TABLE earlier_rows (content_hash TEXT, run INTEGER, row INTEGER, PRIMARY KEY (content_hash, run, row))
        STRICT, WITHOUT ROWID;
      INSERT INTO temp.earlier_rows SELECT content_hash, run, row FROM rows r WHERE ${wasBegun(parts)}
        ORDER BY content_hash, run, row`);
    const found = ledger.get(`SELECT count(DISTINCT key) AS n FROM rows r WHERE ${wasBegun(parts)}`);
    return Number(found?.['n']);
  });
}

function wasBegun(parts: readonly number[]): string {
  return `r.run IN (${parts.join(', ')}) AND (r.outcome = 'done' OR
    EXISTS (SELECT 1 FROM steps s WHERE s.run = r.run AND s.row = r.row AND s.state <> 'failed'))`;
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
  const ending = typeof row['ending'] === 'string' ? (JSON.parse(row['ending']) as RowEnding) : undefined;
  const planned = typeof row['plan'] === 'string' ? (JSON.parse(row['plan']) as RowPlan) : undefined;
  const before = typeof row['earlier'] === 'string' ? (JSON.parse(row['earlier']) as EarlierRow) : undefined;
  const own = workOf(JSON.parse(String(row['steps'])) as readonly StepFact[], planned, ending);
  // A part that was cut off early has no steps: they are where it found them.
  const place =
    own === undefined && before !== undefined
      ? before
      : { part: Number(row['run']), row: Number(row['row']) };
  const earlier = { part: place.part, row: place.row, plan: before?.plan ?? planned };
  if (ending !== undefined && staysDone(ending, row['is_last'] === 1))
    return { earlier: { ...earlier, work: undefined }, ending };
  const work = together(before?.work, own);
  return work === undefined ? undefined : { earlier: { ...earlier, work }, ending: undefined };
}

/** The work of two parts for one row. What the first left open was looked up before the second sent anything. */
function together(first: EarlierWork | undefined, second: EarlierWork | undefined): EarlierWork | undefined {
  if (first === undefined || second === undefined) return second ?? first;
  return {
    action: first.action === 'auto' ? second.action : first.action,
    attempts: second.attempts,
    calls: first.calls + second.calls,
    startedAt: first.startedAt,
    changedFields: [...new Set([...first.changedFields, ...second.changedFields])],
    open: second.open,
  };
}

/**
 * A row that is done stays done, unless something else was written for its key since: by an edited row that is back to
 * what it was, by another run, by an undo. Then Google tells. What a person said is looked for, too.
 *
 * @param isLast whether the last confirmed success for the key is that of this content; not kept for onboarding
 */
function staysDone({ outcome, action, resolvedBy }: RowEnding, isLast: boolean): boolean {
  return outcome === 'done' && resolvedBy !== PERSON && (isLast || action === 'onboard');
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
    changedFields: sent.some(({ kind }) => kind === 'patch') ? patchedColumns(plan?.differences ?? []) : [],
    open: sent.find(({ state }) => state !== 'done')?.kind,
  };
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

/** Numbers of the steps that were moved to a row beside those of its own plan. */
const MOVED = -1000;

/**
 * Moves what a row overwrote by steps that its new plan does not have: whoever undoes the run finds them there.
 *
 * @param kinds steps of the new plan
 */
export function takeOverwritten(
  ledger: LedgerDb,
  run: number,
  row: number,
  from: EarlierRow,
  kinds: readonly StepKind[],
): void {
  ledger.run(
    `UPDATE OR IGNORE steps SET run = ?, row = ?, step = step + ?
     WHERE run = ? AND row = ? AND before_image IS NOT NULL AND state IN ('done', 'superseded')
       AND kind NOT IN (SELECT value FROM json_each(?))`,
    run,
    row,
    MOVED,
    from.part,
    from.row,
    JSON.stringify(kinds),
  );
}

/** Moves what rows wrote that are done, once the book is read to its end. */
export function takeDoneSteps(ledger: LedgerDb, run: number): void {
  const rows = inPages((after, count) =>
    ledger.all(
      `SELECT row, earlier FROM rows WHERE run = ? AND row > ? AND state = 'ended' AND earlier IS NOT NULL
       ORDER BY row LIMIT ?`,
      run,
      after,
      count,
    ),
  );
  for (const row of rows) {
    const earlier = JSON.parse(String(row['earlier'])) as EarlierRow;
    if (earlier.work === undefined) takeSteps(ledger, run, Number(row['row']), earlier);
  }
}
