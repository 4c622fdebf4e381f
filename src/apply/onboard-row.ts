import { waitRow, type PlannedRow } from '../ledger/rows.ts';
import { tenantById } from '../ledger/tenants.ts';
import { closeStep } from '../ledger/steps.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import { isOnboardStep, type OnboardKind } from '../model/plan.ts';
import type { Cause } from '../model/row-ending.ts';
import { askOnboarding, lookAtUser } from '../plan/ask-onboarding.ts';
import { decideOnboard, type OnboardDecision } from '../plan/decide-onboard.ts';
import { foreignTenant, notTheAdmin, userWasThere } from '../plan/onboard-causes.ts';
import { hasRowsNames, isNamedUser, type OnboardFacts } from '../plan/tenant-facts.ts';
import { runFault } from '../snapshot/run-fault.ts';
import { PASSWORD_LOST, carryPassword } from './onboard-password.ts';
import {
  LOOK_UPS,
  adminEmail,
  confirmStep,
  lookUpStep,
  mayBeSentBefore,
  refuseStep,
  sendStep,
  tenantId,
  type Seen,
} from './onboard-steps.ts';
import { addressTaken, incompleteUser, judgeOnboarding } from './onboard-verdict.ts';
import { FIRST_POLL_MS, nextPollMs } from './poll-delays.ts';
import { RUN_ENDED, isRunsOwn, leaveInDoubt, unfinished } from './row-failure.ts';
import { rowSignal } from './row-signal.ts';
import {
  LEFT,
  commitEnding,
  endingOf,
  startRow,
  stepPlace,
  timestamp,
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
 * A step without a certain answer is looked up at once: done, it is gone on from; not there, the row is `left` in doubt
 * and settled when late effects have shown. A user that Google has not finished making leaves the row `incomplete`.
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

/** Undefined where the step is done, and the row goes on. */
async function runStep(
  run: RowRun,
  kind: OnboardKind,
  signal: AbortSignal,
  deps: RowDeps,
): Promise<RowResult | undefined> {
  let isSentBefore = mayBeSentBefore(run, kind, deps);
  for (;;) {
    if (!run.begun) await deps.outage.clear(signal);
    if (signal.aborted) return endUnsent(run, RUN_ENDED, deps);
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
      isSentBefore = true;
      const end = await lookIntoDoubt(run, kind, failure, deps);
      if (end !== 'again') return end;
      continue;
    }
    if (failure.class !== 'unreachable') return endRefused(run, kind, failure, isSentBefore, deps);
    // No connection was opened: the row is as it was, and waits like those that have not begun.
    run.begun = run.step > 0;
    await deps.outage.clear(signal);
    if (deps.stop.halting.aborted) return endUnsent(run, failure, deps);
  }
}

/**
 * A step without a certain answer. `again`: it is not there, and the answer was the Reseller API's 503, which means quota
 * (https://developers.google.com/workspace/admin/reseller/v1/limits) and has made the bucket wait.
 */
async function lookIntoDoubt(
  run: RowRun,
  kind: OnboardKind,
  failure: ApiFailure,
  deps: RowDeps,
): Promise<RowResult | undefined | 'again'> {
  closeStep(deps.ledger, stepPlace(run, run.step, deps), 'in-doubt', failure.code, timestamp(deps));
  if (deps.stop.drained.aborted) return leaveInDoubt(run, failure, deps);
  const seen = await lookUpStep(run, kind, deps);
  if (seen.kind === 'absent' && failure.class === 'quota' && !deps.stop.ending.aborted) return 'again';
  return endSeen(run, kind, seen, deps) ?? leaveOrGoOn(run, seen, failure, deps);
}

function leaveOrGoOn(run: RowRun, seen: Seen, failure: ApiFailure, deps: RowDeps): RowResult | undefined {
  return seen.kind === 'done' ? undefined : leaveInDoubt(run, failure, deps);
}

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
  closeStep(deps.ledger, stepPlace(run, run.step, deps), 'failed', seen.cause.code, timestamp(deps));
  return commitEnding(run, endingOf(run, 'blocked', [seen.cause], deps), deps);
}

async function endRefused(
  run: RowRun,
  kind: OnboardKind,
  failure: ApiFailure,
  isSentBefore: boolean,
  deps: RowDeps,
): Promise<RowResult | undefined> {
  if (failure.class === 'unauthenticated' || failure.class === 'run')
    deps.stop.end(runFault(failure, 'applying rows'));
  if (failure.code === 'ALREADY_EXISTS' && failure.class === 'refused') {
    if (kind === 'insert') return settleTakenDomain(run, failure, isSentBefore, deps);
    if (kind === 'user') return settleTakenAddress(run, failure, isSentBefore, deps);
  }
  if (isRunsOwn(failure)) return endUnsent(run, failure, deps);
  refuseStep(run, kind, failure, deps);
  const { outcome, cause } = judgeOnboarding(kind, failure);
  return commitEnding(run, endingOf(run, outcome, [cause], deps), deps);
}

/** Nothing left for this step: a row that is begun is told as such, any other is put back. */
function endUnsent(run: RowRun, failure: ApiFailure, deps: RowDeps): RowResult {
  if (run.attempts > 0)
    closeStep(deps.ledger, stepPlace(run, run.step, deps), 'failed', failure.code, timestamp(deps));
  if (run.step === 0 && run.tenant === undefined) return LEFT;
  return commitEnding(run, endingOf(run, 'unprocessed', [unfinished(failure)], deps), deps);
}

