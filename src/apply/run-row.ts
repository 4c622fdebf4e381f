import { forgetContent } from '../ledger/applied.ts';
import { claimCustomer, storeVainOverwrite } from '../ledger/claims.ts';
import { storeOperation } from '../ledger/operations.ts';
import { customerByName } from '../ledger/remote.ts';
import { waitRow, type PlannedRow } from '../ledger/rows.ts';
import {
  closeStep,
  commitIntent,
  provisionDoubtMs,
  supersedeProvisions,
  writtenMask,
} from '../ledger/steps.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import { assertNever } from '../model/assert-never.ts';
import type { Operation } from '../model/operation.ts';
import { isOnboardStep, type OnboardStep, type StepPlan } from '../model/plan.ts';
import type { Cause } from '../model/row-ending.ts';
import { criticalText, differences } from '../plan/compare.ts';
import { sameCustomer, stillDifferent } from '../plan/policy-causes.ts';
import { identityColumn, maskedText } from '../plan/requests.ts';
import { runFault } from '../snapshot/run-fault.ts';
import { runCreate } from './create-step.ts';
import { runImport } from './import-step.ts';
import { runPatch } from './patch-step.ts';
import { runProvision } from './provision-step.ts';
import { RUN_ENDED, isRunsOwn, leaveInDoubt, unfinished } from './row-failure.ts';
import { rowSignal } from './row-signal.ts';
import {
  LEFT,
  endStep,
  commitEnding,
  customerName,
  endingOf,
  remember,
  startRow,
  stepPlace,
  timestamp,
  type RowDeps,
  type RowResult,
  type RowRun,
} from './row-state.ts';
import type { StepContext, StepEnd } from './step.ts';
import { createdMeanwhile, judge, operationCause, provisionInDoubt, sentTwice } from './verdict.ts';

/** A step of the Channel API; those of an onboarding have their own file. */
type ChannelStep = Exclude<StepPlan, OnboardStep>;

/** Runs a planned row from its first step. */
export async function runRow(row: PlannedRow, deps: RowDeps): Promise<RowResult> {
  const { customer } = row.plan;
  const remote = customer === undefined ? undefined : customerByName(deps.ledger, customer)?.customer;
  const run = startRow(row, remote, deps);
  const [first] = channelSteps(run);
  if (customer !== undefined && remote === undefined && first !== undefined) {
    // Nothing is overwritten that nobody has seen: it would leave no before-image.
    const read = await deps.reader.getCustomer(customer, { signal: deps.stop.halting });
    run.calls += read.calls;
    if (read.kind === 'failed') return endFailed(run, first, { ...read.failure, effect: 'none' }, deps);
    run.remote = read.value;
  }
  return goOn(run, deps);
}

function channelSteps({ row }: RowRun): readonly ChannelStep[] {
  return row.plan.steps.filter((step): step is ChannelStep => !isOnboardStep(step));
}

/**
 * Runs the steps of a row that are still to be done, in order, each as intent → call → outcome in the ledger, and
 * ends the row.
 *
 * A row is `left` in doubt (to be settled), or because the run is ending before it sent anything.
 */
export async function goOn(run: RowRun, deps: RowDeps): Promise<RowResult> {
  const steps = channelSteps(run);
  // Also one that is sent once more: what has left is brought to its end.
  run.begun = run.step > 0 || run.attempts > 0;
  const control = rowSignal(deps.stop, () => run.begun);
  try {
    for (let step = steps[run.step]; step !== undefined; step = steps[run.step]) {
      const held = heldBack(run, deps);
      if (held !== undefined) return commitEnding(run, endingOf(run, 'blocked', [held], deps), deps);
      const end = await runStep(run, step, control.signal, deps);
      if (end.kind === 'failed') return await endFailed(run, step, end.failure, deps);
      if (end.kind === 'running') return leaveToOperation(run, end.operation, deps);
      run.remote = end.remote;
      run.changed.push(...end.changed);
      run.step += 1;
    }
    const held = heldBack(run, deps);
    if (held !== undefined) return commitEnding(run, endingOf(run, 'blocked', [held], deps), deps);
    return commitEnding(run, endingOf(run, 'done', [], deps), deps);
  } finally {
    control.release();
  }
}

/**
 * Why a row may not go on with the customer that its first step led to: another row has that customer, or Google's
 * domain or region still contradict the book after an import, so that writing the rest would mix two customers' data.
 */
