import { describe, expect, it } from 'vitest';
import { newRunId } from '../../src/reconcile/run-directory.ts';

const START = Date.UTC(2026, 10, 22, 18, 17, 57);

describe('newRunId', () => {
  it('names a run by its second in UTC, its millisecond and three random digits', () => {
    expect(newRunId(START + 674)).toMatch(/^20261122-181757-2a2[0-9a-f]{3}$/);
  });

  it('sorts by time, within one second too', () => {
    const names = [0, 9, 15, 16, 255, 256, 999, 1000].map((ms) => newRunId(START + ms));

    expect([...names].sort()).toEqual(names);
  });
});
