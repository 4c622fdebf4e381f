import { createOutage } from './apply/outage.ts';
import type { RunStop } from './apply/run-stop.ts';
import { requireAccount } from './config/account.ts';
import { usageFault } from './config/load.ts';
import type { Selection } from './intake/selection.ts';
import { countInState, countRows, insertRows, type NewRow } from './ledger/rows.ts';
import { setRunState } from './ledger/runs.ts';
import { overwrittenRows, rowsToUndo, type OverwrittenRow } from './ledger/undo.ts';
import { EXIT, FatalError, toFatal, type ExitCode } from './model/fatal.ts';
import type { RowEnding } from './model/row-ending.ts';
import type { RunRecord } from './model/run-record.ts';
import { openAccount, type OpenAccount } from './open-account.ts';
import { writeUndo } from './reconcile/plan-files.ts';
import { undoOutlook } from './reconcile/undo-report.ts';
import { proveRoomForReports } from './reconcile/room-for-reports.ts';
import { createRowProgress } from './row-progress.ts';
import { endWithoutRows } from './run-account.ts';
import { mayWrite } from './run-job.ts';
import { errorLimit, limitDraining, watchDeadline } from './run-limits.ts';
import { requireSelected, timeStamp } from './run-messages.ts';
import { openSession, type RunDeps, type RunRequest } from './run-session.ts';
import { accountForUndo } from './run-undo-account.ts';
import { startUndo, type UndoJob } from './run-undo-job.ts';
import { findTarget } from './undo-target.ts';
import { undoRows } from './undo/undo-rows.ts';

/** Rows that are taken into the ledger at a time. */
const CHUNK = 500;

/** Rows that the question shows. */
const EXAMPLES = 5;

/**
 * `channelbook undo <run>`: patches back what a run overwrote, customer by customer, unless somebody has changed it
 * since. It is a run of its own, with reports and an undo.ndjson of its own.
 *
 * @param request whose `bookPath` is the name of the run to undo: its id, a beginning of it, or its directory
 * @throws FatalError 64 where there is no such run, or several
 */
export async function runUndo(request: RunRequest, deps: RunDeps, stop: RunStop): Promise<ExitCode> {
  const account = requireAccount(request.settings);
  const { target, overwritten } = await findTarget(request.bookPath, account, request);
  const isWriting = mayWrite(request) && overwritten > 0;
  if (isWriting) requireConsent(request, deps);
  const own: RunRequest = { ...request, bookPath: target.bookPath };
  const session = await openSession(own, deps);
  let open: OpenAccount;
  try {
    open = await openAccount(own, account, session.id, session.log, deps, isWriting ? 'write' : 'read');
  } catch (error) {
    return endWithoutRows(own, deps, session, account, toFatal(error));
  }
  try {
    const job = startUndo(own, deps, session, account, open, target, stop);
    await carryOut(job);
    return await accountForUndo(job);
  } catch (error) {
    return await endWithoutRows(own, deps, session, account, toFatal(error));
  } finally {
    await open.close();
  }
}

/** The stages, in order. Whatever goes wrong is the run's reason to stop; the rows are accounted for all the same. */
async function carryOut(job: UndoJob): Promise<void> {
  const cancelDeadline = watchDeadline(job, job.settings, job.session.startedAt);
  const cancelDrain = limitDraining(job, job.open);
  try {
    await takeStage(job);
    await confirmStage(job);
    await undoStage(job);
  } catch (error) {
    job.stop.abort(toFatal(error));
  } finally {
    cancelDrain();
    cancelDeadline();
  }
}

/** Takes what the run overwrote into the ledger, each row in its place in that run. */
async function takeStage({ ledger, run, target, selection, settings, deps }: UndoJob): Promise<void> {
  const at = timeStamp(deps.clock);
  let rows: NewRow[] = [];
  for (const row of overwrittenRows(ledger, target.seq)) {
    rows.push(toNewRow(row, leftOut(row, selection, at)));
    if (rows.length < CHUNK) continue;
    insertRows(ledger, run, rows);
    rows = [];
  }
  insertRows(ledger, run, rows);
  requireSelected(settings, selection);
  // A run that was killed has not written what it overwrote; the reports of this one point there.
  if (!isClosed(target)) await writeUndo(target.directory, ledger, target.seq).catch(() => undefined);
}

/** A run that was killed has not written its reports. */
function isClosed({ state }: RunRecord): boolean {
  return state === 'finished' || state === 'stopped';
}

function toNewRow({ row, line, key }: OverwrittenRow, ending: RowEnding | undefined): NewRow {
  const own = { content: '', customer: undefined, tokenCreated: undefined, sealedToken: undefined };
  return { row, line, key, action: 'update', ending, ...own };
}

/** How a row ends that the flags leave out. */
function leftOut(
  { key, partner, customer }: OverwrittenRow,
  selection: Selection,
  at: string,
): RowEnding | undefined {
  const cause = selection.leaves(key, partner);
  if (cause === undefined) return undefined;
  return {
    outcome: 'unprocessed',
    action: 'update',
    causes: [cause],
    customer,
    attempts: 0,
    calls: 0,
    checkedBy: 'local',
    finishedAt: at,
    changedFields: [],
    leftOut: true,
  };
}

/** Asks before the first write, with what would be put back. */
async function confirmStage({ deps, ledger, run, target, open, settings, stop }: UndoJob): Promise<void> {
  const customers = countInState(ledger, run, 'read');
  if (open.writers === undefined || settings.yes || customers === 0) return;
  const { terminal } = deps;
  const examples = rowsToUndo(ledger, run, target.seq, 'read', 0, EXAMPLES).map(({ written }) => written);
  terminal.show(undoOutlook(target, examples, customers, terminal.paintMessage, terminal.width));
  const what = customers === 1 ? '1 customer' : `${customers} customers`;
  if (await terminal.ask(`Put ${what} back to what was there before?`, stop.ending)) return;
  stop.ending.throwIfAborted();
  throw new FatalError(
    EXIT.refused,
    'run.declined',
    'not confirmed; nothing was written',
    'Type the same command again, or look first with --validate-only.',
  );
}

async function undoStage(job: UndoJob): Promise<void> {
  const { deps, settings, ledger, run, target, open, stop, session } = job;
  const total = countInState(ledger, run, 'read');
  if (total === 0) return;
  if (open.writers !== undefined) await proveRoomForReports(session.directory, total, 0);
  setRunState(ledger, run, 'applying');
  const label = open.writers === undefined ? 'comparing' : 'undoing';
  const progress = createRowProgress(deps.terminal, total, session.log, label);
  try {
    await undoRows(
      {
        run,
        source: target,
        ledger,
        reader: open.gateway.reader,
        writer: open.writers?.writer,
        clock: deps.clock,
        stop,
        outage: createOutage(deps.clock, settings.outageMinutes, stop),
        contact: { isMade: false },
        overwrite: settings.overwrite,
      },
      {
        concurrency: settings.concurrency,
        ...errorLimit(settings.maxErrors, countRows(ledger, run)),
        commonCauseRows: settings.commonCauseRows,
        onRow: progress.onRow,
      },
    );
  } finally {
    progress.end();
  }
}

function requireConsent({ settings }: RunRequest, { terminal }: RunDeps): void {
  if (settings.yes || terminal.canAsk) return;
  throw usageFault(
    'undo writes at Google and there is no terminal to ask on',
    'Add --yes to write without being asked, or look first with --validate-only.',
  );
}
