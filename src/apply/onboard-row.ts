import { waitRow, type PlannedRow } from '../ledger/rows.ts';
import { isLanguageInDoubt } from '../ledger/steps.ts';
import { tenantById } from '../ledger/tenants.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import { isOnboardStep, type OnboardKind } from '../model/plan.ts';
import { runFault } from '../snapshot/run-fault.ts';
import { settleTakenAddress, settleTakenDomain } from './onboard-conflicts.ts';
import { endDoubted, endRefused, endSeen, endUnsent } from './onboard-ends.ts';
import { carryPassword } from './onboard-password.ts';
import {
  confirmStep,
  doubtStep,
  lookUpStep,
  sendStep,
  sentBefore,
  tenantId,
  userSentMs,
} from './onboard-steps.ts';
import { incompleteUser, judgeOnboarding } from './onboard-verdict.ts';
import { FIRST_POLL_MS, nextPollMs } from './poll-delays.ts';
import { RUN_ENDED, isRunsOwn } from './row-failure.ts';
import { rowSignal } from './row-signal.ts';
import {
  commitEnding,
  endStep,
  endingOf,
  startRow,
  type RowDeps,
  type RowResult,
  type RowRun,
} from './row-state.ts';

/** Runs a row that is to be onboarded, from its first step. */
export async function runOnboarding(row: PlannedRow, deps: RowDeps): Promise<RowResult> {
  const run = startRow(row, undefined, deps);
  if (!row.plan.steps.some(({ kind }) => kind === 'user')) carryPassword(run, deps);
  return goOnboarding(run, deps);
}

/**
 * Does the steps that are still to be done, in order, each as intent → call → outcome in the ledger, and ends the row.
 *
 * A step is in one of these states:
 *
 * - not sent: nothing of it can be at Google.
 * - it may be there (`mayBeThere`): it was sent, by this run or an earlier one, without a certain answer. Whatever a later
 *   try is answered, this stands until a look-up or a success says otherwise: its password is kept, its step stays open in
 *   the ledger, and a refusal of the later try is no end of it.
 * - done: by an answer or a look-up.
 *
 * A step without a certain answer is looked up at once, and, where it is not there, again by `settle` when late effects
 * have shown. A user that Google has not finished making leaves the row `incomplete`.
 */
export async function goOnboarding(run: RowRun, deps: RowDeps): Promise<RowResult> {
  const steps = run.row.plan.steps.filter(isOnboardStep);
  run.begun = run.step > 0 || run.attempts > 0;
  const control = rowSignal(deps.stop, () => run.begun);
  try {
    for (let step = steps[run.step]; step !== undefined; step = steps[run.step]) {
      const end = await runStep(run, step.kind, control.signal, deps);
      if (end !== undefined) return end;
      run.step += 1;
    }
    return commitEnding(run, endingOf(run, 'done', [], deps), deps);
  } finally {
    control.release();
  }
}

/** Inserts that are answered 503 without their effect, one after the other; each has made the bucket wait. */
const MOST_REPEATS = 10;

/** Undefined where the step is done, and the row goes on. */
async function runStep(
  run: RowRun,
  kind: OnboardKind,
  signal: AbortSignal,
  deps: RowDeps,
): Promise<RowResult | undefined> {
  run.mayBeThere ??= sentBefore(run, kind, deps);
  if (kind === 'language' && isLanguageInDoubt(deps.ledger, deps.run, tenantId(run))) {
    const seen = await lookUpStep(run, kind, deps);
    if (seen.kind === 'done') return endSeen(run, kind, seen, deps);
  }
  let repeats = 0;
  let unsent: ApiFailure | undefined;
  for (;;) {
    // Once a turn: who is let through to try and then asks again waits for the news that it was to bring.
    if (unsent !== undefined || !run.begun) await deps.outage.clear(signal);
    if (unsent !== undefined && deps.stop.halting.aborted) return endUnsent(run, kind, unsent, deps);
    if (signal.aborted) return endUnsent(run, kind, RUN_ENDED, deps);
    const sent = await sendStep(run, kind, signal, deps);
    run.calls += sent.calls;
    deps.outage.heard(sent.kind === 'failed' ? sent.failure : undefined);
    if (sent.kind === 'ok') {
      confirmStep(run, sent.value, deps);
      return undefined;
    }
    const { failure } = sent;
    if (kind === 'admin' && isIncomplete(failure)) return waitForUser(run, failure, deps);
    if (failure.effect === 'unknown') {
      run.mayBeThere = run.row.customer;
      const end = await lookIntoDoubt(run, kind, failure, deps);
      if (end !== 'again') return end;
      repeats += 1;
      if (repeats >= MOST_REPEATS || deps.stop.halting.aborted) return endDoubted(run, failure, deps);
      continue;
    }
    if (failure.class !== 'unreachable') return endSent(run, kind, failure, deps);
    // No connection was opened: the row is as it was, and waits like those that have not begun.
    run.begun = run.step > 0;
    unsent = failure;
  }
}

