import type { Customer } from '../model/customer.ts';
import type { Candidate } from '../model/matches.ts';
import type { LedgerDb } from './ledger.ts';
import { storeCustomers } from './remote.ts';

/** Rows whose Channel Customer has to be known before they can be decided. */
const IS_TO_BE_FOUND = `run = ? AND state = 'read' AND json_extract(customer, '$.action') NOT IN ('skip', 'onboard')`;

export function countRowsToFind(ledger: LedgerDb, run: number): number {
  return Number(ledger.get(`SELECT count(*) AS n FROM rows WHERE ${IS_TO_BE_FOUND}`, run)?.['n']);
}

/**
 * The first row that only a listing can find: it names its `id` alone, and Google filters by everything but
 * `correlationId`.
 */
export function rowForListing(
  ledger: LedgerDb,
  run: number,
): { readonly row: number; readonly line: number } | undefined {
  const found = ledger.get(
    `SELECT row, line FROM rows WHERE ${IS_TO_BE_FOUND}
       AND json_extract(customer, '$.fields.id') IS NOT NULL
       AND coalesce(json_extract(customer, '$.fields.customer'), json_extract(customer, '$.fields.domain'),
                    json_extract(customer, '$.fields.cloud_identity_id'),
                    iif(json_extract(customer, '$.type') = 'team',
                        json_extract(customer, '$.fields.primary_admin_email'), NULL)) IS NULL
     ORDER BY row LIMIT 1`,
    run,
  );
  return found === undefined ? undefined : { row: Number(found['row']), line: Number(found['line']) };
}

/** A customer that an earlier run had, and when it was last written to, as epoch milliseconds. */
export interface KnownCustomer {
  readonly customer: string;
  readonly atMs: number;
}

/** The key's own comes first; more than so many are no row's own. */
const MOST_KNOWN = 3;

/**
 * The customers that earlier runs had for this key, or for this identity under another key: the user's ids may have been
 * edited since.
 *
 * @param isOwnKey whether the key is the user's own `id`, which stays with its customer whatever the identity is now
 */
export function lastApplied(
  ledger: LedgerDb,
  key: string,
  identity: string | undefined,
  isOwnKey: boolean,
): readonly KnownCustomer[] {
  const hash = identity === undefined ? '' : ledger.hash(identity);
  const found = ledger.all(
    `SELECT customer, max(at) AS at FROM applied WHERE identity = ? OR (key = ? AND ?)
     GROUP BY customer ORDER BY max(key = ?) DESC, at DESC LIMIT ?`,
    hash,
    key,
    isOwnKey ? 1 : 0,
    key,
    MOST_KNOWN,
  );
  return found.map((row) => ({ customer: String(row['customer']), atMs: Date.parse(String(row['at'])) }));
}

/** A row that is looked up at Google. */
export interface RowToFind {
  readonly row: number;
  readonly customer: Customer;
}

/** Up to `count` rows after row `after` whose customer is to be found. */
export function rowsToFind(
  ledger: LedgerDb,
  run: number,
  after: number,
  count: number,
): readonly RowToFind[] {
  return ledger
    .all(
      `SELECT row, customer FROM rows WHERE ${IS_TO_BE_FOUND} AND row > ? ORDER BY row LIMIT ?`,
      run,
      after,
      count,
    )
    .map((found) => ({
      row: Number(found['row']),
      customer: JSON.parse(String(found['customer'])) as Customer,
    }));
}

/** Keeps what a look-up brought, and counts its calls for the row. */
export function storeFound(
  ledger: LedgerDb,
  run: number,
  row: number,
  calls: number,
  found: readonly Candidate[],
): void {
  ledger.transaction(() => {
    for (const { customer, partner } of found) storeCustomers(ledger, [customer], partner);
    ledger.run('UPDATE rows SET calls = calls + ? WHERE run = ? AND row = ?', calls, run, row);
  });
}
