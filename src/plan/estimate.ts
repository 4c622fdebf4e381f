import { MARGIN_MS, paceOf } from '../google/limits.ts';
import type { StepCounts } from '../ledger/plan-facts.ts';
import { BUCKETS, type Bucket, type Quotas } from '../model/bucket.ts';

/**
 * Looks at one operation until it is done. Polls come after 1, 1.5, 2.25, 3.4 s and so on, 45 s at most: four of them
 * see an operation through that takes some 8 s. Google publishes no duration.
 */
const POLLS_PER_OPERATION = 4;

/** The calls of one bucket and how long its quota makes them take. */
export interface BucketEstimate {
  readonly bucket: Bucket;
  readonly calls: number;
  readonly callsPerMinute: number;
  readonly seconds: number;
}

export interface Estimate {
  /** The buckets that are used. Patches that turn out to have nothing to write are counted: it may be fewer. */
  readonly buckets: readonly BucketEstimate[];
  /** Of the bucket that takes longest: the others are spent beside it. */
  readonly seconds: number;
}

/** What carrying out a plan costs in calls and, by the quotas, in time. Retries and waiting for answers come on top. */
export function estimate(steps: StepCounts, quotas: Quotas): Estimate {
  const { imports, creates, patches, provisions, resumed, inserts, directory } = steps;
  const calls: Partial<Record<Bucket, number>> = {
    'channel.other': imports + creates + patches + provisions,
    'channel.operations': POLLS_PER_OPERATION * (provisions + resumed),
    directory,
    reseller: inserts,
  };
  const buckets = BUCKETS.flatMap((bucket) => {
    const count = calls[bucket] ?? 0;
    const callsPerMinute = quotas[bucket];
    return count === 0
      ? []
      : [{ bucket, calls: count, callsPerMinute, seconds: secondsFor(count, callsPerMinute) }];
  });
  return { buckets, seconds: Math.max(0, ...buckets.map(({ seconds }) => seconds)) };
}

/**
 * From the first call to the last, as the limiter spaces them: the pace's calls at a time, the first of them at once,
 * and a margin after every full window.
 */
function secondsFor(calls: number, callsPerMinute: number): number {
  const pace = paceOf(callsPerMinute);
  const intervals = Math.ceil(calls / pace.calls) - 1;
  const fullWindows = Math.floor((calls - 1) / callsPerMinute);
  return (intervals * pace.intervalMs + fullWindows * MARGIN_MS) / 1000;
}