function heldBack({ row, remote, step }: RowRun, deps: RowDeps): Cause | undefined {
  if (step === 0 || remote === undefined) return undefined;
  const holder = claimCustomer(deps.ledger, deps.run, remote.name, row.row);
  if (holder !== row.row) return sameCustomer(remote.name, holder);
  if (row.plan.action !== 'import' || row.customer.overwrite === 'never') return undefined;
  const critical = differences(row.customer.fields, remote).filter(({ weight }) => weight === 'critical');
  if (critical.length === 0) return undefined;
  storeVainOverwrite(deps.ledger, row.key, row.contentHash, criticalText(remote));
  return stillDifferent(row.customer, remote, critical);
}

async function runStep(run: RowRun, step: ChannelStep, signal: AbortSignal, deps: RowDeps): Promise<StepEnd> {
  const context = contextOf(run, step, signal, deps);
  let unsent: StepEnd | undefined;
  for (;;) {
    // Once a turn: who is let through to try and then asks again waits for the news that it was to bring.
    if (unsent !== undefined || (!run.begun && !isWaitingOnly(step))) await deps.outage.clear(signal);
    if (unsent !== undefined && deps.stop.halting.aborted) return unsent;
    if (signal.aborted) return notSent();
    const end = await send(run, step, context);
    run.calls += end.calls;
    if (end.kind === 'failed') deps.outage.heard(end.failure);
    else if (end.calls > 0) deps.outage.heard(undefined);
    if (end.kind === 'done' && end.calls > 0) closeDone(run, step, end, deps);
    if (end.kind !== 'failed') return end;
    if (end.failure.class !== 'unreachable' || end.failure.effect !== 'none') return end;
    // No connection was opened: the row is as it was, and waits like those that have not begun.
    run.begun = run.step > 0;
    unsent = end;
  }
}

/** It sends nothing: the row asks after what an earlier run began. */
function isWaitingOnly(step: StepPlan): boolean {
  return step.kind === 'provision' && step.operation !== undefined;
}

function contextOf(run: RowRun, step: StepPlan, signal: AbortSignal, deps: RowDeps): StepContext {
  const { sealedToken, customer } = run.row;
  const authToken = sealedToken === undefined ? undefined : deps.sealer.open(sealedToken);
  return {
    account: deps.account,
    customer,
    authToken,
    secrets: authToken === undefined ? [] : [authToken],
    remote: run.remote,
    writer: deps.writer,
    reader: deps.reader,
    signal,
    commitIntent(request, before, mask) {
      run.attempts += 1;
      deps.ledger.transaction(() => {
        const place = stepPlace(run, run.step, deps);
        const at = timestamp(deps);
        const written = step.kind === 'provision' ? customerName(run) : before?.name;
        if (step.kind === 'provision') supersedeProvisions(deps.ledger, deps.run, customerName(run), at);
        // Until this has succeeded nobody knows which content Google has.
        forgetContent(deps.ledger, run.row.key);
        commitIntent(deps.ledger, {
          ...place,
          kind: step.kind,
          request,
          customer: written,
          before,
          mask,
          at,
        });
      });
      run.begun = true;
    },
  };
}

function send(run: RowRun, step: ChannelStep, context: StepContext): Promise<StepEnd> {
  switch (step.kind) {
    case 'import':
      return runImport(step, context);
    case 'create':
      return runCreate(context);
    case 'patch':
      return runPatch(context);
    case 'provision':
      return runProvision(step, customerName(run), run.doubted === run.step, context);
    default:
      return assertNever(step);
  }
}

/** A customer that is made is remembered at once: whatever becomes of the row, the next run must find it. */
function closeDone(
  run: RowRun,
  step: StepPlan,
  { remote, mask }: Extract<StepEnd, { kind: 'done' }>,
  deps: RowDeps,
): void {
  const place = stepPlace(run, run.step, deps);
  // Of a patch that was sent twice the first mask stands, as its before-image does.
  const written = mask === undefined ? undefined : (writtenMask(deps.ledger, place) ?? mask);
  const after = written === undefined ? undefined : maskedText(remote, written);
  deps.ledger.transaction(() => {
    closeStep(deps.ledger, place, 'done', remote.name, timestamp(deps), after);
    if (step.kind === 'create') remember({ ...run, remote }, '', deps);
  });
}

