import { describe, expect, it } from 'vitest';
import { paceOf, WINDOW_MS } from '../../src/google/limits.ts';

describe('paceOf', () => {
  it.each([
    [1_200, { calls: 20, intervalMs: 1_000 }],
    [120, { calls: 2, intervalMs: 1_000 }],
    [90, { calls: 1, intervalMs: 60_000 / 90 }],
    [60, { calls: 1, intervalMs: 1_000 }],
    [24, { calls: 1, intervalMs: 2_500 }],
    [20, { calls: 1, intervalMs: 3_000 }],
    [1, { calls: 1, intervalMs: 60_000 }],
  ])('spreads %i calls', (cap, expected) => {
    expect(paceOf(cap)).toEqual(expected);
  });

  it('adds up to the cap for every cap', () => {
    const caps = Array.from({ length: 3_000 }, (_, index) => index + 1);
    const wrong = caps.filter((cap) => {
      const { calls, intervalMs } = paceOf(cap);
      return Math.abs((WINDOW_MS / intervalMs) * calls - cap) > 1e-6;
    });
    expect(wrong).toEqual([]);
  });
});
