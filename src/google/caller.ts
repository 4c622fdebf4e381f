import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { ApiFailure, ApiResult } from '../model/api-failure.ts';
import { BUCKETS, type Bucket, type Quotas } from '../model/bucket.ts';
import { noTokenLeft, stoppedWaiting } from './classify.ts';
import type { Credentials } from './fetched-token.ts';
import { createLimiter, type Limiter, type LimiterStats, type Slot } from './limiter.ts';
import type { CallContext, Method } from './method.ts';
import { readSent } from './read-sent.ts';
import { withRetries, type Attempt } from './retry.ts';
import { linkSignals, whileWaiting } from './signals.ts';
import { isTokenRefusal } from './token-failure.ts';
import type { BearerToken, Sent, Transport } from './transport.ts';

/** The sends of the last minute, kept between runs; wall-clock milliseconds. The ledger implements it. */
export interface SendHistory {
  /** Of one bucket, not before `sinceMs`. */
  recent(bucket: Bucket, sinceMs: number): readonly number[];
  /** Called when a call leaves, and once more when its answer took so long that this time no longer stands for it. */
  record(bucket: Bucket, atMs: number): void;
}

export interface BucketStats extends LimiterStats {
  /** Sends by HTTP status, or by code where there was no answer (`TIMEOUT`). */
  readonly callsByCode: Readonly<Record<string, number>>;
}

export interface CallerOptions {
  readonly transport: Transport;
  /** What calls of a bucket are made with. */
  readonly credentialsFor: (bucket: Bucket) => Credentials;
  readonly quotas: Quotas;
  readonly attempts: number;
  /** Calls under way at one time, per bucket. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly history: SendHistory;
  /** Fires when no new call may leave. */
  readonly stopped: AbortSignal;
}

export interface Caller {
  /**
   * One call, with its waits, retries and classification.
   *
   * @throws FatalError 77 when no token is to be had and nothing was sent, and whatever `onSend` throws
   */
  call<T>(method: Method<T>, context: CallContext): Promise<ApiResult<T>>;
  readonly stats: () => Readonly<Record<Bucket, BucketStats>>;
}

interface Lane {
  readonly limiter: Limiter;
  readonly callsByCode: Record<string, number>;
}

/** One call under way. */
interface Progress {
  sends: number;
  /** An attempt may have had its effect; no later failure can take that back. */
  mayHaveHadEffect: boolean;
  /** The token that the last attempt went out with. */
  token: BearerToken | undefined;
  renewed: boolean;
}

