import type { Clock } from '../clock.ts';
import type { ChannelReader, ChannelWriter } from '../google/channel.ts';
import { storeApplied } from '../ledger/applied.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { claimCustomer, storeVainOverwrite } from '../ledger/claims.ts';
import { customerByName } from '../ledger/remote.ts';
import { doubtRow, endRow, type PlannedRow } from '../ledger/rows.ts';
import { closeStep, commitIntent } from '../ledger/steps.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { StepPlan } from '../model/plan.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { Cause, RowEnding } from '../model/row-ending.ts';
import { criticalText, differences } from '../plan/compare.ts';
import { sameCustomer, stillDifferent } from '../plan/policy-causes.ts';
import { identityColumn, identityText } from '../plan/requests.ts';
import type { Sealer } from '../seal.ts';
import { runFault } from '../snapshot/run-fault.ts';
import { runImport } from './import-step.ts';
import { runPatch } from './patch-step.ts';
import type { Outage } from './outage.ts';
import type { RunStop } from './run-stop.ts';
import type { StepContext, StepEnd } from './step.ts';
import { doubtCause, judge } from './verdict.ts';

/** What rows are run with. */
export interface RowDeps {
  /** Number of the run. */
  readonly run: number;
  /** Id without `accounts/`. */
  readonly account: string;
  readonly ledger: LedgerDb;
  readonly reader: ChannelReader;
  readonly writer: ChannelWriter;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly stop: RunStop;
  readonly outage: Outage;
}

/** Where a row is taken up: at its first step, or after what a look-up found done. */
export interface RowStart {
  readonly step: number;
  readonly remote: RemoteCustomer | undefined;
  /** What found the earlier steps done (`listing`, `customers.get`). */
  readonly resolvedBy: string | undefined;
  /** Whether a write of this row was in doubt before: a second doubt is not looked into again. */
  readonly secondTry: boolean;
  readonly calls: number;
  readonly attempts: number;
  readonly changed: readonly string[];
  readonly startedAt: string | undefined;
}

export const FROM_THE_START: RowStart = {
  step: 0,
  remote: undefined,
  resolvedBy: undefined,
  secondTry: false,
  calls: 0,
  attempts: 0,
  changed: [],
  startedAt: undefined,
};

/** A row under way. Only `runRow` and what it calls change it. */
interface Progress {
  remote: RemoteCustomer | undefined;
  calls: number;
  attempts: number;
  /** A write of this row has left: it may no longer simply be put back. */
  begun: boolean;
  changed: string[];
  readonly startedAt: string;
}

/**
 * Runs the steps of one row, in order, each as intent → call → outcome in the ledger, and ends the row.
 *
 * Returns the ending that was committed; undefined for a row left in doubt (to be settled) or put back because
 * the run is ending before the row sent anything.
 */
export async function runRow(
  row: PlannedRow,
  start: RowStart,
  deps: RowDeps,
): Promise<RowEnding | undefined> {
  const progress: Progress = {
    remote: start.remote ?? snapshotCustomer(row, deps),
    calls: start.calls,
    attempts: start.attempts,
    begun: start.step > 0,
    changed: [...start.changed],
    startedAt: start.startedAt ?? timestamp(deps),
  };
  const control = rowSignal(deps.stop, () => progress.begun);
  try {
    for (const [index, step] of row.plan.steps.entries()) {
      if (index < start.step) continue;
      const held = heldBack(row, progress.remote, index > 0, deps);
      if (held !== undefined) return commit(row, ending(row, 'blocked', [held], start, progress, deps), deps);
      const end = await runStep(row, index, step, progress, control.signal, deps);
      if (end.kind === 'failed') return endFailed(row, index, step, end.failure, start, progress, deps);
      progress.remote = end.remote;
      progress.changed.push(...end.changed);
    }
    const held = heldBack(row, progress.remote, true, deps);
    if (held !== undefined) return commit(row, ending(row, 'blocked', [held], start, progress, deps), deps);
    return commit(row, ending(row, 'done', [], start, progress, deps), deps);
  } finally {
    control.release();
  }
}

