import { applyRows } from './apply/apply-rows.ts';
import type { RowDeps } from './apply/run-row.ts';
import { createOutage, type RunStop } from './apply/run-stop.ts';
import { settle } from './apply/settle.ts';
import { openBook, type OpenBook } from './book/open-book.ts';
import { accountId } from './config/account.ts';
import { usageFault } from './config/load.ts';
import type { Settings } from './config/options.ts';
import { readIntoLedger } from './intake/read-book.ts';
import { createSelection, type Selection } from './intake/selection.ts';
import { createWarningCounter, type WarningCounter } from './intake/warning-counter.ts';
import type { LedgerDb } from './ledger/ledger.ts';
import {
  countRows,
  endOpenRows,
  hasErrorRows,
  namedPartners,
  plannedActions,
  plannedCount,
} from './ledger/rows.ts';
import { closeDeadRuns, finishRun, insertRun, setRunBook, setRunState } from './ledger/runs.ts';
import { closeEarlierSteps } from './ledger/steps.ts';
import type { BookDigest, BookHeader } from './model/book.ts';
import { EXIT, FatalError, type ExitCode } from './model/fatal.ts';
import { deadlineAt, openAccount, type OpenAccount } from './open-account.ts';
import { decideRows } from './plan/decide-rows.ts';
import { createRowProgress } from './row-progress.ts';
import { accountForRows } from './reconcile/account-for-rows.ts';
import { writePlan, writeUndo } from './reconcile/plan-files.ts';
import { openRowReports } from './reconcile/reports.ts';
import { assertConserved, createTally, exitCodeOf, worstExitCode, type Tally } from './reconcile/tally.ts';
import { showStop, showWarnings, timeStamp } from './run-messages.ts';
import { openSession, type RunDeps, type RunRequest, type Session } from './run-session.ts';
import { createSealer, type Sealer } from './seal.ts';
import { takeSnapshot, type Snapshot } from './snapshot/take-snapshot.ts';
import { duration } from './terminal.ts';
import { unprocessedEnding } from './unprocessed.ts';
import { createValidator } from './validate/validator.ts';

/** Everything the stages of one `apply` share. */
interface Job {
  readonly request: RunRequest;
  readonly deps: RunDeps;
  readonly settings: Settings;
  /** Id without `accounts/`. */
  readonly account: string;
  readonly session: Session;
  readonly open: OpenAccount;
  readonly ledger: LedgerDb;
  /** Number of the run in the ledger. */
  readonly run: number;
  readonly sealer: Sealer;
  readonly selection: Selection;
  readonly warnings: WarningCounter;
  readonly stop: RunStop;
}

/**
 * `channelbook apply`: read → look → decide → write the decision down → act → account for it.
 *
 * Whatever ends it early, every row that was read has an outcome and the reports are written.
 */
export async function runApply(request: RunRequest, deps: RunDeps, stop: RunStop): Promise<ExitCode> {
  const account = requireAccount(request.settings);
  requireConsent(request.settings, deps);
  const session = await openSession(request, deps);
  let open: OpenAccount;
  try {
    open = await openAccount(request, account, session.id, session.log, deps);
  } catch (error) {
    return endWithoutRows(request, deps, session, account, asFatal(error));
  }
  try {
    const job = startJob(request, deps, session, account, open, stop);
    const digest = await carryOut(job);
    return await accountFor(job, digest);
  } finally {
    await open.close();
  }
}

/** The stages, in order. Returns what the book was, as far as it was read to its end. */
async function carryOut(job: Job): Promise<BookDigest | undefined> {
  let digest: BookDigest | undefined;
  try {
    digest = await readStage(job);
    const missingPartners = await snapshotStage(job);
    decideStage(job, missingPartners);
    if (job.settings.validateOnly) return digest;
    await confirmStage(job);
    await applyStage(job);
  } catch (error) {
    job.stop.abort(asFatal(error));
  }
  return digest;
}

function requireAccount(settings: Settings): string {
  if (settings.account === undefined) {
    throw usageFault('no account is given', 'Add --account C012345, or "account" to the config file.');
  }
  return accountId(settings.account);
}

function requireConsent(settings: Settings, { terminal }: RunDeps): void {
  if (settings.yes || settings.validateOnly || terminal.canAsk) return;
  throw usageFault(
    'apply writes at Google and there is no terminal to ask on',
    'Add --yes to write without being asked, or --validate-only to see what would be done.',
  );
}

