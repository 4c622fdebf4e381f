import { isDomain } from './customer-rules.ts';
import { ApiError, badRequest, errorInfo, invalidField } from './errors.ts';
import { CHANNEL_SCOPES } from './method.ts';
import type { Call, Method } from './method.ts';
import { readMessage } from './proto-json.ts';
import { checkRequestSchema } from './resources.ts';
import type { CloudIdentityCustomerAccount, CloudIdentityInfo } from './resources.ts';
import type { State } from './state.ts';
import type { Identity } from './world-schema.ts';

export const CLOUD_IDENTITY_METHODS: readonly Method[] = [
  {
    id: 'checkCloudIdentityAccountsExist',
    verb: 'POST',
    paths: ['/v1/accounts/:account(^[^:/]+)::checkCloudIdentityAccountsExist'],
    bucket: 'channel.other',
    scopes: CHANNEL_SCOPES,
    query: [],
    handle: checkAccountsExist,
  },
];

function checkAccountsExist(state: State, call: Call): unknown {
  const { domain = '', primaryAdminEmail = '' } = readMessage(checkRequestSchema, call.body);
  if (domain === '') throw invalidField('domain', 'domain is required.');
  if (!isDomain(domain)) throw invalidValue('domain', 'domain must be a domain name.');
  const found = state.identities.on(domain).filter((identity) => {
    const admin = identity.primaryAdminEmail?.toLowerCase();
    return !identity.deleted && (primaryAdminEmail === '' || admin === primaryAdminEmail.toLowerCase());
  });
  return { cloudIdentityAccounts: found.map((identity) => accountOf(state, identity)) };
}

/** The identity as its customer shows it. The console's address is a bare host at Google, too. */
export function cloudIdentityInfoOf(identity: Identity): CloudIdentityInfo {
  return {
    customerType: identity.customerType,
    primaryDomain: identity.domain,
    alternateEmail: identity.alternateEmail,
    phoneNumber: identity.phoneNumber,
    languageCode: identity.languageCode,
    adminConsoleUri: `admin.google.com/${identity.domain}`,
  };
}

/** `owned` needs a linked customer with subscriptions or consent; a customer record alone is not enough. */
function accountOf(state: State, identity: Identity): CloudIdentityCustomerAccount {
  const record = state.linkedTo(identity.cloudIdentityId);
  const owned = record !== undefined && state.identities.isSubscribed(identity);
  return {
    existing: true,
    owned,
    customerName: owned ? record.customer.name : undefined,
    customerCloudIdentityId: identity.cloudIdentityId,
    customerType: identity.customerType,
    channelPartnerCloudIdentityId: record?.customer.channelPartnerId ?? identity.channelPartnerId,
  };
}

/** Google's INVALID_VALUE is no canonical code; how it is carried is unspecified, so the reason says it. */
function invalidValue(field: string, description: string): ApiError {
  return new ApiError('INVALID_ARGUMENT', description, [
    errorInfo('INVALID_VALUE'),
    badRequest([{ field, description }]),
  ]);
}
