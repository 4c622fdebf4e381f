import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { usageFault } from './config/load.ts';
import { createLedgerDb } from './ledger/ledger.ts';
import { defaultStateDirectory, ledgerPath, openLedgerFile } from './ledger/open.ts';
import { findRuns } from './ledger/runs.ts';
import { countOverwritten, latestUpdates } from './ledger/undo.ts';
import type { FatalError } from './model/fatal.ts';
import type { RunRecord } from './model/run-record.ts';
import type { RunRequest } from './run-session.ts';

/** Runs that a message names. */
const NAMED_RUNS = 5;

/** The run to undo, and how many of its rows overwrote something. */
export interface FoundTarget {
  readonly target: RunRecord;
  readonly overwritten: number;
}

/**
 * Finds the run that is meant: by its id, a beginning of its id that no other run has, or its directory. Only reads
 * the ledger, without its lock, before anything is made for this run.
 *
 * @param account id without `accounts/`
 * @throws FatalError 64 where there is no such run, or several
 */
export function findTarget(
  name: string,
  account: string,
  { settings, environment }: Pick<RunRequest, 'settings' | 'environment'>,
): FoundTarget {
  const path = ledgerPath(settings.state ?? defaultStateDirectory(environment), settings.apiUrl, account);
  if (!existsSync(path)) throw unknownRun(name, account, []);
  const ledger = createLedgerDb(openLedgerFile(path));
  try {
    const directory = resolve(name);
    // A run directory may have been moved: it still has the run's name.
    const given = name.includes('/') ? basename(directory) : name;
    const found = name === '' ? [] : findRuns(ledger, given, directory);
    const [target, ...others] = found;
    if (target === undefined) throw unknownRun(name, account, latestUpdates(ledger, NAMED_RUNS));
    if (others.length > 0) throw severalRuns(name, found);
    return { target, overwritten: countOverwritten(ledger, target.seq) };
  } finally {
    ledger.close();
  }
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

function severalRuns(name: string, found: readonly RunRecord[]): FatalError {
  return usageFault(
    `several runs begin with ${JSON.stringify(name)}`,
    `Name one of them: ${found.map(({ id }) => id).join(', ')}.`,
  );
}
