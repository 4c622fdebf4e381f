import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CREDENTIALS_FILE } from './apply/credentials-file.ts';
import { dropClaims } from './ledger/claims.ts';
import { dropMentions } from './ledger/mentions.ts';
import { countRows, endOpenRows, type OpenRow } from './ledger/rows.ts';
import { partsBefore } from './ledger/parts.ts';
import { finishRun, runBySeq, storeSummary } from './ledger/runs.ts';
import { EXIT, FatalError, toFatal, type ExitCode } from './model/fatal.ts';
import type { RowEnding } from './model/row-ending.ts';
import { openEnding, vanishedEnding } from './open-ending.ts';
import { NOTIFICATIONS_FOLDER } from './notify/eml-file.ts';
import { accountForRows } from './reconcile/account-for-rows.ts';
import { writePlan, writeUndo } from './reconcile/plan-files.ts';
import { DUPLICATES_FILE, keepDuplicates, writeDuplicates } from './reconcile/duplicates.ts';
import { addedBuckets, keptFacts, storedFacts, type EndFacts } from './reconcile/kept-facts.ts';
import { ORPHANS_FILE, keepOrphans, writeOrphans } from './reconcile/orphans.ts';
import { planSummary } from './reconcile/plan-table.ts';
import { openRowReports } from './reconcile/reports.ts';
import { assertConserved, createTally, exitCodeOf, worstExitCode, type Tally } from './reconcile/tally.ts';
import type { AtGoogle } from './reconcile/summary.ts';
import { VANISHED_FILE, writeVanished } from './reconcile/vanished.ts';
import { resumeCommand } from './resume-command.ts';
import { openTheBook, type Job } from './run-job.ts';
import { writeEarlierRows } from './run-report.ts';
import { attempt, worstFault } from './run-faults.ts';
import { BOOK_CHANGED, showStop, showWarnings, timeStamp } from './run-messages.ts';
import { type RunDeps, type RunRequest, type Session } from './run-session.ts';
import { outlookText } from './run-stages.ts';