/**
 * Why a row may not go on with the customer that its import led to: another row has that customer, or Google's
 * domain or region still contradict the book, so that writing the rest would mix two customers' data.
 */
function heldBack(
  row: PlannedRow,
  remote: RemoteCustomer | undefined,
  isImported: boolean,
  deps: RowDeps,
): Cause | undefined {
  if (!isImported || remote === undefined) return undefined;
  const holder = claimCustomer(deps.ledger, deps.run, remote.name, row.row);
  if (holder !== row.row) return sameCustomer(remote.name, holder);
  if (row.customer.overwrite === 'never') return undefined;
  const critical = differences(row.customer.fields, remote).filter(({ weight }) => weight === 'critical');
  if (critical.length === 0) return undefined;
  storeVainOverwrite(deps.ledger, row.key, row.contentHash, criticalText(remote));
  return stillDifferent(row.customer, remote, critical);
}

/** The row's own signal: fires at once when the run aborts, and when it ends before the row has sent anything. */
function rowSignal(
  stop: RunStop,
  isBegun: () => boolean,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  function onEnding(): void {
    if (!isBegun()) controller.abort(stop.reason);
  }
  function onAborting(): void {
    controller.abort(stop.reason);
  }
  stop.ending.addEventListener('abort', onEnding);
  stop.aborting.addEventListener('abort', onAborting);
  if (stop.ending.aborted) onEnding();
  if (stop.aborting.aborted) onAborting();
  return {
    signal: controller.signal,
    release() {
      stop.ending.removeEventListener('abort', onEnding);
      stop.aborting.removeEventListener('abort', onAborting);
    },
  };
}

async function runStep(
  row: PlannedRow,
  index: number,
  step: StepPlan,
  progress: Progress,
  signal: AbortSignal,
  deps: RowDeps,
): Promise<StepEnd> {
  const context: StepContext = {
    account: deps.account,
    customer: row.customer,
    authToken: row.sealedToken === undefined ? undefined : deps.sealer.open(row.sealedToken),
    remote: progress.remote,
    writer: deps.writer,
    reader: deps.reader,
    signal,
    commitIntent(request, before) {
      progress.attempts += 1;
      deps.ledger.transaction(() => {
        const at = timestamp(deps);
        commitIntent(deps.ledger, { ...place(row, index, deps), kind: step.kind, request, before, at });
      });
      progress.begun = true;
    },
  };
  for (;;) {
    if (!progress.begun) await deps.outage.clear(signal);
    if (signal.aborted) return notSent();
    const end = step.kind === 'import' ? await runImport(step, context) : await runPatch(context);
    progress.calls += end.calls;
    if (end.kind === 'failed') deps.outage.heard(end.failure);
    else if (end.calls > 0) deps.outage.heard(undefined);
    if (end.kind === 'done') {
      if (end.calls > 0)
        closeStep(deps.ledger, place(row, index, deps), 'done', end.remote.name, timestamp(deps));
      return end;
    }
    if (end.failure.class !== 'unreachable' || end.failure.effect !== 'none') return end;
    // No connection was opened: the row is as it was, and waits like those that have not begun.
    progress.begun = index > 0;
    await deps.outage.clear(signal);
    if (deps.stop.ending.aborted) return end;
  }
}

/** The run ended while the row waited for its turn. */
function notSent(): StepEnd {
  const failure: ApiFailure = {
    class: 'aborted',
    effect: 'none',
    httpStatus: undefined,
    code: 'ABORTED_BY_RUN',
    reason: undefined,
    message: 'the run ended before this was sent',
    retryAfterMs: undefined,
  };
  return { kind: 'failed', failure, calls: 0 };
}

