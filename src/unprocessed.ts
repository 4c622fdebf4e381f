import { ACTIONS, type Action } from './model/action.ts';
import type { FatalError } from './model/fatal.ts';
import type { RowEnding } from './model/row-ending.ts';

/** The end of a row that the run never came to. */
export function unprocessedEnding(action: string, reason: FatalError | undefined, at: string): RowEnding {
  return {
    outcome: 'unprocessed',
    action: isAction(action) ? action : 'auto',
    causes: [
      {
        code: reason?.code ?? 'run.ended',
        message: `not processed: ${reason?.message ?? 'the run ended before this row'}`,
        hint: reason?.next ?? 'Apply the book again.',
      },
    ],
    attempts: 0,
    calls: 0,
    checkedBy: 'local',
    finishedAt: at,
    changedFields: [],
  };
}

function isAction(action: string): action is Action {
  return ACTIONS.some((known) => known === action);
}