/**
 * A step without a certain answer. `again`: an insert is not there, and the answer was the Reseller API's 503, which means
 * quota (https://developers.google.com/workspace/admin/reseller/v1/limits) and has made the bucket wait. Only a domain's:
 * Google lets it be taken once, so that a late effect can do no more than make the second insert a 409.
 */
async function lookIntoDoubt(
  run: RowRun,
  kind: OnboardKind,
  failure: ApiFailure,
  deps: RowDeps,
): Promise<RowResult | undefined | 'again'> {
  doubtStep(run, failure.code, deps);
  if (deps.stop.drained.aborted) return endDoubted(run, failure, deps);
  const seen = await lookUpStep(run, kind, deps);
  const isQuota = failure.class === 'quota' && kind === 'insert' && run.row.customer.type === 'domain';
  if (seen.kind === 'absent' && isQuota && !deps.stop.ending.aborted) return 'again';
  const end = endSeen(run, kind, seen, deps);
  return end === undefined && seen.kind !== 'done' ? endDoubted(run, failure, deps) : end;
}

/** Google said no to this try, or it was not made. */
async function endSent(
  run: RowRun,
  kind: OnboardKind,
  failure: ApiFailure,
  deps: RowDeps,
): Promise<RowResult | undefined> {
  if (failure.class === 'unauthenticated' || failure.class === 'run')
    deps.stop.end(runFault(failure, 'applying rows'));
  if (isRunsOwn(failure)) return endUnsent(run, kind, failure, deps);
  if (failure.code === 'ALREADY_EXISTS' && failure.class === 'refused') {
    if (kind === 'insert') return settleTakenDomain(run, failure, deps);
    if (kind === 'user') {
      const end = await settleTakenAddress(run, failure, deps);
      return end === 'making' ? waitWith(run, failure, deps) : end;
    }
  }
  return endRefused(run, kind, failure, deps);
}

/** In the minutes after a user was made (Directory API v1, "Users: insert"). */
function isIncomplete({ class: kind, code, reason }: ApiFailure): boolean {
  return (
    kind === 'refused' &&
    reason !== 'domainCannotUseApis' &&
    ['PERMISSION_DENIED', 'NOT_FOUND', 'FAILED_PRECONDITION'].includes(code)
  );
}

/** The row waits, holding no slot, while Google finishes making the user; for as long as operations are waited for. */
function waitForUser(run: RowRun, failure: ApiFailure, deps: RowDeps): RowResult {
  endStep(run, 'failed', failure.code, deps);
  const madeMs = tenantById(deps.ledger, tenantId(run))?.userMs ?? deps.clock.now();
  if (deps.clock.now() - madeMs < deps.operationTimeoutMs) return waitWith(run, failure, deps);
  const { outcome, cause } = judgeOnboarding('admin', failure);
  return commitEnding(run, endingOf(run, outcome, [cause], deps), deps);
}

function waitWith(run: RowRun, failure: ApiFailure, deps: RowDeps): RowResult {
  run.pollMs = run.pollMs === undefined ? FIRST_POLL_MS : nextPollMs(run.pollMs);
  run.waitsAfter = failure;
  waitRow(deps.ledger, deps.run, run.row.row, endingOf(run, 'unprocessed', [incompleteUser(failure)], deps));
  return { kind: 'incomplete', run };
}

/** Takes a row up again whose user was not complete. */
export async function finishUser(run: RowRun, deps: RowDeps): Promise<RowResult> {
  const { drained } = deps.stop;
  await deps.clock.sleep(run.pollMs ?? FIRST_POLL_MS, drained).catch(() => undefined);
  const kind = run.row.plan.steps.filter(isOnboardStep)[run.step]?.kind ?? 'admin';
  if (drained.aborted) return endUnsent(run, kind, RUN_ENDED, deps);
  // One that may be there and is not shown yet is looked for, not sent again and again.
  if (kind === 'user') {
    const seen = await lookUpStep(run, kind, deps);
    const end = endSeen(run, kind, seen, deps);
    if (end !== undefined) return end;
    if (seen.kind === 'done') run.step += 1;
    else if (deps.clock.now() - (userSentMs(run, deps) ?? 0) < deps.operationTimeoutMs)
      return waitWith(run, run.waitsAfter ?? RUN_ENDED, deps);
  }
  return goOnboarding(run, deps);
}
