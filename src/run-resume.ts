import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunStop } from './apply/run-stop.ts';
import { requireAccount } from './config/account.ts';
import { usageFault } from './config/load.ts';
import { createEarlyLog } from './early-log.ts';
import type { LedgerDb } from './ledger/ledger.ts';
import { lastPart } from './ledger/parts.ts';
import { listRuns, runBySeq } from './ledger/runs.ts';
import { EXIT, FatalError, type ExitCode } from './model/fatal.ts';
import type { RunRecord } from './model/run-record.ts';
import { openAccount } from './open-account.ts';
import { isResumable, resumedSettings } from './resumable.ts';
import { carryOut, makeReady } from './run-apply.ts';
import { namedRun, withLedger } from './run-ledger.ts';
import type { RunDeps, RunRequest } from './run-session.ts';

/** Runs that are looked at for one that was interrupted. */
const LOOKED_AT = 1000;

/**
 * `channelbook resume [run]`: finishes an interrupted run, the latest where none is named, under its name and in its
 * directory. The book is read as it is now; rows that are done stay done, by key and content; everything else is looked
 * up and decided anew, as for a new run.
 *
 * @param request whose `bookPath` is the name of the run, or empty
 * @throws FatalError 64 where there is no such run, 75 where another run holds the account
 */
export async function runResume(request: RunRequest, deps: RunDeps, stop: RunStop): Promise<ExitCode> {
  const account = requireAccount(request.settings);
  const name = request.bookPath;
  const found = await withLedger(request, account, (ledger) => toResume(ledger, name, account));
  if (found.kind === 'nothing') return nothingToResume(found.why, request, deps);
  const known = withOldSettings(found.run);
  if (known.settings['validateOnly'] === true) return nothingToResume(whyNot(known), request, deps);
  const own: RunRequest = {
    ...request,
    command: 'apply',
    bookPath: known.bookPath,
    settings: resumedSettings(request.settings, known, request.flags),
    // Said once, it holds for every part.
    flags: known.settings['yes'] === true ? new Set([...request.flags, 'yes']) : request.flags,
  };
  const ready = await makeReady(own, deps);
  const early = createEarlyLog();
  const open = await openAccount(own, account, found.run.id, early.log, deps, 'write');
  // While it was waited for, another process may have finished it.
  const before = runBySeq(open.ledger, lastPart(open.ledger, found.run.seq));
  if (before === undefined || !isResumable(before)) {
    await open.close();
    return nothingToResume(`run ${found.run.id} is finished by now`, request, deps);
  }
  const { id, directory, startedAt, bookName } = before;
  const resumedAt = new Date(deps.clock.now()).toISOString();
  const place = { id, directory, startedAt, bookName, resumedAt };
  return carryOut({ request: own, deps, stop, account, place, early, open, before, ...ready });
}

/**
 * An older version kept few of a run's settings in the ledger, and all of them in its manifest.
 *
 * @throws FatalError 64 where that is gone: rows that `--only` left out would be taken
 */
function withOldSettings(run: RunRecord): RunRecord {
  if ('validateOnly' in run.settings) return run;
  try {
    const manifest = JSON.parse(readFileSync(join(run.directory, 'manifest.json'), 'utf8')) as {
      readonly settings: RunRecord['settings'];
    };
    return { ...run, settings: { ...manifest.settings, ...run.settings } };
  } catch (cause) {
    throw new FatalError(
      EXIT.usage,
      'resume.old_run',
      `run ${run.id} was made by an older version, and its manifest.json, which has its settings, cannot be read`,
      'Apply the book again: what is done is known and is not sent twice.',
      { cause },
    );
  }
}

type ToResume =
  { readonly kind: 'run'; readonly run: RunRecord } | { readonly kind: 'nothing'; readonly why: string };

function toResume(ledger: LedgerDb | undefined, name: string, account: string): ToResume {
  if (name === '') return latestInterrupted(ledger, account);
  const run = namedRun(ledger, name, account);
  if (isResumable(run)) return { kind: 'run', run };
  if (run.command === 'undo') throw isAnUndo(run);
  return { kind: 'nothing', why: whyNot(run) };
}

/** The latest run that was interrupted, and whose book no later run has brought to its end. */
function latestInterrupted(ledger: LedgerDb | undefined, account: string): ToResume {
  const finished = new Set<string>();
  const runs = ledger === undefined ? [] : listRuns(ledger, LOOKED_AT);
  for (const run of runs) {
    if (isResumable(run) && !finished.has(run.bookName)) return { kind: 'run', run };
    if (isWholeRun(run)) finished.add(run.bookName);
  }
  const last = runs.find(({ command }) => command === 'apply');
  return {
    kind: 'nothing',
    why: last === undefined ? `account ${account} has no run that was interrupted` : whyNot(last),
  };
}

/** A run that left nothing of its book to be done. */
function isWholeRun({ command, state, settings }: RunRecord): boolean {
  const isPart = ['limit', 'only', 'partner'].some((key) => (settings[key] ?? null) !== null);
  return command === 'apply' && state === 'finished' && settings['validateOnly'] !== true && !isPart;
}

function whyNot({ id, command, state, exitCode, bookName, settings }: RunRecord): string {
  if (command !== 'apply' || settings['validateOnly'] === true)
    return `run ${id} was there to look: it writes nothing, and there is nothing of it to finish`;
  if (state === 'finished')
    return `run ${id} on ${bookName} came to its end (exit code ${exitCode ?? 0}); channelbook report ${id} writes its reports again`;
  return `run ${id} on ${bookName} was refused before it wrote anything (exit code ${exitCode ?? 0}): apply the book again`;
}

function isAnUndo({ id, settings }: RunRecord): Error {
  const undone = settings['undoes'];
  return usageFault(
    `run ${id} is an undo, which is not resumed`,
    `Type channelbook undo ${typeof undone === 'string' ? undone : 'RUN'} again: what is put back is known.`,
  );
}

async function nothingToResume(
  why: string,
  { settings, configWarnings }: RunRequest,
  { terminal }: RunDeps,
): Promise<ExitCode> {
  for (const warning of configWarnings) terminal.warn(warning);
  const said = `nothing to resume: ${why}`;
  if (settings.json)
    await terminal.result(JSON.stringify({ resumed: null, message: said, exit_code: EXIT.ok }));
  else await terminal.result(said);
  return EXIT.ok;
}
