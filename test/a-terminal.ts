import type { Terminal } from '../src/terminal.ts';

/**
 * A terminal at which nobody sits. What is said on stderr goes to `said`, line by line.
 *
 * @param own what a test wants to be otherwise
 */
export function aTerminal(said: string[], own: Partial<Terminal> = {}): Terminal {
  function say(...texts: readonly string[]): void {
    said.push(...texts);
  }
  return {
    result: () => Promise.resolve(),
    note: say,
    warn: say,
    show: say,
    fail: say,
    paint: (_, text) => text,
    paintMessage: (_, text) => text,
    width: 100,
    resultWidth: 100,
    canAsk: false,
    ask: () => Promise.resolve(false),
    progress: () => ({ update: () => undefined, end: () => undefined }),
    outputFault: () => undefined,
    ...own,
  };
}
