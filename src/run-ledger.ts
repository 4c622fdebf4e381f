import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { usageFault } from './config/load.ts';
import { createLedgerDb, type LedgerDb } from './ledger/ledger.ts';
import { defaultStateDirectory, ledgerPath, openLedgerFile } from './ledger/open.ts';
import { lastPart } from './ledger/parts.ts';
import { findRuns, listRuns, runBySeq } from './ledger/runs.ts';
import type { FatalError } from './model/fatal.ts';
import type { RunRecord } from './model/run-record.ts';
import type { RunRequest } from './run-session.ts';

/** Runs that a message names. */
const NAMED_RUNS = 5;

/**
 * Opens an account's ledger without its lock, to look something up, and closes it again.
 *
 * @param account id without `accounts/`
 * @param work gets undefined where the account has no ledger: nothing was ever run on it
 * @throws FatalError 73 or 74
 */
export async function withLedger<T>(
  { settings, environment }: Pick<RunRequest, 'settings' | 'environment'>,
  account: string,
  work: (ledger: LedgerDb | undefined) => T | Promise<T>,
): Promise<T> {
  const path = ledgerPath(settings.state ?? defaultStateDirectory(environment), settings.apiUrl, account);
  if (!existsSync(path)) return work(undefined);
  const ledger = createLedgerDb(openLedgerFile(path));
  try {
    return await work(ledger);
  } finally {
    ledger.close();
  }
}

/**
 * The run that is meant: by its id, a beginning of its id that no other run has, or its directory. An earlier part of a
 * run that was resumed stands for the run.
 *
 * @throws FatalError 64 where there is no such run, or several
 */
export function namedRun(ledger: LedgerDb | undefined, name: string, account: string): RunRecord {
  if (ledger === undefined) throw unknownRun(name, account, []);
  const run = meantRun(ledger, name);
  if (run === undefined) throw unknownRun(name, account, listRuns(ledger, NAMED_RUNS));
  return runBySeq(ledger, lastPart(ledger, run.seq)) ?? run;
}

/**
 * The run, or the part of one, that a name means; undefined where there is none.
 *
 * @throws FatalError 64 where there are several
 */
export function meantRun(ledger: LedgerDb, name: string): RunRecord | undefined {
  if (name === '') return undefined;
  const directory = resolve(name);
  // A run directory may have been moved: it still has the run's name.
  const given = name.includes('/') ? basename(directory) : name;
  const found = findRuns(ledger, given, directory);
  if (found.length > 1) throw severalRuns(name, found);
  return found[0];
}

export function unknownRun(name: string, account: string, latest: readonly RunRecord[]): FatalError {
  const runs = latest.map(({ id, command, bookName }) => `${id} (${command} ${bookName})`).join(', ');
  return usageFault(
    `account ${account} has no run ${JSON.stringify(name)}`,
    runs === ''
      ? 'There is no run on this account, under this --state and --api-url.'
      : `The latest runs: ${runs}. channelbook runs lists them all.`,
  );
}

function severalRuns(name: string, found: readonly RunRecord[]): FatalError {
  return usageFault(
    `several runs begin with ${JSON.stringify(name)}`,
    `Name one of them: ${found.map(({ id }) => id).join(', ')}.`,
  );
}
