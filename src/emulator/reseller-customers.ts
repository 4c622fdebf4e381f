import { LegacyError, invalid, refuseFaults, resourceNotFound } from './legacy-errors.ts';
import type { Call, Method } from './method.ts';
import { readMessage } from './proto-json.ts';
import { resellerCustomerSchema } from './reseller-resources.ts';
import type { ResellerCustomer, ResellerCustomerBody } from './reseller-resources.ts';
import { keptPhoneNumber, writtenFaults } from './reseller-rules.ts';
import type { State } from './state.ts';
import { briefCustomerOf, addressOf, resellerCustomerOf, withResellerData } from './tenant-words.ts';
import { domainTenantOn, isOurs, keepTenant, tenantOf, tenantsOn } from './tenants.ts';
import type { Identity } from './world-schema.ts';

/*
 * Reseller API v1, customers: https://developers.google.com/workspace/admin/reseller/reference/rest/v1/customers
 */

export const RESELLER_PATH = '/apps/reseller/v1/customers';
/** https://developers.google.com/workspace/admin/reseller/v1/how-tos/authorize */
export const RESELLER_SCOPE = 'https://www.googleapis.com/auth/apps.order';

export const RESELLER_CUSTOMER_METHODS: readonly Method[] = [
  {
    id: 'reseller.customers.get',
    verb: 'GET',
    paths: [`${RESELLER_PATH}/:customerId`],
    bucket: 'reseller',
    scopes: [RESELLER_SCOPE, `${RESELLER_SCOPE}.readonly`],
    query: [],
    handle: getCustomer,
  },
  {
    id: 'reseller.customers.patch',
    verb: 'PATCH',
    paths: [`${RESELLER_PATH}/:customerId`],
    bucket: 'reseller',
    scopes: [RESELLER_SCOPE],
    query: [],
    handle: patchCustomer,
  },
  {
    id: 'reseller.customers.update',
    verb: 'PUT',
    paths: [`${RESELLER_PATH}/:customerId`],
    bucket: 'reseller',
    scopes: [RESELLER_SCOPE],
    query: [],
    handle: updateCustomer,
  },
];

/** The customers that are this reseller's, in order of creation. */
export function resellerCustomers(state: State): readonly ResellerCustomer[] {
  return state.identities
    .all()
    .filter((identity) => !identity.deleted && isOurs(state, identity))
    .map(resellerCustomerOf);
}

function getCustomer(state: State, call: Call): unknown {
  const identity = customerInPath(state, call);
  if (isOurs(state, identity)) return resellerCustomerOf(identity);
  if (state.switches.resellerForeign === 'forbidden') throw forbidden();
  return briefCustomerOf(identity);
}

/** By ID or domain. */
function customerInPath(state: State, call: Call): Identity {
  const { customerId: key = '' } = call.params;
  const found = tenantOf(state, key) ?? domainTenantOn(state, key) ?? teamOn(state, key);
  if (found === undefined) throw resourceNotFound('customerId');
  return found;
}

function teamOn(state: State, domain: string): Identity | undefined {
  const [team, ...others] = tenantsOn(state, domain);
  if (team === undefined) return undefined;
  if (others.length === 0 && state.switches.resellerOneTeamByDomain === 'record') return team;
  const message = `Customer domain [${domain}] is linked to one or more email verified customers, please provide a customer id`;
  throw new LegacyError(400, invalid(message));
}

function forbidden(): LegacyError {
  return new LegacyError(403, { reason: 'forbidden', message: 'Forbidden' });
}

function patchCustomer(state: State, call: Call): unknown {
  const identity = ourCustomerInPath(state, call);
  const body = readMessage(resellerCustomerSchema, call.body);
  const postalAddress = body.postalAddress && { ...addressOf(identity), ...body.postalAddress };
  return write(state, identity, identity, { ...body, ...(postalAddress && { postalAddress }) });
}

/** Replaces what callers may set; what the body leaves out is cleared. */
function updateCustomer(state: State, call: Call): unknown {
  const identity = ourCustomerInPath(state, call);
  const body = readMessage(resellerCustomerSchema, call.body);
  const bare = { ...identity, alternateEmail: undefined, phoneNumber: undefined };
  return write(state, identity, bare, { ...body, postalAddress: body.postalAddress ?? {} });
}

function ourCustomerInPath(state: State, call: Call): Identity {
  const identity = customerInPath(state, call);
  if (!isOurs(state, identity)) throw forbidden();
  return identity;
}

function write(state: State, before: Identity, base: Identity, body: ResellerCustomerBody): ResellerCustomer {
  const { customerType, customerDomain } = briefCustomerOf(before);
  refuseFaults([
    ...fixedFaults('customerType', body.customerType, customerType),
    ...fixedFaults('customerDomain', body.customerDomain, customerDomain),
    ...writtenFaults(body, customerDomain, state.switches),
  ]);
  const phoneNumber = keptPhoneNumber(body.phoneNumber);
  return resellerCustomerOf(keepTenant(state, before, withResellerData(base, { ...body, phoneNumber })));
}

/** Type and domain are not changed here: a team becomes a domain customer by verifying its domain. */
function fixedFaults(field: string, wanted: string | undefined, is: string) {
  if (wanted === undefined || wanted === 'customerTypeUnspecified') return [];
  return wanted.toLowerCase() === is.toLowerCase() ? [] : [invalid(`resource.${field} - Cannot be changed`)];
}
