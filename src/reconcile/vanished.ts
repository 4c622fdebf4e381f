import { join } from 'node:path';
import type { LedgerDb } from '../ledger/ledger.ts';
import { vanishedRows, type VanishedRow } from '../ledger/vanished.ts';
import type { RowEnding } from '../model/row-ending.ts';
import { writeCustomerReport } from './customer-report.ts';
import { RESULT_COLUMNS, resultRecord } from './result-record.ts';

export const VANISHED_FILE = 'vanished.csv';

/**
 * vanished.csv: the rows that an interrupted run had and that the book has no more when it is resumed, as they were last
 * known, in the columns of results.csv. Written only where there are any; returns how many.
 *
 * @param endingOf how a row that has not ended is reported
 * @throws FatalError 73 or 74
 */
export function writeVanished(
  directory: string,
  ledger: LedgerDb,
  run: number,
  endingOf: (row: VanishedRow) => RowEnding,
): Promise<number> {
  function* records(): Generator<readonly string[]> {
    for (const line of vanishedRows(ledger, run, endingOf)) yield resultRecord(line);
  }
  return writeCustomerReport(join(directory, VANISHED_FILE), RESULT_COLUMNS, records());
}
