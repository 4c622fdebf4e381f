import { countRows, endOpenRows, resultLines, type OpenRow } from './ledger/rows.ts';
import { partsBefore } from './ledger/parts.ts';
import { finishRun, runBySeq, storeSummary } from './ledger/runs.ts';
import { countConfirmed } from './ledger/undo.ts';
import { EXIT, FatalError, toFatal, type ExitCode } from './model/fatal.ts';
import type { RowEnding } from './model/row-ending.ts';
import { storedFacts, type EndFacts } from './reconcile/kept-facts.ts';
import { writeUndo } from './reconcile/plan-files.ts';
import { openRowReports } from './reconcile/reports.ts';
import {
  NO_QUESTIONS,
  assertConserved,
  createTally,
  exitCodeOf,
  worstExitCode,
  type Tally,
} from './reconcile/tally.ts';
import { undoChanges, writeUndoPlan } from './reconcile/undo-report.ts';
import { attempt, worstFault } from './run-faults.ts';
import { showStop, showWarnings, timeStamp } from './run-messages.ts';
import type { UndoJob } from './run-undo-job.ts';
import { AGAIN, undoUnfinished } from './undo/causes.ts';

/** Gives every row its outcome, writes the reports, checks that the counts add up, and says how it ended. */
export async function accountForUndo(job: UndoJob): Promise<ExitCode> {
  const { session, deps, ledger, run, stop, target } = job;
  const at = timeStamp(deps.clock);
  const faults: FatalError[] = stop.reasons.map(retold);
  const tally = createTally();
  function endingOf(open: OpenRow): RowEnding {
    return open.doubt ?? unfinished(open, faults[0], at);
  }
  const files = await writeReports(job, tally, endingOf).catch((error: unknown) => {
    faults.push(toFatal(error));
    return [];
  });
  attempt(() => {
    endOpenRows(ledger, run, endingOf);
  }, faults);
  const stopped = worstFault(faults, tally);
  const codes = stopped === undefined ? [] : [stopped.exitCode];
  const left = leftInParts(job);
  const exitCode = worstExitCode([...codes, ...left.map(() => EXIT.rows), exitCodeOf(tally, NO_QUESTIONS)]);
  attempt(() => {
    finishRun(ledger, run, stopped === undefined ? 'finished' : 'stopped', at, exitCode);
  }, faults);
  showWarnings(deps.terminal, job.request.configWarnings, [], job.selection.missing());
  const facts: EndFacts = {
    buckets: job.open.gateway.stats(),
    warnings: [],
    plan: { undoes: target.id },
    stopped,
  };
  attempt(() => {
    storeSummary(ledger, run, storedFacts(facts));
  }, faults);
  const last = await session.finish({
    ...facts,
    account: job.account,
    digest: undefined,
    tally,
    files,
    finishedAt: at,
    exitCode,
    outlook: outlookOf(job),
  });
  tell(job, tally);
  if (stopped !== undefined) showStop(deps.terminal, stopped);
  return last;
}

/** What ends a run early tells the way on of an `apply`; an undo has its own. */
function retold(reason: FatalError): FatalError {
  const { code, exitCode, message } = reason;
  return ['run.interrupted', 'run.deadline', 'run.max_errors'].includes(code)
    ? new FatalError(exitCode, code, message, AGAIN, { cause: reason })
    : reason;
}

function unfinished({ progress }: OpenRow, reason: FatalError | undefined, at: string): RowEnding {
  const begun = progress !== 'none';
  return {
    outcome: begun ? 'ambiguous' : 'unprocessed',
    action: 'update',
    causes: [undoUnfinished(begun, reason)],
    attempts: begun ? 1 : 0,
    calls: begun ? 1 : 0,
    checkedBy: begun ? 'google' : 'local',
    finishedAt: at,
    changedFields: [],
  };
}

async function writeReports(
  { session, ledger, run }: UndoJob,
  tally: Tally,
  endingOf: (open: OpenRow) => RowEnding,
): Promise<readonly string[]> {
  const reports = await openRowReports(session.directory, undefined, tally);
  try {
    for (const line of resultLines(ledger, run, endingOf)) await reports.add(line, undefined);
    assertConserved(tally, countRows(ledger, run), reports.lines());
    const files = await reports.commit();
    const plan = await writeUndoPlan(session.directory, ledger, run);
    const undo = await writeUndo(session.directory, ledger, run);
    return [...files, ...plan, ...undo];
  } catch (error) {
    await reports.discard();
    throw error;
  }
}

/** What earlier parts of a resumed run overwrote for rows that are no rows of the last one: that stays with them. */
function leftInParts({
  ledger,
  target,
}: UndoJob): readonly { readonly id: string; readonly customers: number }[] {
  return partsBefore(ledger, target.seq)
    .map((part) => ({ id: runBySeq(ledger, part)?.id ?? '', customers: countConfirmed(ledger, part) }))
    .filter(({ customers }) => customers > 0);
}

/** Field by field what would be put back, where nothing was. */
function outlookOf({ open, deps, ledger, run }: UndoJob): string | undefined {
  if (open.writers !== undefined) return undefined;
  const { paint, resultWidth } = deps.terminal;
  return undoChanges(ledger, run, paint, resultWidth);
}

/** What the outcomes alone do not say. */
function tell(job: UndoJob, tally: Tally): void {
  const { deps, target, open } = job;
  const { terminal } = deps;
  for (const { id, customers } of leftInParts(job))
    terminal.warn(
      `run ${target.id} was resumed, and before that it overwrote ${customers === 1 ? '1 customer' : `${customers} customers`} for rows that were edited or taken out since: channelbook undo ${id} puts them back`,
    );
  if (tally.rows() === 0) {
    terminal.note(`Run ${target.id} updated nothing: there is nothing to undo.`);
    return;
  }
  if (open.writers === undefined) terminal.note('Nothing was written.');
  if ((tally.outcomes().done ?? 0) > 0) {
    terminal.note(
      `${target.bookPath} still says what run ${target.id} wrote: applying it again updates these customers again.`,
    );
  }
}
