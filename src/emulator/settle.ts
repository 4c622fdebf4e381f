import { CODES, grpcNumber } from './errors.ts';
import type { OperationPlan, OperationRecord, OperationResult } from './operation-store.ts';
import { obstacleTo, provision, provisioningOf } from './provisioning.ts';
import type { Customer, RpcStatus } from './resources.ts';
import type { State } from './state.ts';
import type { OperationSeed } from './world-schema.ts';

/*
 * Operations end by the clock, whether or not somebody asks. Nothing here wakes up for that: whoever looks at the state
 * settles first what is due by then, and every effect is dated when it was due.
 */

/** Ends every operation that is due. */
export function settleOperations(state: State): void {
  for (const record of state.operations.due(state.monotonic())) {
    state.operations.finish(record, resultOf(state, record));
  }
}

/** Starts the operations of a world; those without an error provision their customers, unless they are provisioned. */
export function seedOperations(state: State, seeds: readonly OperationSeed[]): void {
  for (const seed of seeds) {
    const customer = state.find(seed.customer)?.customer;
    if (customer === undefined) throw new Error(`a world has operation ${seed.name} without its customer`);
    const dueMs = seed.doneInMs === null ? Infinity : state.monotonic() + seed.doneInMs;
    const plan = seededPlan(customer, seed);
    state.operations.add({ customer: customer.name, validateOnly: false, dueMs, plan }, seed.name);
  }
}

function seededPlan(customer: Customer, seed: OperationSeed): OperationPlan {
  const { error } = seed;
  if (error !== undefined) {
    return { kind: 'fail', error: { code: grpcNumber(error.code), message: error.message } };
  }
  if (customer.cloudIdentityId !== undefined) return { kind: 'answer', customer };
  return { kind: 'provision', ...provisioningOf(customer, seed) };
}

function resultOf(state: State, { customer, plan, dueMs }: OperationRecord): OperationResult {
  switch (plan.kind) {
    case 'fail':
      return { kind: 'error', error: plan.error };
    case 'answer':
      return { kind: 'response', customer: plan.customer };
    case 'provision':
      return provisionResult(state, customer, plan, dueMs);
  }
}

/** Since the operation was started another one may have taken the domain, the address or the customer itself. */
function provisionResult(
  state: State,
  name: string,
  plan: OperationPlan & { readonly kind: 'provision' },
  dueMs: number,
): OperationResult {
  const record = state.find(name);
  if (record === undefined)
    return {
      kind: 'error',
      error: { code: CODES.NOT_FOUND.grpc, message: `Customer ${name} was not found.` },
    };
  const obstacle =
    record.customer.cloudIdentityId === undefined
      ? obstacleTo(state, record.customer, plan)
      : `Customer ${name} has a Cloud Identity already.`;
  if (obstacle !== undefined) return { kind: 'error', error: conflict(obstacle) };
  return { kind: 'response', customer: provision(state, record, plan, dueMs) };
}

function conflict(message: string): RpcStatus {
  return { code: CODES.ALREADY_EXISTS.grpc, message };
}
