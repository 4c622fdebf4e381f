import PQueue from 'p-queue';
import type { ChannelReader } from '../google/channel.ts';
import { customerByName } from '../ledger/remote.ts';
import { APPLY_START, endRow, plannedRows, type PlannedRow } from '../ledger/rows.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { waitsForCustomer } from '../model/plan.ts';
import type { RowEnding } from '../model/row-ending.ts';
import { provisionRequest } from '../plan/requests.ts';
import { runFault } from '../snapshot/run-fault.ts';
import { judge } from './verdict.ts';

/** What planned rows are rehearsed with. There is nothing here that could write. */
export interface RehearseDeps {
  readonly run: number;
  readonly ledger: LedgerDb;
  /** Asks Google to validate; undefined where Google is not to be asked. */
  readonly reader: ChannelReader | undefined;
  readonly concurrency: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onRow: (ending: RowEnding, row: number) => void;
}

/** Rows fetched from the ledger at a time. */
const CHUNK = 500;

/**
 * Ends every planned row as `planned`, nothing being done for it. With a reader, what Google can validate is sent for
 * validation: a provisioning of a customer that exists; the other methods know no such thing.
 *
 * @throws FatalError 69, 75, 77 where Google cannot be asked at all
 */
export async function rehearseRows(deps: RehearseDeps): Promise<void> {
  let position = APPLY_START;
  for (;;) {
    const rows = plannedRows(deps.ledger, deps.run, position, CHUNK);
    const last = rows.at(-1);
    if (last === undefined) return;
    position = last.position;
    const queue = new PQueue({ concurrency: deps.concurrency });
    const faults: unknown[] = [];
    deps.ledger.transaction(() => {
      for (const { planned } of rows) {
        if (!isAsked(planned, deps)) end(planned, plannedEnding(planned, deps), deps);
      }
    });
    for (const { planned } of rows) {
      if (!isAsked(planned, deps)) continue;
      void queue
        .add(async () => {
          if (faults.length === 0) await validate(planned, deps);
        })
        .catch((error: unknown) => faults.push(error));
    }
    await queue.onIdle();
    if (faults.length > 0) throw faults[0];
    deps.signal.throwIfAborted();
  }
}

function isAsked({ plan }: PlannedRow, { reader }: RehearseDeps): boolean {
  return reader !== undefined && plan.customer !== undefined && plan.steps.some(isFreshProvision);
}

function isFreshProvision(step: PlannedRow['plan']['steps'][number]): boolean {
  return step.kind === 'provision' && step.operation === undefined;
}

async function validate(row: PlannedRow, deps: RehearseDeps): Promise<void> {
  const { customer, plan } = row;
  const result = await deps.reader?.validateProvision(plan.customer ?? '', provisionRequest(customer), {
    signal: deps.signal,
  });
  if (result === undefined) return;
  const planned = plannedEnding(row, deps);
  const calls = row.calls + result.calls;
  if (result.kind === 'ok') {
    end(row, { ...planned, calls, checkedBy: 'google' }, deps);
    return;
  }
  if (['run', 'unauthenticated', 'unreachable', 'aborted'].includes(result.failure.class)) {
    throw runFault(result.failure, 'validating rows');
  }
  const { outcome, cause } = judge({
    step: 'provision',
    failure: result.failure,
    tokenSent: false,
    identityColumn: undefined,
    overwrite: customer.overwrite,
  });
  const checkedBy = result.failure.class === 'refused' ? 'google' : 'local';
  end(row, { ...planned, calls, outcome, causes: [cause], checkedBy }, deps);
}

function plannedEnding({ plan, calls }: PlannedRow, deps: RehearseDeps): RowEnding {
  const linked = plan.customer === undefined ? undefined : customerByName(deps.ledger, plan.customer);
  const { tenant } = plan;
  return {
    outcome: 'planned',
    action: plan.action,
    causes: [],
    customer: plan.customer,
    cloudIdentityId: linked?.customer.cloudIdentityId ?? tenant?.customerId,
    waitsForCustomer: waitsForCustomer(tenant),
    note: plan.note,
    attempts: 0,
    calls,
    checkedBy: 'local',
    finishedAt: new Date(deps.now()).toISOString(),
    changedFields: plan.differences.map(({ column }) => column),
  };
}

function end(row: PlannedRow, ending: RowEnding, deps: RehearseDeps): void {
  endRow(deps.ledger, deps.run, row.row, ending);
  deps.onRow(ending, row.row);
}
