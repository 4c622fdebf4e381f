import type { RunStop } from './run-stop.ts';

/** A row's own signal: fires at once when the run aborts, and when it halts before the row has sent anything. */
export function rowSignal(
  stop: RunStop,
  isBegun: () => boolean,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  function onHalting(): void {
    if (!isBegun()) controller.abort(stop.reason);
  }
  function onAborting(): void {
    controller.abort(stop.reason);
  }
  stop.halting.addEventListener('abort', onHalting);
  stop.aborting.addEventListener('abort', onAborting);
  if (stop.halting.aborted) onHalting();
  if (stop.aborting.aborted) onAborting();
  return {
    signal: controller.signal,
    release() {
      stop.halting.removeEventListener('abort', onHalting);
      stop.aborting.removeEventListener('abort', onAborting);
    },
  };
}
