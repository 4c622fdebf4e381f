import type { LedgerDb } from '../ledger/ledger.ts';
import { clearSnapshot, countCustomers } from '../ledger/remote.ts';
import { countRowsToFind, rowForListing } from '../ledger/rows-to-find.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import { listCustomers, type ListDeps } from './list-customers.ts';
import { findPartners, lookUpRows } from './look-up.ts';
import type { Snapshot, SnapshotDeps, SnapshotRequest } from './snapshot.ts';

export type { Snapshot, SnapshotDeps, SnapshotRequest } from './snapshot.ts';

const NOTHING_REFUSED: ReadonlyMap<number, ApiFailure> = new Map();

/**
 * Reads what Google has into the ledger, in place of what was there.
 *
 * - `list`: every customer of the account, then of each channel partner link that rows name.
 * - `lookup`: one filtered listing a row; the account is listed all the same where a row can be found only so.
 * - `auto`: lists, and goes over to looking up when that takes no more calls than going on: when it has listed as
 *   many pages as there are rows to be found. What was listed stays in the ledger.
 *
 * @param account id without `accounts/`
 * @throws FatalError 77 when the account is refused, 69 when Google cannot be reached, 75 when stopped
 */
export async function takeSnapshot(
  account: string,
  request: SnapshotRequest,
  deps: SnapshotDeps,
): Promise<Snapshot> {
  const { mode, run, partners } = request;
  if (mode === 'list') return listEverything(account, partners, deps);
  const listed = rowForListing(deps.ledger, run);
  if (listed !== undefined) {
    if (mode === 'lookup') deps.note(`everything is listed: ${reason(listed.row, listed.line)}`);
    return listEverything(account, partners, deps);
  }
  clearSnapshot(deps.ledger);
  const rows = countRowsToFind(deps.ledger, run);
  if (mode === 'lookup' || rows === 0) return lookUp(account, request, rows, new Map(), deps);
  const { isComplete, missingPartners } = await listCustomers(account, partners, rows, deps);
  return isComplete
    ? snapshotOf(deps.ledger, true, missingPartners)
    : lookUp(account, request, rows, missingPartners, deps);
}

/**
 * Lists every customer of the account and of the given channel partner links into the ledger, in place of what was
 * there.
 *
 * @param account id without `accounts/`
 * @throws FatalError as `takeSnapshot`
 */
export async function listEverything(
  account: string,
  partners: readonly string[],
  deps: ListDeps,
): Promise<Snapshot> {
  clearSnapshot(deps.ledger);
  return listBeside(account, partners, deps);
}

/**
 * As `listEverything`, beside what is there: customers that were read by name, because no list of this account has them,
 * stay.
 */
export async function listBeside(
  account: string,
  partners: readonly string[],
  deps: ListDeps,
): Promise<Snapshot> {
  const { missingPartners } = await listCustomers(account, partners, Number.POSITIVE_INFINITY, deps);
  return snapshotOf(deps.ledger, true, missingPartners);
}

async function lookUp(
  account: string,
  request: SnapshotRequest,
  rows: number,
  known: ReadonlyMap<string, ApiFailure>,
  deps: SnapshotDeps,
): Promise<Snapshot> {
  const partners = request.partners.filter((partner) => !known.has(partner));
  const missingPartners = new Map([...known, ...(await findPartners(account, partners, deps))]);
  const refusedRows = await lookUpRows({ ...request, account, rows, missingPartners }, deps);
  return snapshotOf(deps.ledger, false, missingPartners, refusedRows);
}

function snapshotOf(
  ledger: LedgerDb,
  isComplete: boolean,
  missingPartners: ReadonlyMap<string, ApiFailure>,
  refusedRows = NOTHING_REFUSED,
): Snapshot {
  return { customers: countCustomers(ledger), isComplete, missingPartners, refusedRows };
}

function reason(row: number, line: number): string {
  return `row ${row} (line ${line}) names its customer by id alone, and Google has no look-up by that`;
}
