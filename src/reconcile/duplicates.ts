import { join } from 'node:path';
import { findDuplicates } from '../ledger/duplicates.ts';
import { findings, storeFindings } from '../ledger/findings.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { customerByName } from '../ledger/remote.ts';
import { customerCells, writeCustomerReport } from './customer-report.ts';

export const DUPLICATES_FILE = 'duplicates.csv';

const COLUMNS = ['customer', 'domain', 'cloud_identity_id', 'id', 'channel_partner_id'] as const;

const REPORT_COLUMNS = [...COLUMNS, 'reason'];

/** What was written to it. */
export interface Duplicates {
  readonly groups: number;
  /** The first groups in words: domain and resource names. */
  readonly first: readonly string[];
}

/** Groups, and customers of one, that a message names. */
const MOST_NAMED = 3;

/**
 * duplicates.csv: customers that Google has twice, those of one group one after the other, each with what they have in
 * common. Written only where there are any.
 *
 * @param run whose rows tell which customers are teams
 * @throws FatalError 73 or 74
 */
export async function writeDuplicates(directory: string, ledger: LedgerDb, run: number): Promise<Duplicates> {
  const first: string[] = [];
  let groups = 0;
  const records = duplicateRecords(ledger, run, (names) => {
    groups += 1;
    if (first.length < MOST_NAMED) first.push(described(names, ledger));
  });
  await writeCustomerReport(join(directory, DUPLICATES_FILE), REPORT_COLUMNS, records);
  return { groups, first };
}

/** Keeps what duplicates.csv says. */
export function keepDuplicates(ledger: LedgerDb, run: number): void {
  storeFindings(
    ledger,
    run,
    'duplicates',
    duplicateRecords(ledger, run, () => undefined),
  );
}

/** duplicates.csv as it was kept. Returns the number of customers. @throws FatalError 73 or 74 */
export function rewriteDuplicates(directory: string, ledger: LedgerDb, run: number): Promise<number> {
  const path = join(directory, DUPLICATES_FILE);
  return writeCustomerReport(path, REPORT_COLUMNS, findings(ledger, run, 'duplicates'));
}

function* duplicateRecords(
  ledger: LedgerDb,
  run: number,
  onGroup: (names: readonly string[]) => void,
): Generator<readonly string[]> {
  for (const { names, same } of findDuplicates(ledger, run)) {
    onGroup(names);
    const reason = `same ${same.join('; same ')}`;
    for (const name of names) {
      const candidate = customerByName(ledger, name);
      if (candidate !== undefined) yield [...customerCells(candidate, COLUMNS), reason];
    }
  }
}

function described(names: readonly string[], ledger: LedgerDb): string {
  const { domain } = customerByName(ledger, names[0] ?? '')?.customer ?? {};
  return `${domain === undefined ? '' : `${domain}: `}${names.slice(0, MOST_NAMED).join(', ')}`;
}
