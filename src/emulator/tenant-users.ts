import { domainOf } from './customer-rules.ts';
import type { State } from './state.ts';
import { domainTenantOn, tenantsOn } from './tenants.ts';
import type { User } from './user-store.ts';
import { resolveWhen, timestamp } from './when.ts';
import type { Identity } from './world-schema.ts';
import type { UserSeed } from './world-tenants.ts';

/** Whether a user, a group, or the first admin of a Cloud Identity that is not deleted, has the address. */
export function hasAddress(state: State, address: string): boolean {
  return state.users.hasAddress(address) || firstAdminOf(state, address) !== undefined;
}

/**
 * The user of that ID, address or alias. The first admin of a Cloud Identity is a user of it even where nothing but the
 * identity mentions it; it is among the users as soon as somebody asks.
 */
export function findUser(state: State, key: string): User | undefined {
  const found = state.users.find(key);
  const identity = firstAdminOf(state, key);
  if (found !== undefined || identity === undefined) return found;
  const { cloudIdentityId: customerId, createTime: creationTime = timestamp(state.now()) } = identity;
  return state.users.add({ primaryEmail: key, customerId, creationTime, isAdmin: true });
}

/** Adds the users of a world; its customers are there already. */
export function seedUsers(state: State, seeds: readonly UserSeed[]): void {
  for (const { customerId, creationTime = '-30d', lastLoginTime, id, ...user } of seeds) {
    state.users.add({
      ...user,
      ...(id === undefined ? {} : { id }),
      customerId: customerId === undefined ? holderOf(state, user.primaryEmail) : (customerId ?? undefined),
      creationTime: timeOf(state, creationTime),
      lastLoginTime: lastLoginTime === undefined ? undefined : timeOf(state, lastLoginTime),
    });
  }
}

function firstAdminOf(state: State, address: string): Identity | undefined {
  return state.identities.ofAdmin(address).find((identity) => !identity.deleted);
}

/** ID of the Cloud Identity to which the addresses of the domain belong; of several teams the first one's. */
function holderOf(state: State, address: string): string | undefined {
  const domain = domainOf(address) ?? '';
  return (domainTenantOn(state, domain) ?? tenantsOn(state, domain)[0])?.cloudIdentityId;
}

function timeOf(state: State, when: string): string {
  return timestamp(resolveWhen(when, state.now()));
}
