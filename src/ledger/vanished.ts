import type { ResultLine, RowEnding } from '../model/row-ending.ts';
import type { DbRow, LedgerDb } from './ledger.ts';
import { inPages } from './pages.ts';
import { partsBefore } from './parts.ts';
import { progressOf, type OpenRow } from './rows.ts';
import { OF_ROW } from './steps.ts';

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
  if (partsBefore(ledger, run).length === 0) return;
  findVanished(ledger, run);
  const rows = inPages((after, count) =>
    ledger.all(
      `SELECT v.rowid AS row, r.row AS number, line, r.key, action, ending, ${STEP_FACTS},
         (SELECT a.customer FROM applied a WHERE a.key = r.key) AS customer
       FROM temp.vanished v JOIN rows r ON r.run = v.part AND r.row = v.number
       WHERE v.rowid > ? ORDER BY v.rowid LIMIT ?`,
      after,
      count,
    ),
  );
  for (const row of rows) {
    const place = { row: Number(row['number']), line: Number(row['line']), key: String(row['key']) };
    yield { ...place, ending: endOf(row, endingOf) };
  }
}

const STEP_FACTS = `(SELECT max(CASE s.state WHEN 'done' THEN 1 ELSE 2 END) FROM steps s
    WHERE ${OF_ROW} AND s.state <> 'failed') AS progress,
  (SELECT sum(s.attempt) FROM steps s WHERE ${OF_ROW}) AS sends,
  EXISTS (SELECT 1 FROM steps s WHERE ${OF_ROW} AND s.kind = 'create' AND s.state = 'superseded') AS looked_up`;

/** As it was last known; what was open is told as gone, but for a create that a listing of this part has found. */
function endOf(row: DbRow, endingOf: (row: VanishedRow) => RowEnding): RowEnding {
  const known = typeof row['ending'] === 'string' ? (JSON.parse(row['ending']) as RowEnding) : undefined;
  if (known !== undefined && known.outcome !== 'unprocessed' && known.outcome !== 'ambiguous') return known;
  const open = endingOf({
    action: String(row['action']),
    progress: progressOf(row['progress']),
    sends: Number(row['sends'] ?? 0),
  });
  const isFound = row['looked_up'] === 1 && typeof row['customer'] === 'string';
  if (isFound)
    return { ...open, outcome: 'done', causes: [], customer: String(row['customer']), resolvedBy: 'listing' };
  return known?.outcome === 'ambiguous' ? known : open;
}

/** A row that never came to its end before it was taken out of the book. */
export interface VanishedRow {
  readonly action: string;
  /** As of an open row; a write that a later run has looked up counts as unknown. */
  readonly progress: OpenRow['progress'];
  /** Sends of its writes. */
  readonly sends: number;
}

/** Found in one go: asking for each page anew would compare all keys every time. */
function findVanished(ledger: LedgerDb, run: number): void {
  // No transaction of ours: whoever only writes reports must not hold a run up.
  ledger.all('DROP TABLE IF EXISTS temp.vanished');
  ledger.all('CREATE TEMP TABLE vanished (part INTEGER NOT NULL, number INTEGER NOT NULL) STRICT');
  const later = [run];
  for (const part of partsBefore(ledger, run)) {
    ledger.all(
      `INSERT INTO temp.vanished (part, number) SELECT run, min(row) FROM rows
       WHERE run = ? AND key <> '' AND key NOT IN (SELECT key FROM rows WHERE run IN (${later.join(', ')}))
       GROUP BY key ORDER BY 2`,
      part,
    );
    later.push(part);
  }
}
