import type { CustomerBody } from './resources.ts';
import { identityOfReseller, UNCLAIMED } from './tenant-words.ts';
import { resolveWhen, timestamp } from './when.ts';
import type { Identity } from './world-schema.ts';
import type { World } from './world.ts';

/** Cloud Identities, whoever sells to them. Their times are ISO. */
export class IdentityStore {
  readonly #identities = new Map<string, Identity>();
  readonly #onDomain = new Map<string, Set<string>>();
  readonly #ofAdmin = new Map<string, Set<string>>();
  readonly #tokenTimes = new Map<string, number>();
  readonly #subscribed = new Set<string>();
  /** IDs of those that the Reseller API counts among this reseller's without a Channel customer. */
  readonly #resold = new Set<string>();

  /** `now` in milliseconds since the epoch, for the relative times of a world. */
  constructor(world: Pick<World, 'identities' | 'resellerCustomers'>, now: number) {
    for (const identity of world.identities) this.#seed(identity, now);
    for (const customer of world.resellerCustomers) {
      this.#seed(identityOfReseller(customer), now);
      if (customer.ours) this.resell(customer.customerId);
    }
  }

  all(): readonly Identity[] {
    return [...this.#identities.values()];
  }

  find(cloudIdentityId: string): Identity | undefined {
    return this.#identities.get(cloudIdentityId);
  }

  /** Deleted ones included, whatever their type. */
  on(domain: string): readonly Identity[] {
    return this.#named(this.#onDomain.get(domain.toLowerCase()));
  }

  /** Deleted ones included. */
  ofAdmin(email: string): readonly Identity[] {
    return this.#named(this.#ofAdmin.get(email.toLowerCase()));
  }

  /** A Cloud Identity ID that nobody has. */
  freeId(): string {
    let number = 36 ** 6 + this.#identities.size;
    while (this.#identities.has(idOf(number))) number += 1;
    return idOf(number);
  }

  /** Notes that it is this reseller's without a Channel customer. */
  resell(cloudIdentityId: string): void {
    this.#resold.add(cloudIdentityId);
  }

  isResold(cloudIdentityId: string): boolean {
    return this.#resold.has(cloudIdentityId);
  }

  /** Changes what is known of a Cloud Identity; its ID, domain and first admin stay. */
  replace(identity: Identity): void {
    this.#identities.set(identity.cloudIdentityId, identity);
  }

  /** Adds a Cloud Identity that is found from now on. */
  add(identity: Identity): void {
    const { cloudIdentityId, domain, primaryAdminEmail } = identity;
    this.#identities.set(cloudIdentityId, identity);
    addTo(this.#onDomain, domain.toLowerCase(), cloudIdentityId);
    if (primaryAdminEmail !== undefined) {
      addTo(this.#ofAdmin, primaryAdminEmail.toLowerCase(), cloudIdentityId);
    }
  }

  /** Notes that a customer of the world carries the ID; one that is not known yet is made from the customer. */
  addLinked(customer: CustomerBody, cloudIdentityId: string): void {
    const known = this.#identities.get(cloudIdentityId);
    const identity = known ?? identityOf(customer, cloudIdentityId);
    if (known === undefined) this.add(identity);
    if (identity.subscribed !== false) this.#subscribed.add(cloudIdentityId);
  }

  /** When the token was made, in milliseconds since the epoch; undefined where the identity has no such token. */
  tokenCreatedAt(identity: Identity, token: string): number | undefined {
    return this.#tokenTimes.get(tokenKey(identity.cloudIdentityId, token));
  }

  /** Whether the identity buys, or consented to buy, from this reseller: what makes a linked customer `owned`. */
  isSubscribed(identity: Identity): boolean {
    return identity.consent || this.#subscribed.has(identity.cloudIdentityId);
  }

  #seed(identity: Identity, now: number): void {
    this.add({ ...identity, createTime: timestamp(resolveWhen(identity.createTime ?? '-30d', now)) });
    if (identity.subscribed === true) this.#subscribed.add(identity.cloudIdentityId);
    for (const { token, createdAt } of identity.tokens) {
      this.#tokenTimes.set(tokenKey(identity.cloudIdentityId, token), resolveWhen(createdAt, now));
    }
  }

  #named(ids: ReadonlySet<string> | undefined): readonly Identity[] {
    return [...(ids ?? [])].flatMap((id) => this.#identities.get(id) ?? []);
  }
}

/** Adds to the set that an index holds for the key. */
export function addTo(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

/** `C0` and seven signs, as Google's are. */
function idOf(number: number): string {
  return `C0${number.toString(36)}`;
}

function tokenKey(cloudIdentityId: string, token: string): string {
  return `${cloudIdentityId}\n${token}`;
}

/** The Cloud Identity of a customer of which no more is known. */
export function identityOf(customer: CustomerBody, cloudIdentityId: string): Identity {
  return {
    cloudIdentityId,
    domain: customer.domain ?? '',
    customerType: customer.cloudIdentityInfo?.customerType ?? 'DOMAIN',
    orgDisplayName: customer.orgDisplayName,
    orgPostalAddress: customer.orgPostalAddress,
    primaryContactInfo: customer.primaryContactInfo,
    alternateEmail: customer.alternateEmail,
    languageCode: customer.languageCode,
    channelPartnerId: customer.channelPartnerId,
    domainVerified: false,
    createTime: customer.createTime,
    ...UNCLAIMED,
  };
}
