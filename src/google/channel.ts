import type { ApiFailure, ApiResult } from '../model/api-failure.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import {
  readCloudIdentityAccounts,
  readCustomer,
  readCustomerPage,
  type CloudIdentityAccount,
  type CustomerPage,
} from './answers.ts';
import type { Caller } from './caller.ts';
import { importBody, patchBody, type CustomerChanges, type ImportRequest } from './channel-requests.ts';
import { LIST_PAGE_SIZE } from './limits.ts';
import type { ChannelApi } from './load-api.ts';
import type { CallContext } from './method.ts';
import { isCustomer, isParent } from './resource-names.ts';

/** What is read of the Cloud Channel API. Resource names are given whole: `accounts/C012345`. */
export interface ChannelReader {
  /** @param parent the account, or one of its channel partner links */
  listCustomers(
    parent: string,
    pageToken: string | undefined,
    context?: CallContext,
  ): Promise<ApiResult<CustomerPage>>;
  getCustomer(name: string, context?: CallContext): Promise<ApiResult<RemoteCustomer>>;
  /** Cloud Identities of a domain, or of one team admin on it; empty where there is none. */
  checkCloudIdentityAccounts(
    account: string,
    query: { readonly domain: string; readonly primaryAdminEmail?: string },
    context?: CallContext,
  ): Promise<ApiResult<readonly CloudIdentityAccount[]>>;
}

/** What is written through the Cloud Channel API. Both methods may safely be sent again. */
export interface ChannelWriter {
  /** @param parent the account, or one of its channel partner links */
  importCustomer(
    parent: string,
    request: ImportRequest,
    context?: CallContext,
  ): Promise<ApiResult<RemoteCustomer>>;
  /** @param updateMask top-level fields of the body that are to change */
  patchCustomer(
    name: string,
    body: CustomerChanges,
    updateMask: readonly string[],
    context?: CallContext,
  ): Promise<ApiResult<RemoteCustomer>>;
}

export function createChannelReader(api: ChannelApi, caller: Caller): ChannelReader {
  return {
    async listCustomers(parent, pageToken, context = {}) {
      if (!isParent(parent)) return notSent(parent);
      const paging = { pageSize: LIST_PAGE_SIZE, ...(pageToken === undefined ? {} : { pageToken }) };
      return caller.call(
        {
          name: 'customers.list',
          bucket: 'channel.list',
          kind: 'read',
          repeatable: true,
          invoke: ({ auth, options }) => customersOf(api, parent).list({ parent, ...paging, auth }, options),
          read: readCustomerPage,
        },
        context,
      );
    },
    async getCustomer(name, context = {}) {
      if (!isCustomer(name)) return notSent(name);
      return caller.call(
        {
          name: 'customers.get',
          bucket: 'channel.other',
          kind: 'read',
          repeatable: true,
          invoke: ({ auth, options }) => api.accounts.customers.get({ name, auth }, options),
          read: readCustomer,
        },
        context,
      );
    },
    async checkCloudIdentityAccounts(account, query, context = {}) {
      if (!isParent(account)) return notSent(account);
      const { domain, primaryAdminEmail } = query;
      const requestBody = { domain, ...(primaryAdminEmail === undefined ? {} : { primaryAdminEmail }) };
      return caller.call(
        {
          name: 'accounts.checkCloudIdentityAccountsExist',
          bucket: 'channel.other',
          kind: 'read',
          repeatable: true,
          invoke: ({ auth, options }) =>
            api.accounts.checkCloudIdentityAccountsExist({ parent: account, requestBody, auth }, options),
          read: readCloudIdentityAccounts,
        },
        context,
      );
    },
  };
}

export function createChannelWriter(api: ChannelApi, caller: Caller): ChannelWriter {
  return {
    async importCustomer(parent, request, context = {}) {
      if (!isParent(parent)) return notSent(parent);
      const requestBody = importBody(request);
      const secrets = [
        ...(context.secrets ?? []),
        ...(request.authToken === undefined ? [] : [request.authToken]),
      ];
      return caller.call(
        {
          name: 'customers.import',
          bucket: 'channel.other',
          kind: 'write',
          repeatable: true,
          invoke: ({ auth, options }) =>
            customersOf(api, parent).import({ parent, requestBody, auth }, options),
          read: readCustomer,
        },
        { ...context, secrets },
      );
    },
    async patchCustomer(name, body, updateMask, context = {}) {
      if (!isCustomer(name)) return notSent(name);
      const params = { name, updateMask: updateMask.join(','), requestBody: patchBody(body) };
      return caller.call(
        {
          name: 'customers.patch',
          bucket: 'channel.other',
          kind: 'write',
          repeatable: true,
          invoke: ({ auth, options }) => api.accounts.customers.patch({ ...params, auth }, options),
          read: readCustomer,
        },
        context,
      );
    },
  };
}

/** The two resources have the same methods at the same addresses; the discovery document gives each its parents. */
function customersOf(
  api: ChannelApi,
  parent: string,
): Pick<ChannelApi['accounts']['customers'], 'list' | 'import'> {
  return parent.includes('/channelPartnerLinks/')
    ? api.accounts.channelPartnerLinks.customers
    : api.accounts.customers;
}

/** A resource name from a book may be anything; Google's library would throw on some. */
function notSent(name: string): { readonly kind: 'failed'; readonly failure: ApiFailure; readonly calls: 0 } {
  const failure: ApiFailure = {
    class: 'refused',
    effect: 'none',
    httpStatus: undefined,
    code: 'INVALID_ARGUMENT',
    reason: undefined,
    message: `${JSON.stringify(name.slice(0, 100))} is no resource name of this kind; nothing was sent`,
    retryAfterMs: undefined,
  };
  return { kind: 'failed', failure, calls: 0 };
}
