import pRetry from 'p-retry';
import type { Clock } from '../clock.ts';
import type { ApiFailure } from '../model/api-failure.ts';

/** How one attempt of a call ended. */
export type Attempt<T> =
  { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'failed'; readonly failure: ApiFailure };

export interface RetryRules {
  /** Attempts in all; quota answers and the one refresh of a token do not count. */
  readonly attempts: number;
  /** Whether the request may be sent again although it may have had its effect. */
  readonly repeatable: boolean;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ends a wait. */
  readonly signal: AbortSignal;
  /** Fetches no token itself; true where the next attempt will bring another one. */
  readonly renewToken: () => boolean;
}

/** What is done about a failure. */
export type RetryDecision =
  | { readonly kind: 'give-up' }
  | { readonly kind: 'again'; readonly delayMs: number; readonly countsAsAttempt: boolean };

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 32_000;

const GIVE_UP: RetryDecision = { kind: 'give-up' };

/**
 * Whether a failed call is sent again, and after how long.
 *
 * - A quota answer waits in the bucket, which stands still as a whole, and uses up no attempt.
 * - A refused token is renewed once.
 * - A passing failure is tried again after an exponential delay with full jitter (1 s doubling to 32 s), or what
 *   the server named where that is longer.
 * - Everything else is final, and so is a failure after which a request that must not be repeated may have had
 *   its effect.
 *
 * @param failed attempts that failed so far, this one included
 */
export function decideRetry(
  failure: ApiFailure,
  failed: number,
  rules: Pick<RetryRules, 'attempts' | 'repeatable' | 'random' | 'renewToken'>,
): RetryDecision {
  if (failure.effect === 'unknown' && !rules.repeatable) return GIVE_UP;
  switch (failure.class) {
    case 'quota':
      return { kind: 'again', delayMs: 0, countsAsAttempt: false };
    case 'unauthenticated':
      return rules.renewToken() ? { kind: 'again', delayMs: 0, countsAsAttempt: false } : GIVE_UP;
    case 'transient':
    case 'unreachable':
      if (failed >= rules.attempts) return GIVE_UP;
      return { kind: 'again', delayMs: backoffMs(failure, failed, rules.random), countsAsAttempt: true };
    case 'run':
    case 'refused':
    case 'aborted':
      return GIVE_UP;
  }
}

function backoffMs(failure: ApiFailure, failed: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failed - 1));
  return Math.max(failure.retryAfterMs ?? 0, random() * ceiling);
}

/** Carries a failure through p-retry, which knows exceptions only. */
class FailedAttempt extends Error {
  readonly failure: ApiFailure;

  constructor(failure: ApiFailure) {
    super(failure.code);
    this.failure = failure;
  }
}

/**
 * Attempts until one succeeds or its failure is final. Where the signal ends a wait for the next attempt, the
 * failure is of class `aborted`, with the effect that the last attempt may have had.
 *
 * p-retry turns the wheel and nothing more. Its delays, counts and signal are not used: its timer is not our
 * clock's, it gives up on a spent count even where an attempt is not to be counted, and its signal would throw
 * away the value of a call that succeeded while the run was being stopped.
 *
 * @throws what `attempt` throws, at once
 */
export async function withRetries<T>(
  attempt: () => Promise<Attempt<T>>,
  rules: RetryRules,
): Promise<Attempt<T>> {
  const state = { counted: 0, interrupted: false };
  async function once(): Promise<Attempt<T>> {
    const result = await attempt();
    if (result.kind === 'failed') throw new FailedAttempt(result.failure);
    return result;
  }
  async function shouldRetry({ error }: { readonly error: Error }): Promise<boolean> {
    if (!(error instanceof FailedAttempt)) return false;
    const decision = decideRetry(error.failure, state.counted + 1, rules);
    if (decision.kind === 'give-up') return false;
    if (decision.countsAsAttempt) state.counted += 1;
    state.interrupted = !(await slept(decision.delayMs, rules));
    return !state.interrupted;
  }
  try {
    return await pRetry(once, { retries: Infinity, minTimeout: 0, shouldRetry });
  } catch (error) {
    if (!(error instanceof FailedAttempt)) throw error;
    return { kind: 'failed', failure: state.interrupted ? cutShort(error.failure) : error.failure };
  }
}

function cutShort(failure: ApiFailure): ApiFailure {
  return {
    ...failure,
    class: 'aborted',
    message: `the run ended before the call was tried again; before that: ${failure.message}`,
  };
}

/** False where the signal ended the wait. */
async function slept(delayMs: number, { clock, signal }: RetryRules): Promise<boolean> {
  if (delayMs > 0) await clock.sleep(delayMs, signal).catch(() => undefined);
  return !signal.aborted;
}
