import type { ApiFailure, ApiResult } from '../model/api-failure.ts';
import type { RemoteAddress, RemoteContact, RemoteCustomer } from '../model/remote-customer.ts';
import {
  readCloudIdentityAccounts,
  readCustomer,
  readCustomerPage,
  type CloudIdentityAccount,
  type CustomerPage,
} from './answers.ts';
import type { CallContext, Caller } from './caller.ts';
import { LIST_PAGE_SIZE } from './limits.ts';
import type { ChannelApi } from './load-api.ts';

/** Body of `customers.import` (`ImportCustomerRequest`): exactly one identity. */
export type ImportRequest = (
  { readonly domain: string } | { readonly cloudIdentityId: string } | { readonly primaryAdminEmail: string }
) & {
  /** The customer's transfer token; a secret. */
  readonly authToken?: string;
  readonly overwriteIfExists: boolean;
  /** Cloud Identity ID of the channel partner. */
  readonly channelPartnerId?: string;
  /** Resource name of the customer that receives the Cloud Identity's data. */
  readonly customer?: string;
};

/** The fields of a Customer that may be set; everything else is output only or needs a method of its own. */
export interface CustomerChanges {
  readonly orgDisplayName?: string;
  readonly orgPostalAddress?: RemoteAddress;
  readonly primaryContactInfo?: RemoteContact;
  readonly alternateEmail?: string;
  readonly languageCode?: string;
  readonly correlationId?: string;
}

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

/** Named field by field: nothing that the method does not know can slip in. */
function importBody(request: ImportRequest): Readonly<Record<string, string | boolean>> {
  const { authToken, channelPartnerId, customer, overwriteIfExists } = request;
  return {
    ...identityOf(request),
    ...(authToken === undefined ? {} : { authToken }),
    overwriteIfExists,
    ...(channelPartnerId === undefined ? {} : { channelPartnerId }),
    ...(customer === undefined ? {} : { customer }),
  };
}

function identityOf(request: ImportRequest): Readonly<Record<string, string>> {
  if ('cloudIdentityId' in request) return { cloudIdentityId: request.cloudIdentityId };
  if ('primaryAdminEmail' in request) return { primaryAdminEmail: request.primaryAdminEmail };
  return { domain: request.domain };
}

interface PatchBody {
  orgDisplayName?: string;
  orgPostalAddress?: Record<string, unknown>;
  primaryContactInfo?: Record<string, unknown>;
  alternateEmail?: string;
  languageCode?: string;
  correlationId?: string;
}

function patchBody(changes: CustomerChanges): PatchBody {
  const {
    orgDisplayName,
    orgPostalAddress,
    primaryContactInfo,
    alternateEmail,
    languageCode,
    correlationId,
  } = changes;
  return {
    ...(orgDisplayName === undefined ? {} : { orgDisplayName }),
    ...(orgPostalAddress === undefined ? {} : { orgPostalAddress: { ...orgPostalAddress } }),
    ...(primaryContactInfo === undefined ? {} : { primaryContactInfo: settableContact(primaryContactInfo) }),
    ...(alternateEmail === undefined ? {} : { alternateEmail }),
    ...(languageCode === undefined ? {} : { languageCode }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

/** `displayName` is output only: Google makes it of the names. */
function settableContact(contact: RemoteContact): Record<string, unknown> {
  return Object.fromEntries(Object.entries(contact).filter(([field]) => field !== 'displayName'));
}

function isParent(name: string): boolean {
  return isPath(name) && /^accounts\/[^/]+(?:\/channelPartnerLinks\/[^/]+)?$/.test(name);
}

function isCustomer(name: string): boolean {
  return isPath(name) && /^accounts\/[^/]+(?:\/channelPartnerLinks\/[^/]+)?\/customers\/[^/]+$/.test(name);
}

function isPath(name: string): boolean {
  return !name.split('/').some((segment) => segment === '.' || segment === '..');
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