function startJob(
  request: RunRequest,
  deps: RunDeps,
  session: Session,
  account: string,
  open: OpenAccount,
  stop: RunStop,
): Job {
  const { settings } = request;
  const run = insertRun(open.ledger, {
    id: session.id,
    command: request.command,
    bookPath: session.bookPath,
    bookName: session.bookName,
    directory: session.directory,
    settings: { action: settings.action, overwrite: settings.overwrite, allow: settings.allow ?? {} },
    startedAt: session.startedAt,
  });
  for (const dead of closeDeadRuns(open.ledger, run)) {
    deps.terminal.note(
      `run ${dead.id} of ${dead.startedAt} was cut off; what it left open is settled by listing what Google has`,
    );
  }
  const selection = createSelection(settings);
  const warnings = createWarningCounter();
  const sealer = createSealer();
  return {
    request,
    deps,
    settings,
    account,
    session,
    open,
    ledger: open.ledger,
    run,
    sealer,
    selection,
    warnings,
    stop,
  };
}

async function openTheBook(job: Pick<Job, 'session' | 'settings'>): Promise<OpenBook> {
  const { encoding, columns, action } = job.settings;
  return openBook(job.session.bookPath, { ...(encoding === undefined ? {} : { encoding }), columns, action });
}

async function readStage(job: Job): Promise<BookDigest> {
  const { settings, deps } = job;
  const progress = deps.terminal.progress('reading', undefined);
  const book = await openTheBook(job);
  try {
    const validate = createValidator({
      header: book.header,
      action: settings.action,
      overwrite: settings.overwrite,
      requireChannelPartner: settings.requireChannelPartner,
      now: deps.clock.now(),
      account: job.account,
    });
    const intake = {
      book,
      validate,
      selection: job.selection,
      warnings: job.warnings,
      clock: deps.clock,
      signal: job.stop.ending,
    };
    await readIntoLedger(job.run, job.ledger, job.sealer, intake, (rows) => {
      progress.update(rows, 'rows');
    });
    setRunBook(job.ledger, job.run, book.digest());
    return book.digest();
  } finally {
    progress.end();
    await book.close();
  }
}

/** Returns the channel partners that rows name and the account has no link to. */
async function snapshotStage(job: Job): Promise<ReadonlySet<string>> {
  const snapshot = await listGoogle(job);
  const settled = closeEarlierSteps(job.ledger, job.run, timeStamp(job.deps.clock));
  job.session.log('info', 'listed', { customers: snapshot.customers, earlier_steps_settled: settled });
  return new Set(snapshot.missingPartners.keys());
}

async function listGoogle(job: Job): Promise<Snapshot> {
  const progress = job.deps.terminal.progress('listing', undefined);
  try {
    return await takeSnapshot(job.account, namedPartners(job.ledger, job.run), {
      reader: job.open.gateway.reader,
      ledger: job.ledger,
      signal: job.stop.ending,
      onPage: (customers) => {
        progress.update(customers, 'customers at Google');
      },
    });
  } finally {
    progress.end();
  }
}

function decideStage(job: Job, missingPartners: ReadonlySet<string>): void {
  decideRows({
    run: job.run,
    ledger: job.ledger,
    missingPartners,
    validateOnly: job.settings.validateOnly,
    now: () => job.deps.clock.now(),
  });
}

async function confirmStage({ deps, settings, ledger, run }: Job): Promise<void> {
  const counts = plannedActions(ledger, run);
  const texts = Object.entries(counts).map(([action, rows]) => `${rows} ${action}`);
  if (settings.yes || texts.length === 0) return;
  if (await deps.terminal.ask(`Write at Google: ${texts.join(', ')}?`)) return;
  throw new FatalError(
    EXIT.refused,
    'run.declined',
    'not confirmed; nothing was written',
    'Type the same command again, or look first with --validate-only.',
  );
}

async function applyStage(job: Job): Promise<void> {
  const { deps, settings, ledger, run, stop, open } = job;
  const total = plannedCount(ledger, run);
  setRunState(ledger, run, 'applying');
  const progress = createRowProgress(deps.terminal, total, job.session.log);
  const { reader, writer } = open.gateway;
  const rowDeps: RowDeps = {
    run,
    account: job.account,
    ledger,
    lock: open.lock,
    reader,
    writer,
    sealer: job.sealer,
    clock: deps.clock,
    stop,
    outage: createOutage(deps.clock, settings.outageMinutes),
  };
  try {
    await applyRows(rowDeps, {
      concurrency: settings.concurrency,
      ...errorLimit(settings.maxErrors, countRows(ledger, run)),
      deadline:
        settings.deadline === undefined
          ? undefined
          : { at: deadlineAt(settings.deadline, Date.parse(job.session.startedAt)), text: settings.deadline },
      onRow: progress.onRow,
    });
    await settle(rowDeps, {
      settleMs: settings.settleSeconds * 1000,
      listAgain: async () => {
        await listGoogle(job);
      },
      onWait: (rows, delayMs) => {
        deps.terminal.note(`${rows} writes are in doubt; they are looked up in ${duration(delayMs / 1000)}`);
      },
      onRow: progress.onRow,
    });
  } finally {
    progress.end();
  }
}

