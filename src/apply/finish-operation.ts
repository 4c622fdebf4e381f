import { begunAtMs, endOperation } from '../ledger/operations.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { Cause } from '../model/row-ending.ts';
import type { Operation } from '../model/operation.ts';
import { runFault } from '../snapshot/run-fault.ts';
import { awaitOperation } from './await-operation.ts';
import { goOn } from './run-row.ts';
import {
  commitEnding,
  customerName,
  endingOf,
  timestamp,
  type RowDeps,
  type RowResult,
  type RowRun,
} from './row-state.ts';
import { operationCause, operationFailed, operationGone } from './verdict.ts';

/** Waits for a row's operation and takes the row on from there. */
export async function finishOperation(run: RowRun, begun: Operation, deps: RowDeps): Promise<RowResult> {
  const operation = begun.name;
  const end = await awaitOperation(begun, {
    reader: deps.reader,
    clock: deps.clock,
    timeoutMs: deps.operationTimeoutMs,
    isOld: isOld(operation, deps),
    whenMissing: () => provisionedCustomer(run, deps),
    signal: deps.stop.drained,
  });
  run.calls += end.calls;
  switch (end.kind) {
    case 'done':
      endOperation(deps.ledger, operation, 'done', timestamp(deps));
      run.remote = await provisioned(run, end.customer, deps);
      run.step += 1;
      return goOn(run, deps);
    case 'failed':
      if (run.doubted === run.step) return endGone(run, operation, operationFailed(end.error), deps);
      endOperation(deps.ledger, operation, 'failed', timestamp(deps));
      return commitEnding(run, endingOf(run, 'failed', [operationFailed(end.error)], deps), deps);
    case 'gone':
      return endGone(run, operation, operationGone(operation), deps);
    case 'timeout':
      return leaveRunning(run, operation, `it was not done within ${deps.operationTimeoutMs / 1000} s`, deps);
    case 'stopped':
      stopRun(end.failure, deps);
      return leaveRunning(
        run,
        operation,
        end.failure?.message ?? 'the run ended before its end was known',
        deps,
      );
  }
}

function isOld(operation: string, deps: RowDeps): boolean {
  const begunMs = begunAtMs(deps.ledger, operation) ?? deps.clock.now();
  return deps.clock.now() - begunMs >= deps.operationTimeoutMs;
}

/** The customer, where it has its Cloud Identity by now. */
async function provisionedCustomer(
  run: RowRun,
  deps: RowDeps,
): Promise<{ readonly customer: RowRun['remote']; readonly calls: number }> {
  const read = await deps.reader.getCustomer(customerName(run), { signal: deps.stop.drained });
  const isDone = read.kind === 'ok' && read.value.cloudIdentityId !== undefined;
  return { customer: isDone ? read.value : undefined, calls: read.calls };
}

/** Google answers with the customer; where it leaves the Cloud Identity out, the customer is read. */
async function provisioned(
  run: RowRun,
  answered: RowRun['remote'],
  deps: RowDeps,
): Promise<RowRun['remote']> {
  if (answered?.cloudIdentityId !== undefined) return answered;
  const name = answered?.name ?? customerName(run);
  const read = await deps.reader.getCustomer(name, { signal: deps.stop.drained });
  run.calls += read.calls;
  return read.kind === 'ok' ? read.value : (answered ?? run.remote);
}

/**
 * Google no longer knows the operation, or an earlier one may have made what it could not: the customer shows what came
 * of it.
 */
async function endGone(run: RowRun, operation: string, otherwise: Cause, deps: RowDeps): Promise<RowResult> {
  const read = await deps.reader.getCustomer(customerName(run), { signal: deps.stop.drained });
  run.calls += read.calls;
  if (read.kind === 'failed') {
    return leaveRunning(
      run,
      operation,
      `what came of it could not be looked up: ${read.failure.message}`,
      deps,
    );
  }
  endOperation(deps.ledger, operation, 'gone', timestamp(deps));
  run.remote = read.value;
  if (read.value.cloudIdentityId === undefined) {
    return commitEnding(run, endingOf(run, 'failed', [otherwise], deps), deps);
  }
  run.resolvedBy = 'customers.get';
  run.step += 1;
  return goOn(run, deps);
}

/** The next run picks the operation up again. */
function leaveRunning(run: RowRun, operation: string, why: string, deps: RowDeps): RowResult {
  return commitEnding(run, endingOf(run, 'ambiguous', [operationCause(operation, why)], deps), deps);
}

function stopRun(failure: ApiFailure | undefined, deps: RowDeps): void {
  if (failure === undefined || failure.class === 'aborted') return;
  deps.stop.end(runFault(failure, 'waiting for operations'));
}
