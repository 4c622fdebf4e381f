import { dropClaims } from './ledger/claims.ts';
import { countRows, endOpenRows, type OpenRow } from './ledger/rows.ts';
import { finishRun } from './ledger/runs.ts';
import type { FatalError } from './model/fatal.ts';
import { toFatal, type ExitCode } from './model/fatal.ts';
import type { RowEnding } from './model/row-ending.ts';
import { openEnding } from './open-ending.ts';
import { accountForRows } from './reconcile/account-for-rows.ts';
import { writePlan, writeUndo } from './reconcile/plan-files.ts';
import { openRowReports } from './reconcile/reports.ts';
import { assertConserved, createTally, exitCodeOf, worstExitCode, type Tally } from './reconcile/tally.ts';
import { openTheBook, type Job } from './run-job.ts';
import { showStop, showWarnings, timeStamp } from './run-messages.ts';
import { type RunDeps, type RunRequest, type Session } from './run-session.ts';

/** Gives every row its outcome, writes the reports, checks that the counts add up, and says how it ended. */
export async function accountFor(job: Job): Promise<ExitCode> {
  const { session, deps, settings } = job;
  const at = timeStamp(deps.clock);
  const faults: FatalError[] = job.stop.reason === undefined ? [] : [job.stop.reason];
  const tally = createTally();
  function endingOf(open: OpenRow): RowEnding {
    return open.doubt ?? openEnding(open, faults[0], at);
  }
  const files = await writeReports(job, tally, endingOf).catch((error: unknown) => {
    faults.push(toFatal(error));
    return undefined;
  });
  endInLedger(job, endingOf, faults);
  const stopped = worstFault(faults, tally);
  const exitCode = worstExitCode([
    ...(stopped === undefined ? [] : [stopped.exitCode]),
    exitCodeOf(tally, settings.failOn === 'drift'),
  ]);
  attempt(() => {
    finishRun(job.ledger, job.run, stopped === undefined ? 'finished' : 'stopped', at, exitCode);
  }, faults);
  showWarnings(deps.terminal, job.request.configWarnings, job.warnings.list(), job.selection.missing());
  const last = await session.finish({
    account: job.account,
    digest: job.book.digest,
    tally,
    buckets: job.open.gateway.stats(),
    warnings: job.warnings.list(),
    files: files ?? [],
    exitCode,
    stopped,
  });
  if (settings.validateOnly) {
    deps.terminal.note(
      `Google checked ${tally.checkedByGoogle()} of ${tally.rows()} rows; nothing was written.`,
    );
  }
  if (stopped !== undefined) showStop(deps.terminal, stopped);
  return last;
}

/** Of the reasons why the run stopped the gravest; --max-errors is none where no row was left. */
function worstFault(faults: readonly FatalError[], tally: Tally): FatalError | undefined {
  const isEveryRowDone = (tally.outcomes().unprocessed ?? 0) === tally.leftOut();
  const real = faults.filter(({ code }) => !(code === 'run.max_errors' && isEveryRowDone));
  const worst = worstExitCode(real.map(({ exitCode }) => exitCode));
  return real.find(({ exitCode }) => exitCode === worst);
}

/** Writes down what the reports say. Where that fails (full disk), the next run finds it out from Google. */
function endInLedger(
  { ledger, run }: Job,
  endingOf: (open: OpenRow) => RowEnding,
  faults: FatalError[],
): void {
  attempt(() => {
    endOpenRows(ledger, run, endingOf);
    dropClaims(ledger, run);
  }, faults);
}

function attempt(work: () => void, faults: FatalError[]): void {
  try {
    work();
  } catch (error) {
    faults.push(toFatal(error));
  }
}

async function writeReports(
  job: Job,
  tally: Tally,
  endingOf: (open: OpenRow) => RowEnding,
): Promise<readonly string[]> {
  const { session, ledger, run } = job;
  const { header, digest } = job.book;
  const reports = await openRowReports(session.directory, header, tally);
  try {
    const isWhole = await accountForRows({
      run,
      ledger,
      reports,
      header,
      reopen: () => openTheBook(job),
      sha256: digest?.sha256,
      bookPath: session.bookPath,
      sealer: job.sealer,
      endingOf,
    });
    if (!isWhole) {
      job.deps.terminal.warn(
        'the book is not what it was when it was read: errors.csv lacks cells of rows that are gone',
      );
    }
    assertConserved(tally, digest?.rows ?? countRows(ledger, run), reports.lines());
    const files = await reports.commit();
    const plan = await writePlan(session.directory, ledger, run);
    const undo = await writeUndo(session.directory, ledger, run);
    return [...files, ...plan, ...undo];
  } catch (error) {
    await reports.discard();
    throw error;
  }
}

/** The run could not even begin: its summary says why. */
export async function endWithoutRows(
  request: RunRequest,
  deps: RunDeps,
  session: Session,
  account: string,
  stopped: FatalError,
): Promise<ExitCode> {
  const { exitCode } = stopped;
  const tally = createTally();
  const empty = { digest: undefined, tally, buckets: {}, warnings: [], files: [] };
  const last = await session.finish({ account, ...empty, exitCode, stopped });
  showWarnings(deps.terminal, request.configWarnings, [], []);
  showStop(deps.terminal, stopped);
  return last;
}
