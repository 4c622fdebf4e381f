import { describe, expect, it } from 'vitest';
import { createRunStop, interrupted } from '../src/apply/run-stop.ts';
import { errorLimit, limitDraining, watchDeadline } from '../src/run-limits.ts';
import { manualClock } from './emulator/harness.ts';

describe('errorLimit', () => {
  it.each([
    [undefined, 100, undefined],
    ['3', 100, 3],
    ['5%', 100, 5],
    ['5%', 30, 2],
    ['5%', 1, 1],
    ['0', 100, 1],
  ])('takes %s of %d rows for %s', (text, rows, maxErrors) => {
    expect(errorLimit(text, rows).maxErrors).toBe(maxErrors);
  });
});

describe('watchDeadline', () => {
  const noon = new Date(2026, 0, 15, 12).getTime();

  async function endsAfter(minutes: number, deadline: string | undefined): Promise<string | undefined> {
    const clock = manualClock(noon);
    const stop = createRunStop();
    const cancel = watchDeadline({ deps: { clock }, stop }, { deadline }, new Date(noon).toISOString());
    clock.advance(minutes * 60_000);
    await Promise.resolve();
    cancel();
    return stop.reason?.code;
  }

  it('ends the run when its local time is there, and not before', async () => {
    expect([await endsAfter(29, '12:30'), await endsAfter(30, '12:30')]).toEqual([undefined, 'run.deadline']);
  });

  it('watches nothing where there is no deadline', async () => {
    expect(await endsAfter(24 * 60, undefined)).toBeUndefined();
  });
});

describe('limitDraining', () => {
  /** What has happened so many seconds after the run began to end. */
  async function after(seconds: number, isCancelled = false): Promise<readonly unknown[]> {
    const clock = manualClock();
    const stop = createRunStop();
    const stopped: unknown[] = [];
    const cancel = limitDraining(
      { deps: { clock }, stop },
      { gateway: { stop: (why) => stopped.push(why) } },
    );
    stop.end(interrupted('SIGINT'));
    if (isCancelled) cancel();
    clock.advance(seconds * 1000);
    await Promise.resolve();
    cancel();
    return [stopped, stop.drained.aborted];
  }

  it('gives what is in flight half a minute, then nothing is sent and no operation waited for', async () => {
    expect([await after(29), await after(30)]).toEqual([
      [[], false],
      [[interrupted('SIGINT')], true],
    ]);
  });

  it('does nothing once it is taken off', async () => {
    expect(await after(30, true)).toEqual([[], false]);
  });
});
