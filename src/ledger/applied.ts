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

/** No write of ours: nothing that a filtered list could lag behind. */
const NEVER_WRITTEN = '1970-01-01T00:00:00.000Z';

/** Remembers which customer a key is linked to, where nothing was written for it; what was written stands. */
export function storeLink(ledger: LedgerDb, link: Omit<Applied, 'contentHash'>, run: number): void {
  ledger.run(
    `INSERT INTO applied (key, identity, content_hash, customer, run, at) VALUES (?, ?, '', ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET identity = excluded.identity, content_hash = '', customer = excluded.customer,
       run = excluded.run, at = iif(customer = excluded.customer, at, excluded.at)
     WHERE identity <> excluded.identity OR customer <> excluded.customer`,
    link.key,
    ledger.hash(link.identity),
    link.customer,
    run,
    NEVER_WRITTEN,
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

/** What was written for a key is put back: its content is no longer what Google has. */
export function forgetContent(ledger: LedgerDb, key: string): void {
  ledger.run(`UPDATE applied SET content_hash = '' WHERE key = ?`, key);
}
