import { describe, expect, it } from 'vitest';
import type { StepCounts } from '../../src/ledger/plan-facts.ts';
import { DEFAULT_QUOTAS } from '../../src/model/bucket.ts';
import { estimate } from '../../src/plan/estimate.ts';

function steps(rest: Partial<StepCounts> = {}): StepCounts {
  return {
    imports: 0,
    overwritingImports: 0,
    creates: 0,
    patches: 0,
    provisions: 0,
    resumed: 0,
    inserts: 0,
    directory: 0,
    ...rest,
  };
}

describe('estimate', () => {
  it('takes no call and no time for nothing', () => {
    expect(estimate(steps(), DEFAULT_QUOTAS)).toEqual({ buckets: [], seconds: 0 });
  });

  it('counts a call for each write, and polls for each operation', () => {
    const counts = steps({
      imports: 1,
      overwritingImports: 1,
      creates: 2,
      patches: 4,
      provisions: 8,
      resumed: 16,
    });

    const calls = estimate(counts, DEFAULT_QUOTAS).buckets.map((use) => [
      use.bucket,
      use.calls,
      use.callsPerMinute,
    ]);

    expect(calls).toEqual([
      ['channel.operations', 96, 600],
      ['channel.other', 15, 120],
    ]);
  });

  it.each([
    // 120 a minute leave two at a time, each second
    [120, 1, 0],
    [120, 2, 0],
    [120, 3, 1],
    [120, 120, 59],
    // and a second of margin behind every full minute
    [120, 121, 61],
    [120, 10_000, 4_999 + 83],
    // fewer than one a second leave alone
    [24, 1, 0],
    [24, 2, 2.5],
    [1, 3, 122],
  ])('with %i a minute %i calls take %f s from the first to the last', (quota, calls, seconds) => {
    const { buckets, seconds: all } = estimate(steps({ patches: calls }), {
      ...DEFAULT_QUOTAS,
      'channel.other': quota,
    });

    expect([buckets.map((use) => use.seconds), all]).toEqual([[seconds], seconds]);
  });

  it('lasts as long as the slowest bucket', () => {
    const { buckets, seconds } = estimate(steps({ provisions: 60 }), {
      ...DEFAULT_QUOTAS,
      'channel.operations': 60,
    });

    expect([buckets.map((use) => use.seconds), seconds]).toEqual([[239 + 3, 29], 242]);
  });
});
