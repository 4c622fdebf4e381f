import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/clock.ts';

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

export interface VirtualClock extends Clock {
  /** Lets everything happen that is due before `untilMs`, and sets the clock to it. */
  runUntil(untilMs: number): Promise<void>;
  /** How many sleeps are under way. */
  sleepers(): number;
}

/** A clock that stands still until it is told to run; both its readings start at `startMs`. */
export function createVirtualClock(startMs = 0): VirtualClock {
  let now = startMs;
  const timers = new Set<Timer>();
  function earliest(untilMs: number): Timer | undefined {
    const due = [...timers].filter(({ at }) => at <= untilMs);
    return due.reduce<Timer | undefined>((a, b) => (a === undefined || b.at < a.at ? b : a), undefined);
  }
  return {
    now: () => now,
    monotonic: () => now,
    sleep(delayMs, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason as Error);
          return;
        }
        const timer = { at: now + delayMs, fire: resolve };
        timers.add(timer);
        signal?.addEventListener(
          'abort',
          () => {
            if (timers.delete(timer)) reject(signal.reason as Error);
          },
          { once: true },
        );
      });
    },
    async runUntil(untilMs) {
      for (;;) {
        await setImmediate();
        const timer = earliest(untilMs);
        if (timer === undefined) break;
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.fire();
      }
      now = untilMs;
    },
    sleepers: () => timers.size,
  };
}

/** The same numbers in [0, 1) each time (a 32-bit linear congruential generator). */
export function createSeededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
