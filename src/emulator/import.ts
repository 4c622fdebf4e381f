import { cloudIdentityInfoOf } from './cloud-identities.ts';
import { alreadyExists, invalidArgument, invalidField, notFound, permissionDenied } from './errors.ts';
import { ACCOUNT_PATH, CHANNEL_SCOPES, LINK_PATH, linkInPath } from './method.ts';
import type { Call, Method } from './method.ts';
import { partnerNamed } from './partner-links.ts';
import { readMessage } from './proto-json.ts';
import { importRequestSchema } from './resources.ts';
import type { Customer, CustomerBody, ImportRequest } from './resources.ts';
import { withDisplayName } from './state.ts';
import type { CustomerRecord, State } from './state.ts';
import { isGoodToken } from './transfer-tokens.ts';
import type { Identity } from './world-schema.ts';

/*
 * accounts.customers.import: a Cloud Identity's data becomes, or updates, a customer. In order:
 *
 *   1. the request names exactly one identity            else INVALID_ARGUMENT
 *   2. the partner is an active link of the account      else INVALID_ARGUMENT, PERMISSION_DENIED
 *   3. the identity exists and is not deleted            else NOT_FOUND
 *   4. a token that was sent is the identity's and new   else INVALID_ARGUMENT
 *   5. this reseller may import it                       else PERMISSION_DENIED
 *   6. the named customer exists                         else NOT_FOUND
 *   7. nothing critical conflicts, or overwriteIfExists  else ALREADY_EXISTS
 *
 * Documented errors: https://docs.cloud.google.com/channel/docs/reference/rest/v1/accounts.customers/import
 */

const IDENTITY_FIELDS = ['domain', 'cloudIdentityId', 'primaryAdminEmail'] as const;
const CUSTOMER_NAME = /^(accounts\/[^/]+)\/customers\/[^/]+$/;

export const IMPORT_METHODS: readonly Method[] = [
  {
    id: 'customers.import',
    verb: 'POST',
    paths: [`${ACCOUNT_PATH}/customers::import`, `${LINK_PATH}/customers::import`],
    bucket: 'channel.other',
    scopes: CHANNEL_SCOPES,
    query: [],
    handle: importCustomer,
  },
];

function importCustomer(state: State, call: Call): unknown {
  const link = linkInPath(state, call);
  const request = readMessage(importRequestSchema, call.body);
  requireOneIdentity(request);
  const partner = partnerNamed(state, request.channelPartnerId ?? '', link);
  const identity = findIdentity(state, request);
  requirePartner(state, identity, partner);
  requireAuthority(state, identity, request.authToken ?? '');
  const receiver = findReceiver(state, identity, request.customer ?? '');
  if (receiver === undefined) return state.insert(customerFrom(identity, partner), partner);
  return receive(state, identity, receiver, request.overwriteIfExists ?? false);
}

function requireOneIdentity(request: ImportRequest): void {
  const named = IDENTITY_FIELDS.filter((field) => (request[field] ?? '') !== '');
  if (named.length === 1) return;
  throw invalidField(
    'customer_identity',
    'Exactly one of domain, cloud_identity_id and primary_admin_email is needed.',
  );
}

function findIdentity(state: State, request: ImportRequest): Identity {
  const { domain = '', cloudIdentityId = '', primaryAdminEmail = '' } = request;
  if (domain !== '') return identityOfDomain(state, domain);
  const found =
    cloudIdentityId !== ''
      ? state.identities.find(cloudIdentityId)
      : state.identities.ofAdmin(primaryAdminEmail).find(isAlive);
  if (found === undefined || found.deleted) throw notFound('The Cloud Identity was not found.');
  return found;
}

function identityOfDomain(state: State, domain: string): Identity {
  const onDomain = state.identities.on(domain).filter(isAlive);
  const owner = onDomain.find((identity) => identity.customerType === 'DOMAIN');
  if (owner !== undefined) return owner;
  if (onDomain.length > 0 && state.switches.importTeamByDomain === 'INVALID_ARGUMENT') {
    throw invalidField('domain', 'Only teams exist on the domain; name one by its cloud_identity_id.');
  }
  throw notFound('The Cloud Identity was not found.');
}

function isAlive(identity: Identity): boolean {
  return !identity.deleted;
}

