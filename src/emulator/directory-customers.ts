import { domainOf, sameDomain } from './customer-rules.ts';
import { directoryCustomerSchema } from './directory-resources.ts';
import type { DirectoryCustomerBody } from './directory-resources.ts';
import { etagOf } from './etag.ts';
import { invalid, notAuthorized, refuseFaults, required, resourceNotFound } from './legacy-errors.ts';
import type { LegacyFault } from './legacy-errors.ts';
import type { Call, Method } from './method.ts';
import { readMessage } from './proto-json.ts';
import type { State } from './state.ts';
import { addressOf, languageOf, withAddress } from './tenant-words.ts';
import { isOurs, keepTenant, tenantOf } from './tenants.ts';
import { isPhoneNumber } from './user-rules.ts';
import type { Identity } from './world-schema.ts';

/*
 * Directory API v1, customers: https://developers.google.com/workspace/admin/directory/reference/rest/v1/customers.
 * The language is that of the users who are made from now on; those that are there keep theirs.
 */

export const DIRECTORY_PATH = '/admin/directory/v1';
const CUSTOMER_PATH = `${DIRECTORY_PATH}/customers/:customerKey`;
const CUSTOMER_SCOPE = 'https://www.googleapis.com/auth/admin.directory.customer';

export const DIRECTORY_CUSTOMER_METHODS: readonly Method[] = [
  {
    id: 'directory.customers.get',
    verb: 'GET',
    paths: [CUSTOMER_PATH],
    bucket: 'directory',
    scopes: [CUSTOMER_SCOPE, `${CUSTOMER_SCOPE}.readonly`],
    query: [],
    handle: (state, call) => customerOf(customerInPath(state, call)),
  },
  {
    id: 'directory.customers.patch',
    verb: 'PATCH',
    paths: [CUSTOMER_PATH],
    bucket: 'directory',
    scopes: [CUSTOMER_SCOPE],
    query: [],
    handle: patchCustomer,
  },
  {
    id: 'directory.customers.update',
    verb: 'PUT',
    paths: [CUSTOMER_PATH],
    bucket: 'directory',
    scopes: [CUSTOMER_SCOPE],
    query: [],
    handle: updateCustomer,
  },
];

/** The tenant of that ID, which must be this reseller's. `what` is the parameter that names it. */
export function ourTenant(state: State, customerId: string, what: string): Identity {
  const identity = tenantOf(state, customerId);
  if (identity === undefined) throw resourceNotFound(what);
  if (!isOurs(state, identity)) throw notAuthorized();
  return identity;
}

function customerInPath(state: State, call: Call): Identity {
  return ourTenant(state, call.params['customerKey'] ?? '', 'customerKey');
}

function customerOf(identity: Identity): unknown {
  const customer = {
    kind: 'admin#directory#customer',
    id: identity.cloudIdentityId,
    customerDomain: identity.domain,
    alternateEmail: identity.alternateEmail,
    phoneNumber: identity.phoneNumber,
    language: languageOf(identity),
    customerCreationTime: identity.createTime,
    postalAddress: addressOf(identity),
  };
  return { ...customer, etag: etagOf(customer) };
}

function patchCustomer(state: State, call: Call): unknown {
  const identity = customerInPath(state, call);
  const body = readMessage(directoryCustomerSchema, call.body);
  const postalAddress = body.postalAddress && { ...addressOf(identity), ...body.postalAddress };
  return write(state, identity, identity, { ...body, ...(postalAddress && { postalAddress }) });
}

/** Replaces what callers may set; what the body leaves out is cleared. */
function updateCustomer(state: State, call: Call): unknown {
  const identity = customerInPath(state, call);
  const body = readMessage(directoryCustomerSchema, call.body);
  const bare = { ...identity, alternateEmail: undefined, phoneNumber: undefined, languageCode: undefined };
  return write(state, identity, bare, { ...body, postalAddress: body.postalAddress ?? {} });
}

function write(state: State, before: Identity, base: Identity, body: DirectoryCustomerBody): unknown {
  refuseFaults(faultsOf(body, before.domain));
  const {
    alternateEmail = base.alternateEmail,
    phoneNumber = base.phoneNumber,
    language = base.languageCode,
  } = body;
  const after = withAddress(
    { ...base, alternateEmail, phoneNumber, languageCode: language },
    body.postalAddress,
  );
  return customerOf(keepTenant(state, before, after));
}

function faultsOf(body: DirectoryCustomerBody, domain: string): readonly LegacyFault[] {
  const { customerDomain, alternateEmail, phoneNumber, language, postalAddress } = body;
  const at = alternateEmail === undefined ? undefined : domainOf(alternateEmail);
  return [
    ...(customerDomain === undefined || sameDomain(customerDomain, domain)
      ? []
      : [invalid('Invalid Input: customerDomain')]),
    ...(alternateEmail === undefined || (at !== undefined && !sameDomain(at, domain))
      ? []
      : [invalid('Invalid Input: alternateEmail')]),
    ...(phoneNumber === undefined || isPhoneNumber(phoneNumber)
      ? []
      : [invalid('Invalid Input: phoneNumber')]),
    ...(language === undefined || isLanguage(language) ? [] : [invalid('Invalid Input: language')]),
    ...(postalAddress === undefined || /^[A-Z]{2}$/i.test(postalAddress.countryCode ?? '')
      ? []
      : [required('Missing required field: postalAddress.countryCode')]),
  ];
}

/** Google takes valid codes beyond its list, too. */
function isLanguage(code: string): boolean {
  try {
    return Intl.getCanonicalLocales(code).length === 1;
  } catch {
    return false;
  }
}
