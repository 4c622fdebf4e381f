import PQueue from 'p-queue';
import { stopForCrash, tooManyErrors } from '../apply/run-stop.ts';
import { rowsToUndo } from '../ledger/undo.ts';
import { FatalError } from '../model/fatal.ts';
import type { RowEnding } from '../model/row-ending.ts';
import { createCommonCause, noteEnding, type CommonCause } from '../snapshot/common-cause.ts';
import { undoRow, type UndoDeps } from './undo-row.ts';

export interface UndoOptions {
  /** `--concurrency`. */
  readonly concurrency: number;
  /** `--max-errors` as a number of rows. */
  readonly maxErrors: number | undefined;
  /** `--max-errors` as it was given, for the message. */
  readonly maxErrorsText: string;
  /** So many first rows that fail for one reason that is not theirs stop the run. */
  readonly commonCauseRows: number;
  readonly onRow: (ending: RowEnding, row: number) => void;
}

/** Rows fetched from the ledger at a time. */
const CHUNK = 200;

/** A row that waits for a retry or for quota holds no call slot: others go on meanwhile, so many are open. */
const LEAST_OPEN_ROWS = 16;

/**
 * Undoes every row that was taken, then looks once more at those whose patch is in doubt. Resolves when all have
 * ended, or the run was stopped.
 */
export async function undoRows(deps: UndoDeps, options: UndoOptions): Promise<void> {
  const common = createCommonCause(options.commonCauseRows);
  await undoEach('read', common, deps, options);
  await undoEach('in-doubt', common, deps, options);
}

async function undoEach(
  state: 'read' | 'in-doubt',
  common: CommonCause,
  deps: UndoDeps,
  options: UndoOptions,
): Promise<void> {
  const { stop } = deps;
  const queue = new PQueue({ concurrency: Math.max(LEAST_OPEN_ROWS, options.concurrency * 2) });
  let errors = 0;
  let after = 0;
  let crash: { readonly error: unknown } | undefined;

  function onEnded(ending: RowEnding, row: number): void {
    options.onRow(ending, row);
    if (ending.outcome === 'failed' || ending.outcome === 'blocked') errors += 1;
    if (options.maxErrors !== undefined && errors >= options.maxErrors) {
      stop.end(tooManyErrors(errors, options.maxErrorsText));
    }
    const cause = noteEnding(common, 'undo', ending, [ending.customer, ending.cloudIdentityId]);
    if (cause !== undefined) stop.end(cause);
  }

  function onCrash(error: unknown): void {
    crash ??= { error };
    stopForCrash(stop, error);
  }

  function mayStart(): boolean {
    return crash === undefined && !stop.ending.aborted;
  }

  while (mayStart()) {
    const rows = rowsToUndo(deps.ledger, deps.run, deps.source.seq, state, after, CHUNK);
    if (rows.length === 0) break;
    for (const row of rows) {
      await queue.onSizeLessThan(1);
      if (!mayStart()) break;
      after = row.written.row;
      void queue.add(() =>
        undoRow(row, deps).then((result) => {
          if (result.kind === 'ended') onEnded(result.ending, row.written.row);
        }, onCrash),
      );
    }
  }
  await queue.onIdle();
  if (crash !== undefined && !(crash.error instanceof FatalError)) throw crash.error;
}
