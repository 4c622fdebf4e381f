import type { ResultLine, RowEnding } from '../model/row-ending.ts';
import type { LedgerDb } from './ledger.ts';
import { inPages } from './pages.ts';
import { partsBefore } from './parts.ts';

/**
 * The rows of earlier parts whose keys the book no longer has, each as it was last known, in their order.
 *
 * @param run the last part, read to its end
 * @param endingOf how a row that has not ended is to be reported
 */
export function* vanishedRows(
  ledger: LedgerDb,
  run: number,
  endingOf: (row: VanishedRow) => RowEnding,
): Generator<ResultLine> {
  findVanished(ledger, run);
  const rows = inPages((after, count) =>
    ledger.all(
      `SELECT v.rowid AS row, r.row AS number, line, key, action, ending,
         EXISTS (SELECT 1 FROM steps s WHERE s.run = r.run AND s.row = r.row AND s.state <> 'failed') AS sent
       FROM temp.vanished v JOIN rows r ON r.run = v.part AND r.row = v.number
       WHERE v.rowid > ? ORDER BY v.rowid LIMIT ?`,
      after,
      count,
    ),
  );
  for (const row of rows) {
    const open = { action: String(row['action']), hasSent: row['sent'] === 1 };
    const ending =
      typeof row['ending'] === 'string' ? (JSON.parse(row['ending']) as RowEnding) : endingOf(open);
    yield { row: Number(row['number']), line: Number(row['line']), key: String(row['key']), ending };
  }
}

/** A row that never came to its end before it was taken out of the book. */
export interface VanishedRow {
  readonly action: string;
  readonly hasSent: boolean;
}

/** Found in one go: asking for each page anew would compare all keys every time. */
function findVanished(ledger: LedgerDb, run: number): void {
  ledger.db.exec(
    'DROP TABLE IF EXISTS temp.vanished; CREATE TEMP TABLE vanished (part INTEGER NOT NULL, number INTEGER NOT NULL) STRICT',
  );
  const later = [run];
  for (const part of partsBefore(ledger, run)) {
    ledger.run(
      `INSERT INTO temp.vanished (part, number) SELECT run, min(row) FROM rows
       WHERE run = ? AND key <> '' AND key NOT IN (SELECT key FROM rows WHERE run IN (${later.join(', ')}))
       GROUP BY key ORDER BY 2`,
      part,
    );
    later.push(part);
  }
}
