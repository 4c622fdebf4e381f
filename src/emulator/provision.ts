import { provisioningViolations } from './customer-rules.ts';
import { findCustomer } from './customers.ts';
import { alreadyExists, ApiError, invalidArgument } from './errors.ts';
import { ACCOUNT_PATH, CHANNEL_SCOPES, CUSTOMER_PART } from './method.ts';
import type { Call, Method, OperationFate } from './method.ts';
import type { OperationPlan, OperationRecord } from './operation-store.ts';
import { operationMessage } from './operations.ts';
import { readMessage } from './proto-json.ts';
import { obstacleTo, previewOf, provisioningOf } from './provisioning.ts';
import { provisionRequestSchema } from './resources.ts';
import type { Customer } from './resources.ts';
import { settleOperations } from './settle.ts';
import type { State } from './state.ts';

/*
 * accounts.customers.provisionCloudIdentity: an operation that makes the customer's Cloud Identity and its first super
 * admin. In order:
 *
 *   1. the customer exists                                       else NOT_FOUND
 *   2. an admin with names and address, and sound data           else INVALID_ARGUMENT
 *   3. the customer has no Cloud Identity                        else as switch provisionAgain says
 *   4. none is being made for it                                 else as switch provisionWhileRunning says
 *   5. neither the admin's address nor the domain is taken       else ALREADY_EXISTS
 *
 * What no longer holds when the operation is due becomes the operation's error.
 * Documented errors:
 * https://docs.cloud.google.com/channel/docs/reference/rest/v1/accounts.customers/provisionCloudIdentity
 */

export const PROVISION_METHODS: readonly Method[] = [
  {
    id: 'customers.provisionCloudIdentity',
    verb: 'POST',
    paths: [`${ACCOUNT_PATH}/customers/${CUSTOMER_PART}::provisionCloudIdentity`],
    bucket: 'channel.other',
    scopes: CHANNEL_SCOPES,
    query: [],
    handle: provisionCloudIdentity,
  },
];

function provisionCloudIdentity(state: State, call: Call): unknown {
  const { customer } = findCustomer(state, call);
  const { validateOnly = false, ...request } = readMessage(provisionRequestSchema, call.body);
  const provisioning = provisioningOf(customer, request);
  const violations = provisioningViolations(provisioning, customer.domain ?? '');
  if (violations.length > 0) {
    throw invalidArgument(violations.map(({ description }) => description).join(' '), violations);
  }
  if (customer.cloudIdentityId !== undefined) return provisionedAnswer(state, customer);
  const running = state.operations.runningOn(customer.name);
  if (running !== undefined && isInTheWay(state, running)) return operationMessage(running);
  const obstacle = obstacleTo(state, customer, provisioning);
  if (obstacle !== undefined) throw alreadyExists(obstacle);
  if (validateOnly) return validated(state, customer, previewOf(customer, provisioning));
  return started(state, customer, { kind: 'provision', ...provisioning }, call.fate);
}

/** The answer for a customer that has its Cloud Identity. */
function provisionedAnswer(state: State, customer: Customer): unknown {
  const { provisionAgain } = state.switches;
  const message = `Customer ${customer.name} has a Cloud Identity already.`;
  if (provisionAgain !== 'done') throw new ApiError(provisionAgain, message);
  return add(state, customer, { plan: { kind: 'answer', customer }, delayMs: 0, validateOnly: false });
}

/** Whether the operation that runs is the answer; throws where a second one is refused. */
function isInTheWay(state: State, running: OperationRecord): boolean {
  const { provisionWhileRunning } = state.switches;
  if (provisionWhileRunning === 'another') return false;
  if (provisionWhileRunning === 'same') return true;
  throw new ApiError(
    provisionWhileRunning,
    `Customer ${running.customer} is being provisioned by ${running.name}.`,
  );
}

function validated(state: State, customer: Customer, preview: Customer): unknown {
  const { validateOnlyAnswer, provisionDelayMs } = state.switches;
  if (validateOnlyAnswer === 'empty') return {};
  const delayMs = validateOnlyAnswer === 'operation-done' ? 0 : provisionDelayMs;
  return add(state, customer, { plan: { kind: 'answer', customer: preview }, delayMs, validateOnly: true });
}

function started(state: State, customer: Customer, usual: OperationPlan, fate?: OperationFate): unknown {
  const { delayMs = state.switches.provisionDelayMs, error } = fate ?? {};
  const plan = error === undefined ? usual : { kind: 'fail' as const, error };
  state.noteChange();
  return add(state, customer, { plan, delayMs, validateOnly: false });
}

/** Adds an operation, and answers it as it is at once: one without delay is done. */
function add(
  state: State,
  customer: Customer,
  operation: { readonly plan: OperationPlan; readonly delayMs: number; readonly validateOnly: boolean },
): unknown {
  const { plan, delayMs, validateOnly } = operation;
  const dueMs = state.monotonic() + delayMs;
  const record = state.operations.add({ customer: customer.name, validateOnly, dueMs, plan });
  settleOperations(state);
  return operationMessage(state.operations.find(record.name) ?? record);
}
