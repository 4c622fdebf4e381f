import type { Clock } from '../clock.ts';

import type { SearchKey } from './filter.ts';
import { addTo, IdentityStore } from './identity-store.ts';
import { OperationStore } from './operation-store.ts';
import type { ChannelPartnerLink, Customer, CustomerBody } from './resources.ts';
import { UserStore } from './user-store.ts';
import { resolveWhen, timestamp } from './when.ts';
import { accountId } from './world.ts';
import type { Switches, World } from './world.ts';

/** A customer with its past, as far back as a lagging list may look. */
export interface CustomerRecord {
  /** Place in the order of creation, which is the order of lists; the first is 0. */
  readonly order: number;
  readonly customer: Customer;
  /** ID of the partner link under which it is listed. */
  readonly link: string | undefined;
  /** By the monotonic clock: since when `customer` is as it is. */
  readonly sinceMs: number;
  /** The version before this one, while a lagging list may still show it. */
  readonly before: CustomerRecord | undefined;
}

/**
 * Google's side: customers and partner links, with identities, users and operations, and what must hold between them.
 *
 * - Every customer's name is `accounts/A/customers/C`, is unique, and never changes.
 * - Every Cloud Identity ID that a customer carries belongs to an identity: one that only a customer of the
 *   world mentions is made from that customer.
 * - Records and customers are never changed in place: what a caller was given stays as it was.
 */
export class State {
  readonly account: string;
  readonly switches: Switches;
  readonly links: readonly ChannelPartnerLink[];
  readonly identities: IdentityStore;
  readonly users: UserStore;
  readonly operations = new OperationStore();

