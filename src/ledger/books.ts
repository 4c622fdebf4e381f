import type { LedgerDb } from './ledger.ts';

/** The last book that was applied under a name. */
export interface LastBook {
  /** Rows that it had, those that were invalid or left out included. */
  readonly rows: number;
  /** Number of the run that applied it. */
  readonly run: number;
  /** ISO 8601. */
  readonly at: string;
}

export function lastBook(ledger: LedgerDb, name: string): LastBook | undefined {
  const row = ledger.get('SELECT rows, run, at FROM books WHERE name = ?', name);
  if (row === undefined) return undefined;
  return { rows: Number(row['rows']), run: Number(row['run']), at: String(row['at']) };
}

/** Remembers a book as the last one of its name, against which the next one's rows are counted. */
export function storeBook(ledger: LedgerDb, name: string, rows: number, run: number, at: string): void {
  ledger.run(
    `INSERT INTO books (name, rows, run, at) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET rows = excluded.rows, run = excluded.run, at = excluded.at`,
    name,
    rows,
    run,
    at,
  );
}
