import type { ApiResult } from '../model/api-failure.ts';
import { readCloudIdentityAccounts, readCustomer, readCustomerPage, type CustomerPage } from './answers.ts';
import type { Caller } from './caller.ts';
import { provisionBody } from './channel-requests.ts';
import { customersOf } from './channel-resources.ts';
import type { ChannelReader } from './channel.ts';
import { customerFilter } from './customer-filter.ts';
import { allCustomers } from './customer-pages.ts';
import { LINK_PAGE_SIZE, LIST_PAGE_SIZE } from './limits.ts';
import type { ChannelApi } from './load-api.ts';
import { readMethod, type Method } from './method.ts';
import { badName, notSent } from './not-sent.ts';
import { readOperation, readVerdict, type Verdict } from './operation-answer.ts';
import { readPartnerLink, readPartnerLinkPage } from './partner-link-answers.ts';
import {
  isAccount,
  isCustomer,
  isOperation,
  isOwnCustomer,
  isParent,
  isPartnerLink,
} from './resource-names.ts';

/** The methods that read. `validateOnly` is no argument of any of them. */
export function createChannelReader(api: ChannelApi, caller: Caller): ChannelReader {
  return {
    async listCustomers(parent, pageToken, context = {}) {
      if (!isParent(parent)) return badName(parent);
      return caller.call(customersList(api, parent, paged(pageToken)), context);
    },
    async findCustomers(parent, query, context = {}) {
      if (!isParent(parent)) return badName(parent);
      const filter = customerFilter(query);
      if (filter === undefined) return notSent('a look-up of customers names nothing to look for');
      return allCustomers((pageToken) =>
        caller.call(customersList(api, parent, { filter, ...paged(pageToken) }), context),
      );
    },
    async getCustomer(name, context = {}) {
      if (!isCustomer(name)) return badName(name);
      const method = readMethod({
        name: 'customers.get',
        bucket: 'channel.other',
        invoke: ({ auth, options }) => api.accounts.customers.get({ name, auth }, options),
        read: readCustomer,
      });
      return caller.call(method, context);
    },
    async checkCloudIdentityAccounts(account, query, context = {}) {
      if (!isAccount(account)) return badName(account);
      const { domain, primaryAdminEmail } = query;
      const requestBody = { domain, ...(primaryAdminEmail === undefined ? {} : { primaryAdminEmail }) };
      const method = readMethod({
        name: 'accounts.checkCloudIdentityAccountsExist',
        bucket: 'channel.other',
        invoke: ({ auth, options }) =>
          api.accounts.checkCloudIdentityAccountsExist({ parent: account, requestBody, auth }, options),
        read: readCloudIdentityAccounts,
      });
      return caller.call(method, context);
    },
    async getOperation(name, context = {}) {
      if (!isOperation(name)) return badName(name);
      const method = readMethod({
        name: 'operations.get',
        bucket: 'channel.operations',
        invoke: ({ auth, options }) => api.operations.get({ name, auth }, options),
        read: readOperation,
      });
      return caller.call(method, context);
    },
    async listPartnerLinks(account, pageToken, context = {}) {
      if (!isAccount(account)) return badName(account);
      const params = { parent: account, pageSize: LINK_PAGE_SIZE, ...paged(pageToken) };
      const method = readMethod({
        name: 'channelPartnerLinks.list',
        bucket: 'channel.other',
        invoke: ({ auth, options }) => api.accounts.channelPartnerLinks.list({ ...params, auth }, options),
        read: readPartnerLinkPage,
      });
      return caller.call(method, context);
    },
    async getPartnerLink(name, context = {}) {
      if (!isPartnerLink(name)) return badName(name);
      const method = readMethod({
        name: 'channelPartnerLinks.get',
        bucket: 'channel.other',
        invoke: ({ auth, options }) => api.accounts.channelPartnerLinks.get({ name, auth }, options),
        read: readPartnerLink,
      });
      return caller.call(method, context);
    },
    async validateProvision(customer, request, context = {}) {
      if (!isOwnCustomer(customer)) return badName(customer);
      const requestBody = { ...provisionBody(request), validateOnly: true };
      const method = readMethod({
        name: 'customers.provisionCloudIdentity (validateOnly)',
        bucket: 'channel.other',
        invoke: ({ auth, options }) =>
          api.accounts.customers.provisionCloudIdentity({ customer, requestBody, auth }, options),
        read: readVerdict,
      });
      return accepted(await caller.call(method, context));
    },
  };
}

function customersList(
  api: ChannelApi,
  parent: string,
  query: { readonly filter?: string; readonly pageToken?: string },
): Method<CustomerPage> {
  const params = { parent, pageSize: LIST_PAGE_SIZE, ...query };
  return readMethod({
    name: 'customers.list',
    bucket: 'channel.list',
    invoke: ({ auth, options }) => customersOf(api, parent).list({ ...params, auth }, options),
    read: readCustomerPage,
  });
}

function paged(pageToken: string | undefined): { readonly pageToken?: string } {
  return pageToken === undefined ? {} : { pageToken };
}

/** A no that came as an operation, in the form that every other refusal has. */
function accepted(result: ApiResult<Verdict>): ApiResult<true> {
  if (result.kind === 'failed') return result;
  const { value: verdict, calls } = result;
  if (verdict.kind === 'accepted') return { kind: 'ok', value: true, calls };
  const { code, message } = verdict.error;
  return {
    kind: 'failed',
    failure: {
      class: 'refused',
      effect: 'none',
      httpStatus: 200,
      code,
      reason: undefined,
      message,
      retryAfterMs: undefined,
    },
    calls,
  };
}