/** Puts limiter, retries, credentials and transport together: token → turn → send → meaning → again or not. */
export function createCaller(options: CallerOptions): Caller {
  const { transport, clock, random, log, history } = options;
  const lanes = new Map<Bucket, Lane>();

  function laneOf(bucket: Bucket): Lane {
    const known = lanes.get(bucket);
    if (known !== undefined) return known;
    const limiter = createLimiter({
      cap: options.quotas[bucket],
      concurrency: options.concurrency,
      clock,
      random,
      history: {
        recent: (sinceMs) => history.recent(bucket, sinceMs),
        record: (atMs) => {
          history.record(bucket, atMs);
        },
      },
    });
    const lane = { limiter, callsByCode: {} };
    lanes.set(bucket, lane);
    return lane;
  }

  async function call<T>(method: Method<T>, context: CallContext): Promise<ApiResult<T>> {
    const waiting = linkSignals([options.stopped, context.signal]);
    const progress: Progress = { sends: 0, mayHaveHadEffect: false, token: undefined, renewed: false };
    try {
      const result = await withRetries(() => attempt(method, context, progress, waiting.signal), {
        attempts: options.attempts,
        repeatable: method.repeatable,
        clock,
        random,
        signal: waiting.signal,
        renewToken: () => renewOnce(method.bucket, progress),
      });
      if (result.kind === 'ok') return { kind: 'ok', value: result.value, calls: progress.sends };
      return { kind: 'failed', failure: finalFailure(result.failure, progress), calls: progress.sends };
    } catch (error) {
      // What was sent has had its answer, and the caller is to write down what that was.
      if (progress.sends === 0 || !isTokenRefusal(error)) throw error;
      return { kind: 'failed', failure: finalFailure(noTokenLeft(error), progress), calls: progress.sends };
    } finally {
      waiting.unlink();
    }
  }

  function renewOnce(bucket: Bucket, progress: Progress): boolean {
    if (progress.renewed || progress.token === undefined) return false;
    progress.renewed = true;
    return options.credentialsFor(bucket).renew(progress.token);
  }

  async function attempt<T>(
    method: Method<T>,
    context: CallContext,
    progress: Progress,
    waiting: AbortSignal,
  ): Promise<Attempt<T>> {
    if (waiting.aborted) return { kind: 'failed', failure: stoppedWaiting() };
    try {
      // Before the turn, which a slow token endpoint would otherwise waste.
      const token = await whileWaiting(options.credentialsFor(method.bucket).token(), waiting);
      if (token.kind === 'failed') return token;
      progress.token = token.value;
      // A call that was refused its turn once does not queue behind those that were not.
      const priority = (context.priority ?? 0) + (progress.sends > 0 ? 1 : 0);
      return await laneOf(method.bucket).limiter.run(
        (slot) => sendInTurn(method, context, progress, token.value, slot),
        { priority, signal: waiting },
      );
    } catch (error) {
      if (waiting.reason !== undefined && error === waiting.reason)
        return { kind: 'failed', failure: stoppedWaiting() };
      throw error;
    }
  }

  async function sendInTurn<T>(
    method: Method<T>,
    context: CallContext,
    progress: Progress,
    token: BearerToken,
    slot: Slot,
  ): Promise<Attempt<T>> {
    context.onSend?.(progress.sends + 1);
    slot.leave();
    progress.sends += 1;
    const startedAt = clock.monotonic();
    const sent = await transport.send(token, method.invoke, context.signal);
    const outcome = readSent(method, sent, [...(context.secrets ?? []), token.value], clock.now());
    note(method, sent, outcome, progress, clock.monotonic() - startedAt);
    if (outcome.kind === 'ok') return outcome;
    if (outcome.failure.effect === 'unknown') progress.mayHaveHadEffect = true;
    if (outcome.failure.class === 'quota') pause(method, outcome.failure, slot);
    return outcome;
  }

  function pause<T>(method: Method<T>, failure: ApiFailure, slot: Slot): void {
    const pausedMs = Math.round(slot.refused(failure.retryAfterMs));
    const { code, reason, message } = failure;
    log('warn', 'quota answer: the bucket waits', { bucket: method.bucket, pausedMs, code, reason, message });
  }

  function note<T>(
    method: Method<T>,
    sent: Sent,
    outcome: Attempt<T>,
    progress: Progress,
    tookMs: number,
  ): void {
    const { callsByCode } = laneOf(method.bucket);
    const silenceCode = outcome.kind === 'failed' ? outcome.failure.code : '';
    const code = sent.kind === 'answer' ? String(sent.answer.httpStatus) : silenceCode;
    callsByCode[code] = (callsByCode[code] ?? 0) + 1;
    log('debug', 'call', {
      bucket: method.bucket,
      method: method.name,
      status: code,
      ms: Math.round(tookMs),
      attempt: progress.sends,
    });
  }

  function statsOf(bucket: Bucket): BucketStats {
    const { limiter, callsByCode } = laneOf(bucket);
    return { ...limiter.stats(), callsByCode: { ...callsByCode } };
  }

  return {
    call,
    stats: () =>
      Object.fromEntries(BUCKETS.map((bucket) => [bucket, statsOf(bucket)])) as Record<Bucket, BucketStats>,
  };
}

/** What the last attempt says, with the effect that any attempt may have had. */
function finalFailure(failure: ApiFailure, progress: Progress): ApiFailure {
  return progress.mayHaveHadEffect ? { ...failure, effect: 'unknown' } : failure;
}
