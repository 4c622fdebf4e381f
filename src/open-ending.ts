import type { OpenRow } from './ledger/rows.ts';
import { ACTIONS, type Action } from './model/action.ts';
import type { FatalError } from './model/fatal.ts';
import type { Cause, RowEnding } from './model/row-ending.ts';

/**
 * The end of a row that the run has not brought to one: `unprocessed`, or `ambiguous` where a write of it has left
 * and what came of it is not written down.
 */
export function openEnding(
  { action, begun }: OpenRow,
  reason: FatalError | undefined,
  at: string,
): RowEnding {
  return {
    outcome: begun ? 'ambiguous' : 'unprocessed',
    action: isAction(action) ? action : 'auto',
    causes: [begun ? unknownEnd(reason) : notReached(reason)],
    attempts: begun ? 1 : 0,
    calls: begun ? 1 : 0,
    checkedBy: begun ? 'google' : 'local',
    finishedAt: at,
    changedFields: [],
  };
}

function notReached(reason: FatalError | undefined): Cause {
  return {
    code: reason?.code ?? 'run.ended',
    message: `not processed: ${reason?.message ?? 'the run ended before this row'}`,
    hint: reason?.next ?? 'Type the same command again.',
  };
}

function unknownEnd(reason: FatalError | undefined): Cause {
  return {
    code: reason?.code ?? 'run.ended',
    message: `a write was sent, and the run ended before its end was known: ${reason?.message ?? ''}`,
    hint: 'Apply the book again: it lists what is there before it sends anything.',
  };
}

function isAction(action: string): action is Action {
  return ACTIONS.some((known) => known === action);
}
