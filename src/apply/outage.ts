import type { Clock } from '../clock.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import { EXIT, FatalError } from '../model/fatal.ts';
import { runFault } from '../snapshot/run-fault.ts';
import type { RunStop } from './run-stop.ts';

/**
 * Whether Google is there at all. One per run, shared by its rows.
 *
 * - up: rows start as they come. Calls that used up their attempts, of several rows with no success between them, or
 *   an address that no connection can be opened to, bring it down.
 * - down: rows wait; one at a time, every quarter of a minute, is let through to try. A success brings it up again.
 * - given up: down for longer than `outageMinutes`; the run ends with 69.
 */
export interface Outage {
  /** Resolves when a row may send its first call, or the run is ending. */
  clear(signal: AbortSignal): Promise<void>;
  /** A call of a row ended with this failure, or (undefined) with an answer that Google meant. */
  heard(failure: ApiFailure | undefined): void;
  /**
   * Does what the whole run needs, again after each time that Google could not be reached for it.
   *
   * @throws what `work` throws: of Google out of reach (69) once the outage is given up or the run is ending
   */
  outlast<T>(work: () => Promise<T>): Promise<T>;
}

const PROBE_MS = 15_000;
/** A probe that has said nothing for so long is given up. */
const LOST_PROBE_MS = 120_000;
/** Rows in a row whose calls used up their attempts. */
const MISSES_DOWN = 3;

export function createOutage(clock: Clock, outageMinutes: number, stop: RunStop): Outage {
  let misses = 0;
  let since = 0;
  let nextProbe = 0;
  let isProbing = false;
  let probedAt = 0;
  let last: FatalError | undefined;

  function isDown(): boolean {
    return misses >= MISSES_DOWN;
  }

  function heard(failure: ApiFailure | undefined): void {
    isProbing = false;
    if (failure?.class === 'aborted') return;
    if (failure?.class !== 'transient' && failure?.class !== 'unreachable') {
      misses = 0;
      return;
    }
    if (misses === 0) since = clock.monotonic();
    misses = failure.class === 'unreachable' ? Math.max(misses + 1, MISSES_DOWN) : misses + 1;
    noteFault(runFault(failure, 'applying rows'));
  }

  function noteFault(fault: FatalError): void {
    last = fault;
    nextProbe = clock.monotonic() + PROBE_MS;
    if (isDown() && clock.monotonic() - since >= outageMinutes * 60_000) stop.end(fault);
  }

  async function outlast<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const value = await work();
        heard(undefined);
        return value;
      } catch (error) {
        if (!(error instanceof FatalError) || error.exitCode !== EXIT.unreachable) throw error;
        isProbing = false;
        if (misses === 0) since = clock.monotonic();
        misses = Math.max(misses + 1, MISSES_DOWN);
        noteFault(error);
        await clear(stop.ending);
        if (stop.ending.aborted) throw error;
      }
    }
  }

  async function clear(signal: AbortSignal): Promise<void> {
    if (!isDown()) return;
    // A row that has begun is not let go when the run halts; there is nothing to be waited for all the same.
    const either = AbortSignal.any([signal, stop.halting]);
    while (isDown() && !either.aborted) {
      const now = clock.monotonic();
      const givenUpAt = since + outageMinutes * 60_000;
      if (now >= givenUpAt && last !== undefined) {
        stop.end(last);
        return;
      }
      // A row that was let through and then sent nothing has told nothing: another one tries.
      if (isProbing && now - probedAt >= LOST_PROBE_MS) isProbing = false;
      if (!isProbing && now >= nextProbe) {
        isProbing = true;
        probedAt = now;
        return;
      }
      const wakeAt = isProbing ? now + PROBE_MS : Math.min(nextProbe, givenUpAt);
      await clock.sleep(Math.max(1, wakeAt - now), either).catch(() => undefined);
    }
  }

  return { clear, heard, outlast };
}
