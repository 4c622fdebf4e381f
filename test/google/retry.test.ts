import { describe, expect, it } from 'vitest';
import { decideRetry, withRetries, type Attempt, type RetryRules } from '../../src/google/retry.ts';
import type { ApiFailure, FailureClass } from '../../src/model/api-failure.ts';
import { createVirtualClock } from './virtual-clock.ts';

function aFailure(rest: Partial<ApiFailure> = {}): ApiFailure {
  return {
    class: 'transient',
    effect: 'none',
    httpStatus: 503,
    code: 'UNAVAILABLE',
    reason: undefined,
    message: 'later',
    retryAfterMs: undefined,
    ...rest,
  };
}

const rules = { attempts: 6, repeatable: true, random: () => 0.5, renewToken: () => true };

describe('decideRetry', () => {
  it.each<[FailureClass, object]>([
    ['quota', { kind: 'again', delayMs: 0, countsAsAttempt: false }],
    ['unauthenticated', { kind: 'again', delayMs: 0, countsAsAttempt: false }],
    ['transient', { kind: 'again', delayMs: 500, countsAsAttempt: true }],
    ['unreachable', { kind: 'again', delayMs: 500, countsAsAttempt: true }],
    ['run', { kind: 'give-up' }],
    ['refused', { kind: 'give-up' }],
    ['aborted', { kind: 'give-up' }],
  ])('decides on class %s', (failureClass, expected) => {
    expect(decideRetry(aFailure({ class: failureClass }), 1, rules)).toEqual(expected);
  });

  it.each<FailureClass>(['quota', 'transient', 'unreachable'])(
    'does not repeat what must not be repeated and may have had its effect (%s)',
    (failureClass) => {
      const failure = aFailure({ class: failureClass, effect: 'unknown' });
      expect(decideRetry(failure, 1, { ...rules, repeatable: false })).toEqual({ kind: 'give-up' });
      expect(decideRetry({ ...failure, effect: 'none' }, 1, { ...rules, repeatable: false }).kind).toBe(
        'again',
      );
    },
  );

  it('doubles the ceiling of its delays from one second to 32', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((failed) =>
      decideRetry(aFailure(), failed, { ...rules, attempts: 99, random: () => 1 }),
    );
    expect(delays).toEqual(
      [1, 2, 4, 8, 16, 32, 32].map((seconds) => ({
        kind: 'again',
        delayMs: seconds * 1000,
        countsAsAttempt: true,
      })),
    );
  });

  it('waits at least as long as the server names', () => {
    expect(decideRetry(aFailure({ retryAfterMs: 9_000 }), 1, rules)).toMatchObject({ delayMs: 9_000 });
    expect(decideRetry(aFailure({ retryAfterMs: 100 }), 1, rules)).toMatchObject({ delayMs: 500 });
  });

  it('gives up after the last attempt, and on a token that cannot be renewed', () => {
    expect(decideRetry(aFailure(), 5, rules).kind).toBe('again');
    expect(decideRetry(aFailure(), 6, rules).kind).toBe('give-up');
    const failure = aFailure({ class: 'unauthenticated' });
    expect(decideRetry(failure, 1, { ...rules, renewToken: () => false }).kind).toBe('give-up');
  });
});

describe('withRetries', () => {
  const never = new AbortController().signal;

  /** Answers with each in turn; counts how often it was asked and when. */
  function scripted(clock: { now(): number }, script: readonly (ApiFailure | string)[]) {
    const askedAt: number[] = [];
    function attempt(): Promise<Attempt<string>> {
      const next = script[askedAt.length];
      askedAt.push(clock.now());
      if (next === undefined) throw new Error('asked too often');
      return Promise.resolve(
        typeof next === 'string' ? { kind: 'ok', value: next } : { kind: 'failed', failure: next },
      );
    }
    return { attempt, askedAt };
  }

  async function ended<T>(work: Promise<T>, clock: ReturnType<typeof createVirtualClock>): Promise<T> {
    await clock.runUntil(clock.now() + 1_000_000);
    return work;
  }

  it('tries again until it succeeds, waiting by the clock', async () => {
    const clock = createVirtualClock();
    const { attempt, askedAt } = scripted(clock, [aFailure(), aFailure(), 'value']);
    const work = withRetries(attempt, { ...rules, clock, signal: never });
    expect(await ended(work, clock)).toEqual({ kind: 'ok', value: 'value' });
    expect(askedAt).toEqual([0, 500, 1_500]);
  });

  it('makes as many attempts as allowed, quota answers not counted', async () => {
    const clock = createVirtualClock();
    const quota = aFailure({ class: 'quota', code: 'RESOURCE_EXHAUSTED' });
    const script = [quota, aFailure(), quota, quota, aFailure(), quota, aFailure({ message: 'last' })];
    const { attempt, askedAt } = scripted(clock, script);
    const work = withRetries(attempt, { ...rules, attempts: 3, clock, signal: never });
    expect(await ended(work, clock)).toEqual({ kind: 'failed', failure: aFailure({ message: 'last' }) });
    expect(askedAt).toHaveLength(7);
  });

  it('ends a wait when the signal fires, as aborted and with the effect that there may have been', async () => {
    const clock = createVirtualClock();
    const control = new AbortController();
    const { attempt, askedAt } = scripted(clock, [aFailure({ effect: 'unknown' })]);
    const work = withRetries(attempt, { ...rules, clock, signal: control.signal });
    await clock.runUntil(100);
    control.abort(new Error('stop'));
    expect(await work).toMatchObject({ kind: 'failed', failure: { class: 'aborted', effect: 'unknown' } });
    expect(askedAt).toHaveLength(1);
    expect(clock.sleepers()).toBe(0);
  });

  it('keeps the value of an attempt during which the signal fired', async () => {
    const clock = createVirtualClock();
    const control = new AbortController();
    function attempt(): Promise<Attempt<string>> {
      control.abort(new Error('stop'));
      return Promise.resolve({ kind: 'ok', value: 'made it' });
    }
    const all: RetryRules = { ...rules, clock, signal: control.signal };
    expect(await withRetries(attempt, all)).toEqual({ kind: 'ok', value: 'made it' });
  });

  it.each([new Error('a bug'), new TypeError('fetch failed')])(
    'passes an exception on at once (%s)',
    async (error) => {
      const clock = createVirtualClock();
      let asked = 0;
      function attempt(): Promise<Attempt<string>> {
        asked += 1;
        return Promise.reject(error);
      }
      await expect(withRetries(attempt, { ...rules, clock, signal: never })).rejects.toBe(error);
      expect(asked).toBe(1);
    },
  );
});
