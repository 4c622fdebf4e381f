import { describe, expect, it } from 'vitest';
import { createLimiter, type Limiter, type LimiterOptions, type Slot } from '../../src/google/limiter.ts';
import { createSeededRandom, createVirtualClock, type VirtualClock } from './virtual-clock.ts';

const NEVER = new AbortController().signal;
const MINUTE = 60_000;

interface Bench {
  readonly clock: VirtualClock;
  readonly limiter: Limiter;
  readonly recorded: number[];
}

function aBench(options: Partial<LimiterOptions> & { readonly earlier?: readonly number[] } = {}): Bench {
  const clock = createVirtualClock(1_000_000);
  const recorded: number[] = [];
  const { earlier = [], ...rest } = options;
  const limiter = createLimiter({
    cap: 120,
    concurrency: 8,
    clock,
    random: () => 0.5,
    history: {
      recent: (sinceMs) => earlier.filter((at) => at >= sinceMs),
      record: (at) => recorded.push(at),
    },
    ...rest,
  });
  return { clock, limiter, recorded };
}

/** Keeps `workers` calls coming; each notes when it arrives at the server, somewhere between send and answer. */
function keepBusy(
  { clock, limiter }: Bench,
  workers: number,
  latencyMs: () => { readonly there: number; readonly back: number },
): number[] {
  const arrivals: number[] = [];
  async function oneCall(slot: Slot): Promise<void> {
    slot.leave();
    const { there, back } = latencyMs();
    await clock.sleep(there);
    arrivals.push(clock.now());
    await clock.sleep(back);
  }
  async function worker(): Promise<void> {
    for (;;) await limiter.run(oneCall, { priority: 0, signal: NEVER });
  }
  for (let index = 0; index < workers; index += 1) void worker();
  return arrivals;
}

/** The most arrivals in any 60 seconds, both ends counted. */
function fullestWindow(arrivals: readonly number[]): number {
  const sorted = [...arrivals].sort((a, b) => a - b);
  let start = 0;
  let fullest = 0;
  for (const [index, at] of sorted.entries()) {
    while (at - (sorted[start] ?? at) > MINUTE) start += 1;
    fullest = Math.max(fullest, index - start + 1);
  }
  return fullest;
}

/** The fewest arrivals in any whole 60 seconds between the first arrival and the end. */
function emptiestWindow(arrivals: readonly number[], endMs: number): number {
  const sorted = [...arrivals].sort((a, b) => a - b);
  const starts = sorted.filter((at) => at + MINUTE < endMs);
  // Right behind an arrival a window holds least: that one is just out, and those at its end are not yet in.
  return Math.min(...starts.map((start) => sorted.filter((at) => at > start && at < start + MINUTE).length));
}

/** The same clock on a busy machine: every timer fires a little late, each by another time. */
function lateClock(clock: VirtualClock, latestMs: number): VirtualClock {
  const random = createSeededRandom(7);
  return { ...clock, sleep: (delayMs, signal) => clock.sleep(delayMs + random() * latestMs, signal) };
}

/** A call that leaves at once, is answered at once, and notes when. */
function quickCall(bench: Bench, priority = 0, signal = NEVER): Promise<number> {
  return bench.limiter.run(
    (slot) => {
      slot.leave();
      return Promise.resolve(bench.clock.now());
    },
    { priority, signal },
  );
}

/** When each of `count` calls left, in seconds from now; -1 for those that did not within `seconds`. */
async function departures(bench: Bench, count: number, seconds: number): Promise<readonly number[]> {
  const start = bench.clock.now();
  const left: number[] = Array.from({ length: count }, () => -1);
  for (let index = 0; index < count; index += 1) {
    void quickCall(bench).then((at) => {
      left[index] = Math.round((at - start) / 100) / 10;
    });
  }
  await bench.clock.runUntil(start + seconds * 1000);
  return left;
}

