import { join } from 'node:path';
import { findDuplicates } from '../ledger/duplicates.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { customerByName } from '../ledger/remote.ts';
import { customerCells, writeCustomerReport } from './customer-report.ts';

export const DUPLICATES_FILE = 'duplicates.csv';

const COLUMNS = ['customer', 'domain', 'cloud_identity_id', 'id', 'channel_partner_id'] as const;

/**
 * duplicates.csv: customers that Google has twice, those of one group one after the other, each with what they have in
 * common. Written only where there are any; returns the number of groups.
 *
 * @throws FatalError 73 or 74
 */
export async function writeDuplicates(directory: string, ledger: LedgerDb): Promise<number> {
  let groups = 0;
  function* records(): Generator<readonly string[]> {
    for (const { names, same } of findDuplicates(ledger)) {
      groups += 1;
      const reason = `same ${same.join('; same ')}`;
      for (const name of names) {
        const candidate = customerByName(ledger, name);
        if (candidate !== undefined) yield [...customerCells(candidate, COLUMNS), reason];
      }
    }
  }
  await writeCustomerReport(join(directory, DUPLICATES_FILE), [...COLUMNS, 'reason'], records());
  return groups;
}
