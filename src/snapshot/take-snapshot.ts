import type { ChannelReader } from '../google/channel.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { clearSnapshot, countCustomers, storeCustomers } from '../ledger/remote.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import { runFault } from './run-fault.ts';

export interface Snapshot {
  readonly customers: number;
  /** Partner links that rows name and that the account cannot list, each with Google's answer. */
  readonly missingPartners: ReadonlyMap<string, ApiFailure>;
}

export interface SnapshotDeps {
  readonly reader: ChannelReader;
  readonly ledger: LedgerDb;
  readonly signal: AbortSignal;
  readonly onPage: (customers: number) => void;
}

/**
 * Lists what Google has into the ledger: every page of the account, then of each channel partner link that the
 * book names.
 *
 * @param account id without `accounts/`
 * @throws FatalError 77 when the account cannot be listed, 69 when Google cannot be reached, 75 when stopped
 */
export async function takeSnapshot(
  account: string,
  partners: readonly string[],
  deps: SnapshotDeps,
): Promise<Snapshot> {
  clearSnapshot(deps.ledger);
  const failure = await listAll(`accounts/${account}`, undefined, deps);
  if (failure !== undefined) throw runFault(failure, `listing the customers of ${account}`);
  const missingPartners = new Map<string, ApiFailure>();
  for (const partner of partners) {
    const refusal = await listAll(`accounts/${account}/channelPartnerLinks/${partner}`, partner, deps);
    if (refusal?.class === 'refused') missingPartners.set(partner, refusal);
    else if (refusal !== undefined) throw runFault(refusal, `listing the customers of partner ${partner}`);
  }
  return { customers: countCustomers(deps.ledger), missingPartners };
}

async function listAll(
  parent: string,
  partner: string | undefined,
  deps: SnapshotDeps,
): Promise<ApiFailure | undefined> {
  const seen = new Set<string>();
  let pageToken: string | undefined;
  do {
    const result = await deps.reader.listCustomers(parent, pageToken, { signal: deps.signal });
    if (result.kind === 'failed') return result.failure;
    storeCustomers(deps.ledger, result.value.customers, partner);
    deps.onPage(countCustomers(deps.ledger));
    pageToken = result.value.nextPageToken;
    if (pageToken !== undefined && seen.has(pageToken)) return endlessPages();
    if (pageToken !== undefined) seen.add(pageToken);
  } while (pageToken !== undefined);
  return undefined;
}

/** A server that hands out the same page for ever would never let the run begin. */
function endlessPages(): ApiFailure {
  return {
    class: 'run',
    effect: 'none',
    httpStatus: 200,
    code: 'INVALID_ANSWER',
    reason: undefined,
    message: 'the listing repeats a page token and would never end',
    retryAfterMs: undefined,
  };
}
