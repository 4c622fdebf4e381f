import { type RunStop } from './apply/run-stop.ts';
import { openBook, type OpenBook } from './book/open-book.ts';
import type { Settings } from './config/options.ts';
import { createSelection, type Selection } from './intake/selection.ts';
import { createWarningCounter, type WarningCounter } from './intake/warning-counter.ts';
import type { LedgerDb } from './ledger/ledger.ts';
import { closeDeadRuns, insertRun } from './ledger/runs.ts';
import type { PlanFacts } from './ledger/plan-facts.ts';
import type { Estimate } from './plan/estimate.ts';
import type { SafetyFault } from './plan/safety.ts';
import type { Snapshot } from './snapshot/take-snapshot.ts';
import type { BookDigest, BookHeader } from './model/book.ts';
import { type OpenAccount } from './open-account.ts';
import { writeUndo } from './reconcile/plan-files.ts';
import type { NotificationCounts } from './reconcile/summary.ts';
import { type RunDeps, type RunRequest, type Session } from './run-session.ts';
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

export function startJob(
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
  for (const dead of mayWrite(request) ? closeDeadRuns(open.ledger, run) : []) {
    if (dead.state !== 'applying') continue;
    void writeUndo(dead.directory, open.ledger, dead.seq).catch(() => undefined);
    deps.terminal.note(
      `run ${dead.id} of ${dead.startedAt} was cut off; what it left open is looked up before anything is sent again`,
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
    mayWrite: mayWrite(request),
    found: { snapshot: undefined, outlook: undefined, notifications: undefined },
    book: { header: undefined, digest: undefined },
  };
}

export async function openTheBook(job: Pick<Job, 'session' | 'settings'>): Promise<OpenBook> {
  const { encoding, columns, action } = job.settings;
  return openBook(job.session.bookPath, { ...(encoding === undefined ? {} : { encoding }), columns, action });
}