function endFailed(
  row: PlannedRow,
  index: number,
  step: StepPlan,
  failure: ApiFailure,
  start: RowStart,
  progress: Progress,
  deps: RowDeps,
): RowEnding | undefined {
  const at = timestamp(deps);
  if (failure.class === 'unauthenticated' || failure.class === 'run') {
    deps.stop.end(runFault(failure, 'applying rows'));
  }
  if (failure.effect === 'unknown') {
    closeStep(deps.ledger, place(row, index, deps), 'in-doubt', failure.code, at);
    return leaveInDoubt(row, failure, start, progress, deps);
  }
  closeStep(deps.ledger, place(row, index, deps), 'failed', failure.code, at);
  if (isRunsOwn(failure)) {
    if (index === 0) return undefined;
    return commit(row, ending(row, 'unprocessed', [unfinished(failure)], start, progress, deps), deps);
  }
  const { outcome, cause } = judge({
    step: step.kind,
    failure,
    tokenSent: step.kind === 'import' && row.sealedToken !== undefined,
    identityColumn: identityColumn(row.customer),
    overwrite: row.customer.overwrite,
  });
  return commit(row, ending(row, outcome, [cause], start, progress, deps), deps);
}

/** Failures that say nothing about the row: it is put back for the next run. */
function isRunsOwn(failure: ApiFailure): boolean {
  return ['unauthenticated', 'run', 'aborted', 'unreachable'].includes(failure.class);
}

function unfinished(failure: ApiFailure): Cause {
  return {
    code: failure.code,
    reason: failure.reason,
    message: `imported, but the run ended before the book's fields were written: ${failure.message}`,
    hint: 'Apply the book again: it goes on with what is missing.',
  };
}

/** A second doubt, or one that cannot be looked into because the run is being cut off, stays a doubt. */
function leaveInDoubt(
  row: PlannedRow,
  failure: ApiFailure,
  start: RowStart,
  progress: Progress,
  deps: RowDeps,
): RowEnding | undefined {
  const doubt = ending(row, 'ambiguous', [doubtCause(failure)], start, progress, deps);
  if (start.secondTry) return commit(row, doubt, deps);
  doubtRow(deps.ledger, deps.run, row.row, doubt);
  return undefined;
}

function ending(
  row: PlannedRow,
  outcome: RowEnding['outcome'],
  causes: readonly Cause[],
  start: RowStart,
  progress: Progress,
  deps: RowDeps,
): RowEnding {
  const { remote } = progress;
  const imported = row.plan.action === 'import' && remote !== undefined && outcome === 'done';
  return {
    outcome,
    action: row.plan.action,
    causes,
    customer: remote?.name,
    cloudIdentityId: remote?.cloudIdentityId,
    attempts: progress.attempts,
    calls: progress.calls,
    checkedBy: 'google',
    resolvedBy: start.resolvedBy,
    startedAt: progress.startedAt,
    finishedAt: timestamp(deps),
    changedFields: progress.changed,
    nextStep: imported ? 'transfer_entitlements' : undefined,
  };
}

/** Ends the row and remembers a success, in one transaction. */
function commit(row: PlannedRow, rowEnding: RowEnding, deps: RowDeps): RowEnding {
  deps.ledger.transaction(() => {
    endRow(deps.ledger, deps.run, row.row, rowEnding);
    const identity = identityText(row.customer);
    if (rowEnding.outcome === 'done' && rowEnding.customer !== undefined && identity !== undefined) {
      const { key, contentHash } = row;
      const applied = { key, identity, contentHash, customer: rowEnding.customer };
      storeApplied(deps.ledger, applied, deps.run, timestamp(deps));
    }
  });
  return rowEnding;
}

function snapshotCustomer(row: PlannedRow, deps: RowDeps): RemoteCustomer | undefined {
  const { customer } = row.plan;
  return customer === undefined ? undefined : customerByName(deps.ledger, customer)?.customer;
}

function place(
  row: PlannedRow,
  step: number,
  deps: RowDeps,
): { readonly run: number; readonly row: number; readonly step: number } {
  return { run: deps.run, row: row.row, step };
}

function timestamp(deps: RowDeps): string {
  return new Date(deps.clock.now()).toISOString();
}
