import { readCustomer } from './answers.ts';
import type { Caller } from './caller.ts';
import { createBody, importBody, patchBody, provisionBody } from './channel-requests.ts';
import { customersOf } from './channel-resources.ts';
import type { ChannelWriter } from './channel.ts';
import type { ChannelApi } from './load-api.ts';
import type { Method } from './method.ts';
import { badName, notSent } from './not-sent.ts';
import { readOperation } from './operation-answer.ts';
import { isCustomer, isOwnCustomer, isParent } from './resource-names.ts';

export function createChannelWriter(api: ChannelApi, caller: Caller): ChannelWriter {
  return {
    async importCustomer(parent, request, context = {}) {
      if (!isParent(parent)) return badName(parent);
      const requestBody = importBody(request);
      const secrets = [
        ...(context.secrets ?? []),
        ...(request.authToken === undefined ? [] : [request.authToken]),
      ];
      const method = writeMethod({
        name: 'customers.import',
        repeatable: true,
        invoke: ({ auth, options }) =>
          customersOf(api, parent).import({ parent, requestBody, auth }, options),
        read: readCustomer,
      });
      return caller.call(method, { ...context, secrets });
    },
    async createCustomer(parent, customer, context = {}) {
      if (!isParent(parent)) return badName(parent);
      const requestBody = createBody(customer);
      const method = writeMethod({
        name: 'customers.create',
        repeatable: false,
        invoke: ({ auth, options }) =>
          customersOf(api, parent).create({ parent, requestBody, auth }, options),
        read: readCustomer,
      });
      return caller.call(method, context);
    },
    async patchCustomer(name, body, updateMask, context = {}) {
      if (!isCustomer(name)) return badName(name);
      // What Google does without a mask is nowhere said; it may well replace the whole customer.
      if (updateMask.length === 0) return notSent('a patch names no field to change');
      const params = { name, updateMask: updateMask.join(','), requestBody: patchBody(body) };
      const method = writeMethod({
        name: 'customers.patch',
        repeatable: true,
        invoke: ({ auth, options }) => api.accounts.customers.patch({ ...params, auth }, options),
        read: readCustomer,
      });
      return caller.call(method, context);
    },
    async provisionCloudIdentity(customer, request, context = {}) {
      if (!isOwnCustomer(customer)) return badName(customer);
      const requestBody = provisionBody(request);
      const method = writeMethod({
        name: 'customers.provisionCloudIdentity',
        repeatable: false,
        invoke: ({ auth, options }) =>
          api.accounts.customers.provisionCloudIdentity({ customer, requestBody, auth }, options),
        read: readOperation,
      });
      return caller.call(method, context);
    },
  };
}

/** All writes share one quota. */
function writeMethod<T>(method: Pick<Method<T>, 'name' | 'repeatable' | 'invoke' | 'read'>): Method<T> {
  return { ...method, kind: 'write', bucket: 'channel.other' };
}
