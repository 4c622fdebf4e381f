import type { Clock } from '../clock.ts';
import type { ChannelReader, ChannelWriter } from '../google/channel.ts';
import { storeApplied } from '../ledger/applied.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import type { Lock } from '../ledger/lock.ts';
import { customerByName } from '../ledger/remote.ts';
import { doubtRow, endRow, type PlannedRow } from '../ledger/rows.ts';
import { closeStep, commitIntent } from '../ledger/steps.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { StepPlan } from '../model/plan.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { Cause, RowEnding } from '../model/row-ending.ts';
import { differences } from '../plan/compare.ts';
import { stillDifferent } from '../plan/policy-causes.ts';
import { identityColumn, identityText } from '../plan/requests.ts';
import type { Sealer } from '../seal.ts';
import { runFault } from '../snapshot/run-fault.ts';
import { runImport } from './import-step.ts';
import { runPatch } from './patch-step.ts';
import type { Outage, RunStop } from './run-stop.ts';
import type { StepContext, StepEnd } from './step.ts';
import { doubtCause, judge } from './verdict.ts';

/** What rows are run with. */
export interface RowDeps {
  /** Number of the run. */
  readonly run: number;
  /** Id without `accounts/`. */
  readonly account: string;
  readonly ledger: LedgerDb;
  readonly lock: Lock;
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
}

export const FROM_THE_START: RowStart = {
  step: 0,
  remote: undefined,
  resolvedBy: undefined,
  secondTry: false,
  calls: 0,
};

/** A row under way. Only `runRow` changes it. */
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
    attempts: 0,
    begun: start.step > 0,
    changed: [],
    startedAt: timestamp(deps),
  };
  const control = rowSignal(deps.stop, () => progress.begun);
  try {
    for (const [index, step] of row.plan.steps.entries()) {
      if (index < start.step) continue;
      const end = await runStep(row, index, step, progress, control.signal, deps);
      if (end.kind === 'failed') return endFailed(row, index, step, end.failure, start, progress, deps);
      progress.remote = end.remote;
      progress.changed.push(...end.changed);
    }
    return endDone(row, start, progress, deps);
  } finally {
    control.release();
  }
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
    commitIntent(request, before, attempt) {
      progress.attempts = attempt;
      deps.ledger.transaction(() => {
        deps.lock.assertHeld();
        commitIntent(deps.ledger, {
          run: deps.run,
          row: row.row,
          step: index,
          kind: step.kind,
          attempt,
          request,
          before,
          at: timestamp(deps),
        });
      });
      progress.begun = true;
    },
  };
  for (;;) {
    const end = step.kind === 'import' ? await runImport(step, context) : await runPatch(context);
    progress.calls += end.calls;
    if (end.kind === 'done' || end.failure.class !== 'unreachable') {
      deps.outage.over();
      if (end.kind === 'done' && end.calls > 0)
        closeStep(deps.ledger, place(row, index, deps), 'done', end.remote.name, timestamp(deps));
      return end;
    }
    const givenUp = await deps.outage.wait(end.failure, deps.stop.aborting);
    if (givenUp !== undefined) deps.stop.abort(givenUp);
    if (deps.stop.ending.aborted) return end;
  }
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
  const sent = progress.attempts > 0;
  if (failure.class === 'unauthenticated' || failure.class === 'run') {
    deps.stop.end(runFault(failure, 'applying rows'));
  }
  if (failure.effect === 'unknown') {
    closeStep(deps.ledger, place(row, index, deps), 'in-doubt', failure.code, at);
    return leaveInDoubt(row, failure, start, progress, deps);
  }
  if (sent) closeStep(deps.ledger, place(row, index, deps), 'failed', failure.code, at);
  if (isRunsOwn(failure)) {
    if (index === 0) return undefined;
    return commit(row, ending(row, 'unprocessed', [unfinished(failure)], start, progress, at), deps);
  }
  const { outcome, cause } = judge({
    step: step.kind,
    failure,
    tokenSent: step.kind === 'import' && row.sealedToken !== undefined,
    identityColumn: identityColumn(row.customer),
  });
  return commit(row, ending(row, outcome, [cause], start, progress, at), deps);
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
  const doubt = ending(row, 'ambiguous', [doubtCause(failure)], start, progress, timestamp(deps));
  if (start.secondTry) return commit(row, doubt, deps);
  doubtRow(deps.ledger, deps.run, row.row, doubt);
  return undefined;
}

function endDone(row: PlannedRow, start: RowStart, progress: Progress, deps: RowDeps): RowEnding {
  const { remote } = progress;
  if (remote === undefined) throw new Error('a row ended without a customer');
  const critical =
    row.customer.overwrite === 'never'
      ? []
      : differences(row.customer.fields, remote).filter(({ weight }) => weight === 'critical');
  const causes = critical.length === 0 ? [] : [stillDifferent(row.customer, remote, critical)];
  const outcome = causes.length === 0 ? 'done' : 'blocked';
  return commit(row, ending(row, outcome, causes, start, progress, timestamp(deps)), deps);
}

function ending(
  row: PlannedRow,
  outcome: RowEnding['outcome'],
  causes: readonly Cause[],
  start: RowStart,
  progress: Progress,
  at: string,
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
    finishedAt: at,
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

function place(row: PlannedRow, step: number, deps: RowDeps): { run: number; row: number; step: number } {
  return { run: deps.run, row: row.row, step };
}

function timestamp(deps: RowDeps): string {
  return new Date(deps.clock.now()).toISOString();
}
