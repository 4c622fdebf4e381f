import type { RunStop } from './apply/run-stop.ts';
import type { Settings } from './config/options.ts';
import { createSelection, type Selection } from './intake/selection.ts';
import type { LedgerDb } from './ledger/ledger.ts';
import { insertRun } from './ledger/runs.ts';
import type { RunRecord } from './model/run-record.ts';
import type { OpenAccount } from './open-account.ts';
import type { RunDeps, RunRequest, Session } from './run-session.ts';

/** Everything the stages of one undo share. */
export interface UndoJob {
  readonly request: RunRequest;
  readonly deps: RunDeps;
  readonly settings: Settings;
  /** Id without `accounts/`. */
  readonly account: string;
  readonly session: Session;
  readonly open: OpenAccount;
  readonly ledger: LedgerDb;
  /** Number of this run. */
  readonly run: number;
  /** The run that is undone. */
  readonly target: RunRecord;
  readonly selection: Selection;
  readonly stop: RunStop;
}

export function startUndo(
  request: RunRequest,
  deps: RunDeps,
  session: Session,
  account: string,
  open: OpenAccount,
  target: RunRecord,
  stop: RunStop,
): UndoJob {
  const { settings } = request;
  const { ledger } = open;
  const run = insertRun(ledger, {
    id: session.id,
    command: request.command,
    bookPath: target.bookPath,
    bookName: target.bookName,
    directory: session.directory,
    settings: { overwrite: settings.overwrite, undoes: target.id },
    startedAt: session.startedAt,
  });
  const selection = createSelection(settings);
  return { request, deps, settings, account, session, open, ledger, run, target, selection, stop };
}
