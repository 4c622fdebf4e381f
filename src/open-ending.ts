import type { OpenRow } from './ledger/rows.ts';
import type { VanishedRow } from './ledger/vanished.ts';
import { assertNever } from './model/assert-never.ts';
import { ACTIONS, type Action } from './model/action.ts';
import { EXIT, FatalError } from './model/fatal.ts';
import type { Cause, RowEnding } from './model/row-ending.ts';

/**
 * The end of a row that the run has not brought to one: `unprocessed`, or `ambiguous` where a write of it has left
 * and what came of it is not written down.
 */
export function openEnding(open: OpenRow, reason: FatalError | undefined, at: string): RowEnding {
  const { action, progress, sends, calls, tenant } = open;
  const hasSent = progress !== 'none';
  return {
    outcome: progress === 'unknown' ? 'ambiguous' : 'unprocessed',
    action: isAction(action) ? action : 'auto',
    causes: [causeOf(progress, reason)],
    cloudIdentityId: tenant,
    attempts: sends,
    calls,
    checkedBy: hasSent ? 'google' : 'local',
    finishedAt: at,
    changedFields: [],
  };
}

/** The end of a row that an interrupted run had, and that was taken out of the book before it was resumed. */
export function vanishedEnding({ action, progress, sends }: VanishedRow, at: string): RowEnding {
  const open: OpenRow = {
    action,
    doubt: undefined,
    progress,
    sends,
    calls: sends,
    tenant: undefined,
  };
  return openEnding(open, GONE, at);
}

const GONE = new FatalError(
  EXIT.tryAgain,
  'row.vanished',
  'the row is not in the book any more',
  'Put the row back into the book to go on with it.',
);

function causeOf(progress: OpenRow['progress'], reason: FatalError | undefined): Cause {
  switch (progress) {
    case 'none':
      return notReached(reason);
    case 'begun':
      return unfinished(reason);
    case 'unknown':
      return unknownEnd(reason);
    default:
      return assertNever(progress);
  }
}

function unfinished(reason: FatalError | undefined): Cause {
  return {
    code: reason?.code ?? 'run.ended',
    message: `begun, but the run ended before the rest of the row was written: ${reason?.message ?? ''}`,
    hint: reason?.next ?? 'Apply the book again: it goes on with what is missing.',
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
    hint: reason?.next ?? 'Apply the book again: it lists what is there before it sends anything.',
  };
}

function isAction(action: string): action is Action {
  return ACTIONS.some((known) => known === action);
}
