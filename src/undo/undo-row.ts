import { rowSignal } from '../apply/row-signal.ts';
import type { Outage } from '../apply/outage.ts';
import type { RunStop } from '../apply/run-stop.ts';
import type { Clock } from '../clock.ts';
import type { ChannelReader, ChannelWriter } from '../google/channel.ts';
import { forgetContent } from '../ledger/applied.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { doubtRow, endRow } from '../ledger/rows.ts';
import { closeStep, commitIntent, writtenMask } from '../ledger/steps.ts';
import { storeUndoPlan, type RowToUndo, type UndoPlan } from '../ledger/undo.ts';
import type { OverwritePolicy } from '../model/action.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { Cause, RowEnding } from '../model/row-ending.ts';
import { maskedText } from '../plan/requests.ts';
import { runFault } from '../snapshot/run-fault.ts';
import { importStays, judgeUndo, undoDoubt } from './causes.ts';
import { decideUndo, type UndoDecision } from './decide.ts';
import { customerBefore, isAsWritten, staysOf } from './written.ts';

/** What rows are undone with. */
export interface UndoDeps {
  /** Number of this run. */
  readonly run: number;
  /** The run that is undone. */
  readonly source: { readonly seq: number; readonly id: string };
  readonly ledger: LedgerDb;
  readonly reader: ChannelReader;
  /** Undefined where this run only tells: it cannot write. */
  readonly writer: ChannelWriter | undefined;
  readonly clock: Clock;
  readonly stop: RunStop;
  readonly outage: Outage;
  /** Whether Google has answered at all; what was never there is not waited for. */
  readonly contact: { isMade: boolean };
  readonly overwrite: OverwritePolicy;
}

/** What a row came to: its end, or a doubt or nothing yet (`left`). */
export type UndoResult = { readonly kind: 'ended'; readonly ending: RowEnding } | { readonly kind: 'left' };

/** A step of a row that may have to be taken again. */
type Attempt = UndoResult | { readonly kind: 'again' };

const LEFT: UndoResult = { kind: 'left' };

/** A row under way. */
interface Work extends RowToUndo {
  calls: number;
  attempts: number;
  /** A patch has left: the row may no longer simply be put back. */
  begun: boolean;
  remote: RemoteCustomer;
  readonly startedAt: string;
}

/**
 * Takes one row back: asks Google for the customer, decides, and patches, each write as intent → call → outcome in
 * the ledger. Google is asked right before the patch because it has no means to refuse a patch to a customer that
 * somebody has just changed.
 *
 * A row whose patch is in doubt is looked at the same way: what is back is done, what is not is sent once more, and a
 * second doubt, or what cannot be decided, ends as `ambiguous`.
 */
export async function undoRow(row: RowToUndo, deps: UndoDeps): Promise<UndoResult> {
  const work: Work = {
    ...row,
    calls: row.doubt?.calls ?? 0,
    attempts: row.doubt?.attempts ?? 0,
    begun: false,
    remote: customerBefore(row.written),
    startedAt: row.doubt?.startedAt ?? timestamp(deps),
  };
  const control = rowSignal(deps.stop, () => work.begun);
  try {
    for (;;) {
      const attempt = await lookAndPatch(work, control.signal, deps);
      if (attempt.kind !== 'again') return attempt;
      work.begun = false;
      if (deps.stop.ending.aborted) return LEFT;
    }
  } finally {
    control.release();
  }
}

async function lookAndPatch(work: Work, signal: AbortSignal, deps: UndoDeps): Promise<Attempt> {
  await deps.outage.clear(signal);
  if (signal.aborted) return LEFT;
  const found = await deps.reader.getCustomer(work.remote.name, { signal });
  heard(work, found, deps);
  if (found.kind === 'failed') return endUnsent(work, found.failure, deps);
  work.remote = found.value;
  const decision = decide(work, deps);
  switch (decision.kind) {
    case 'unchanged':
      return endBack(work, deps);
    case 'blocked':
      return end(work, deps, work.doubt ?? endingOf(work, deps, 'blocked', { causes: [decision.cause] }));
    case 'patch':
      return patch(work, decision, signal, deps);
  }
}

