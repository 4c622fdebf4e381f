import type { AdminUser, CloudIdentityInfo, Customer, RpcStatus } from './resources.ts';

/** The Cloud Identity and the first super admin that a provisioning makes. */
export interface Provisioning {
  /** With the customer's own data where the request has none. */
  readonly info: CloudIdentityInfo;
  readonly user: AdminUser;
}

/**
 * What an operation comes to when it is done.
 *
 * - `provision`: a Cloud Identity for its customer.
 * - `fail`: an error, and no effect.
 * - `answer`: this customer, and no effect: a preview, or what was there already.
 */
export type OperationPlan =
  | ({ readonly kind: 'provision' } & Provisioning)
  | { readonly kind: 'fail'; readonly error: RpcStatus }
  | { readonly kind: 'answer'; readonly customer: Customer };

export type OperationResult =
  | { readonly kind: 'error'; readonly error: RpcStatus }
  | { readonly kind: 'response'; readonly customer: Customer };

/** An operation as it stands; records are never changed in place. */
export interface OperationRecord {
  readonly name: string;
  /** Name of the customer that it is about. */
  readonly customer: string;
  readonly validateOnly: boolean;
  /** By the monotonic clock; Infinity for never. */
  readonly dueMs: number;
  readonly plan: OperationPlan;
  /** Undefined while it runs. */
  readonly result: OperationResult | undefined;
}

/** The long-running operations, in the order in which they were started. */
export class OperationStore {
  readonly #records = new Map<string, OperationRecord>();
  /** Names of those that run and will be done some time. */
  readonly #awaited = new Set<string>();
  /** Customer's name → names of its operations. */
  readonly #ofCustomer = new Map<string, string[]>();
  #nextDueMs = Infinity;

  all(): readonly OperationRecord[] {
    return [...this.#records.values()];
  }

  find(name: string): OperationRecord | undefined {
    return this.#records.get(name);
  }

  /** The first operation that runs and changes, or would have changed, the customer. */
  runningOn(customer: string): OperationRecord | undefined {
    return this.#ofCustomer
      .get(customer)
      ?.map((name) => this.#records.get(name))
      .find((record) => record?.result === undefined && record?.validateOnly === false);
  }

  /** Adds an operation; a name is made up where it is missing. */
  add(operation: Omit<OperationRecord, 'name' | 'result'>, name = this.#freeName()): OperationRecord {
    const record = { ...operation, name, result: undefined };
    this.#records.set(name, record);
    const names = this.#ofCustomer.get(record.customer);
    if (names === undefined) this.#ofCustomer.set(record.customer, [name]);
    else names.push(name);
    if (record.dueMs < Infinity) this.#awaited.add(name);
    this.#nextDueMs = Math.min(this.#nextDueMs, record.dueMs);
    return record;
  }

  finish(record: OperationRecord, result: OperationResult): OperationRecord {
    const finished = { ...record, result };
    this.#records.set(record.name, finished);
    this.#awaited.delete(record.name);
    return finished;
  }

  /** Those that run and should be done by then, in the order in which they are due. */
  due(nowMs: number): readonly OperationRecord[] {
    if (nowMs < this.#nextDueMs) return [];
    const awaited = [...this.#awaited].flatMap((name) => this.#records.get(name) ?? []);
    this.#nextDueMs = Math.min(...awaited.map(({ dueMs }) => (dueMs > nowMs ? dueMs : Infinity)));
    return awaited.filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
  }

  #freeName(): string {
    let number = 10_000_001 + this.#records.size;
    while (this.#records.has(`operations/op${number}`)) number += 1;
    return `operations/op${number}`;
  }
}
