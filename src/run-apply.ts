import { applyRows } from './apply/apply-rows.ts';
import type { RowDeps } from './apply/run-row.ts';
import { createOutage } from './apply/outage.ts';
import { DRAIN_MS, deadlineReached, type RunStop } from './apply/run-stop.ts';
import { settle } from './apply/settle.ts';
import { openBook, type OpenBook } from './book/open-book.ts';
import { accountId } from './config/account.ts';
import { usageFault } from './config/load.ts';
import type { Settings } from './config/options.ts';
import { readIntoLedger } from './intake/read-book.ts';
import { createSelection, type Selection } from './intake/selection.ts';
import { createWarningCounter, type WarningCounter } from './intake/warning-counter.ts';
import { dropClaims } from './ledger/claims.ts';
import type { LedgerDb } from './ledger/ledger.ts';
import {
  countRows,
  endOpenRows,
  namedPartners,
  plannedActions,
  plannedCount,
  type OpenRow,
} from './ledger/rows.ts';
import { closeDeadRuns, finishRun, insertRun, setRunBook, setRunState } from './ledger/runs.ts';
import { closeEarlierSteps } from './ledger/steps.ts';
import type { BookDigest, BookHeader } from './model/book.ts';
import { EXIT, FatalError, toFatal, type ExitCode } from './model/fatal.ts';
import type { RowEnding } from './model/row-ending.ts';
import { deadlineAt, openAccount, type OpenAccount } from './open-account.ts';
import { decideRows } from './plan/decide-rows.ts';
import { createRowProgress } from './row-progress.ts';
import { accountForRows } from './reconcile/account-for-rows.ts';
import { writePlan, writeUndo } from './reconcile/plan-files.ts';
import { openRowReports } from './reconcile/reports.ts';
import { assertConserved, createTally, exitCodeOf, worstExitCode, type Tally } from './reconcile/tally.ts';
import { requireSelected, showStop, showWarnings, timeStamp } from './run-messages.ts';
import { openSession, type RunDeps, type RunRequest, type Session } from './run-session.ts';
import { createSealer, type Sealer } from './seal.ts';
import { takeSnapshot, type Snapshot } from './snapshot/take-snapshot.ts';
import { duration } from './terminal.ts';
import { openEnding } from './open-ending.ts';
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
  /** What was learnt of the book; filled in while it is read. */
  readonly book: { header: BookHeader | undefined; digest: BookDigest | undefined };
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
    return endWithoutRows(request, deps, session, account, toFatal(error));
  }
  try {
    const job = startJob(request, deps, session, account, open, stop);
    await carryOut(job);
    return await accountFor(job);
  } catch (error) {
    return await endWithoutRows(request, deps, session, account, toFatal(error));
  } finally {
    await open.close();
  }
}

/** The stages, in order. Whatever goes wrong is the run's reason to stop; the rows are accounted for all the same. */
async function carryOut(job: Job): Promise<void> {
  const cancelDeadline = watchDeadline(job);
  try {
    await readStage(job);
    const missingPartners = await snapshotStage(job);
    await decideStage(job, missingPartners);
    if (job.settings.validateOnly) return;
    await confirmStage(job);
    await applyStage(job);
  } catch (error) {
    job.stop.abort(toFatal(error));
  } finally {
    cancelDeadline();
  }
}

/** Ends the run at `--deadline`, wherever it is: waiting for quota has no other limit. */
function watchDeadline({ settings, session, deps, stop }: Job): () => void {
  const { deadline } = settings;
  const control = new AbortController();
  if (deadline !== undefined) {
    const delayMs = deadlineAt(deadline, Date.parse(session.startedAt)) - deps.clock.now();
    deps.clock.sleep(Math.max(0, delayMs), control.signal).then(
      () => {
        stop.end(deadlineReached(deadline));
      },
      () => undefined,
    );
  }
  return () => {
    control.abort();
  };
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
    void writeUndo(dead.directory, open.ledger, dead.seq).catch(() => undefined);
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
    book: { header: undefined, digest: undefined },
  };
}

async function openTheBook(job: Pick<Job, 'session' | 'settings'>): Promise<OpenBook> {
  const { encoding, columns, action } = job.settings;
  return openBook(job.session.bookPath, { ...(encoding === undefined ? {} : { encoding }), columns, action });
}

async function readStage(job: Job): Promise<void> {
  const { settings, deps } = job;
  const progress = deps.terminal.progress('reading', undefined);
  const book = await openTheBook(job);
  job.book.header = book.header;
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
    job.book.digest = book.digest();
    setRunBook(job.ledger, job.run, job.book.digest);
    requireSelected(settings, job.selection);
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

function decideStage(job: Job, missingPartners: ReadonlySet<string>): Promise<void> {
  return decideRows({
    run: job.run,
    ledger: job.ledger,
    missingPartners,
    validateOnly: job.settings.validateOnly,
    now: () => job.deps.clock.now(),
    signal: job.stop.ending,
  });
}

async function confirmStage({ deps, settings, ledger, run, stop }: Job): Promise<void> {
  const counts = plannedActions(ledger, run);
  const texts = Object.entries(counts).map(([action, rows]) => `${rows} ${action}`);
  if (settings.yes || texts.length === 0) return;
  if (await deps.terminal.ask(`Write at Google: ${texts.join(', ')}?`, stop.ending)) return;
  stop.ending.throwIfAborted();
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
    reader,
    writer,
    sealer: job.sealer,
    clock: deps.clock,
    stop,
    outage: createOutage(deps.clock, settings.outageMinutes, stop),
  };
  const cancelDrain = limitDraining(job);
  try {
    await applyRows(rowDeps, {
      concurrency: settings.concurrency,
      ...errorLimit(settings.maxErrors, countRows(ledger, run)),
      onRow: progress.onRow,
    });
    await settle(rowDeps, {
      settleMs: settings.settleSeconds * 1000,
      concurrency: settings.concurrency,
      listAgain: async () => {
        await listGoogle(job);
      },
      onWait: (rows, delayMs) => {
        const what = rows === 1 ? '1 write is in doubt; it is' : `${rows} writes are in doubt; they are`;
        deps.terminal.note(`${what} looked up in ${duration(delayMs / 1000)}`);
      },
      onRow: progress.onRow,
    });
  } finally {
    cancelDrain();
    progress.end();
  }
}

/** Once the run is ending, rows in flight have a while to finish; then nothing new is sent for them either. */
function limitDraining({ deps, stop, open }: Job): () => void {
  const control = new AbortController();
  function onEnding(): void {
    deps.clock.sleep(DRAIN_MS, control.signal).then(
      () => {
        open.gateway.stop(stop.reason);
      },
      () => undefined,
    );
  }
  stop.ending.addEventListener('abort', onEnding, { once: true });
  return () => {
    stop.ending.removeEventListener('abort', onEnding);
    control.abort();
  };
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
async function accountFor(job: Job): Promise<ExitCode> {
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
async function endWithoutRows(
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
