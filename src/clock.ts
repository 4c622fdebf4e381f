/** Time, as an argument: tests bring their own. */
export interface Clock {
  /** Milliseconds since the epoch; may jump with the system clock. */
  now(): number;
  /** Milliseconds that only ever grow; for intervals. */
  monotonic(): number;
  /** Resolves after `delayMs`, or rejects with the signal's reason when that fires first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const timer = setTimeout(done, delayMs);
      function done(): void {
        signal?.removeEventListener('abort', abort);
        resolve();
      }
      function abort(): void {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      }
      signal?.addEventListener('abort', abort, { once: true });
    }),
};
