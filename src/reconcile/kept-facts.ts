import type { FatalError } from '../model/fatal.ts';
import type { StoredSummary } from '../model/run-record.ts';
import type { BucketUse, SummaryFacts } from './summary.ts';

/** What a summary says beside the rows: kept in the ledger, where rows are. */
export interface EndFacts extends Pick<
  SummaryFacts,
  'buckets' | 'warnings' | 'atGoogle' | 'notifications' | 'plan'
> {
  readonly stopped: FatalError | undefined;
}

export function storedFacts({ stopped, ...facts }: EndFacts): StoredSummary {
  const { code, message, next } = stopped ?? {};
  return { ...facts, stopped: stopped === undefined ? undefined : { code, message, next } };
}

/** What was kept of a run; next to nothing of one that was killed, or that an older version made. */
export type KeptFacts = Pick<SummaryFacts, keyof EndFacts>;

const NOTHING_KEPT: KeptFacts = { buckets: {}, warnings: [], stopped: undefined };

export function keptFacts(stored: StoredSummary | undefined): KeptFacts {
  return stored === undefined ? NOTHING_KEPT : { ...NOTHING_KEPT, ...(stored as unknown as KeptFacts) };
}

/** The calls of two parts of a run together: their windows do not overlap. */
export function addedBuckets(
  one: SummaryFacts['buckets'],
  other: SummaryFacts['buckets'],
): SummaryFacts['buckets'] {
  const sum: Record<string, BucketUse> = { ...one };
  for (const [bucket, use] of Object.entries(other)) {
    const known = sum[bucket];
    sum[bucket] =
      known === undefined
        ? use
        : {
            calls: known.calls + use.calls,
            waitedSeconds: known.waitedSeconds + use.waitedSeconds,
            largestWindow: Math.max(known.largestWindow, use.largestWindow),
          };
  }
  return sum;
}
