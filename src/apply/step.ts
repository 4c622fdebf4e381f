import type { ChannelReader, ChannelWriter } from '../google/channel.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { Customer } from '../model/customer.ts';
import type { Operation } from '../model/operation.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';

/** What every step of a row works from. */
export interface StepContext {
  /** Id without `accounts/`. */
  readonly account: string;
  readonly customer: Customer;
  /** The row's transfer token; a secret. */
  readonly authToken: string | undefined;
  /** What no message may repeat. */
  readonly secrets: readonly string[];
  /** The row's customer at Google as last seen: from the snapshot, or from the answer of the step before. */
  readonly remote: RemoteCustomer | undefined;
  readonly writer: ChannelWriter;
  readonly reader: ChannelReader;
  readonly signal: AbortSignal;
  /** Commits the intent; called right before each attempt leaves. `mask`: the fields that a patch writes. */
  readonly commitIntent: (
    request: unknown,
    before: RemoteCustomer | undefined,
    mask: readonly string[] | undefined,
  ) => void;
}

/**
 * How a step ended.
 *
 * - `done`: Google confirmed it; `changed` are the book's columns that were written, `mask` the fields of a patch, or of
 *   what an import overwrote.
 * - `running`: Google took it and works on it; its end is asked for by the operation's name.
 * - `failed`: it did not go through; `failure.effect` says whether Google can have changed all the same.
 */
export type StepEnd =
  | {
      readonly kind: 'done';
      readonly remote: RemoteCustomer;
      readonly changed: readonly string[];
      readonly mask: readonly string[] | undefined;
      readonly calls: number;
    }
  | { readonly kind: 'running'; readonly operation: Operation; readonly calls: number }
  | { readonly kind: 'failed'; readonly failure: ApiFailure; readonly calls: number };
