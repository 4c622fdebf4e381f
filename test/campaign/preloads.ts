import { systemClock, type Clock } from '../../src/clock.ts';
import type { Preload } from './program.ts';
import type { CommitPoint } from './scenario.ts';

/** When faster time began for everybody. */
const ORIGIN = Date.now();

export function timePreload(factor: number): readonly Preload[] {
  if (factor === 1) return [];
  const environment = { CAMPAIGN_TIME_FACTOR: String(factor), CAMPAIGN_TIME_ORIGIN: String(ORIGIN) };
  return [{ path: pathOf('faster-time.ts'), environment }];
}

/** The server's clock, as fast as the program's. */
export function fasterClock(factor: number): Clock {
  return {
    now: () => ORIGIN + Math.round((systemClock.now() - ORIGIN) * factor),
    monotonic: () => systemClock.monotonic() * factor,
    sleep: (delayMs, signal) => systemClock.sleep(delayMs / factor, signal),
  };
}

export function crashPreload({ side, commit }: CommitPoint): Preload {
  return { path: pathOf('crash-at.ts'), environment: { CAMPAIGN_CRASH_AT: `${side} ${commit}` } };
}

/** Writes down every commit of the ledger. */
export function commitLogPreload(file: string): Preload {
  return { path: pathOf('crash-at.ts'), environment: { CAMPAIGN_COMMIT_LOG: file } };
}

function pathOf(name: string): string {
  return new URL(name, import.meta.url).pathname;
}
