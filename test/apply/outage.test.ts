import { describe, expect, it } from 'vitest';
import { createOutage } from '../../src/apply/outage.ts';
import { createRunStop, interrupted } from '../../src/apply/run-stop.ts';
import type { ApiFailure, FailureClass } from '../../src/model/api-failure.ts';
import { manualClock } from '../emulator/harness.ts';

function aFailure(kind: FailureClass): ApiFailure {
  return {
    class: kind,
    effect: 'unknown',
    httpStatus: 503,
    code: 'UNAVAILABLE',
    reason: undefined,
    message: 'unavailable',
    retryAfterMs: undefined,
  };
}

const never = new AbortController().signal;

/** Whether a row is let through, after everything that is due now has happened. */
async function isClear(clearing: Promise<void>): Promise<boolean> {
  let isThrough = false;
  void clearing.then(() => (isThrough = true));
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return isThrough;
}

describe('createOutage', () => {
  it('lets rows through while calls succeed now and then', async () => {
    const outage = createOutage(manualClock(), 15, createRunStop());
    outage.heard(aFailure('transient'));
    outage.heard(aFailure('transient'));
    outage.heard(undefined);
    outage.heard(aFailure('transient'));

    expect(await isClear(outage.clear(never))).toBe(true);
  });

  it('takes a refusal for a sign of life', async () => {
    const outage = createOutage(manualClock(), 15, createRunStop());
    outage.heard(aFailure('transient'));
    outage.heard(aFailure('transient'));
    outage.heard(aFailure('refused'));
    outage.heard(aFailure('transient'));

    expect(await isClear(outage.clear(never))).toBe(true);
  });

  it('holds rows back after three in a row, and lets one at a time try every quarter of a minute', async () => {
    const clock = manualClock();
    const outage = createOutage(clock, 15, createRunStop());
    for (let row = 0; row < 3; row += 1) outage.heard(aFailure('transient'));
    const first = outage.clear(never);
    const second = outage.clear(never);
    const before = [await isClear(first), await isClear(second)];
    clock.advance(15_000);
    const probing = [await isClear(first), await isClear(second)];
    outage.heard(undefined);
    clock.advance(15_000);

    expect([before, probing, await isClear(second)]).toEqual([[false, false], [true, false], true]);
  });

  it('needs only one address that no connection can be opened to', async () => {
    const outage = createOutage(manualClock(), 15, createRunStop());
    outage.heard(aFailure('unreachable'));

    expect(await isClear(outage.clear(never))).toBe(false);
  });

  it('ends the run with 69 when it has lasted too long', async () => {
    const clock = manualClock();
    const stop = createRunStop();
    const outage = createOutage(clock, 1, stop);
    outage.heard(aFailure('unreachable'));
    const waiting = outage.clear(stop.ending);
    for (let probe = 0; probe < 4; probe += 1) {
      clock.advance(15_000);
      await isClear(waiting);
      outage.heard(aFailure('unreachable'));
    }

    expect([stop.ending.aborted, stop.reason?.exitCode]).toEqual([true, 69]);
  });

  it('lets everybody go when the run halts, those too that have begun and would finish', async () => {
    const stop = createRunStop();
    const outage = createOutage(manualClock(), 15, stop);
    outage.heard(aFailure('unreachable'));
    const waiting = outage.clear(never);
    const before = await isClear(waiting);
    stop.halt(interrupted('SIGINT'));

    expect([before, await isClear(waiting)]).toEqual([false, true]);
  });

  it('does not take our own abort for news of Google', async () => {
    const outage = createOutage(manualClock(), 15, createRunStop());
    outage.heard(aFailure('unreachable'));
    outage.heard(aFailure('aborted'));

    expect(await isClear(outage.clear(never))).toBe(false);
  });
});