function heard(
  work: Work,
  result: { readonly kind: 'ok' | 'failed'; readonly calls: number; readonly failure?: ApiFailure },
  { outage, contact }: UndoDeps,
): void {
  const { failure, calls } = result;
  work.calls += calls;
  if (failure !== undefined || calls > 0) outage.heard(failure);
  if (failure?.class !== 'unreachable' && failure?.class !== 'aborted') contact.isMade = true;
}

function decide({ written, remote, doubt }: Work, deps: UndoDeps): UndoDecision {
  const { ledger, overwrite, source } = deps;
  const stands = isAsWritten(written, remote, (text) => ledger.hash(text));
  const decision = decideUndo(written, remote, { isAsWritten: stands, overwrite, run: source.id });
  if (doubt === undefined) storeUndoPlan(ledger, deps.run, written.row, toPlan(decision, remote.name));
  return decision;
}

function toPlan(decision: UndoDecision, customer: string): UndoPlan {
  const { stays } = decision;
  return {
    action: 'update',
    steps: decision.kind === 'patch' ? [{ kind: 'patch' }] : [],
    differences: [],
    customer,
    outcome: plannedOutcome(decision),
    changes: decision.kind === 'unchanged' ? [] : decision.changes,
    ...(stays.length === 0 ? {} : { stays }),
  };
}

function plannedOutcome({ kind, stays }: UndoDecision): UndoPlan['outcome'] {
  if (kind === 'patch') return 'planned';
  return stays.length > 0 ? 'blocked' : kind;
}

async function patch(
  work: Work,
  { updateMask, body, stays }: Extract<UndoDecision, { kind: 'patch' }>,
  signal: AbortSignal,
  deps: UndoDeps,
): Promise<Attempt> {
  const { writer, ledger } = deps;
  if (writer === undefined) {
    const note = stays.length === 0 ? undefined : importStays(stays, deps.source.id).message;
    return end(work, deps, endingOf(work, deps, 'planned', { changed: updateMask, note }));
  }
  const before = work.remote;
  const result = await writer.patchCustomer(before.name, body, updateMask, {
    signal,
    priority: 1,
    onSend: () => {
      work.attempts += 1;
      const request = { body, updateMask };
      const intent = { kind: 'patch', request, customer: before.name, before, mask: updateMask };
      ledger.transaction(() => {
        commitIntent(ledger, { ...placeOf(work, deps), ...intent, at: timestamp(deps) });
        forgetContent(ledger, work.written.key);
      });
      work.begun = true;
    },
  });
  heard(work, result, deps);
  if (result.kind === 'failed') return endPatchFailed(work, updateMask, result.failure, deps);
  work.remote = result.value;
  const after = maskedText(result.value, updateMask);
  return deps.ledger.transaction(() => {
    closeStep(ledger, placeOf(work, deps), 'done', before.name, timestamp(deps), after);
    return endPutBack(work, deps, 'done', { changed: updateMask });
  });
}

/** It is what it was: by itself, or by the patch of this run that was in doubt. */
function endBack(work: Work, deps: UndoDeps): UndoResult {
  const { doubt, remote } = work;
  if (doubt === undefined) return endPutBack(work, deps, 'unchanged', {});
  const place = placeOf(work, deps);
  const after = maskedText(remote, writtenMask(deps.ledger, place) ?? []);
  const found = { changed: doubt.changedFields, resolvedBy: 'customers.get' };
  return deps.ledger.transaction(() => {
    closeStep(deps.ledger, place, 'done', 'settled by customers.get', timestamp(deps), after);
    return endPutBack(work, deps, 'done', found);
  });
}

