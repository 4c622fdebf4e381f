import { SlidingWindow } from './sliding-window.ts';

/** A user of whatever tenant, in the words of the Directory API. Records are never changed in place. */
export interface User {
  readonly id: string;
  /** In lower case, as Google keeps addresses. */
  readonly primaryEmail: string;
  /** Undefined for an account outside every tenant. */
  readonly customerId: string | undefined;
  readonly name: UserName | undefined;
  readonly aliases: readonly string[];
  readonly isAdmin: boolean;
  readonly suspended: boolean;
  readonly agreedToTerms: boolean;
  readonly changePasswordAtNextLogin: boolean;
  readonly creationTime: string;
  /** Undefined for never. */
  readonly lastLoginTime: string | undefined;
  readonly recoveryEmail: string | undefined;
  readonly recoveryPhone: string | undefined;
  readonly orgUnitPath: string;
  readonly languages: readonly UserLanguage[] | undefined;
  /** As it was sent; no API tells it. */
  readonly password: string | undefined;
  readonly hashFunction: string | undefined;
  /** What else the caller sent. */
  readonly other: Readonly<Record<string, unknown>> | undefined;
}

interface UserName {
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly displayName?: string | undefined;
}

interface UserLanguage {
  readonly languageCode?: string | undefined;
  readonly customLanguage?: string | undefined;
  readonly preference?: 'preferred' | 'not_preferred' | undefined;
}

/** A user of which the rest is as usual. */
export type NewUserRecord = Partial<User> & Pick<User, 'primaryEmail' | 'customerId' | 'creationTime'>;

/** When a user was made by a call, and how often it was found incomplete since. */
interface Making {
  readonly atMs: number;
  readonly refusals: number;
}

const SECOND_MS = 1000;

/** The users of all tenants, and every address that no other user can have. */
export class UserStore {
  /** In order of creation. */
  readonly #users = new Map<string, User>();
  /** Address, aliases included, in lower case → ID. */
  readonly #ofAddress = new Map<string, string>();
  readonly #groups: ReadonlySet<string>;
  readonly #made = new Map<string, Making>();
  /** Domain → its creations by calls. */
  readonly #pace = new Map<string, SlidingWindow>();

  constructor(groups: readonly string[]) {
    this.#groups = new Set(groups.map((address) => address.toLowerCase()));
  }

  /** In order of creation. */
  all(): readonly User[] {
    return [...this.#users.values()];
  }

  /** By ID, address or alias. */
  find(key: string): User | undefined {
    return this.#users.get(this.#ofAddress.get(key.toLowerCase()) ?? key);
  }

  /** Whether a user or a group has the address. */
  hasAddress(address: string): boolean {
    const key = address.toLowerCase();
    return this.#ofAddress.has(key) || this.#groups.has(key);
  }

  add(user: NewUserRecord): User {
    const record: User = { ...USUAL, id: this.#freeId(), ...user };
    return this.#put({ ...record, primaryEmail: record.primaryEmail.toLowerCase() });
  }

  replace(user: User): User {
    return this.#put(user);
  }

  /** Notes that a call made the user at a time of the monotonic clock: it is not complete at once. */
  noteMaking(user: User, domain: string, atMs: number): void {
    this.#made.set(user.id, { atMs, refusals: 0 });
    const pace = this.#pace.get(domain) ?? new SlidingWindow(SECOND_MS);
    this.#pace.set(domain, pace);
    pace.add(atMs);
  }

  /** How many users calls made on the domain in the last second. */
  madeLately(domain: string, nowMs: number): number {
    return this.#pace.get(domain)?.size(nowMs) ?? 0;
  }

  /** When a call made the user; undefined for users that were there before. */
  madeAtMs(user: User): number | undefined {
    return this.#made.get(user.id)?.atMs;
  }

  /** Counts a call that found the user incomplete; 0 for the first. */
  countRefusal(user: User): number {
    const making = this.#made.get(user.id);
    if (making === undefined) return 0;
    this.#made.set(user.id, { ...making, refusals: making.refusals + 1 });
    return making.refusals;
  }

  #put(user: User): User {
    this.#users.set(user.id, user);
    for (const address of [user.primaryEmail, ...user.aliases]) {
      this.#ofAddress.set(address.toLowerCase(), user.id);
    }
    return user;
  }

  /** 21 digits, as Google's are. */
  #freeId(): string {
    let number = 1 + this.#users.size;
    while (this.#users.has(idOf(number))) number += 1;
    return idOf(number);
  }
}

function idOf(number: number): string {
  return `1${String(number).padStart(20, '0')}`;
}

const USUAL = {
  name: undefined,
  aliases: [],
  isAdmin: false,
  suspended: false,
  agreedToTerms: false,
  changePasswordAtNextLogin: false,
  lastLoginTime: undefined,
  recoveryEmail: undefined,
  recoveryPhone: undefined,
  orgUnitPath: '/',
  languages: undefined,
  password: undefined,
  hashFunction: undefined,
  other: undefined,
} as const;
