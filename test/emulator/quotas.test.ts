import { describe, expect, it } from 'vitest';

import { createQuotas } from '../../src/emulator/quotas.ts';
import { quotasSchema } from '../../src/emulator/world-schema.ts';
import { manualClock } from './harness.ts';

function quotasOf(list: number | null) {
  const clock = manualClock();
  const quotas = createQuotas(quotasSchema.parse({ 'channel.list': list }), clock);
  return { clock, quotas };
}

describe('createQuotas', () => {
  it('admits as many calls in 60 s as the limit says, and names the wait for the next', () => {
    const { clock, quotas } = quotasOf(2);
    expect(quotas.arrive('channel.list')).toEqual({ kind: 'admitted' });
    clock.advance(20_000);
    expect(quotas.arrive('channel.list')).toEqual({ kind: 'admitted' });
    clock.advance(10_000);
    expect(quotas.arrive('channel.list')).toEqual({ kind: 'over', limit: 2, retryMs: 30_000 });
    clock.advance(29_999);
    expect(quotas.arrive('channel.list')).toEqual({ kind: 'over', limit: 2, retryMs: 1 });
    clock.advance(1);
    expect(quotas.arrive('channel.list')).toEqual({ kind: 'admitted' });
  });

  it('slides: a new minute of the clock gives no new allowance', () => {
    const { clock, quotas } = quotasOf(2);
    clock.advance(59_000);
    quotas.arrive('channel.list');
    quotas.arrive('channel.list');
    clock.advance(2000);
    expect(quotas.arrive('channel.list')).toMatchObject({ kind: 'over' });
  });

  it('counts every arrival for the peak, admitted or not, in each bucket apart', () => {
    const { clock, quotas } = quotasOf(2);
    for (let call = 0; call < 5; call += 1) quotas.arrive('channel.list');
    clock.advance(60_000);
    quotas.arrive('channel.list');
    quotas.arrive('channel.other');
    expect(quotas.use()['channel.list']).toEqual({ limit: 2, arrivals: 6, refused: 3, peak: 5 });
    expect(quotas.use()['channel.other']).toEqual({ limit: 120, arrivals: 1, refused: 0, peak: 1 });
  });

  it('knows no limit where the world says null, and still counts', () => {
    const { clock, quotas } = quotasOf(null);
    for (let call = 0; call < 5000; call += 1) {
      quotas.arrive('channel.list');
      clock.advance(60);
    }
    expect(quotas.use()['channel.list']).toEqual({ limit: null, arrivals: 5000, refused: 0, peak: 1000 });
  });
});
