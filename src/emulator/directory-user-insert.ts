import { emptyAnswer, jsonAnswer } from './answers.ts';
import { domainOf } from './customer-rules.ts';
import { newUserSchema, otherFields } from './directory-resources.ts';
import type { NewUser } from './directory-resources.ts';
import { USER_SCOPE, userMessage, USERS_PATH } from './directory-users.ts';
import { LegacyError, notAuthorized, refuseFaults } from './legacy-errors.ts';
import type { Call, Method } from './method.ts';
import { readMessage } from './proto-json.ts';
import type { State } from './state.ts';
import { hasAddress } from './tenant-users.ts';
import { languageOf } from './tenant-words.ts';
import { ourTenantOn } from './tenants.ts';
import type { User } from './user-store.ts';
import { newUserFaults } from './user-rules.ts';
import type { Identity } from './world-schema.ts';

/*
 * users.insert of the Directory API. In order:
 *
 *   1. the body is sound                                   else 400 invalid, required
 *   2. the domain of the address is a tenant of ours       else 403 forbidden
 *   3. nobody has the address                              else 409 duplicate; an account outside every tenant is
 *                                                          invited instead with resolveConflictAccount: 202
 *   4. not too many users were made on the domain          else 403 quotaExceeded
 *
 * https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/insert
 */

export const DIRECTORY_USER_INSERT_METHODS: readonly Method[] = [
  {
    id: 'directory.users.insert',
    verb: 'POST',
    paths: [USERS_PATH],
    bucket: 'directory',
    scopes: [USER_SCOPE],
    query: ['resolveConflictAccount'],
    handle: insertUser,
    answer: (message) => (message === INVITED ? emptyAnswer(202) : jsonAnswer(200, message)),
  },
];

const INVITED = Symbol('invited');

function insertUser(state: State, call: Call): unknown {
  const body = readMessage(newUserSchema, call.body);
  refuseFaults(newUserFaults(body));
  const { primaryEmail = '' } = body;
  const domain = domainOf(primaryEmail)?.toLowerCase() ?? '';
  const tenant = ourTenantOn(state, domain);
  if (tenant === undefined) throw notAuthorized();
  if (hasAddress(state, primaryEmail)) return resolveConflict(state, call, primaryEmail);
  requirePace(state, domain);
  const user = state.users.add(userFrom(state, tenant, { ...body, primaryEmail }));
  state.users.noteMaking(user, domain, state.monotonic());
  state.noteChange();
  return userMessage(user);
}

function resolveConflict(state: State, call: Call, primaryEmail: string): typeof INVITED {
  const holder = state.users.find(primaryEmail);
  const isOutside = holder !== undefined && holder.customerId === undefined;
  if (!isOutside || call.query['resolveConflictAccount'] !== 'true') {
    throw new LegacyError(409, { reason: 'duplicate', message: 'Entity already exists.' });
  }
  state.noteChange();
  return INVITED;
}

/** https://developers.google.com/workspace/admin/directory/v1/limits */
function requirePace(state: State, domain: string): void {
  const { usersPerDomainSecond } = state.switches;
  if (usersPerDomainSecond === null) return;
  if (state.users.madeLately(domain, state.monotonic()) < usersPerDomainSecond) return;
  const message = 'Quota exceeded for the current request';
  throw new LegacyError(403, { reason: 'quotaExceeded', domain: 'usageLimits', message });
}

/** The language is that of the tenant at this moment, unless the caller says otherwise. */
function userFrom(
  state: State,
  tenant: Identity,
  body: NewUser & { readonly primaryEmail: string },
): Parameters<State['users']['add']>[0] {
  const languages: User['languages'] = [{ languageCode: languageOf(tenant), preference: 'preferred' }];
  const { givenName, familyName, displayName } = body.name ?? {};
  return {
    primaryEmail: body.primaryEmail,
    customerId: tenant.cloudIdentityId,
    name: { givenName, familyName, displayName },
    creationTime: state.timeAt(state.monotonic()),
    changePasswordAtNextLogin: body.changePasswordAtNextLogin ?? false,
    suspended: body.suspended ?? false,
    recoveryEmail: body.recoveryEmail,
    recoveryPhone: body.recoveryPhone,
    orgUnitPath: body.orgUnitPath ?? '/',
    languages: body.languages ?? languages,
    password: body.password,
    hashFunction: body.hashFunction,
    other: otherFields(body),
  };
}
