import type { Customer } from '../model/customer.ts';
import type { StepKind } from '../model/plan.ts';
import type { RowEnding } from '../model/row-ending.ts';
import type { DbRow, LedgerDb } from './ledger.ts';
import { partsBefore } from './parts.ts';
import { OF_ROW } from './steps.ts';

/** What a person says of a write that could not be settled. */
export type Word = 'done' | 'not-done';

/** A step at its place; of a resumed run perhaps that of an earlier part. */
export interface OpenStep {
  readonly run: number;
  readonly row: number;
  readonly step: number;
  readonly kind: StepKind;
  /** `superseded`: a later run has looked what came of it. */
  readonly state: string;
}

/** A row with a write that a person may settle. */
export interface DoubtedRow {
  readonly run: number;
  readonly row: number;
  readonly key: string;
  readonly customer: Customer | undefined;
  readonly contentHash: string;
  readonly action: string;
  /** Undefined where the run was killed before the row had one. */
  readonly ending: RowEnding | undefined;
  /** Its steps without a certain end, and those that a person has settled, in order. */
  readonly open: readonly OpenStep[];
}

/**
 * The rows of a run that have this key: of the last part that has any. Without case only where no key is just that and one
 * is meant.
 */
export function rowsByKey(ledger: LedgerDb, run: number, key: string): readonly DoubtedRow[] {
  for (const part of [run, ...partsBefore(ledger, run)]) {
    const rows = ledger
      .all(`SELECT ${COLUMNS} FROM rows r WHERE run = ? AND lower(key) = lower(?) ORDER BY row`, part, key)
      .map(toDoubtedRow);
    const exact = rows.filter((row) => row.key === key);
    if (exact.length > 0) return exact;
    if (new Set(rows.map((row) => row.key)).size === 1) return rows;
  }
  return [];
}

/** Keys of the rows of a run that a person may settle. */
export function doubtedKeys(ledger: LedgerDb, run: number, count: number): readonly string[] {
  return ledger
    .all(
      `SELECT key FROM rows r WHERE run = ? AND (outcome = 'ambiguous' OR (state <> 'ended' AND EXISTS
         (SELECT 1 FROM steps s WHERE ${OF_ROW} AND s.state IN ('intent', 'in-doubt'))))
       ORDER BY row LIMIT ?`,
      run,
      count,
    )
    .map((row) => String(row['key']));
}

/** `detail` of a step that a person has settled. */
export const BY_A_PERSON = 'a person says so';

const COLUMNS = `run, row, key, customer, content_hash, action, state, ending,
  (SELECT json_group_array(json_object('run', run, 'row', row, 'step', step, 'kind', kind, 'state', state)) FROM
    (SELECT s.* FROM steps s WHERE ${OF_ROW}
       AND (s.state IN ('intent', 'in-doubt', 'superseded') OR s.detail = '${BY_A_PERSON}') ORDER BY s.step)) AS open`;

function toDoubtedRow(row: DbRow): DoubtedRow {
  return {
    run: Number(row['run']),
    row: Number(row['row']),
    key: String(row['key']),
    customer: typeof row['customer'] === 'string' ? (JSON.parse(row['customer']) as Customer) : undefined,
    contentHash: String(row['content_hash']),
    action: String(row['action']),
    ending: typeof row['ending'] === 'string' ? (JSON.parse(row['ending']) as RowEnding) : undefined,
    open: JSON.parse(String(row['open'])) as DoubtedRow['open'],
  };
}

/**
 * Remembers a person's word, the last one of which counts.
 *
 * @param identity what the row named, as one text; kept as a hash
 */
export function storeWord(
  ledger: LedgerDb,
  { run, row, key }: DoubtedRow,
  kind: StepKind,
  identity: string,
  word: Word,
  at: string,
): void {
  ledger.run(
    `INSERT INTO words (identity, kind, key, word, run, row, at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (identity, kind) DO UPDATE SET key = excluded.key, word = excluded.word, run = excluded.run, row = excluded.row,
       at = excluded.at`,
    ledger.hash(identity),
    kind,
    key,
    word,
    run,
    row,
    at,
  );
}

/** The run, by its name, in which a person said that such a write for this identity is done; undefined where nobody did. */
export function saidDone(ledger: LedgerDb, kinds: readonly StepKind[], identity: string): string | undefined {
  const found = ledger.get(
    `SELECT coalesce(r.id, 'RUN') AS id FROM words w LEFT JOIN runs r ON r.seq = w.run
     WHERE w.identity = ? AND w.word = 'done' AND w.kind IN (SELECT value FROM json_each(?))
     ORDER BY w.at DESC LIMIT 1`,
    ledger.hash(identity),
    JSON.stringify(kinds),
  );
  return found === undefined ? undefined : String(found['id']);
}

/** Whether anybody ever said anything: most ledgers need not be asked row by row. */
export function hasWords(ledger: LedgerDb): boolean {
  return ledger.get('SELECT 1 FROM words LIMIT 1') !== undefined;
}