describe('createLimiter', () => {
  const latencies = {
    none: () => ({ there: 0, back: 0 }),
    'short and uneven': (random: () => number) => ({ there: random() * 800, back: random() * 1_200 }),
    'slow at first hand, as new connections are': (random: () => number) => ({
      there: random() < 0.1 ? 3_000 : 50,
      back: random() * 300,
    }),
    'now and then very long': (random: () => number) => ({
      there: random() < 0.02 ? 20_000 : random() * 100,
      back: random() < 0.02 ? 30_000 : random() * 500,
    }),
  };
  for (const [name, latency] of Object.entries(latencies)) {
    it.each([1, 5, 20, 24, 60, 120, 600])(
      `lets no 60 seconds hold more arrivals than the cap (latency ${name}, cap %i)`,
      async (cap) => {
        const random = createSeededRandom(cap);
        const bench = aBench({ cap, concurrency: 40 });
        const arrivals = keepBusy(bench, 40, () => latency(random));
        await bench.clock.runUntil(bench.clock.now() + 6 * MINUTE);
        expect(fullestWindow(arrivals)).toBeLessThanOrEqual(cap);
        expect(arrivals.length).toBeGreaterThan(0);
      },
    );
  }

  it.each([20, 24, 60, 120, 600])('uses nine tenths of a cap of %i while there is work', async (cap) => {
    const random = createSeededRandom(cap);
    const bench = aBench({ cap, concurrency: 40 });
    const arrivals = keepBusy(bench, 40, () => ({ there: random() * 1_000, back: random() * 3_000 }));
    await bench.clock.runUntil(bench.clock.now() + 10 * MINUTE);
    expect(arrivals.length).toBeGreaterThanOrEqual(0.9 * 10 * cap);
  });

  const shares = [0, 500, 2_000, 4_000].flatMap((latencyMs) =>
    [24, 60, 119].map((cap) => ({ latencyMs, cap })),
  );
  it.each(shares)(
    'uses nine tenths of every minute, and never more than all, when answers take $latencyMs ms (cap $cap)',
    async ({ latencyMs, cap }) => {
      for (const there of [0, latencyMs]) {
        const clock = lateClock(createVirtualClock(1_000_000), 50);
        const bench = aBench({ cap, clock, concurrency: cap });
        const arrivals = keepBusy({ ...bench, clock }, cap, () => ({ there, back: latencyMs - there }));
        const end = clock.now() + 4 * MINUTE;
        await clock.runUntil(end);
        expect(emptiestWindow(arrivals, end)).toBeGreaterThanOrEqual(0.9 * cap);
        expect(fullestWindow(arrivals)).toBeLessThanOrEqual(cap);
      }
    },
  );

  it('spreads calls in short even intervals', async () => {
    expect(await departures(aBench({ cap: 24 }), 4, 30)).toEqual([0, 2.5, 5, 7.5]);
    expect(await departures(aBench({ cap: 120 }), 6, 30)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(await departures(aBench({ cap: 5 }), 3, 30)).toEqual([0, 12, 24]);
  });

  it('counts calls under way for as long as they last', async () => {
    const bench = aBench({ cap: 1 });
    void bench.limiter.run(
      async (slot) => {
        slot.leave();
        await bench.clock.sleep(100_000);
      },
      { priority: 0, signal: NEVER },
    );
    // Answered after 100 s, it counts for a window and a margin of one second more.
    expect(await departures(bench, 1, 200)).toEqual([161]);
  });

  it('gives a turn in which nothing was sent back', async () => {
    const bench = aBench({ cap: 1 });
    const turn = bench.limiter.run(() => Promise.reject(new Error('no intent')), {
      priority: 0,
      signal: NEVER,
    });
    await expect(turn).rejects.toThrow('no intent');
    await bench.clock.runUntil(bench.clock.now() + MINUTE);
    expect(await departures(bench, 1, 1)).toEqual([0]);
    expect(bench.recorded).toHaveLength(1);
  });

  it('has no more calls under way than its concurrency', async () => {
    const bench = aBench({ cap: 600, concurrency: 3 });
    let underWay = 0;
    let most = 0;
    for (let index = 0; index < 12; index += 1) {
      void bench.limiter.run(
        async (slot) => {
          slot.leave();
          underWay += 1;
          most = Math.max(most, underWay);
          await bench.clock.sleep(1_000);
          underWay -= 1;
        },
        { priority: 0, signal: NEVER },
      );
    }
    await bench.clock.runUntil(bench.clock.now() + MINUTE);
    expect({ most, underWay, calls: bench.limiter.stats().calls }).toEqual({
      most: 3,
      underWay: 0,
      calls: 12,
    });
  });

  it('lets a higher priority go first among those that wait', async () => {
    const bench = aBench({ cap: 12 });
    const order: string[] = [];
    for (const [name, priority] of [
      ['first', 0],
      ['low', 0],
      ['high', 1],
    ] as const) {
      void quickCall(bench, priority).then(() => order.push(name));
    }
    await bench.clock.runUntil(bench.clock.now() + MINUTE);
    expect(order).toEqual(['first', 'high', 'low']);
  });

  it('shares the window with the run before: its sends count until they are 64 seconds old', async () => {
    const start = 1_000_000;
    const earlier = [start - 70_000, start - 50_000, start - 40_000];
    // Two of three still count against a cap of 2; the first turns 64 s old after 14 s, the other after 24 s.
    expect(await departures(aBench({ cap: 2, earlier }), 2, 60)).toEqual([14, 44]);
  });

  it('takes sends from the future for sends of now, should the time of day have jumped back', async () => {
    expect(await departures(aBench({ cap: 1, earlier: [9_000_000] }), 1, 90)).toEqual([64]);
  });

  it('records each send, and a slow answer once more', async () => {
    const bench = aBench();
    const start = bench.clock.now();
    for (const lasts of [1_000, 30_000]) {
      void bench.limiter.run(
        async (slot) => {
          slot.leave();
          await bench.clock.sleep(lasts);
        },
        { priority: 0, signal: NEVER },
      );
    }
    await bench.clock.runUntil(start + MINUTE);
    expect(bench.recorded).toEqual([start, start, start + 30_000]);
  });

  it('stands still as a whole after a quota answer, for as long as Google names', async () => {
    const bench = aBench();
    const paused = bench.limiter.run(
      (slot) => {
        slot.leave();
        return Promise.resolve(slot.refused(30_000));
      },
      { priority: 0, signal: NEVER },
    );
    expect(await paused).toBe(30_000);
    expect(await departures(bench, 3, 60)).toEqual([30, 30, 31]);
    expect(bench.limiter.stats()).toEqual({ calls: 4, waitedSeconds: 31, largestWindow: 4, pauses: 1 });
  });

  it('waits for more than the longest timer without waking to send', async () => {
    const bench = aBench();
    await bench.limiter.run(
      (slot) => {
        slot.leave();
        return Promise.resolve(slot.refused(86_400_000));
      },
      { priority: 0, signal: NEVER },
    );
    expect(await departures(bench, 1, 100_000)).toEqual([86_400]);
  });

  it('ends a wait with the reason of its signal and leaves no timer behind', async () => {
    const bench = aBench({ cap: 1 });
    const control = new AbortController();
    await quickCall(bench);
    const waiting = quickCall(bench, 0, control.signal);
    expect(bench.clock.sleepers()).toBe(1);
    const reason = new Error('stopped');
    control.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(bench.clock.sleepers()).toBe(0);
    expect(bench.limiter.stats().calls).toBe(1);
  });

  it('lets work that has begun finish when its signal fires', async () => {
    const bench = aBench();
    const control = new AbortController();
    const work = bench.limiter.run(
      async (slot) => {
        slot.leave();
        control.abort();
        await bench.clock.sleep(1_000);
        return 'finished';
      },
      { priority: 0, signal: control.signal },
    );
    await bench.clock.runUntil(bench.clock.now() + 2_000);
    expect(await work).toBe('finished');
  });

  it('keeps no timer once nobody waits', async () => {
    const bench = aBench({ cap: 1 });
    await quickCall(bench);
    expect(bench.clock.sleepers()).toBe(0);
  });

  it('tells how long calls waited for quota, by the clock and not added up over those that waited', async () => {
    const bench = aBench({ cap: 12 });
    void departures(bench, 5, 12);
    await bench.clock.runUntil(bench.clock.now() + 12_000);
    expect(bench.limiter.stats().waitedSeconds).toBe(12);
    await bench.clock.runUntil(bench.clock.now() + MINUTE);
    expect(bench.limiter.stats()).toEqual({ calls: 5, waitedSeconds: 20, largestWindow: 5, pauses: 0 });
    expect(await departures(bench, 2, 30)).toEqual([0, 5]);
    expect(bench.limiter.stats().waitedSeconds).toBe(25);
  });

  it('does not take the wait of a call that gave up for longer than it was', async () => {
    const bench = aBench({ cap: 1 });
    const control = new AbortController();
    await quickCall(bench);
    const waiting = quickCall(bench, 0, control.signal);
    await bench.clock.runUntil(bench.clock.now() + 7_000);
    control.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await bench.clock.runUntil(bench.clock.now() + 7_000);
    expect(bench.limiter.stats().waitedSeconds).toBe(7);
  });

  it('counts no wait of calls for each other', async () => {
    const busy = aBench({ cap: 12, concurrency: 1 });
    function slow(slot: Slot): Promise<void> {
      slot.leave();
      return busy.clock.sleep(10_000);
    }
    void busy.limiter.run(slow, { priority: 0, signal: NEVER });
    void busy.limiter.run(slow, { priority: 0, signal: NEVER });
    await busy.clock.runUntil(busy.clock.now() + MINUTE);
    expect(busy.limiter.stats().waitedSeconds).toBe(0);
  });
});
