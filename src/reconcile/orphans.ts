import { join } from 'node:path';
import { findings, storeFindings } from '../ledger/findings.ts';
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
  return writeCustomerReport(join(directory, ORPHANS_FILE), COLUMNS, orphanRecords(ledger, run));
}

/** Keeps what orphans.csv says, under the same conditions. */
export function keepOrphans(ledger: LedgerDb, run: number): void {
  storeFindings(ledger, run, 'orphans', orphanRecords(ledger, run));
}

/** orphans.csv as it was kept. Returns the number of customers. @throws FatalError 73 or 74 */
export function rewriteOrphans(directory: string, ledger: LedgerDb, run: number): Promise<number> {
  return writeCustomerReport(join(directory, ORPHANS_FILE), COLUMNS, findings(ledger, run, 'orphans'));
}

function* orphanRecords(ledger: LedgerDb, run: number): Generator<readonly string[]> {
  for (const candidate of orphanCustomers(ledger, run)) yield customerCells(candidate, COLUMNS);
}