/** Ends a row of which a patch has nothing more to put back: well, unless an import did what no patch takes back. */
function endPutBack(
  work: Work,
  deps: UndoDeps,
  outcome: 'done' | 'unchanged',
  parts: EndingParts,
): UndoResult {
  const stays = staysOf(work.written, work.remote);
  if (stays.length === 0) return end(work, deps, endingOf(work, deps, outcome, parts));
  const causes = [importStays(stays, deps.source.id)];
  return end(work, deps, endingOf(work, deps, 'blocked', { ...parts, causes }));
}

/** The customer could not be read: a refusal is the row's end, anything else is the run's or Google's. */
function endUnsent(work: Work, failure: ApiFailure, deps: UndoDeps): Attempt {
  if (failure.class === 'unreachable' && deps.contact.isMade) return { kind: 'again' };
  if (stopsTheRun(failure, deps)) return LEFT;
  if (work.doubt !== undefined) return end(work, deps, work.doubt);
  const { outcome, cause } = judgeUndo(failure);
  return end(work, deps, endingOf(work, deps, outcome, { causes: [cause] }));
}

function endPatchFailed(
  work: Work,
  updateMask: readonly string[],
  failure: ApiFailure,
  deps: UndoDeps,
): Attempt {
  const { ledger } = deps;
  // Waits for its turn, or was refused before it left: there is no step to close.
  const isSent = work.attempts > (work.doubt?.attempts ?? 0);
  if (failure.effect === 'unknown') {
    const doubt = endingOf(work, deps, 'ambiguous', { causes: [undoDoubt(failure)], changed: updateMask });
    stopsTheRun(failure, deps);
    return ledger.transaction(() => {
      closeStep(ledger, placeOf(work, deps), 'in-doubt', failure.code, timestamp(deps));
      if (work.doubt !== undefined) return end(work, deps, doubt);
      doubtRow(ledger, deps.run, work.written.row, doubt);
      return LEFT;
    });
  }
  if (isSent) closeStep(ledger, placeOf(work, deps), 'failed', failure.code, timestamp(deps));
  if (failure.class === 'unreachable') return { kind: 'again' };
  if (stopsTheRun(failure, deps)) return LEFT;
  const { outcome, cause } = judgeUndo(failure);
  return end(work, deps, endingOf(work, deps, outcome, { causes: [cause] }));
}

/** Failures that say nothing about the row; the run ends for those that no other row would escape. */
function stopsTheRun(failure: ApiFailure, { stop }: UndoDeps): boolean {
  if (['unauthenticated', 'run', 'unreachable'].includes(failure.class)) {
    stop.end(runFault(failure, 'undoing'));
    return true;
  }
  return failure.class === 'aborted';
}

function end(work: Work, deps: UndoDeps, ending: RowEnding): UndoResult {
  endRow(deps.ledger, deps.run, work.written.row, ending);
  return { kind: 'ended', ending };
}

interface EndingParts {
  readonly causes?: readonly Cause[];
  readonly changed?: readonly string[];
  readonly resolvedBy?: string;
  readonly note?: string | undefined;
}

function endingOf(
  work: Work,
  deps: UndoDeps,
  outcome: RowEnding['outcome'],
  { causes = [], changed = [], resolvedBy, note }: EndingParts,
): RowEnding {
  const { remote } = work;
  return {
    outcome,
    action: 'update',
    causes,
    customer: remote.name,
    cloudIdentityId: remote.cloudIdentityId,
    attempts: work.attempts,
    calls: work.calls,
    checkedBy: 'google',
    resolvedBy,
    startedAt: work.startedAt,
    finishedAt: timestamp(deps),
    changedFields: changed,
    note,
  };
}

function placeOf(
  { written }: Work,
  deps: UndoDeps,
): { readonly run: number; readonly row: number; readonly step: number } {
  return { run: deps.run, row: written.row, step: 0 };
}

function timestamp({ clock }: UndoDeps): string {
  return new Date(clock.now()).toISOString();
}
