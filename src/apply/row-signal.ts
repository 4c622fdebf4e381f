import type { RunStop } from './run-stop.ts';

/** A row's own signal: fires at once when the run aborts, and when it ends before the row has sent anything. */
export function rowSignal(
  stop: RunStop,
  isBegun: () => boolean,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  function onEnding(): void {
    if (!isBegun()) controller.abort(stop.reason);
  }
  function onAborting(): void {
    controller.abort(stop.reason);
  }
  stop.ending.addEventListener('abort', onEnding);
  stop.aborting.addEventListener('abort', onAborting);
  if (stop.ending.aborted) onEnding();
  if (stop.aborting.aborted) onAborting();
  return {
    signal: controller.signal,
    release() {
      stop.ending.removeEventListener('abort', onEnding);
      stop.aborting.removeEventListener('abort', onAborting);
    },
  };
}
