import { describe, expect, it } from 'vitest';
import { createQuotaPauses } from '../../src/google/quota-pauses.ts';

describe('createQuotaPauses', () => {
  it('waits for exactly what Google names', () => {
    const pauses = createQuotaPauses(() => 0.5);
    pauses.refused(0, 100, 30_000);
    expect(pauses.until()).toBe(30_100);
  });

  it('doubles its own waits with full jitter up to a minute while refusals follow each other', () => {
    const pauses = createQuotaPauses(() => 0.999);
    const waits: number[] = [];
    let now = 0;
    for (let refusal = 0; refusal < 6; refusal += 1) {
      pauses.refused(now, now, undefined);
      waits.push(Math.ceil((pauses.until() - now) / 1000));
      now = pauses.until();
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60]);
  });

  it('waits a second at least, whatever the jitter or the server says', () => {
    const pauses = createQuotaPauses(() => 0);
    pauses.refused(0, 0, 0);
    expect(pauses.until()).toBe(1_000);
    pauses.refused(1_000, 1_000, undefined);
    expect(pauses.until()).toBe(2_000);
  });

  it('waits for what Google names again and again: it knows better than our guess', () => {
    const pauses = createQuotaPauses(() => 0.999);
    pauses.refused(0, 0, 2_000);
    pauses.refused(2_000, 2_000, 2_000);
    pauses.refused(4_000, 4_000, 3_000);
    expect(pauses.until()).toBe(7_000);
  });

  it('counts refusals of calls that were under way together as one pause', () => {
    const pauses = createQuotaPauses(() => 0.999);
    pauses.refused(0, 10, undefined);
    pauses.refused(5, 20, undefined);
    pauses.refused(6, 30, 9_000);
    expect({ count: pauses.count(), until: pauses.until() }).toEqual({ count: 1, until: 9_030 });
  });

  it('starts anew after a call that was let through', () => {
    const pauses = createQuotaPauses(() => 0.999);
    pauses.refused(0, 0, undefined);
    pauses.refused(5_000, 5_000, undefined);
    pauses.answered(20_000);
    pauses.refused(30_000, 30_000, undefined);
    expect(pauses.until()).toBe(30_000 + 4_995);
  });

  it('is not impressed by an answer to a call from before the pause', () => {
    const pauses = createQuotaPauses(() => 0.999);
    pauses.refused(0, 0, undefined);
    pauses.answered(1);
    pauses.refused(5_000, 5_000, undefined);
    expect(pauses.until()).toBe(5_000 + 9_990);
  });
});
