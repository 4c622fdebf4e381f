import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import {
  openGateway,
  type Gateway,
  type GatewaySettings,
  type SendHistory,
} from '../../src/google/gateway.ts';
import type { LogData, LogLevel } from '../../src/log.ts';
import { DEFAULT_QUOTAS } from '../../src/model/bucket.ts';

/** Sleeps of just this length wait for `timeOut`: they are the gateway's call time-outs. */
export const CALL_TIMEOUT_MS = 60_000.5;

export interface EagerClock extends Clock {
  /** Every wait so far but time-outs, in milliseconds. */
  readonly slept: number[];
  /** Ends all call time-outs that are running. */
  timeOut(): void;
  /** Runs when a wait begins; the wait ends after it. */
  onSleep: (delayMs: number) => void | Promise<void>;
}

/** A clock on which waiting takes no time: each sleep moves it on at once. */
export function createEagerClock(): EagerClock {
  let now = Date.parse('2026-05-01T12:00:00Z');
  const timeouts = new Set<() => void>();
  const clock: EagerClock = {
    slept: [],
    onSleep: () => undefined,
    timeOut() {
      for (const fire of timeouts) fire();
    },
    now: () => now,
    monotonic: () => now,
    async sleep(delayMs, signal) {
      if (delayMs === CALL_TIMEOUT_MS) {
        await new Promise<void>((resolve, reject) => {
          timeouts.add(resolve);
          signal?.addEventListener('abort', () => {
            timeouts.delete(resolve);
            reject(signal.reason as Error);
          });
        });
        return;
      }
      clock.slept.push(delayMs);
      await clock.onSleep(delayMs);
      signal?.throwIfAborted();
      now += delayMs;
    },
  };
  return clock;
}

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly data: LogData | undefined;
}

export interface OpenedGateway extends Gateway {
  readonly clock: EagerClock;
  readonly lines: LogLine[];
  /** What was noted for the next run. */
  readonly sends: { readonly bucket: string; readonly atMs: number }[];
}

export function aSetting(rest: Partial<GatewaySettings> = {}): GatewaySettings {
  return {
    apiUrl: undefined,
    keyFile: undefined,
    subject: undefined,
    accessToken: 'token-of-the-run',
    attempts: 3,
    callTimeoutMs: CALL_TIMEOUT_MS,
    concurrency: 8,
    quotas: DEFAULT_QUOTAS,
    ...rest,
  };
}

/** A gateway whose waits take no time; closed when the test ends. */
export async function aGateway(
  settings: Partial<GatewaySettings>,
  earlier: readonly number[] = [],
): Promise<OpenedGateway> {
  const clock = createEagerClock();
  const lines: LogLine[] = [];
  const sends: { readonly bucket: string; readonly atMs: number }[] = [];
  const history: SendHistory = {
    recent: (_, sinceMs) => earlier.filter((at) => at >= sinceMs),
    record: (bucket, atMs) => sends.push({ bucket, atMs }),
  };
  const gateway = await openGateway(aSetting(settings), {
    clock,
    random: () => 0.5,
    log: (level, message, data) => lines.push({ level, message, data }),
    history,
  });
  onTestFinished(gateway.close);
  return { ...gateway, clock, lines, sends };
}
