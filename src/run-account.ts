import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CREDENTIALS_FILE } from './apply/credentials-file.ts';
import { dropClaims } from './ledger/claims.ts';
import { dropMentions } from './ledger/mentions.ts';
import { countRows, endOpenRows, type OpenRow } from './ledger/rows.ts';
import { finishRun } from './ledger/runs.ts';
import type { FatalError } from './model/fatal.ts';
import { toFatal, type ExitCode } from './model/fatal.ts';
import type { RowEnding } from './model/row-ending.ts';
import { openEnding } from './open-ending.ts';
import { NOTIFICATIONS_FOLDER } from './notify/eml-file.ts';
import { accountForRows } from './reconcile/account-for-rows.ts';
import { writePlan, writeUndo } from './reconcile/plan-files.ts';
import { DUPLICATES_FILE, writeDuplicates } from './reconcile/duplicates.ts';
import { ORPHANS_FILE, writeOrphans } from './reconcile/orphans.ts';
import { planSummary } from './reconcile/plan-table.ts';
import { openRowReports } from './reconcile/reports.ts';
import { assertConserved, createTally, exitCodeOf, worstExitCode, type Tally } from './reconcile/tally.ts';
import type { AtGoogle } from './reconcile/summary.ts';
import { openTheBook, type Job } from './run-job.ts';
import { attempt, worstFault } from './run-faults.ts';
import { showStop, showWarnings, timeStamp } from './run-messages.ts';
import { type RunDeps, type RunRequest, type Session } from './run-session.ts';
import { outlookText } from './run-stages.ts';

/** Gives every row its outcome, writes the reports, checks that the counts add up, and says how it ended. */
export async function accountFor(job: Job): Promise<ExitCode> {
  const { session, deps, settings } = job;
  const at = timeStamp(deps.clock);
  const faults: FatalError[] = [...job.stop.reasons];
  const tally = createTally();
  function endingOf(open: OpenRow): RowEnding {
    return open.doubt ?? openEnding(open, faults[0], at);
  }
  const written = await writeReports(job, tally, endingOf).catch((error: unknown) => {
    faults.push(toFatal(error));
    return undefined;
  });
  endInLedger(job, endingOf, faults);
  const stopped = worstFault(faults, tally);
  const asked = {
    failOnDrift: settings.failOn === 'drift',
    detailed: settings.detailedExitcode && job.request.command === 'plan',
    duplicates: written?.atGoogle?.duplicates ?? 0,
  };
  const exitCode = worstExitCode([
    ...(stopped === undefined ? [] : [stopped.exitCode]),
    exitCodeOf(tally, asked),
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
    files: written?.files ?? [],
    exitCode,
    stopped,
    atGoogle: written?.atGoogle,
    notifications: job.found.notifications,
    plan: planSummaryOf(job),
    outlook: job.mayWrite ? undefined : outlookText(job, deps.terminal.paint, deps.terminal.resultWidth),
  });
  showFindings(job, written?.atGoogle);
  if (settings.validateOnly) {
    deps.terminal.note(
      `Google checked ${tally.checkedByGoogle()} of ${tally.rows()} rows; nothing was written.`,
    );
  }
  if (stopped !== undefined) showStop(deps.terminal, stopped);
  return last;
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
    dropMentions(ledger, run);
  }, faults);
}

function planSummaryOf({ found }: Job): Readonly<Record<string, unknown>> | undefined {
  const { outlook } = found;
  return outlook === undefined ? undefined : planSummary(outlook.facts, outlook.estimate);
}

/** What a listing showed that no row tells. */
function showFindings({ deps, session }: Job, atGoogle: AtGoogle | undefined): void {
  const { orphans = 0, duplicates = 0, firstDuplicates = [] } = atGoogle ?? {};
  const { terminal } = deps;
  if (duplicates > 0) {
    terminal.warn(
      `Google has ${duplicates === 1 ? 'a customer' : `${duplicates} customers`} more than once (${firstDuplicates.join('; ')}${duplicates > firstDuplicates.length ? ' and others' : ''}); see ${join(session.directory, 'duplicates.csv')}`,
    );
  }
  if (orphans > 0) {
    terminal.note(
      `${orphans === 1 ? '1 customer' : `${orphans} customers`} at Google ${orphans === 1 ? 'is' : 'are'} not in the book; see ${join(session.directory, 'orphans.csv')}`,
    );
  }
}

interface Written {
  readonly files: readonly string[];
  readonly atGoogle: AtGoogle | undefined;
}

async function writeReports(
  job: Job,
  tally: Tally,
  endingOf: (open: OpenRow) => RowEnding,
): Promise<Written> {
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
    const plan = await writePlan(session.directory, ledger, run, job.account);
    const undo = await writeUndo(session.directory, ledger, run);
    const atGoogle = await writeFindings(job);
    return {
      files: [
        ...files,
        ...plan,
        ...undo,
        ...onboardFiles(session.directory),
        ...((atGoogle?.orphans ?? 0) > 0 ? [ORPHANS_FILE] : []),
        ...((atGoogle?.duplicates ?? 0) > 0 ? [DUPLICATES_FILE] : []),
      ],
      atGoogle,
    };
  } catch (error) {
    await reports.discard();
    throw error;
  }
}

/** What onboarding left, which nobody should have to look for. */
function onboardFiles(directory: string): readonly string[] {
  return [CREDENTIALS_FILE, `${NOTIFICATIONS_FOLDER}/`].filter((name) => existsSync(join(directory, name)));
}

/** What the snapshot showed that no row tells: customers that the book lacks, and customers that are there twice. */
async function writeFindings({ found, session, ledger, run }: Job): Promise<AtGoogle | undefined> {
  const { snapshot } = found;
  if (snapshot === undefined) return undefined;
  const { customers, isComplete } = snapshot;
  const orphans = isComplete ? await writeOrphans(session.directory, ledger, run) : undefined;
  const { groups, first } = await writeDuplicates(session.directory, ledger, run);
  return { customers, orphans, duplicates: groups, firstDuplicates: first };
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