/** A 409 of `customers.insert`: whose the customer is that Google has decides (contract, section 3). */
async function settleTakenDomain(
  run: RowRun,
  failure: ApiFailure,
  isInsertInDoubt: boolean,
  deps: RowDeps,
): Promise<RowResult | undefined> {
  const facts = await askAll(run, isInsertInDoubt, deps);
  if (facts.kind === 'failed') {
    refuseStep(run, 'insert', failure, deps);
    const { cause } = judgeOnboarding('insert', facts.failure);
    return commitEnding(run, endingOf(run, 'failed', [cause], deps), deps);
  }
  const { decision, tenant } = facts;
  const isGoneOn = decision.kind === 'act' || decision.outcome === 'unchanged';
  if (tenant?.kind === 'ours' && isInsertInDoubt && isGoneOn && decision.plan.tenant !== undefined) {
    run.resolvedBy = LOOK_UPS.insert;
    confirmStep(run, { kind: 'insert', customer: tenant.customer }, deps);
    return undefined;
  }
  refuseStep(run, 'insert', failure, deps);
  if (decision.kind !== 'settled' || tenant === undefined || tenant.kind === 'free')
    return commitEnding(run, endingOf(run, 'blocked', [foreignTenant(undefined, failure)], deps), deps);
  run.tenant = decision.plan.tenant;
  return commitEnding(run, endingOf(run, decision.outcome, decision.causes, deps), deps);
}

type Answered =
  | {
      readonly kind: 'answered';
      readonly decision: Exclude<OnboardDecision, Asking>;
      readonly tenant: OnboardFacts['tenant'];
    }
  | { readonly kind: 'failed'; readonly failure: ApiFailure };
type Asking = Extract<OnboardDecision, { readonly kind: 'tenant' | 'own' | 'user' | 'users' }>;

/** Decides the row anew from what Google has now. */
async function askAll(run: RowRun, isInsertInDoubt: boolean, deps: RowDeps): Promise<Answered> {
  let facts: OnboardFacts = {
    tenant: undefined,
    ownTenant: undefined,
    user: undefined,
    hasUsers: undefined,
    own: undefined,
    isInsertInDoubt,
  };
  for (;;) {
    const decision = decideOnboard(run.row.customer, facts);
    if (decision.kind === 'act' || decision.kind === 'settled')
      return { kind: 'answered', decision, tenant: facts.tenant };
    const answer = await askOnboarding(decision, deps.onboarding, deps.stop.drained);
    run.calls += answer.calls;
    if (answer.kind === 'failed') return answer;
    facts = { ...facts, ...answer.value };
  }
}

/** A 409 of `users.insert`: the intended user → go on; otherwise a person decides. */
async function settleTakenAddress(
  run: RowRun,
  failure: ApiFailure,
  isSentBefore: boolean,
  deps: RowDeps,
): Promise<RowResult | undefined> {
  const look = await lookAtUser(adminEmail(run), deps.onboarding, deps.stop.drained);
  run.calls += look.calls;
  const { customer } = run.row;
  const found = look.kind === 'ok' ? look.value : undefined;
  const isThere = found?.kind === 'there';
  const isIntended =
    isThere &&
    isNamedUser(customer, found.user, tenantId(run)) &&
    (isSentBefore || hasRowsNames(customer, found.user));
  // One that we sent before and that is not shown is being made.
  if (isIntended || (isSentBefore && !isThere)) {
    run.resolvedBy = LOOK_UPS.user;
    noteUser(run, failure, isSentBefore, deps);
    confirmStep(run, { kind: 'user' }, deps);
    return undefined;
  }
  refuseStep(run, 'user', failure, deps);
  const cause: Cause = isThere ? notTheAdmin(found.user) : addressTaken(failure);
  return commitEnding(run, endingOf(run, 'blocked', [cause], deps), deps);
}

/** A user that another than this send has made has another password than the one just written down, unless it was ours. */
function noteUser(run: RowRun, failure: ApiFailure, isSentBefore: boolean, deps: RowDeps): void {
  if (isSentBefore && run.password?.isLost !== true) return;
  run.note = isSentBefore ? PASSWORD_LOST : userWasThere();
  refuseStep(run, 'user', failure, deps);
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
  closeStep(deps.ledger, stepPlace(run, run.step, deps), 'failed', failure.code, timestamp(deps));
  const madeMs = tenantById(deps.ledger, tenantId(run))?.userMs ?? deps.clock.now();
  if (deps.clock.now() - madeMs >= deps.operationTimeoutMs) {
    const { outcome, cause } = judgeOnboarding('admin', failure);
    return commitEnding(run, endingOf(run, outcome, [cause], deps), deps);
  }
  run.pollMs = run.pollMs === undefined ? FIRST_POLL_MS : nextPollMs(run.pollMs);
  const ending = endingOf(run, 'unprocessed', [incompleteUser(failure)], deps);
  waitRow(deps.ledger, deps.run, run.row.row, ending);
  return { kind: 'incomplete', run };
}

/** Takes a row up again whose user was not complete. */
export async function finishUser(run: RowRun, deps: RowDeps): Promise<RowResult> {
  const { drained } = deps.stop;
  await deps.clock.sleep(run.pollMs ?? FIRST_POLL_MS, drained).catch(() => undefined);
  return drained.aborted ? endUnsent(run, RUN_ENDED, deps) : goOnboarding(run, deps);
}
