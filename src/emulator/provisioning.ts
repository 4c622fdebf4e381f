import { cloudIdentityInfoOf } from './cloud-identities.ts';
import type { Provisioning } from './operation-store.ts';
import type { Customer, ProvisionRequest } from './resources.ts';
import { identityOf } from './state.ts';
import type { CustomerRecord, State } from './state.ts';
import type { Identity } from './world-schema.ts';

/** What a request asks for, with the customer's own data where it says nothing. */
export function provisioningOf(
  customer: Customer,
  { cloudIdentityInfo = {}, user = {} }: ProvisionRequest,
): Provisioning {
  const { primaryContactInfo: contact } = customer;
  return {
    info: {
      ...cloudIdentityInfo,
      customerType: cloudIdentityInfo.customerType ?? 'DOMAIN',
      primaryDomain: undefined,
      isDomainVerified: undefined,
      alternateEmail: cloudIdentityInfo.alternateEmail ?? customer.alternateEmail,
      languageCode: cloudIdentityInfo.languageCode ?? customer.languageCode,
      adminConsoleUri: undefined,
    },
    user: {
      email: user.email ?? contact?.email,
      givenName: user.givenName ?? contact?.firstName,
      familyName: user.familyName ?? contact?.lastName,
    },
  };
}

/** Why Google cannot make the Cloud Identity now, whatever the request says; undefined where it can. */
export function obstacleTo(
  state: State,
  customer: Customer,
  { info, user }: Provisioning,
): string | undefined {
  const { domain = '' } = customer;
  const owners = state
    .identitiesOn(domain)
    .filter((identity) => isOwner(identity) && info.customerType !== 'TEAM');
  if (owners.length > 0) return `The domain ${domain} has a Cloud Identity already.`;
  if (state.hasAddress(user.email ?? '')) return `The primary email ${user.email ?? ''} already exists.`;
  return undefined;
}

function isOwner(identity: Identity): boolean {
  return !identity.deleted && identity.customerType === 'DOMAIN';
}

/** The customer as it would be, without the ID that only a Cloud Identity that exists has. */
export function previewOf(customer: Customer, provisioning: Provisioning): Customer {
  return { ...customer, cloudIdentityInfo: infoOf(identityFor(customer, provisioning, ''), provisioning) };
}

/** Makes the Cloud Identity and its super admin, and links the customer to it, as of a time of the monotonic clock. */
export function provision(
  state: State,
  record: CustomerRecord,
  provisioning: Provisioning,
  atMs: number,
): Customer {
  const { customer } = record;
  const identity = identityFor(customer, provisioning, state.freeCloudIdentityId());
  const { cloudIdentityId } = identity;
  const { email = '', givenName, familyName } = provisioning.user;
  state.addIdentity(identity);
  state.addUser({
    primaryEmail: email,
    customerId: cloudIdentityId,
    name: { givenName, familyName },
    aliases: [],
    isAdmin: true,
    recoveryEmail: identity.alternateEmail,
  });
  const cloudIdentityInfo = infoOf(identity, provisioning);
  return state.settle(record, { ...customer, cloudIdentityId, cloudIdentityInfo }, atMs);
}

function identityFor(customer: Customer, { info, user }: Provisioning, cloudIdentityId: string): Identity {
  return {
    ...identityOf(customer, cloudIdentityId),
    customerType: info.customerType ?? 'DOMAIN',
    primaryAdminEmail: user.email,
    alternateEmail: info.alternateEmail,
    phoneNumber: info.phoneNumber,
    languageCode: info.languageCode,
  };
}

function infoOf(identity: Identity, { info }: Provisioning): Customer['cloudIdentityInfo'] {
  return { ...cloudIdentityInfoOf(identity), eduData: info.eduData };
}
