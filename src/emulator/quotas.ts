import type { Clock } from '../clock.ts';

import { SlidingWindow } from './sliding-window.ts';
import { BUCKETS } from './world-schema.ts';
import type { Bucket, QuotaLimits } from './world-schema.ts';

const WINDOW_MS = 60_000;

/** What arrived in one bucket. */
export interface BucketUse {
  /** Calls per 60 s; null for no limit. */
  readonly limit: number | null;
  /** All calls that arrived, admitted or not. */
  readonly arrivals: number;
  /** Calls turned away. */
  readonly refused: number;
  /** The largest number of arrivals in any 60 s. */
  readonly peak: number;
}

/** Whether a call is within quota, and if not, how long until the next one would be. */
export type Admission =
  { readonly kind: 'admitted' } | { readonly kind: 'over'; readonly limit: number; readonly retryMs: number };

/** Counts calls by arrival in sliding windows of 60 s that hold (t - 60 s, t]; one window for each bucket. */
export interface Quotas {
  /** Counts a call that arrives now; calls turned away use up no quota, but count for `peak`. */
  arrive(bucket: Bucket): Admission;
  use(): Readonly<Record<Bucket, BucketUse>>;
}

export function createQuotas(limits: QuotaLimits, clock: Clock): Quotas {
  const windows = new Map(BUCKETS.map((bucket) => [bucket, new BucketWindow(limits[bucket])]));
  return {
    arrive: (bucket) => windowOf(windows, bucket).arrive(clock.monotonic()),
    use: () =>
      Object.fromEntries(BUCKETS.map((bucket) => [bucket, windowOf(windows, bucket).use()])) as Record<
        Bucket,
        BucketUse
      >,
  };
}

function windowOf(windows: ReadonlyMap<Bucket, BucketWindow>, bucket: Bucket): BucketWindow {
  const window = windows.get(bucket);
  if (window === undefined) throw new Error(`no window for bucket ${bucket}`);
  return window;
}

class BucketWindow {
  readonly #limit: number | null;
  readonly #arrived = new SlidingWindow(WINDOW_MS);
  readonly #admitted = new SlidingWindow(WINDOW_MS);
  #arrivals = 0;
  #refused = 0;
  #peak = 0;

  constructor(limit: number | null) {
    this.#limit = limit;
  }

  arrive(now: number): Admission {
    this.#arrived.add(now);
    this.#arrivals += 1;
    this.#peak = Math.max(this.#peak, this.#arrived.size(now));
    if (this.#limit === null || this.#admitted.size(now) < this.#limit) {
      this.#admitted.add(now);
      return { kind: 'admitted' };
    }
    this.#refused += 1;
    return { kind: 'over', limit: this.#limit, retryMs: (this.#admitted.oldest() ?? now) + WINDOW_MS - now };
  }

  use(): BucketUse {
    return { limit: this.#limit, arrivals: this.#arrivals, refused: this.#refused, peak: this.#peak };
  }
}
