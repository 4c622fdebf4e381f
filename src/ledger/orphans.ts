import type { Candidate } from '../model/matches.ts';
import type { LedgerDb } from './ledger.ts';
import { toCandidate } from './remote.ts';

const PAGE = 1000;

/** Customers that no row was linked to, and of which no row that was not linked names anything; ?1 is the run. */
const ORPHANS = `remote_customers c
  WHERE NOT EXISTS (SELECT 1 FROM claims WHERE run = ?1 AND customer = c.name)
    AND NOT EXISTS (SELECT 1 FROM mentions WHERE run = ?1 AND kind = 'customer' AND value = c.name)
    AND NOT EXISTS (SELECT 1 FROM mentions WHERE run = ?1 AND kind = 'id' AND value = c.correlation_id)
    AND NOT EXISTS (SELECT 1 FROM mentions WHERE run = ?1 AND kind = 'domain' AND value = c.domain)
    AND NOT EXISTS (SELECT 1 FROM mentions
                    WHERE run = ?1 AND kind = 'cloud_identity_id' AND value = c.cloud_identity_id)`;

/** Customers of the snapshot that no row of the run is about, by name. Of use where the snapshot is complete. */
export function* orphanCustomers(ledger: LedgerDb, run: number): Generator<Candidate> {
  let after = '';
  for (;;) {
    const page = ledger
      .all(`SELECT c.* FROM ${ORPHANS} AND c.name > ?2 ORDER BY c.name LIMIT ?3`, run, after, PAGE)
      .map(toCandidate);
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.customer.name ?? '';
  }
}
