import { assertNever } from '../model/assert-never.ts';
import { finishOperation } from './finish-operation.ts';
import { finishUser } from './onboard-row.ts';
import type { RowDeps, RowResult, RowWaiting } from './row-state.ts';

/** Takes a row on that waits for Google, once it need not wait any more. */
export function later(waiting: RowWaiting, deps: RowDeps): Promise<RowResult> {
  switch (waiting.kind) {
    case 'waiting':
      return finishOperation(waiting.run, waiting.operation, deps);
    case 'incomplete':
      return finishUser(waiting.run, deps);
    default:
      return assertNever(waiting);
  }
}
