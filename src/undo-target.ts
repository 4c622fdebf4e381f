import { usageFault } from './config/load.ts';
import { reportedPart } from './ledger/parts.ts';
import { countOverwritten, latestUpdates } from './ledger/undo.ts';
import type { FatalError } from './model/fatal.ts';
import type { RunRecord } from './model/run-record.ts';
import { meantRun, withLedger } from './run-ledger.ts';
import type { RunRequest } from './run-session.ts';

/** Runs that a message names. */
const NAMED_RUNS = 5;

/** The run to undo, and how many of its rows overwrote something. */
export interface FoundTarget {
  readonly target: RunRecord;
  readonly overwritten: number;
}

/**
 * Finds the run that is meant: by its id, a beginning of its id that no other run has, or its directory. Of a run that was
 * resumed an earlier part can be named whole. Only reads the ledger, before anything is made for this run.
 *
 * @param account id without `accounts/`
 * @throws FatalError 64 where there is no such run, or several
 */
export function findTarget(
  name: string,
  account: string,
  request: Pick<RunRequest, 'settings' | 'environment'>,
): Promise<FoundTarget> {
  return withLedger(request, account, (ledger) => {
    if (ledger === undefined) throw unknownRun(name, account, []);
    const run = meantRun(ledger, name);
    if (run === undefined) throw unknownRun(name, account, latestUpdates(ledger, NAMED_RUNS));
    const target = reportedPart(ledger, run);
    return { target, overwritten: countOverwritten(ledger, target.seq) };
  });
}

function unknownRun(name: string, account: string, latest: ReturnType<typeof latestUpdates>): FatalError {
  const runs = latest.map(({ id, customers }) => `${id} (${customers})`).join(', ');
  return usageFault(
    `account ${account} has no run ${JSON.stringify(name)}`,
    runs === ''
      ? 'No run on this account, under this --state and --api-url, has updated a customer.'
      : `Name one of the latest runs that updated customers: ${runs}.`,
  );
}
