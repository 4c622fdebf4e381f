import PQueue from 'p-queue';
import { rowsToFind, storeFound, type RowToFind } from '../ledger/rows-to-find.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import { findRow, type FindDeps, type Found } from './find-row.ts';
import { runFault } from './run-fault.ts';
import type { SnapshotDeps, SnapshotRequest } from './snapshot.ts';

/** Rows fetched from the ledger at a time. */
const PAGE = 200;

export interface LookUp extends SnapshotRequest {
  /** Id without `accounts/`. */
  readonly account: string;
  /** How many rows there are to be found. */
  readonly rows: number;
  readonly missingPartners: ReadonlyMap<string, ApiFailure>;
}

/**
 * The channel partners among those given whose link the account does not have or may not see.
 *
 * @throws FatalError as `takeSnapshot`
 */
export async function findPartners(
  account: string,
  partners: readonly string[],
  { reader, signal }: Pick<SnapshotDeps, 'reader' | 'signal'>,
): Promise<ReadonlyMap<string, ApiFailure>> {
  const missing = new Map<string, ApiFailure>();
  for (const partner of partners) {
    const name = `accounts/${account}/channelPartnerLinks/${partner}`;
    const result = await reader.getPartnerLink(name, { signal });
    if (result.kind === 'ok') continue;
    if (result.failure.class !== 'refused') throw runFault(result.failure, `looking for partner ${partner}`);
    missing.set(partner, result.failure);
  }
  return missing;
}

/**
 * Looks up every row that is to be found, several at a time, and keeps what comes in the ledger. Returns the rows that
 * Google refused to look up.
 *
 * @throws FatalError as `takeSnapshot`
 */
export async function lookUpRows(
  request: LookUp,
  deps: SnapshotDeps,
): Promise<ReadonlyMap<number, ApiFailure>> {
  const refused = new Map<number, ApiFailure>();
  const cutOff = new AbortController();
  const finding: FindDeps = {
    reader: deps.reader,
    ledger: deps.ledger,
    account: request.account,
    missingPartners: request.missingPartners,
    identityOf: request.identityOf,
    now: deps.now,
    signal: AbortSignal.any([deps.signal, cutOff.signal]),
  };
  const queue = new PQueue({ concurrency: request.concurrency });
  let fault: { readonly error: unknown } | undefined;
  let done = 0;

  async function lookUp({ row, customer }: RowToFind): Promise<void> {
    const found = await findRow(customer, finding);
    storeFound(deps.ledger, request.run, row, found.calls, found.candidates);
    if (found.failure !== undefined) refused.set(row, refusalOf(found.failure, request.account));
    done += 1;
    deps.onLookUp(done, request.rows);
    const [first] = refused.values();
    // So many first rows refused, and none looked up, is no row's fault.
    if (first !== undefined && refused.size === done && done === request.commonCauseRows)
      throw allRefused(first, done);
  }

  function onFault(error: unknown): void {
    fault ??= { error };
    cutOff.abort();
  }

  let after = 0;
  while (fault === undefined) {
    const page = rowsToFind(deps.ledger, request.run, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.row;
    for (const row of page) {
      void queue.add(() => (cutOff.signal.aborted ? undefined : lookUp(row).catch(onFault)));
    }
    await queue.onIdle();
  }
  if (fault !== undefined) throw fault.error;
  return refused;
}

/** A refusal that is the row's own; everything else is the run's and thrown. */
function refusalOf(failure: NonNullable<Found['failure']>, account: string): ApiFailure {
  const { answer, ofAccount } = failure;
  // The one meaning that Google documents for this of a list: the caller is not this account's.
  const isAccounts = ofAccount && answer.code === 'PERMISSION_DENIED';
  if (answer.class === 'refused' && !isAccounts) return answer;
  throw runFault(answer, `looking up customers of ${account}`);
}

function allRefused(answer: ApiFailure, rows: number): Error {
  return runFault(answer, `looking rows up; all of the first ${rows} were refused`);
}
