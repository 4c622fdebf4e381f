import { domainOf, isDomain, sameDomain } from './customer-rules.ts';
import { ourTenant } from './directory-customers.ts';
import { USER_SCOPE, userMessage, USERS_PATH } from './directory-users.ts';
import { etagOf } from './etag.ts';
import { invalid, LegacyError, notAuthorized } from './legacy-errors.ts';
import type { Call, Method } from './method.ts';
import { readPageToken, writePageToken } from './page-token.ts';
import type { State } from './state.ts';
import { findUser } from './tenant-users.ts';
import { isOurs, tenantsOn } from './tenants.ts';
import type { User } from './user-store.ts';
import type { Identity } from './world-schema.ts';

/*
 * users.list of the Directory API, without `query`:
 * https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list
 */

const PAGE = { usual: 100, maximum: 500 } as const;
const SORT_KEYS: Readonly<Record<string, (user: User) => string>> = {
  email: (user) => user.primaryEmail,
  familyName: (user) => user.name?.familyName ?? '',
  givenName: (user) => user.name?.givenName ?? '',
};

export const DIRECTORY_USER_LIST_METHODS: readonly Method[] = [
  {
    id: 'directory.users.list',
    verb: 'GET',
    paths: [USERS_PATH],
    bucket: 'directory',
    scopes: [USER_SCOPE, `${USER_SCOPE}.readonly`],
    query: [
      'customer',
      'domain',
      'maxResults',
      'pageToken',
      'orderBy',
      'sortOrder',
      'projection',
      'viewType',
      'customFieldMask',
    ],
    handle: listUsers,
  },
];

function listUsers(state: State, call: Call): unknown {
  const { customer = '', domain = '', orderBy = '', sortOrder = '', pageToken } = call.query;
  const size = maxResults(call.query['maxResults']);
  const found = sorted(usersOf(state, customer, domain), orderBy, sortOrder);
  const scope = JSON.stringify([customer, domain, orderBy, sortOrder]);
  const start = readPageToken(scope, pageToken) + 1;
  const users = found.slice(start, start + size).map(userMessage);
  return {
    kind: 'admin#directory#users',
    etag: etagOf(users),
    users: users.length === 0 ? undefined : users,
    nextPageToken: start + size < found.length ? writePageToken(scope, start + size - 1) : undefined,
  };
}

/** In order of creation; in one tenant, on one domain, or both. */
function usersOf(state: State, customer: string, domain: string): readonly User[] {
  if (customer === '' && domain === '') throw badRequest('Bad Request');
  const tenants = [
    ...(customer === '' ? [] : [tenantNamed(state, customer)]),
    ...(domain === '' ? [] : tenantsNamed(state, domain)),
  ];
  const ids = new Set(tenants.map((tenant) => noteFirstAdmin(state, tenant).cloudIdentityId));
  return state.users.all().filter(({ customerId, primaryEmail }) => {
    if (customerId === undefined || !ids.has(customerId)) return false;
    if (customer !== '' && customer !== customerId) return false;
    return domain === '' || sameDomain(domainOf(primaryEmail) ?? '', domain);
  });
}

function tenantNamed(state: State, customer: string): Identity {
  if (!customer.startsWith('C')) throw badRequest('Invalid Input: customer');
  return ourTenant(state, customer, 'customer');
}

function tenantsNamed(state: State, domain: string): readonly Identity[] {
  if (!isDomain(domain)) throw badRequest('Invalid Input: domain');
  const tenants = tenantsOn(state, domain);
  if (tenants.length === 0) {
    throw new LegacyError(404, { reason: 'notFound', message: 'Domain not found.' });
  }
  const ours = tenants.filter((tenant) => isOurs(state, tenant));
  if (ours.length === 0) throw notAuthorized();
  return ours;
}

/** A first admin is a user even where nothing but its tenant mentions it. */
function noteFirstAdmin(state: State, tenant: Identity): Identity {
  if (tenant.primaryAdminEmail !== undefined) findUser(state, tenant.primaryAdminEmail);
  return tenant;
}

function sorted(users: readonly User[], orderBy: string, sortOrder: string): readonly User[] {
  if (sortOrder !== '' && sortOrder !== 'ASCENDING' && sortOrder !== 'DESCENDING') {
    throw new LegacyError(400, invalid('Invalid Input: sortOrder'));
  }
  if (orderBy === '') return users;
  const key = Object.hasOwn(SORT_KEYS, orderBy) ? SORT_KEYS[orderBy] : undefined;
  if (key === undefined) throw new LegacyError(400, invalid('Invalid Input: orderBy'));
  const ascending = users.toSorted((a, b) => key(a).localeCompare(key(b), 'en'));
  return sortOrder === 'DESCENDING' ? ascending.reverse() : ascending;
}

function maxResults(text: string | undefined): number {
  if (text === undefined || text === '') return PAGE.usual;
  const size = Number(text);
  if (/^\d+$/.test(text) && size >= 1 && size <= PAGE.maximum) return size;
  throw new LegacyError(400, invalid('Invalid Input: maxResults'));
}

function badRequest(message: string): LegacyError {
  return new LegacyError(400, { reason: 'badRequest', message });
}
