import { cloudIdentityInfoOf } from './cloud-identities.ts';
import { identityOf } from './identity-store.ts';
import type { Provisioning } from './operation-store.ts';
import type { AdminUser, Customer, ProvisionRequest } from './resources.ts';
import type { CustomerRecord, State } from './state.ts';
import { hasAddress } from './tenant-users.ts';
import { languageOf } from './tenant-words.ts';
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
  if (info.customerType !== 'TEAM' && state.identities.on(domain).some(isOwner)) {
    return `The domain ${domain} has a Cloud Identity already.`;
  }
  const { email } = user;
  if (email === undefined || !hasAddress(state, email)) return undefined;
  return `The primary email ${email} already exists.`;
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
  const createTime = state.timeAt(atMs);
  const identity = { ...identityFor(customer, provisioning, state.identities.freeId()), createTime };
  const { cloudIdentityId } = identity;
  state.identities.add(identity);
  addAdmin(state, identity, provisioning.user, createTime);
  const cloudIdentityInfo = infoOf(identity, provisioning);
  return state.settle(record, { ...customer, cloudIdentityId, cloudIdentityInfo }, atMs);
}

/** Operations of a world may have no admin. */
function addAdmin(
  state: State,
  identity: Identity,
  { email, givenName, familyName }: AdminUser,
  creationTime: string,
): void {
  if (email === undefined) return;
  state.users.add({
    primaryEmail: email,
    customerId: identity.cloudIdentityId,
    creationTime,
    name: { givenName, familyName },
    isAdmin: true,
    recoveryEmail: identity.alternateEmail,
    languages: [{ languageCode: languageOf(identity), preference: 'preferred' }],
  });
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
