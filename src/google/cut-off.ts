import type { Clock } from '../clock.ts';

/** The end that may come before a call's answer. */
export interface CutOff {
  readonly signal: AbortSignal;
  /** Rejects when the call is cut off, whatever the library makes of the signal. */
  readonly ended: Promise<never>;
  cause(): 'timeout' | 'abort' | undefined;
  release(): void;
}

/** Cuts a call off after `timeoutMs`, or when the signal fires; whichever is first is its cause. */
export function createCutOff(timeoutMs: number, clock: Clock, signal: AbortSignal | undefined): CutOff {
  const control = new AbortController();
  const released = new AbortController();
  let cause: 'timeout' | 'abort' | undefined;
  const ended = new Promise<never>((_, reject) => {
    control.signal.addEventListener('abort', () => {
      reject(new Error('cut off'));
    });
  });
  ended.catch(() => undefined);
  function cutOff(why: 'timeout' | 'abort'): void {
    cause ??= why;
    control.abort();
  }
  function onAbort(): void {
    cutOff('abort');
  }
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  clock.sleep(timeoutMs, released.signal).then(
    () => {
      cutOff('timeout');
    },
    () => undefined,
  );
  return {
    signal: control.signal,
    ended,
    cause: () => cause,
    release() {
      signal?.removeEventListener('abort', onAbort);
      released.abort();
    },
  };
}
