import type { LedgerDb } from './ledger.ts';
import { inPages } from './pages.ts';

/** A report that tells what Google had. */
export type Finding = 'orphans' | 'duplicates';

/** Keeps the lines of such a report: when it is written again, the snapshot has moved on. Those of before are replaced. */
export function storeFindings(
  ledger: LedgerDb,
  run: number,
  report: Finding,
  records: Iterable<readonly string[]>,
): void {
  ledger.transaction(() => {
    ledger.run('DELETE FROM findings WHERE run = ? AND report = ?', run, report);
    let row = 0;
    for (const cells of records) {
      row += 1;
      ledger.run(
        'INSERT INTO findings (run, report, row, cells) VALUES (?, ?, ?, ?)',
        run,
        report,
        row,
        JSON.stringify(cells),
      );
    }
  });
}

/** The lines as they were stored, in their order. */
export function* findings(ledger: LedgerDb, run: number, report: Finding): Generator<readonly string[]> {
  const rows = inPages((after, count) =>
    ledger.all(
      'SELECT row, cells FROM findings WHERE run = ? AND report = ? AND row > ? ORDER BY row LIMIT ?',
      run,
      report,
      after,
      count,
    ),
  );
  for (const row of rows) yield JSON.parse(String(row['cells'])) as string[];
}
