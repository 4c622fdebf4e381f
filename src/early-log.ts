import type { Log } from './log.ts';

/** Keeps what is to be logged until there is a log. */
export interface EarlyLog {
  readonly log: Log;
  /** Hands over what was kept, and everything from then on. */
  hand(to: Log): void;
}

export function createEarlyLog(): EarlyLog {
  const kept: Parameters<Log>[] = [];
  let target: Log | undefined;
  return {
    log(...line) {
      if (target === undefined) kept.push(line);
      else target(...line);
    },
    hand(to) {
      target = to;
      for (const line of kept.splice(0)) to(...line);
    },
  };
}
