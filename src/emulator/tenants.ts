import type { State } from './state.ts';
import type { Identity } from './world-schema.ts';

/** The Cloud Identity of that ID, unless it was deleted. */
export function tenantOf(state: State, customerId: string | undefined): Identity | undefined {
  const identity = customerId === undefined ? undefined : state.identities.find(customerId);
  return identity?.deleted === false ? identity : undefined;
}

/** Those on the domain that were not deleted. */
export function tenantsOn(state: State, domain: string): readonly Identity[] {
  return state.identities.on(domain).filter((identity) => !identity.deleted);
}

/** The one of type domain on the domain, whoever sells to it. */
export function domainTenantOn(state: State, domain: string): Identity | undefined {
  return tenantsOn(state, domain).find((identity) => identity.customerType === 'DOMAIN');
}

/** Where the users of the domain are made: our tenant of type domain, or else our first team. */
export function ourTenantOn(state: State, domain: string): Identity | undefined {
  const owner = domainTenantOn(state, domain);
  return [...(owner === undefined ? [] : [owner]), ...tenantsOn(state, domain)].find((identity) =>
    isOurs(state, identity),
  );
}

/**
 * Whether it is this reseller's in the Reseller and Directory APIs: a customer of the Channel API has it, the Reseller
 * API made or took it over, or the world says that it subscribes here.
 */
export function isOurs(state: State, identity: Identity): boolean {
  const { cloudIdentityId, subscribed = false } = identity;
  if (subscribed || state.identities.isResold(cloudIdentityId)) return true;
  return state.linkedTo(cloudIdentityId) !== undefined;
}

/** Keeps the identity as it is now; an effect only where that changes anything. */
export function keepTenant(state: State, before: Identity, after: Identity): Identity {
  if (JSON.stringify(before) === JSON.stringify(after)) return before;
  state.identities.replace(after);
  state.noteChange();
  return after;
}
