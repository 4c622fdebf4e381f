import { rm } from 'node:fs/promises';
import { openCsvWriter } from '../book/csv-writer.ts';
import type { ColumnName } from '../model/column.ts';
import type { Candidate } from '../model/matches.ts';
import { outputFault } from '../model/output-fault.ts';

/** Customers' details: for the owner's eyes. */
const FORMAT = { delimiter: ',', encoding: 'utf-8', bom: false, newline: '\n', mode: 0o600 } as const;

/**
 * Writes a report that exists only where there is something to say: an older one goes when there is nothing.
 * Returns the number of records.
 *
 * @throws FatalError 73 or 74
 */
export async function writeCustomerReport(
  path: string,
  columns: readonly string[],
  records: Iterable<readonly string[]>,
): Promise<number> {
  const iterator = records[Symbol.iterator]();
  let next = iterator.next();
  if (next.done === true) {
    await rm(path, { force: true }).catch((error: unknown) => {
      throw outputFault(path, error);
    });
    return 0;
  }
  const writer = await openCsvWriter(path, FORMAT);
  try {
    let count = 0;
    await writer.write(columns);
    for (; next.done !== true; next = iterator.next()) {
      await writer.write(next.value);
      count += 1;
    }
    await writer.commit();
    return count;
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

type CustomerColumn = Extract<
  ColumnName,
  'customer' | 'domain' | 'org_display_name' | 'cloud_identity_id' | 'id' | 'channel_partner_id'
>;

/** A customer of Google's in columns of the book; empty where Google has nothing. */
export function customerCells(
  { customer, partner }: Candidate,
  columns: readonly CustomerColumn[],
): readonly string[] {
  const cells: Readonly<Record<CustomerColumn, string | undefined>> = {
    customer: customer.name,
    domain: customer.domain,
    org_display_name: customer.orgDisplayName,
    cloud_identity_id: customer.cloudIdentityId,
    id: customer.correlationId,
    channel_partner_id: customer.channelPartnerId ?? partner,
  };
  return columns.map((column) => cells[column] ?? '');
}
