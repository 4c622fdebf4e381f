import { LegacyError, refuseFaults } from './legacy-errors.ts';
import type { Call, Method } from './method.ts';
import { readMessage } from './proto-json.ts';
import { RESELLER_PATH, RESELLER_SCOPE } from './reseller-customers.ts';
import { resellerCustomerSchema } from './reseller-resources.ts';
import type { ResellerCustomerBody } from './reseller-resources.ts';
import { domainOfNew, keptPhoneNumber, newCustomerFaults } from './reseller-rules.ts';
import type { State } from './state.ts';
import { hasAddress } from './tenant-users.ts';
import { resellerCustomerOf, UNCLAIMED, withResellerData } from './tenant-words.ts';
import { domainTenantOn, isOurs, tenantsOn } from './tenants.ts';
import { isGoodToken } from './transfer-tokens.ts';
import type { Identity } from './world-schema.ts';

/*
 * customers.insert of the Reseller API: a Cloud Identity from what the caller says of it, or, with a transfer token,
 * one of somebody else that becomes this reseller's. In order:
 *
 *   1. the body is sound                                     else 400 invalid, required
 *   2. a token that was sent is good on the domain           else 403 forbidden
 *   3. no customer of type domain has the domain             else 409 as switch resellerConflictReason says
 *   4. a new domain customer has no teams on its domain      else as switch resellerDomainOverTeams says
 *   5. the admin's address of a new team is free             else 409
 *
 * https://developers.google.com/workspace/admin/reseller/reference/rest/v1/customers/insert
 */

export const RESELLER_INSERT_METHODS: readonly Method[] = [
  {
    id: 'reseller.customers.insert',
    verb: 'POST',
    paths: [RESELLER_PATH],
    bucket: 'reseller',
    scopes: [RESELLER_SCOPE],
    query: ['customerAuthToken'],
    handle: insertCustomer,
  },
];

function insertCustomer(state: State, call: Call): unknown {
  const body = readMessage(resellerCustomerSchema, call.body);
  refuseFaults(newCustomerFaults(body, state.switches));
  const { customerAuthToken: token = '' } = call.query;
  const kept = { ...body, phoneNumber: keptPhoneNumber(body.phoneNumber) };
  return resellerCustomerOf(token === '' ? make(state, kept) : takeOver(state, kept, token));
}

function make(state: State, body: ResellerCustomerBody): Identity {
  const domain = domainOfNew(body);
  const isTeam = body.customerType === 'team';
  const primaryAdminEmail = isTeam ? body.primaryAdmin?.primaryEmail : undefined;
  if (domainTenantOn(state, domain) !== undefined) throw exists(state);
  if (!isTeam) requireNoTeams(state, domain);
  if (primaryAdminEmail !== undefined && hasAddress(state, primaryAdminEmail)) throw exists(state);
  const bare: Identity = {
    cloudIdentityId: state.identities.freeId(),
    domain,
    customerType: isTeam ? 'TEAM' : 'DOMAIN',
    primaryAdminEmail,
    domainVerified: false,
    createTime: state.timeAt(state.monotonic()),
    ...UNCLAIMED,
  };
  const identity = withResellerData(bare, body);
  state.identities.add(identity);
  return claim(state, identity);
}

/** The identity on the domain whose token it is; it keeps its type, admin and language, and gets the body's data. */
function takeOver(state: State, body: ResellerCustomerBody, token: string): Identity {
  const found = tenantsOn(state, domainOfNew(body)).find((identity) => isGoodToken(state, identity, token));
  if (found?.importable !== true) {
    throw new LegacyError(403, { reason: 'forbidden', message: 'Forbidden' });
  }
  if (isOurs(state, found)) throw exists(state);
  const identity = withResellerData(found, body);
  state.identities.replace(identity);
  return claim(state, identity);
}

function claim(state: State, identity: Identity): Identity {
  state.identities.resell(identity.cloudIdentityId);
  state.noteChange();
  return identity;
}

function requireNoTeams(state: State, domain: string): void {
  if (state.switches.resellerDomainOverTeams === 'allow' || tenantsOn(state, domain).length === 0) return;
  const message = 'Domain in request is in use by an email verified customer';
  throw new LegacyError(409, { reason: 'conflict', message });
}

function exists(state: State): LegacyError {
  const reason = state.switches.resellerConflictReason;
  return new LegacyError(409, { reason, message: 'Resource already exists.' });
}