/** Gives every row its outcome, writes the reports, checks that the counts add up, and says how it ended. */
export async function accountFor(job: Job): Promise<ExitCode> {
  const { session, deps, settings } = job;
  const at = timeStamp(deps.clock);
  const faults: FatalError[] = job.stop.reasons.map((reason) => withWayOn(reason, job));
  const tally = createTally();
  function endingOf(open: OpenRow): RowEnding {
    return open.doubt ?? openEnding(open, faults[0], at);
  }
  const written = await writeAll(job, tally, endingOf).catch((error: unknown) => {
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
  const facts: EndFacts = {
    buckets: bucketsOf(job, faults),
    warnings: job.warnings.list(),
    atGoogle: written?.atGoogle,
    notifications: job.found.notifications,
    plan: planSummaryOf(job),
    stopped,
  };
  attempt(() => {
    storeSummary(job.ledger, job.run, storedFacts(facts));
  }, faults);
  // A ledger that could not be told of the end is a reason too: the run counts as cut off there.
  const reason = worstFault(faults, tally);
  const last = await session.finish({
    ...facts,
    stopped: reason,
    account: job.account,
    digest: job.book.digest,
    tally,
    files: written?.files ?? [],
    finishedAt: at,
    exitCode: worstExitCode([exitCode, ...(reason === undefined ? [] : [reason.exitCode])]),
    outlook: job.mayWrite ? undefined : outlookText(job, deps.terminal.paint, deps.terminal.resultWidth),
  });
  showFindings(job, written?.atGoogle, written?.vanished ?? 0);
  if (settings.validateOnly) {
    deps.terminal.note(
      `Google checked ${tally.checkedByGoogle()} of ${tally.rows()} rows; nothing was written.`,
    );
  }
  if (reason !== undefined) showStop(deps.terminal, reason);
  return last;
}

/** Calls of all parts of a run that was resumed. */
function bucketsOf({ ledger, run, open, before }: Job, faults: FatalError[]): EndFacts['buckets'] {
  const own = open.gateway.stats();
  let all: EndFacts['buckets'] = own;
  attempt(() => {
    if (before === undefined) return;
    // Each part's counts have those of the parts before in them; one that was killed has none.
    const kept = partsBefore(ledger, run).map((part) => runBySeq(ledger, part)?.summary);
    all = addedBuckets(keptFacts(kept.find((summary) => summary !== undefined)).buckets, own);
  }, faults);
  return all;
}

/** Ends that are followed by nothing but going on. */
const GOES_ON = new Set(['run.interrupted', 'run.deadline', 'run.max_errors']);

/** What was refused before the first write, or what the book is to blame for, is begun anew; the rest is resumed. */
const BEGUN_ANEW: ReadonlySet<ExitCode> = new Set([
  EXIT.refused,
  EXIT.usage,
  EXIT.bookUnreadable,
  EXIT.noBook,
  EXIT.config,
]);

/** A reason to stop, with the command that finishes this run. */
function withWayOn(reason: FatalError, { mayWrite, session, request, settings, before }: Job): FatalError {
  const { exitCode, code, message, next } = reason;
  // What a limit refuses goes on with the waiver that its message names.
  const isAnew = exitCode === EXIT.refused || (before === undefined && BEGUN_ANEW.has(exitCode));
  if (!mayWrite || settings.emulator !== undefined || isAnew) return reason;
  const command = resumeCommand(session.id, request);
  const look =
    code === 'run.max_errors' ? 'Look at errors.csv for what they have in common, then go on' : 'Go on';
  const way = GOES_ON.has(code)
    ? `${look} with ${command}: what is done is known and is not sent twice.`
    : `${next} To finish this run: ${command}`;
  return new FatalError(exitCode, code, message, way, { cause: reason });
}

/** Writes down what the reports say. Where that fails (full disk), the next run finds it out from Google. */
function endInLedger(
  { ledger, run, found }: Job,
  endingOf: (open: OpenRow) => RowEnding,
  faults: FatalError[],
): void {
  attempt(() => {
    endOpenRows(ledger, run, endingOf);
    if (found.snapshot?.isComplete === true) keepOrphans(ledger, run);
    if (found.snapshot !== undefined) keepDuplicates(ledger, run);
    dropClaims(ledger, run);
    dropMentions(ledger, run);
  }, faults);
}

function planSummaryOf({ found }: Job): Readonly<Record<string, unknown>> | undefined {
  const { outlook } = found;
  return outlook === undefined ? undefined : planSummary(outlook.facts, outlook.estimate);
}

/** What a listing showed that no row tells. */
function showFindings({ deps, session }: Job, atGoogle: AtGoogle | undefined, vanished: number): void {
  const { orphans = 0, duplicates = 0, firstDuplicates = [] } = atGoogle ?? {};
  const { terminal } = deps;
  if (duplicates > 0) {
    terminal.warn(
      `Google has ${duplicates === 1 ? 'a customer' : `${duplicates} customers`} more than once (${firstDuplicates.join('; ')}${duplicates > firstDuplicates.length ? ' and others' : ''}); see ${join(session.directory, 'duplicates.csv')}`,
    );
  }
  if (vanished > 0) {
    terminal.warn(
      `${vanished === 1 ? '1 row' : `${vanished} rows`} that this run had ${vanished === 1 ? 'is' : 'are'} not in the book any more; see ${join(session.directory, VANISHED_FILE)}`,
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
  readonly vanished: number;
}

/** The book of a resumed run may be unreadable by now: what the run had is told all the same. */
async function writeAll(job: Job, tally: Tally, endingOf: (open: OpenRow) => RowEnding): Promise<Written> {
  const { before, book, session } = job;
  if (before === undefined || book.digest !== undefined) return writeReports(job, tally, endingOf);
  const files = await writeEarlierRows(before, session.directory, tally, job);
  return { files, atGoogle: undefined, vanished: 0 };
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
    if (!isWhole) job.deps.terminal.warn(BOOK_CHANGED);
    assertConserved(tally, digest?.rows ?? countRows(ledger, run), reports.lines());
    const files = await reports.commit();
    const plan = await writePlan(session.directory, ledger, run, job.account);
    const undo = await writeUndo(session.directory, ledger, run);
    const atGoogle = await writeFindings(job);
    const vanished = digest === undefined ? 0 : await writeGone(job);
    return {
      files: [
        ...files,
        ...plan,
        ...undo,
        ...onboardFiles(session.directory),
        ...((atGoogle?.orphans ?? 0) > 0 ? [ORPHANS_FILE] : []),
        ...((atGoogle?.duplicates ?? 0) > 0 ? [DUPLICATES_FILE] : []),
        ...(vanished > 0 ? [VANISHED_FILE] : []),
      ],
      atGoogle,
      vanished,
    };
  } catch (error) {
    await reports.discard();
    throw error;
  }
}

/** Rows of earlier parts of the run that the book, read to its end, has no more. */
function writeGone({ session, ledger, run, deps }: Job): Promise<number> {
  const at = timeStamp(deps.clock);
  return writeVanished(session.directory, ledger, run, (row) => vanishedEnding(row, at));
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
