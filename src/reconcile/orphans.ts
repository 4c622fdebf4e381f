import { join } from 'node:path';
import type { LedgerDb } from '../ledger/ledger.ts';
import { orphanCustomers } from '../ledger/orphans.ts';
import { customerCells, writeCustomerReport } from './customer-report.ts';

export const ORPHANS_FILE = 'orphans.csv';

const COLUMNS = [
  'customer',
  'domain',
  'org_display_name',
  'cloud_identity_id',
  'id',
  'channel_partner_id',
] as const;

/**
 * orphans.csv: the customers that Google has and the book lacks, in columns of the book. Written only where there are
 * any; returns how many. To be called before the run's claims and mentions are dropped, and only after a complete
 * snapshot.
 *
 * @throws FatalError 73 or 74
 */
export function writeOrphans(directory: string, ledger: LedgerDb, run: number): Promise<number> {
  function* records(): Generator<readonly string[]> {
    for (const candidate of orphanCustomers(ledger, run)) yield customerCells(candidate, COLUMNS);
  }
  return writeCustomerReport(join(directory, ORPHANS_FILE), COLUMNS, records());
}
