import type { Candidate } from '../model/matches.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { LedgerDb } from './ledger.ts';

const PAGE = 1000;

/**
 * Every customer of the snapshot, sorted by resource name, in pages: no statement stays open meanwhile, and memory
 * stays bounded.
 *
 * @param partner only the customers of this channel partner, by id; undefined for all
 */
export function* customerPages(
  ledger: LedgerDb,
  partner: string | undefined,
): Generator<readonly Candidate[]> {
  let after = '';
  for (;;) {
    const rows = ledger.all(
      `SELECT name, partner, json FROM remote_customers
       WHERE name > ? AND (? IS NULL OR partner = ?) ORDER BY name LIMIT ?`,
      after,
      partner ?? null,
      partner ?? null,
      PAGE,
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => ({
      customer: JSON.parse(String(row['json'])) as RemoteCustomer,
      partner: row['partner'] === null ? undefined : String(row['partner']),
    }));
    after = String(last['name']);
  }
}

/** The channel partners that customers of the snapshot name, by id. */
export function partnersOfCustomers(ledger: LedgerDb): readonly string[] {
  const rows = ledger.all(
    "SELECT DISTINCT partner FROM remote_customers WHERE partner IS NOT NULL AND partner <> '' ORDER BY partner",
  );
  return rows.map((row) => String(row['partner']));
}
