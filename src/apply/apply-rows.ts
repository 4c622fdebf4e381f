import PQueue from 'p-queue';
import { APPLY_START, ROW_FAMILIES, plannedRows, type PlannedRow, type RowFamily } from '../ledger/rows.ts';
import { FatalError } from '../model/fatal.ts';
import type { RowEnding } from '../model/row-ending.ts';
import { createCommonCause, noteEnding, ownWords } from '../snapshot/common-cause.ts';
import { later } from './later.ts';
import { runOnboarding } from './onboard-row.ts';
import { runRow } from './run-row.ts';
import type { RowDeps, RowResult } from './row-state.ts';
import { stopForCrash, tooManyErrors } from './run-stop.ts';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts';

export interface ApplyOptions {
  /** Calls at a time; `--concurrency`. */
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

/** Runs every planned row; resolves when all have ended, are in doubt, or the run was stopped. */
export async function applyRows(deps: RowDeps, options: ApplyOptions): Promise<void> {
  const openRows = Math.max(LEAST_OPEN_ROWS, options.concurrency * 2);
  const waiting: WaitingRoom = createWaitingRoom();
  const common = createCommonCause(options.commonCauseRows);
  let errors = 0;
  let crash: { readonly error: unknown } | undefined;

  function onResult(result: RowResult, planned: PlannedRow): void {
    if (result.kind === 'left') return;
    if (result.kind !== 'ended') {
      waiting.add(
        later(result, deps).then((next) => {
          onResult(next, planned);
        }, onCrash),
      );
      return;
    }
    const { ending } = result;
    options.onRow(ending, planned.row);
    if (ending.outcome === 'failed' || ending.outcome === 'blocked') errors += 1;
    if (options.maxErrors !== undefined && errors >= options.maxErrors) {
      deps.stop.halt(tooManyErrors(errors, options.maxErrorsText));
    }
    const own = [...ownWords(planned.customer), ending.customer, ending.cloudIdentityId];
    const cause = noteEnding(common, familyOf(planned), ending, own);
    if (cause !== undefined) deps.stop.halt(cause);
  }

  function onCrash(error: unknown): void {
    crash ??= { error };
    stopForCrash(deps.stop, error);
  }

  function mayStart(): boolean {
    return crash === undefined && !deps.stop.halting.aborted;
  }

  /** Each family has its own open rows: one that waits for its API's quota must not keep the other from its own. */
  async function startFamily(family: RowFamily): Promise<void> {
    const queue = new PQueue({ concurrency: openRows });
    const runIt = family === 'onboard' ? runOnboarding : runRow;
    let position = APPLY_START;
    while (mayStart()) {
      const rows = plannedRows(deps.ledger, deps.run, position, CHUNK, family);
      if (rows.length === 0) break;
      for (const { planned, position: place } of rows) {
        await queue.onSizeLessThan(1);
        await waiting.hasRoom();
        if (!mayStart()) break;
        position = place;
        void queue.add(() =>
          runIt(planned, deps).then((result) => {
            onResult(result, planned);
          }, onCrash),
        );
      }
    }
    await queue.onIdle();
  }

  await Promise.all(ROW_FAMILIES.map(startFamily));
  await waiting.isEmpty();
  if (crash !== undefined && !(crash.error instanceof FatalError)) throw crash.error;
}

function familyOf({ plan }: PlannedRow): RowFamily {
  return plan.action === 'onboard' ? 'onboard' : 'channel';
}