function requirePartner(state: State, identity: Identity, partner: string | undefined): void {
  if (partner !== undefined || !state.switches.importPartnerRequired) return;
  if (identity.channelPartnerId === undefined) return;
  throw invalidField(
    'channel_partner_id',
    'channel_partner_id is needed for a customer of a channel partner.',
  );
}

function requireAuthority(state: State, identity: Identity, token: string): void {
  if (token !== '' && !isGoodToken(state, identity, token)) {
    throw invalidArgument('The auth_token is invalid or has expired.');
  }
  if (!identity.importable) throw permissionDenied('The caller may not import this customer.');
  if (token !== '' || identity.consent || state.identities.isResold(identity.cloudIdentityId)) return;
  const isLinked = state.linkedTo(identity.cloudIdentityId) !== undefined;
  if (isLinked && state.switches.importLinkedWithoutToken) return;
  throw permissionDenied('The customer has not authorised the import; an auth_token is needed.');
}

/** The customer that receives the data; undefined where a new one is to be made. */
function findReceiver(state: State, identity: Identity, name: string): CustomerRecord | undefined {
  const linked = state.linkedTo(identity.cloudIdentityId);
  if (name === '') return linked ?? unlinkedOnDomain(state, identity);
  const named = findNamed(state, name);
  const { cloudIdentityId } = named.customer;
  if (cloudIdentityId !== undefined && cloudIdentityId !== identity.cloudIdentityId) {
    throw alreadyExists(`Customer ${name} is linked to another Cloud Identity.`);
  }
  if (linked !== undefined && linked.customer.name !== name) {
    throw alreadyExists(`The Cloud Identity is linked to customer ${linked.customer.name}.`);
  }
  return named;
}

function findNamed(state: State, name: string): CustomerRecord {
  const account = CUSTOMER_NAME.exec(name)?.[1];
  if (account === undefined)
    throw invalidField('customer', 'customer must be accounts/ACCOUNT/customers/ID.');
  if (account !== state.account) throw permissionDenied('The customer belongs to another reseller account.');
  const record = state.find(name);
  if (record === undefined) throw notFound(`Customer ${name} was not found.`);
  return record;
}

function unlinkedOnDomain(state: State, identity: Identity): CustomerRecord | undefined {
  const choice = state.switches.importUnlinkedSameDomain;
  if (choice === 'create') return undefined;
  const record = state
    .recordsOn(identity.domain)
    .find(({ customer }) => customer.cloudIdentityId === undefined);
  if (record !== undefined && choice === 'conflict') {
    throw alreadyExists(`Customer ${record.customer.name} has the same domain.`);
  }
  return record;
}

function receive(state: State, identity: Identity, receiver: CustomerRecord, overwrite: boolean): Customer {
  const { customer } = receiver;
  const conflicts = conflictingFields(customer, identity);
  if (conflicts.length > 0 && !overwrite) {
    throw alreadyExists(`Customer ${customer.name} exists with another ${conflicts.join(' and ')}.`);
  }
  const isNew = customer.cloudIdentityId === undefined;
  if (!overwrite && !isNew && state.switches.importSameData === 'keep') return customer;
  return state.replace(receiver, withDisplayName({ ...customer, ...identityData(identity) }));
}

function conflictingFields(customer: Customer, identity: Identity): readonly string[] {
  const conflicts: string[] = [];
  const region = customer.orgPostalAddress?.regionCode;
  const identityRegion = identity.orgPostalAddress?.regionCode;
  if (customer.domain !== undefined && !same(customer.domain, identity.domain)) conflicts.push('domain');
  if (region !== undefined && identityRegion !== undefined && !same(region, identityRegion)) {
    conflicts.push('region code');
  }
  return conflicts;
}

function customerFrom(identity: Identity, partner: string | undefined): CustomerBody {
  return withDisplayName({ ...identityData(identity), channelPartnerId: partner });
}

/** The fields of a customer that come from its Cloud Identity; those that the identity lacks are left out. */
function identityData(identity: Identity): Omit<CustomerBody, 'name'> {
  const data: Omit<CustomerBody, 'name'> = {
    orgDisplayName: identity.orgDisplayName,
    orgPostalAddress: identity.orgPostalAddress,
    primaryContactInfo: identity.primaryContactInfo,
    alternateEmail: identity.alternateEmail,
    domain: identity.domain,
    languageCode: identity.languageCode,
    cloudIdentityId: identity.cloudIdentityId,
    cloudIdentityInfo: cloudIdentityInfoOf(identity),
  };
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();
}