/** The operation's name is on the disk before it is asked after. */
function leaveToOperation(run: RowRun, operation: Operation, deps: RowDeps): RowResult {
  const { name } = operation;
  run.operation = name;
  const { row } = run;
  const at = timestamp(deps);
  deps.ledger.transaction(() => {
    closeStep(deps.ledger, stepPlace(run, run.step, deps), 'done', name, at);
    storeOperation(
      deps.ledger,
      { name, customer: customerName(run), key: row.key, run: deps.run, row: row.row },
      at,
    );
    const lost = operationCause(name, 'the run ended before its end was known');
    waitRow(deps.ledger, deps.run, row.row, endingOf(run, 'ambiguous', [lost], deps));
  });
  return { kind: 'waiting', run, operation };
}

/** The run ended while the row waited for its turn. */
function notSent(): StepEnd {
  return { kind: 'failed', failure: RUN_ENDED, calls: 0 };
}

async function endFailed(
  run: RowRun,
  step: ChannelStep,
  failure: ApiFailure,
  deps: RowDeps,
): Promise<RowResult> {
  const at = timestamp(deps);
  const place = stepPlace(run, run.step, deps);
  if (failure.class === 'unauthenticated' || failure.class === 'run') {
    deps.stop.end(runFault(failure, 'applying rows'));
  }
  if (failure.effect === 'unknown') {
    closeStep(deps.ledger, place, 'in-doubt', failure.code, at);
    return leaveInDoubt(run, failure, deps);
  }
  if (staysInDoubt(run, step, failure, deps)) {
    closeStep(deps.ledger, place, 'in-doubt', failure.code, at);
    if (isRunsOwn(failure)) return leaveInDoubt(run, failure, deps);
    if (step.kind === 'provision') return settleRefusal(run, failure, deps);
    const cause = step.kind === 'create' ? createdMeanwhile(failure) : sentTwice(failure);
    return commitEnding(run, endingOf(run, 'ambiguous', [cause], deps), deps);
  }
  closeStep(deps.ledger, place, 'failed', failure.code, at);
  if (isRunsOwn(failure)) {
    if (run.step === 0) return LEFT;
    return commitEnding(run, endingOf(run, 'unprocessed', [unfinished(failure)], deps), deps);
  }
  const { outcome, cause } = judge({
    step: step.kind,
    failure,
    tokenSent: step.kind === 'import' && run.row.sealedToken !== undefined,
    identityColumn: identityColumn(run.row.customer),
    overwrite: run.row.customer.overwrite,
  });
  return commitEnding(run, endingOf(run, outcome, [cause], deps), deps);
}

/** What work in progress would not be refused for: the row's own fault, whatever became of the first try. */
const ROWS_OWN = new Set(['INVALID_ARGUMENT', 'PERMISSION_DENIED', 'NOT_FOUND']);

/**
 * Whether the first try of a step may have had its effect although the second had none: a create that is refused because
 * something is there may be the first one's, come late; a provisioning may be at work for as long as operations are waited
 * for; and nothing tells whether an import into a customer that was there was carried out.
 */
function staysInDoubt(run: RowRun, step: StepPlan, failure: ApiFailure, deps: RowDeps): boolean {
  if (run.doubted !== run.step) return false;
  if (step.kind === 'import') return run.row.plan.customer !== undefined;
  if (step.kind === 'create') return failure.code === 'ALREADY_EXISTS';
  if (step.kind !== 'provision' || ROWS_OWN.has(failure.code)) return false;
  if (step.inDoubt !== true) return true;
  const sentMs = provisionDoubtMs(deps.ledger, deps.run, customerName(run));
  return sentMs !== undefined && deps.clock.now() - sentMs < deps.operationTimeoutMs;
}

/** A provisioning that was sent twice is refused because something is there: perhaps what the first one made. */
async function settleRefusal(run: RowRun, failure: ApiFailure, deps: RowDeps): Promise<RowResult> {
  const read = await deps.reader.getCustomer(customerName(run), { signal: deps.stop.drained });
  run.calls += read.calls;
  if (read.kind === 'failed' || read.value.cloudIdentityId === undefined) {
    return commitEnding(run, endingOf(run, 'ambiguous', [provisionInDoubt(failure)], deps), deps);
  }
  endStep(run, 'done', read.value.name, deps);
  run.remote = read.value;
  run.resolvedBy = 'customers.get';
  run.step += 1;
  return goOn(run, deps);
}
