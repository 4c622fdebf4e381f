import type { Candidate } from '../model/matches.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { DbRow, LedgerDb } from './ledger.ts';

export function clearSnapshot(ledger: LedgerDb): void {
  ledger.run('DELETE FROM remote_customers');
}

/** Keeps one page of a listing. A customer listed twice is kept once; a link's listing adds the partner. */
export function storeCustomers(
  ledger: LedgerDb,
  customers: readonly RemoteCustomer[],
  partner: string | undefined,
): void {
  ledger.transaction(() => {
    for (const customer of customers) {
      ledger.run(
        `INSERT INTO remote_customers (name, partner, domain, cloud_identity_id, correlation_id, json)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET partner = coalesce(excluded.partner, partner), domain = excluded.domain,
           cloud_identity_id = excluded.cloud_identity_id, correlation_id = excluded.correlation_id,
           json = excluded.json`,
        customer.name,
        customer.channelPartnerId ?? partner ?? null,
        customer.domain?.toLowerCase() ?? null,
        customer.cloudIdentityId ?? null,
        customer.correlationId ?? null,
        JSON.stringify(customer),
      );
    }
  });
}

export function countCustomers(ledger: LedgerDb): number {
  return Number(ledger.get('SELECT count(*) AS n FROM remote_customers')?.['n']);
}

export function customerByName(ledger: LedgerDb, name: string): Candidate | undefined {
  const row = ledger.get('SELECT * FROM remote_customers WHERE name = ?', name);
  return row === undefined ? undefined : toCandidate(row);
}

export function customersByDomain(ledger: LedgerDb, domain: string): readonly Candidate[] {
  return ledger.all('SELECT * FROM remote_customers WHERE domain = ? ORDER BY name', domain).map(toCandidate);
}

export function customersByCloudIdentity(ledger: LedgerDb, id: string): readonly Candidate[] {
  return ledger
    .all('SELECT * FROM remote_customers WHERE cloud_identity_id = ? ORDER BY name', id)
    .map(toCandidate);
}

export function customersByCorrelation(ledger: LedgerDb, id: string): readonly Candidate[] {
  return ledger
    .all('SELECT * FROM remote_customers WHERE correlation_id = ? ORDER BY name', id)
    .map(toCandidate);
}

export function toCandidate(row: DbRow): Candidate {
  return {
    customer: JSON.parse(String(row['json'])) as RemoteCustomer,
    partner: row['partner'] === null ? undefined : String(row['partner']),
  };
}
