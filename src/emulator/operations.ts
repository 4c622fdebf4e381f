import { notFound } from './errors.ts';
import { CHANNEL_SCOPES } from './method.ts';
import type { Call, Method } from './method.ts';
import type { OperationRecord } from './operation-store.ts';
import type { Operation } from './resources.ts';
import type { State } from './state.ts';

const TYPES = 'type.googleapis.com/google.cloud.channel.v1';

/** https://docs.cloud.google.com/channel/docs/reference/rest/v1/operations */
export const OPERATION_METHODS: readonly Method[] = [
  {
    id: 'operations.get',
    verb: 'GET',
    paths: ['/v1/operations/*'],
    bucket: 'channel.operations',
    scopes: CHANNEL_SCOPES,
    query: [],
    handle: getOperation,
  },
];

function getOperation(state: State, call: Call): unknown {
  const name = `operations/${call.params['*'] ?? ''}`;
  const record = state.operations.find(name);
  if (record === undefined) throw notFound(`Operation ${name} was not found.`);
  return operationMessage(record);
}

/** The operation as Google answers it. */
export function operationMessage({ name, result }: OperationRecord): Operation {
  return {
    name,
    metadata: { '@type': `${TYPES}.OperationMetadata`, operationType: 'PROVISION_CLOUD_IDENTITY' },
    done: result !== undefined,
    error: result?.kind === 'error' ? result.error : undefined,
    response: result?.kind === 'response' ? { '@type': `${TYPES}.Customer`, ...result.customer } : undefined,
  };
}

/** What tests see of an operation. */
export interface ListedOperation extends Operation {
  /** Name of the customer that it is about. */
  readonly customer: string;
  readonly validateOnly: boolean;
}

/** Every operation as it is now, in the order in which they were started. */
export function listedOperations(state: State): readonly ListedOperation[] {
  return state.operations.all().map((record) => ({
    ...operationMessage(record),
    customer: record.customer,
    validateOnly: record.validateOnly,
  }));
}