  readonly #clock: Clock;
  /** In order of creation. */
  readonly #names: string[] = [];
  readonly #taken: Set<string>;
  readonly #records = new Map<string, CustomerRecord>();
  /** Value in lower case → names of the customers that have or had it. */
  readonly #everHad = {
    domain: new Map<string, Set<string>>(),
    cloudIdentityId: new Map<string, Set<string>>(),
  } as const;
  /** Cloud Identity ID → name of the first customer that carries it; a customer never loses its own. */
  readonly #linked = new Map<string, string>();
  #changes = 0;

  constructor(world: World, clock: Clock) {
    this.#clock = clock;
    this.account = `accounts/${accountId(world)}`;
    this.switches = world.switches;
    this.links = world.partnerLinks.map((link) => this.#seededLink(link));
    this.identities = new IdentityStore(world, this.now());
    this.#taken = new Set(world.customers.flatMap((customer) => customer.name ?? []));
    this.users = new UserStore(world.groups);
    for (const { listedUnder, ...customer } of world.customers) this.#seedCustomer(customer, listedUnder);
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#clock.now();
  }

  /** Milliseconds that only ever grow. */
  monotonic(): number {
    return this.#clock.monotonic();
  }

  /** The RFC 3339 time of a moment of the monotonic clock. */
  timeAt(monotonicMs: number): string {
    return timestamp(this.now() - (this.monotonic() - monotonicMs));
  }

  /** How many changes calls made; a call during which it grew had an effect. */
  changes(): number {
    return this.#changes;
  }

  noteChange(): void {
    this.#changes += 1;
  }

  /** Every customer as it is now, in order of creation. */
  customers(): readonly Customer[] {
    return [...this.records(-1)].map((record) => record.customer);
  }

  /**
   * Records created after the one of that order, in order of creation. With keys only those that have, or ever had,
   * one of them; a lagging list looks at the past.
   */
  *records(afterOrder: number, keys?: readonly SearchKey[]): Generator<CustomerRecord> {
    if (keys !== undefined) {
      yield* this.#everWith(keys).filter(({ order }) => order > afterOrder);
      return;
    }
    for (let order = afterOrder + 1; order < this.#names.length; order += 1) {
      const record = this.#records.get(this.#names[order] ?? '');
      if (record !== undefined) yield record;
    }
  }

  find(name: string): CustomerRecord | undefined {
    return this.#records.get(name);
  }

  /** The customers that have the domain, in order of creation. */
  recordsOn(domain: string): readonly CustomerRecord[] {
    const value = domain.toLowerCase();
    return this.#everWith([{ field: 'domain', value }]).filter(
      ({ customer }) => customer.domain?.toLowerCase() === value,
    );
  }

  /** The customer as a filtered list sees it, `filterLagMs` ago; undefined where it did not exist yet. */
  laggingView(record: CustomerRecord): Customer | undefined {
    const asOf = this.#clock.monotonic() - this.switches.filterLagMs;
    let version: CustomerRecord | undefined = record;
    while (version !== undefined && version.sinceMs > asOf) version = version.before;
    return version?.customer;
  }

  insert(customer: Omit<Customer, 'name'>, link: string | undefined): Customer {
    const at = timestamp(this.now());
    const created = { name: this.#freeName(), ...customer, createTime: at, updateTime: at };
    this.#put({ customer: created, link, before: undefined, sinceMs: this.#clock.monotonic() });
    this.#changes += 1;
    return created;
  }

  replace(record: CustomerRecord, customer: Customer): Customer {
    this.#changes += 1;
    return this.settle(record, customer, this.#clock.monotonic());
  }

  /** Replaces a customer as of a time of the monotonic clock, by no call's doing. */
  settle(record: CustomerRecord, customer: Customer, atMs: number): Customer {
    const updated = { ...customer, name: record.customer.name, updateTime: this.timeAt(atMs) };
    const before = this.#withoutForgotten(record);
    this.#put({ customer: updated, link: record.link, before, sinceMs: atMs });
    return updated;
  }

  link(id: string): ChannelPartnerLink | undefined {
    return this.links.find((link) => link.resellerCloudIdentityId === id);
  }

  /** The first customer that carries the Cloud Identity ID. */
  linkedTo(cloudIdentityId: string): CustomerRecord | undefined {
    return this.#records.get(this.#linked.get(cloudIdentityId) ?? '');
  }

  #put(version: Omit<CustomerRecord, 'order'>): void {
    const { name, domain, cloudIdentityId } = version.customer;
    const order = this.#records.get(name)?.order ?? this.#names.push(name) - 1;
    this.#records.set(name, { ...version, order });
    if (domain !== undefined) addTo(this.#everHad.domain, domain.toLowerCase(), name);
    if (cloudIdentityId === undefined) return;
    addTo(this.#everHad.cloudIdentityId, cloudIdentityId.toLowerCase(), name);
    if (!this.#linked.has(cloudIdentityId)) this.#linked.set(cloudIdentityId, name);
  }

  #everWith(keys: readonly SearchKey[]): readonly CustomerRecord[] {
    const names = new Set(keys.flatMap(({ field, value }) => [...(this.#everHad[field].get(value) ?? [])]));
    return [...names].flatMap((name) => this.#records.get(name) ?? []).sort((a, b) => a.order - b.order);
  }

  /** The record as the past of a new version, cut where no lagging list can look. */
  #withoutForgotten(record: CustomerRecord): CustomerRecord {
    const asOf = this.#clock.monotonic() - this.switches.filterLagMs;
    if (record.sinceMs <= asOf || record.before === undefined) return { ...record, before: undefined };
    return { ...record, before: this.#withoutForgotten(record.before) };
  }

  #freeName(): string {
    let number = 10_000_001 + this.#names.length;
    while (this.#taken.has(this.#nameOf(number))) number += 1;
    this.#taken.add(this.#nameOf(number));
    return this.#nameOf(number);
  }

  #nameOf(number: number): string {
    return `${this.account}/customers/S${number}`;
  }

  #seededLink(link: ChannelPartnerLink): ChannelPartnerLink {
    return {
      ...link,
      name: `${this.account}/channelPartnerLinks/${link.resellerCloudIdentityId}`,
      ...this.#resolvedTimes(link),
    };
  }

  #seedCustomer(seed: CustomerBody, listedUnder: string | undefined): void {
    const { name = this.#freeName(), ...fields } = seed;
    const customer = { name, ...withDisplayName(fields), ...this.#resolvedTimes(seed) };
    const link = listedUnder ?? seed.channelPartnerId;
    this.#put({ customer, link, before: undefined, sinceMs: Number.NEGATIVE_INFINITY });
    if (seed.cloudIdentityId !== undefined) this.identities.addLinked(customer, seed.cloudIdentityId);
  }

  #resolvedTimes(resource: { createTime?: string | undefined; updateTime?: string | undefined }): {
    readonly createTime: string;
    readonly updateTime: string;
  } {
    const createTime = timestamp(resolveWhen(resource.createTime ?? '-30d', this.now()));
    const { updateTime } = resource;
    return {
      createTime,
      updateTime: updateTime === undefined ? createTime : timestamp(resolveWhen(updateTime, this.now())),
    };
  }
}

/** The customer with its contact's output-only display name as Google computes it. */
export function withDisplayName<T extends CustomerBody>(customer: T): T {
  const { primaryContactInfo: contact } = customer;
  if (contact === undefined) return customer;
  const displayName = [contact.firstName, contact.lastName].filter(Boolean).join(' ');
  return { ...customer, primaryContactInfo: { ...contact, displayName } };
}
