import { applyRows } from './apply/apply-rows.ts';
import { credentialsFile } from './apply/credentials-file.ts';
import { createOutage } from './apply/outage.ts';
import type { RowDeps } from './apply/row-state.ts';
import { settle } from './apply/settle.ts';
import { temporaryPassword } from './apply/temporary-password.ts';
import { storeBook } from './ledger/books.ts';
import { countInState, countRows } from './ledger/rows.ts';
import { setRunState } from './ledger/runs.ts';
import { EXIT, FatalError } from './model/fatal.ts';
import type { RowEnding } from './model/row-ending.ts';
import { safetyRefusal } from './plan/safety.ts';
import { writePlan, writePlannedUndo } from './reconcile/plan-files.ts';
import { proveRoomForReports } from './reconcile/room-for-reports.ts';
import { createRowProgress } from './row-progress.ts';
import type { Job } from './run-job.ts';
import type { Notifier } from './run-notify.ts';
import { errorLimit, limitDraining } from './run-limits.ts';
import { timeStamp } from './run-messages.ts';
import { listWhole } from './run-snapshot.ts';
import { outlookText } from './run-stages.ts';
import { duration } from './terminal.ts';

/**
 * Asks before the first write, with the plan and the limits that it passes; where nobody is to be asked, a limit that
 * is passed ends the run.
 */
export async function confirmStage(job: Job): Promise<void> {
  const { deps, settings, stop, found } = job;
  const [first, ...others] = found.outlook?.limits ?? [];
  if (settings.yes) {
    if (first !== undefined) throw safetyRefusal([first, ...others]);
    return;
  }
  const acting = found.outlook?.facts.acting ?? 0;
  if (acting === 0 && first === undefined) return;
  const { terminal } = deps;
  terminal.show(outlookText(job, terminal.paintMessage, terminal.width));
  const what = acting === 1 ? '1 row' : `${acting} rows`;
  const limits = first === undefined ? '' : ', past the safety limits above';
  if (await terminal.ask(`Write at Google for ${what}${limits}?`, stop.ending)) return;
  stop.ending.throwIfAborted();
  throw new FatalError(
    EXIT.refused,
    'run.declined',
    'not confirmed; nothing was written',
    'Type the same command again, or look first with plan.',
  );
}

export async function applyStage(job: Job, notifier: Notifier | undefined): Promise<void> {
  const { deps, settings, ledger, run, session, book } = job;
  // Before a customer is made whose first user could not be.
  if ((job.found.outlook?.facts.steps.directory ?? 0) > 0) await job.open.gateway.authorize('directory');
  const total = countInState(ledger, run, 'planned');
  setRunState(ledger, run, 'applying');
  const rows = book.digest?.rows ?? countRows(ledger, run);
  storeBook(ledger, session.bookName, rows, run, timeStamp(deps.clock));
  await proveRoomForReports(session.directory, rows, book.digest?.bytes ?? 0);
  // On the disk before anything is sent: a killed process leaves no other reports.
  await writePlan(session.directory, ledger, run, job.account);
  await writePlannedUndo(session.directory, ledger, run);
  const progress = createRowProgress(deps.terminal, total, session.log, 'applying');
  const rowDeps = rowDepsOf(job);
  const cancelDrain = limitDraining(job, job.open);
  function onRow(ending: RowEnding, row: number): void {
    progress.onRow(ending, row);
    notifier?.onRow(ending, row);
  }
  try {
    await applyRows(rowDeps, {
      concurrency: settings.concurrency,
      ...errorLimit(settings.maxErrors, countRows(ledger, run)),
      commonCauseRows: settings.commonCauseRows,
      onRow,
    });
    await settle(rowDeps, {
      settleMs: settings.settleSeconds * 1000,
      concurrency: settings.concurrency,
      listAgain: async () => {
        const { missingPartners } = await rowDeps.outage.outlast(() => listWhole(job));
        return new Set(missingPartners.keys());
      },
      onWait: (waiting, delayMs) => {
        const what =
          waiting === 1 ? '1 write is in doubt; it is' : `${waiting} writes are in doubt; they are`;
        deps.terminal.note(`${what} looked up in ${duration(delayMs / 1000)}`);
      },
      onRow,
    });
  } finally {
    job.found.notifications = await notifier?.finish();
    cancelDrain();
    progress.end();
  }
}

function rowDepsOf(job: Job): RowDeps {
  const { deps, settings, open, stop } = job;
  const { writers, gateway } = open;
  if (writers === undefined) throw new Error('a run that may not write was told to apply');
  return {
    run: job.run,
    account: job.account,
    ledger: job.ledger,
    reader: gateway.reader,
    writer: writers.writer,
    sealer: job.sealer,
    clock: deps.clock,
    stop,
    outage: createOutage(deps.clock, settings.outageMinutes, stop),
    operationTimeoutMs: settings.operationTimeoutSeconds * 1000,
    onboarding: {
      reseller: gateway.reseller,
      resellerWriter: writers.resellerWriter,
      directory: gateway.directory,
      directoryWriter: writers.directoryWriter,
      credentials: credentialsFile(job.session.directory),
      newPassword: temporaryPassword,
    },
  };
}
