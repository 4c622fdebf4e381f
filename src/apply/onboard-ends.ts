import { closeStep } from '../ledger/steps.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { OnboardKind } from '../model/plan.ts';
import { hasRowsNames } from '../plan/tenant-facts.ts';
import { withdrawPassword } from './onboard-password.ts';
import { LOOK_UPS, confirmStep, doubtStep, lookUpStep, refuseStep, type Seen } from './onboard-steps.ts';
import { judgeOnboarding } from './onboard-verdict.ts';
import { leaveInDoubt, unfinished } from './row-failure.ts';
import {
  LEFT,
  commitEnding,
  endingOf,
  stepPlace,
  timestamp,
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
    confirmStep(run, seen.confirmed, deps);
    return undefined;
  }
  if (seen.kind !== 'other') return undefined;
  refuseStep(run, kind, seen.cause.code, deps);
  return commitEnding(run, endingOf(run, 'blocked', [seen.cause], deps), deps);
}

/** The step stays in doubt: settled at the end of the run, or by the next one. */
export function endDoubted(run: RowRun, failure: ApiFailure, deps: RowDeps): RowResult {
  doubtStep(run, failure.code, deps);
  return leaveInDoubt(run, failure, deps);
}

/** Nothing left for this step: a row that is begun is told as such, any other is put back. */
export function endUnsent(run: RowRun, kind: OnboardKind, failure: ApiFailure, deps: RowDeps): RowResult {
  if (run.mayBeThere !== undefined && kind !== 'admin') return endDoubted(run, failure, deps);
  if (run.attempts > 0)
    closeStep(deps.ledger, stepPlace(run, run.step, deps), 'failed', failure.code, timestamp(deps));
  withdrawPassword(run, deps);
  if (run.step === 0 && run.tenant === undefined) return LEFT;
  return commitEnding(run, endingOf(run, 'unprocessed', [unfinished(failure)], deps), deps);
}

/** Google said no to this try: an end where no earlier one can have had its effect. */
export async function endRefused(
  run: RowRun,
  kind: OnboardKind,
  failure: ApiFailure,
  deps: RowDeps,
): Promise<RowResult | undefined> {
  const isRowsOwn = failure.code === 'INVALID_ARGUMENT';
  const isDoubted = run.mayBeThere !== undefined;
  // An insert that was answered 400 has made its user all the same (DeviaVir/terraform-provider-gsuite, issue 55).
  if (kind === 'user' && (isDoubted || isRowsOwn)) {
    const seen = await lookUpStep(run, kind, deps);
    if (
      seen.kind === 'done' &&
      (isDoubted || (seen.user !== undefined && hasRowsNames(run.row.customer, seen.user)))
    )
      return endSeen(run, kind, seen, deps);
  }
  if (isDoubted && !isRowsOwn) return endDoubted(run, failure, deps);
  const { outcome, cause } = judgeOnboarding(kind, failure);
  if (isDoubted) doubtStep(run, failure.code, deps);
  else refuseStep(run, kind, failure.code, deps);
  return commitEnding(run, endingOf(run, outcome, [cause], deps), deps);
}
