import { emptyAnswer } from './answers.ts';
import { domainOf } from './customer-rules.ts';
import { DIRECTORY_PATH } from './directory-customers.ts';
import { makeAdminSchema } from './directory-resources.ts';
import { etagOf } from './etag.ts';
import { LegacyError, notAuthorized, required, resourceNotFound } from './legacy-errors.ts';
import type { Call, Method } from './method.ts';
import { readMessage } from './proto-json.ts';
import type { State } from './state.ts';
import { findUser } from './tenant-users.ts';
import { isOurs, ourTenantOn, tenantOf } from './tenants.ts';
import type { User } from './user-store.ts';
import { requireComplete } from './user-window.ts';

/*
 * Directory API v1, users: https://developers.google.com/workspace/admin/directory/reference/rest/v1/users
 */

export const USERS_PATH = `${DIRECTORY_PATH}/users`;
export const USER_SCOPE = 'https://www.googleapis.com/auth/admin.directory.user';
/** What Google tells of the last sign-in of who never signed in. */
const NEVER = '1970-01-01T00:00:00.000Z';

export const DIRECTORY_USER_METHODS: readonly Method[] = [
  {
    id: 'directory.users.get',
    verb: 'GET',
    paths: [`${USERS_PATH}/:userKey`],
    bucket: 'directory',
    scopes: [USER_SCOPE, `${USER_SCOPE}.readonly`],
    query: ['projection', 'viewType', 'customFieldMask'],
    handle: getUser,
  },
  {
    id: 'directory.users.makeAdmin',
    verb: 'POST',
    paths: [`${USERS_PATH}/:userKey/makeAdmin`],
    bucket: 'directory',
    scopes: [USER_SCOPE],
    query: [],
    handle: makeAdmin,
    answer: (_, state) => emptyAnswer(state.switches.makeAdminStatus),
  },
];

/** The user as the API tells it, without its password. */
export function userMessage(user: User): object {
  const { name, lastLoginTime = NEVER, other } = user;
  const message = {
    kind: 'admin#directory#user',
    ...user,
    name: name && { ...name, fullName: [name.givenName, name.familyName].filter(Boolean).join(' ') },
    aliases: user.aliases.length === 0 ? undefined : user.aliases,
    isDelegatedAdmin: false,
    lastLoginTime,
    password: undefined,
    hashFunction: undefined,
    other: undefined,
    ...other,
  };
  return { ...message, etag: etagOf(message) };
}

function getUser(state: State, call: Call): unknown {
  const user = userInPath(state, call);
  if (state.switches.userWindowReads) requireComplete(state, user);
  return userMessage(user);
}

/** Nothing is told of who is in no tenant of ours, not even whether it exists. */
function userInPath(state: State, call: Call): User {
  const { userKey = '' } = call.params;
  const user = findUser(state, userKey);
  if (user === undefined) throw unknownUser(state, userKey);
  const tenant = tenantOf(state, user.customerId);
  if (tenant === undefined || !isOurs(state, tenant)) throw notAuthorized();
  return user;
}

function unknownUser(state: State, userKey: string): LegacyError {
  const domain = domainOf(userKey);
  const mayExist = domain !== undefined && ourTenantOn(state, domain) === undefined;
  return mayExist ? notAuthorized() : resourceNotFound('userKey');
}

function makeAdmin(state: State, call: Call): undefined {
  const { status } = readMessage(makeAdminSchema, call.body);
  const user = userInPath(state, call);
  requireComplete(state, user);
  if (status === undefined) throw new LegacyError(400, required('Missing required field: status'));
  if (user.isAdmin === status) return;
  state.users.replace({ ...user, isAdmin: status });
  state.noteChange();
}
