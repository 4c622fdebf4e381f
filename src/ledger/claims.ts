import type { LedgerDb } from './ledger.ts';

/**
 * Claims a customer at Google for one row of a run: two rows that mean the same customer would overwrite each other
 * for ever. The first stands. Returns the row that has it, which is `row` itself where the claim holds.
 */
export function claimCustomer(ledger: LedgerDb, run: number, customer: string, row: number): number {
  ledger.run('INSERT OR IGNORE INTO claims (run, customer, row) VALUES (?, ?, ?)', run, customer, row);
  const holder = ledger.get('SELECT row FROM claims WHERE run = ? AND customer = ?', run, customer);
  return Number(holder?.['row'] ?? row);
}

/** The row that has a customer; undefined where none has it. */
export function claimHolder(ledger: LedgerDb, run: number, customer: string): number | undefined {
  const holder = ledger.get('SELECT row FROM claims WHERE run = ? AND customer = ?', run, customer);
  return holder === undefined ? undefined : Number(holder['row']);
}

/** Claims are of use within their run only. */
export function dropClaims(ledger: LedgerDb, run: number): void {
  ledger.run('DELETE FROM claims WHERE run <= ?', run);
}

/**
 * Remembers that an overwriting import left Google as it was, so that the next run does not repeat it.
 *
 * @param google what Google had afterwards, as one text
 */
export function storeVainOverwrite(ledger: LedgerDb, key: string, contentHash: string, google: string): void {
  ledger.run(
    `INSERT INTO vain_overwrites (key, content_hash, google) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET content_hash = excluded.content_hash, google = excluded.google`,
    key,
    contentHash,
    ledger.hash(google),
  );
}

export function isVainOverwrite(ledger: LedgerDb, key: string, contentHash: string, google: string): boolean {
  const found = ledger.get(
    'SELECT 1 FROM vain_overwrites WHERE key = ? AND content_hash = ? AND google = ?',
    key,
    contentHash,
    ledger.hash(google),
  );
  return found !== undefined;
}
