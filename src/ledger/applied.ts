import type { LedgerDb } from './ledger.ts';

/** The last confirmed success for a key: which customer it led to, for which identity and content. */
export interface Applied {
  readonly key: string;
  /** The identity that was sent (`domain:acme.com`, `primaryAdminEmail:…`), as a salted hash. */
  readonly identity: string;
  readonly contentHash: string;
  /** Resource name of the customer. */
  readonly customer: string;
}

export function storeApplied(ledger: LedgerDb, applied: Applied, run: number, at: string): void {
  ledger.run(
    `INSERT INTO applied (key, identity, content_hash, customer, run, at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET identity = excluded.identity, content_hash = excluded.content_hash,
       customer = excluded.customer, run = excluded.run, at = excluded.at`,
    applied.key,
    ledger.hash(applied.identity),
    applied.contentHash,
    applied.customer,
    run,
    at,
  );
}

/** The customer that an earlier run got for this key, if it was for the same identity. */
export function appliedCustomer(ledger: LedgerDb, key: string, identity: string): string | undefined {
  const row = ledger.get(
    'SELECT customer FROM applied WHERE key = ? AND identity = ?',
    key,
    ledger.hash(identity),
  );
  return row === undefined ? undefined : String(row['customer']);
}
