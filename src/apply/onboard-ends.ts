import type { ApiFailure } from '../model/api-failure.ts';
import type { OnboardKind } from '../model/plan.ts';
import { LOOK_UPS } from '../plan/look-ups.ts';
import {
  confirmStep,
  doubtStep,
  lookUpStep,
  refuseStep,
  refuseUser,
  userSentMs,
  type Seen,
} from './onboard-steps.ts';
import { judgeOnboarding } from './onboard-verdict.ts';
import { leaveInDoubt, unfinished } from './row-failure.ts';
import {
  LEFT,
  commitEnding,
  endStep,
  endingOf,
  type RowDeps,
  type RowResult,
  type RowRun,
} from './row-state.ts';

/**
 * Takes in what a look-up shows of a step in doubt: one that is done is confirmed, and one in whose place Google has
 * something else ends the row. Undefined where the row does not end.
 */
export function endSeen(run: RowRun, kind: OnboardKind, seen: Seen, deps: RowDeps): RowResult | undefined {
  if (seen.kind === 'done') {
    run.resolvedBy = LOOK_UPS[kind];
    confirmStep(run, seen.confirmed, deps, true);
    return undefined;
  }
  if (seen.kind !== 'other') return undefined;
  refuseStep(run, kind, seen.cause.code, deps);
  return commitEnding(run, endingOf(run, 'blocked', [seen.cause], deps), deps);
}

/** The step stays in doubt: settled at the end of the run, or by the next one. */
export function endDoubted(run: RowRun, failure: ApiFailure, deps: RowDeps): RowResult {
  // The doubt is an earlier run's, and stands in the ledger: nothing of this step has left in this run.
  if (run.intended !== run.step) return putBack(run, failure, deps);
  doubtStep(run, failure.code, deps);
  return leaveInDoubt(run, failure, deps);
}

function putBack(run: RowRun, failure: ApiFailure, deps: RowDeps): RowResult {
  if (run.step === 0 && run.tenant === undefined) return LEFT;
  return commitEnding(run, endingOf(run, 'unprocessed', [unfinished(failure)], deps), deps);
}

/** Nothing left for this step: a row that is begun is told as such, any other is put back. */
export function endUnsent(run: RowRun, kind: OnboardKind, failure: ApiFailure, deps: RowDeps): RowResult {
  if (run.mayBeThere !== undefined && kind !== 'admin') return endDoubted(run, failure, deps);
  if (kind === 'user') refuseStep(run, kind, failure.code, deps);
  else if (run.intended === run.step) endStep(run, 'failed', failure.code, deps);
  return putBack(run, failure, deps);
}

/** Google said no to this try: an end where no earlier one can have had its effect. */
export async function endRefused(
  run: RowRun,
  kind: OnboardKind,
  failure: ApiFailure,
  deps: RowDeps,
): Promise<RowResult | undefined> {
  const { outcome, cause } = judgeOnboarding(kind, failure);
  const isDoubted = run.mayBeThere !== undefined;
  if (kind === 'user') {
    const end = await lookBehindNo(run, failure, isDoubted, deps);
    if (end !== 'no') return end;
  } else if (isDoubted) doubtStep(run, failure.code, deps);
  else refuseStep(run, kind, failure.code, deps);
  return commitEnding(run, endingOf(run, outcome, [cause], deps), deps);
}

/**
 * A user may be there although this try was refused: by an earlier one, or because an insert that was answered 400 has
 * made its user all the same (DeviaVir/terraform-provider-gsuite, issue 55). `no`: none is seen; its password is kept where
 * one may yet be.
 */
async function lookBehindNo(
  run: RowRun,
  failure: ApiFailure,
  isDoubted: boolean,
  deps: RowDeps,
): Promise<RowResult | undefined | 'no'> {
  const isOdd = failure.code === 'INVALID_ARGUMENT';
  if (!isDoubted && !isOdd) {
    refuseStep(run, 'user', failure.code, deps);
    return 'no';
  }
  const seen = await lookUpStep(run, 'user', deps);
  if (seen.kind === 'done') return endSeen(run, 'user', seen, deps);
  const sentMs = userSentMs(run, deps) ?? deps.clock.now();
  const isRecent = deps.clock.now() - sentMs < deps.operationTimeoutMs;
  if (isDoubted && !isOdd && isRecent) return endDoubted(run, failure, deps);
  refuseUser(run, failure.code, deps);
  return 'no';
}
