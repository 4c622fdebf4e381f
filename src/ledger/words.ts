import type { Customer } from '../model/customer.ts';
import type { StepKind } from '../model/plan.ts';
import type { RowEnding } from '../model/row-ending.ts';
import type { DbRow, LedgerDb } from './ledger.ts';
import { partsBefore } from './parts.ts';

/** What a person says of a write that could not be settled. */
export type Word = 'done' | 'not-done';

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
  /** Its steps without a certain end, in order. */
  readonly open: readonly { readonly step: number; readonly kind: StepKind }[];
}

/** The rows of a run, its earlier parts included, that have this key; the latest part first. */
export function rowsByKey(ledger: LedgerDb, run: number, key: string): readonly DoubtedRow[] {
  return [run, ...partsBefore(ledger, run)].flatMap((part) =>
    ledger
      .all(`SELECT ${COLUMNS} FROM rows r WHERE run = ? AND lower(key) = lower(?) ORDER BY row`, part, key)
      .map(toDoubtedRow),
  );
}

/** Keys of the rows of a run that a person may settle. */
export function doubtedKeys(ledger: LedgerDb, run: number, count: number): readonly string[] {
  return ledger
    .all(
      `SELECT key FROM rows r WHERE run = ? AND (outcome = 'ambiguous' OR (state <> 'ended' AND EXISTS
         (SELECT 1 FROM steps s WHERE s.run = r.run AND s.row = r.row AND s.state IN ('intent', 'in-doubt'))))
       ORDER BY row LIMIT ?`,
      run,
      count,
    )
    .map((row) => String(row['key']));
}

const COLUMNS = `run, row, key, customer, content_hash, action, state, ending,
  (SELECT json_group_array(json_object('step', step, 'kind', kind)) FROM
    (SELECT step, kind FROM steps s WHERE s.run = r.run AND s.row = r.row
       AND s.state IN ('intent', 'in-doubt', 'superseded') ORDER BY step)) AS open`;

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
    `INSERT INTO words (key, kind, identity, word, run, row, at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key, kind, identity) DO UPDATE SET word = excluded.word, run = excluded.run, row = excluded.row,
       at = excluded.at`,
    key,
    kind,
    ledger.hash(identity),
    word,
    run,
    row,
    at,
  );
}

/** The run, by its name, in which a person said that such a write of this key is done; undefined where nobody did. */
export function saidDone(
  ledger: LedgerDb,
  key: string,
  kinds: readonly StepKind[],
  identity: string,
): string | undefined {
  const found = ledger.get(
    `SELECT r.id FROM words w JOIN runs r ON r.seq = w.run
     WHERE w.key = ? AND w.identity = ? AND w.word = 'done' AND w.kind IN (SELECT value FROM json_each(?))
     ORDER BY w.at DESC LIMIT 1`,
    key,
    ledger.hash(identity),
    JSON.stringify(kinds),
  );
  return found === undefined ? undefined : String(found['id']);
}

/** Whether anybody ever said anything: most ledgers need not be asked row by row. */
export function hasWords(ledger: LedgerDb): boolean {
  return ledger.get('SELECT 1 FROM words LIMIT 1') !== undefined;
}
