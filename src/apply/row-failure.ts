import { doubtRow } from '../ledger/rows.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { Cause } from '../model/row-ending.ts';
import { LEFT, commitEnding, endingOf, type RowDeps, type RowResult, type RowRun } from './row-state.ts';
import { doubtCause } from './verdict.ts';

/** The run ended while a row waited for its turn. */
export const RUN_ENDED: ApiFailure = {
  class: 'aborted',
  effect: 'none',
  httpStatus: undefined,
  code: 'ABORTED_BY_RUN',
  reason: undefined,
  message: 'the run ended before this was sent',
  retryAfterMs: undefined,
};

/** Failures that say nothing about the row: it is put back for the next run. */
export function isRunsOwn(failure: ApiFailure): boolean {
  return ['unauthenticated', 'run', 'aborted', 'unreachable'].includes(failure.class);
}

export function unfinished(failure: ApiFailure): Cause {
  return {
    code: failure.code,
    reason: failure.reason,
    message: `begun, but the run ended before the rest of the row was written: ${failure.message}`,
    hint: 'Apply the book again: it goes on with what is missing.',
  };
}

/** A second doubt, or one that cannot be looked into because the run is being cut off, stays a doubt. */
export function leaveInDoubt(run: RowRun, failure: ApiFailure, deps: RowDeps): RowResult {
  const doubt = endingOf(run, 'ambiguous', [doubtCause(failure)], deps);
  if (run.doubted === run.step) return commitEnding(run, doubt, deps);
  doubtRow(deps.ledger, deps.run, run.row.row, doubt);
  return LEFT;
}
