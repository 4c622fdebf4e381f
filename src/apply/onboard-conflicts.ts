import { tenantById } from '../ledger/tenants.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import { askOnboarding, lookAtUser } from '../plan/ask-onboarding.ts';
import { decideOnboard, type OnboardDecision, type OnboardQuestion } from '../plan/decide-onboard.ts';
import { foreignTenant, notTheAdmin, teamTaken, userWasThere } from '../plan/onboard-causes.ts';
import {
  NOTHING_KNOWN,
  fitsInsert,
  hasRowsNames,
  isNamedUser,
  type OnboardFacts,
} from '../plan/tenant-facts.ts';
import { LOOK_UPS } from '../plan/look-ups.ts';
import { endDoubted } from './onboard-ends.ts';
import {
  adminEmail,
  confirmStep,
  doubtStep,
  refuseStep,
  refuseUser,
  tenantId,
  userSentMs,
} from './onboard-steps.ts';
import { addressTaken, addressUndecided, judgeOnboarding } from './onboard-verdict.ts';
import { addToNote, commitEnding, endingOf, type RowDeps, type RowResult, type RowRun } from './row-state.ts';

/** A 409 of `customers.insert`: whose the customer is that Google has decides (contract, section 3). */
export async function settleTakenDomain(
  run: RowRun,
  failure: ApiFailure,
  deps: RowDeps,
): Promise<RowResult | undefined> {
  const { mayBeThere } = run;
  const answered = await askAll(run, deps);
  if (answered.kind === 'failed') {
    if (mayBeThere !== undefined || answered.failure.class === 'aborted')
      return endDoubted(run, answered.failure, deps);
    refuseStep(run, 'insert', failure.code, deps);
    const { cause } = judgeOnboarding('insert', answered.failure);
    return commitEnding(run, endingOf(run, 'failed', [cause], deps), deps);
  }
  const { decision, tenant } = answered;
  const isOurWork =
    tenant?.kind === 'ours' && mayBeThere !== undefined && fitsInsert(mayBeThere, tenant.customer);
  if (isOurWork) {
    run.resolvedBy = LOOK_UPS.insert;
    confirmStep(run, { kind: 'insert', customer: tenant.customer }, deps, true);
    return undefined;
  }
  // What came of an insert in doubt is not told by a customer that is none of ours.
  if (mayBeThere !== undefined && tenant?.kind !== 'ours' && tenant?.kind !== 'foreign')
    return endDoubted(run, failure, deps);
  refuseStep(run, 'insert', failure.code, deps);
  if (decision.kind !== 'settled' || tenant?.kind === 'free') {
    const cause = run.row.customer.type === 'team' ? teamTaken(failure) : foreignTenant(undefined, failure);
    return commitEnding(run, endingOf(run, 'blocked', [cause], deps), deps);
  }
  run.tenant = decision.plan.tenant;
  return commitEnding(run, endingOf(run, decision.outcome, decision.causes, deps), deps);
}

type Answered =
  | {
      readonly kind: 'answered';
      readonly decision: Exclude<OnboardDecision, OnboardQuestion>;
      readonly tenant: OnboardFacts['tenant'];
    }
  | { readonly kind: 'failed'; readonly failure: ApiFailure };

/** Decides the row anew from what Google has now. */
async function askAll(run: RowRun, deps: RowDeps): Promise<Answered> {
  let facts: OnboardFacts = { ...NOTHING_KNOWN, sentInsert: run.mayBeThere };
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

/**
 * A 409 of `users.insert`: the intended user → go on; otherwise a person decides. `making`: an earlier try of ours may
 * have made a user that Google does not show yet; it is looked for until its time is over.
 */
export async function settleTakenAddress(
  run: RowRun,
  failure: ApiFailure,
  deps: RowDeps,
): Promise<RowResult | undefined | 'making'> {
  const look = await lookAtUser(adminEmail(run), deps.onboarding, deps.stop.drained);
  run.calls += look.calls;
  const isDoubted = run.mayBeThere !== undefined;
  if (look.kind === 'failed') {
    if (isDoubted || look.failure.class === 'aborted') return endDoubted(run, look.failure, deps);
    refuseStep(run, 'user', failure.code, deps);
    const { cause } = judgeOnboarding('user', look.failure);
    return commitEnding(run, endingOf(run, 'failed', [cause], deps), deps);
  }
  const found = look.value;
  if (found.kind !== 'there') return settleUnseen(run, failure, isDoubted, deps);
  const isMaybeOurs = isDoubted || run.wasRefused;
  const { customer } = run.row;
  const isNamed = isNamedUser(customer, found.user, tenantId(run));
  const sent = tenantById(deps.ledger, tenantId(run))?.sentNames;
  if (!isNamed || !hasRowsNames(customer, found.user, isMaybeOurs ? sent : undefined)) {
    refuseStep(run, 'user', failure.code, deps);
    return commitEnding(run, endingOf(run, 'blocked', [notTheAdmin(found.user)], deps), deps);
  }
  run.resolvedBy = LOOK_UPS.user;
  if (!isMaybeOurs) {
    addToNote(run, userWasThere());
    refuseStep(run, 'user', failure.code, deps);
  }
  confirmStep(run, { kind: 'user' }, deps, true);
  return undefined;
}

/** The address is taken, and Google shows no user there: a group, an alias elsewhere, or a user that is being made. */
function settleUnseen(
  run: RowRun,
  failure: ApiFailure,
  isDoubted: boolean,
  deps: RowDeps,
): RowResult | 'making' {
  if (!isDoubted) {
    if (run.wasRefused) refuseUser(run, failure.code, deps);
    else refuseStep(run, 'user', failure.code, deps);
    return commitEnding(run, endingOf(run, 'blocked', [addressTaken(failure)], deps), deps);
  }
  doubtStep(run, failure.code, deps);
  const sentMs = userSentMs(run, deps) ?? deps.clock.now();
  if (deps.clock.now() - sentMs < deps.operationTimeoutMs) return 'making';
  return commitEnding(run, endingOf(run, 'ambiguous', [addressUndecided(failure)], deps), deps);
}
