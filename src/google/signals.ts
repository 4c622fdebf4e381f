/** One signal for several. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Must be called when the signal is no longer needed. */
  unlink(): void;
}

/**
 * A signal that fires with the first of `sources`, with its reason. Unlike `AbortSignal.any`, which keeps memory
 * for as long as its longest-lived source does, it can be let go.
 */
export function linkSignals(sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const control = new AbortController();
  const present = sources.filter((source) => source !== undefined);
  const listeners = present.map((source) => {
    function abort(): void {
      control.abort(source.reason);
    }
    source.addEventListener('abort', abort, { once: true });
    return { source, abort };
  });
  const fired = present.find(({ aborted }) => aborted);
  if (fired !== undefined) control.abort(fired.reason);
  return {
    signal: control.signal,
    unlink() {
      for (const { source, abort } of listeners) source.removeEventListener('abort', abort);
    },
  };
}

/** The promise's value, unless the signal fires first; then its reason is thrown. */
export function whileWaiting<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    function onAbort(): void {
      reject(signal.reason as Error);
    }
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
