import { DRAIN_MS, deadlineReached, type RunStop } from './apply/run-stop.ts';
import type { Settings } from './config/options.ts';
import { deadlineAt, type OpenAccount } from './open-account.ts';
import type { RunDeps } from './run-session.ts';

/** What bounds a run that writes, whatever it writes. */
interface Bounded {
  readonly deps: Pick<RunDeps, 'clock'>;
  readonly stop: RunStop;
}

/**
 * Ends the run at `--deadline`, wherever it is: waiting for quota has no other limit. Returns what takes the watch off.
 *
 * @param startedAt of the run, ISO 8601
 */
export function watchDeadline(
  { deps, stop }: Bounded,
  { deadline }: Pick<Settings, 'deadline'>,
  startedAt: string,
): () => void {
  const control = new AbortController();
  if (deadline !== undefined) {
    const delayMs = deadlineAt(deadline, Date.parse(startedAt)) - deps.clock.now();
    deps.clock.sleep(Math.max(0, delayMs), control.signal).then(
      () => {
        stop.end(deadlineReached(deadline));
      },
      () => undefined,
    );
  }
  return () => {
    control.abort();
  };
}

/**
 * Once the run is ending, rows in flight have a while to finish; then nothing new is sent for them either. Returns what
 * takes the watch off.
 */
export function limitDraining(
  { deps, stop }: Bounded,
  { gateway }: { readonly gateway: Pick<OpenAccount['gateway'], 'stop'> },
): () => void {
  const control = new AbortController();
  function onEnding(): void {
    deps.clock.sleep(DRAIN_MS, control.signal).then(
      () => {
        gateway.stop(stop.reason);
        stop.drain();
      },
      () => undefined,
    );
  }
  stop.ending.addEventListener('abort', onEnding, { once: true });
  return () => {
    stop.ending.removeEventListener('abort', onEnding);
    control.abort();
  };
}

/** `--max-errors` as a number of rows: `5%` is of all rows, and at least one. */
export function errorLimit(
  text: string | undefined,
  rows: number,
): { readonly maxErrors: number | undefined; readonly maxErrorsText: string } {
  if (text === undefined) return { maxErrors: undefined, maxErrorsText: '' };
  const number = Number(text.replace('%', ''));
  const limit = text.endsWith('%') ? Math.ceil((rows * number) / 100) : number;
  return { maxErrors: Math.max(1, limit), maxErrorsText: text };
}