/** `--max-errors` as a number of rows: `5%` is of the book's rows, and at least one. */
function errorLimit(
  text: string | undefined,
  rows: number,
): { readonly maxErrors: number | undefined; readonly maxErrorsText: string } {
  if (text === undefined) return { maxErrors: undefined, maxErrorsText: '' };
  const number = Number(text.replace('%', ''));
  const limit = text.endsWith('%') ? Math.ceil((rows * number) / 100) : number;
  return { maxErrors: Math.max(1, limit), maxErrorsText: text };
}

/** Gives every row its outcome, writes the reports, checks that the counts add up, and says how it ended. */
async function accountFor(job: Job, digest: BookDigest | undefined): Promise<ExitCode> {
  const { session, ledger, run, deps, stop, settings } = job;
  const at = timeStamp(deps.clock);
  endOpenRows(ledger, run, (action, doubt) => doubt ?? unprocessedEnding(action, stop.reason, at));
  const tally = createTally();
  const files = await writeReports(job, digest, tally);
  assertConserved(tally, countRows(ledger, run), tally.rows());
  const exitCode = worstExitCode([
    ...(stop.reason === undefined ? [] : [stop.reason.exitCode]),
    exitCodeOf(tally, settings.failOn === 'drift'),
  ]);
  finishRun(ledger, run, stop.reason === undefined ? 'finished' : 'stopped', at, exitCode);
  showWarnings(deps.terminal, job.request.configWarnings, job.warnings.list(), job.selection.missing());
  await session.finish({
    account: job.account,
    digest,
    tally,
    buckets: job.open.gateway.stats(),
    warnings: job.warnings.list(),
    files,
    exitCode,
    stopped: stop.reason,
  });
  if (settings.validateOnly) {
    deps.terminal.note(
      `Google checked ${tally.checkedByGoogle()} of ${tally.rows()} rows; nothing was written.`,
    );
  }
  if (stop.reason !== undefined) showStop(deps.terminal, stop.reason);
  return exitCode;
}

async function writeReports(
  job: Job,
  digest: BookDigest | undefined,
  tally: Tally,
): Promise<readonly string[]> {
  const { session, ledger, run } = job;
  const header = await headerOf(job);
  const reports = await openRowReports(session.directory, header, tally);
  const isWhole = await accountForRows(
    {
      run,
      ledger,
      reports,
      reopen: () => openTheBook(job),
      sha256: digest?.sha256,
      bookPath: session.bookPath,
    },
    header !== undefined && hasErrorRows(ledger, run),
  );
  if (!isWhole) {
    job.deps.terminal.warn(
      'the book was edited meanwhile: errors.csv has only the keys of rows that are gone',
    );
  }
  const files = await reports.commit();
  const plan = await writePlan(session.directory, ledger, run);
  const undo = await writeUndo(session.directory, ledger, run);
  return [...files, ...plan, ...undo];
}

async function headerOf(job: Job): Promise<BookHeader | undefined> {
  try {
    const book = await openTheBook(job);
    await book.close();
    return book.header;
  } catch (error) {
    asFatal(error);
    return undefined;
  }
}

/** The run could not even begin: its summary says why. */
async function endWithoutRows(
  request: RunRequest,
  deps: RunDeps,
  session: Session,
  account: string,
  stopped: FatalError,
): Promise<ExitCode> {
  const { exitCode } = stopped;
  const tally = createTally();
  await session.finish({
    account,
    digest: undefined,
    tally,
    buckets: {},
    warnings: [],
    files: [],
    exitCode,
    stopped,
  });
  showWarnings(deps.terminal, request.configWarnings, [], []);
  showStop(deps.terminal, stopped);
  return exitCode;
}

/** A fatal error as a value; anything else is a bug and goes on up. */
function asFatal(error: unknown): FatalError {
  if (error instanceof FatalError) return error;
  throw error;
}
