import { resolve } from 'node:path';
import { type RunStop } from './apply/run-stop.ts';
import { openBook, type OpenBook } from './book/open-book.ts';
import type { Settings } from './config/options.ts';
import { createSelection, type Selection } from './intake/selection.ts';
import { createWarningCounter, type WarningCounter } from './intake/warning-counter.ts';
import type { LedgerDb } from './ledger/ledger.ts';
import { earlierRows, type EarlierRows } from './ledger/earlier-rows.ts';
import { startPart } from './ledger/parts.ts';
import { closeDeadRuns, insertRun, lastRunOfBook } from './ledger/runs.ts';
import type { PlanFacts } from './ledger/plan-facts.ts';
import type { Estimate } from './plan/estimate.ts';
import type { SafetyFault } from './plan/safety.ts';
import type { Snapshot } from './snapshot/take-snapshot.ts';
import type { BookDigest, BookHeader } from './model/book.ts';
import type { RunRecord } from './model/run-record.ts';
import { type OpenAccount } from './open-account.ts';
import { writeUndo } from './reconcile/plan-files.ts';
import type { NotificationCounts } from './reconcile/summary.ts';
import type { RunDeps, RunPlace, RunRequest, Session } from './run-session.ts';
import { resumeCommand } from './resume-command.ts';
import { isResumable, shapingSettings } from './resumable.ts';
import { createSealer, type Sealer } from './seal.ts';

/** Everything the stages of one `apply` share. */
export interface Job {
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
  /** The run as it was left, where it is resumed. */
  readonly before: RunRecord | undefined;
  /** What its earlier parts did, row by row. */
  readonly earlier: EarlierRows | undefined;
  readonly sealer: Sealer;
  readonly selection: Selection;
  readonly warnings: WarningCounter;
  readonly stop: RunStop;
  /** Whether this run is there to write; `plan` and `--validate-only` are not. */
  readonly mayWrite: boolean;
  /** What was learnt of the book; filled in while it is read. */
  readonly book: { header: BookHeader | undefined; digest: BookDigest | undefined };
  /** What was learnt of Google and of the plan, stage by stage. */
  readonly found: {
    snapshot: Snapshot | undefined;
    outlook: Outlook | undefined;
    notifications: NotificationCounts | undefined;
  };
}

/** What a plan comes to, and whether it is too bold to be carried out unasked. */
export interface Outlook {
  readonly facts: PlanFacts;
  readonly estimate: Estimate;
  readonly limits: readonly SafetyFault[];
}

/** Whether a command may write at Google at all. */
export function mayWrite({ command, settings }: Pick<RunRequest, 'command' | 'settings'>): boolean {
  return command !== 'plan' && !settings.validateOnly;
}

/**
 * Writes a run down in the ledger: before its directory is made, so that whatever is left of it can be resumed. Returns its
 * number.
 *
 * @param before the run that is resumed; undefined for a new one
 */
export function beginRun(
  request: RunRequest,
  ledger: LedgerDb,
  { id, directory, startedAt, bookName }: RunPlace,
  before?: RunRecord,
): number {
  const record = {
    command: request.command,
    bookPath: resolve(request.bookPath),
    bookName,
    directory,
    settings: shapingSettings(request.settings, request.flags),
    startedAt,
  };
  return before === undefined ? insertRun(ledger, { ...record, id }) : startPart(ledger, before, record);
}

/**
 * @param run its number
 * @param before the run that is resumed; undefined for a new one
 */
export function startJob(
  request: RunRequest,
  deps: RunDeps,
  session: Session,
  account: string,
  open: OpenAccount,
  stop: RunStop,
  run: number,
  before?: RunRecord,
): Job {
  const { settings } = request;
  const { ledger } = open;
  if (mayWrite(request)) closeDead(run, open, deps);
  if (mayWrite(request) && before === undefined) offerResume(run, session, ledger, request, deps);
  const earlier = before === undefined ? undefined : earlierRows(ledger, run);
  const selection = createSelection(settings, earlier?.keys);
  const warnings = createWarningCounter();
  const sealer = createSealer();
  return {
    request,
    deps,
    settings,
    account,
    session,
    open,
    ledger,
    run,
    before,
    earlier,
    sealer,
    selection,
    warnings,
    stop,
    mayWrite: mayWrite(request),
    found: { snapshot: undefined, outlook: undefined, notifications: undefined },
    book: { header: undefined, digest: undefined },
  };
}

/** What a process that died could not write is written for it, where its folder is still there. */
function closeDead(run: number, { ledger }: OpenAccount, { terminal }: RunDeps): void {
  for (const dead of closeDeadRuns(ledger, run)) {
    if (dead.state !== 'applying') continue;
    void writeUndo(dead.directory, ledger, dead.seq).catch(() => undefined);
    terminal.note(
      `run ${dead.id} of ${dead.startedAt} was cut off; what it left open is looked up before anything is sent again`,
    );
  }
}

/** A new run does the same work; its reports are its own. */
function offerResume(
  run: number,
  { bookName }: Session,
  ledger: LedgerDb,
  request: RunRequest,
  { terminal }: RunDeps,
): void {
  const last = lastRunOfBook(ledger, bookName, request.command, run);
  if (last === undefined || !isResumable(last)) return;
  terminal.note(
    `the last run on ${bookName}, ${last.id} of ${last.startedAt}, was interrupted: ${resumeCommand(last.id, request)} finishes that run and its reports; this is a new one`,
  );
}

export async function openTheBook(job: Pick<Job, 'session' | 'settings'>): Promise<OpenBook> {
  const { encoding, columns, action } = job.settings;
  return openBook(job.session.bookPath, { ...(encoding === undefined ? {} : { encoding }), columns, action });
}
