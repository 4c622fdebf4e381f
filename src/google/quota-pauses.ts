const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000; // the window after which Channel's quotas are full again
const SHORTEST_PAUSE_MS = 1_000;

/** How long a bucket stands still after quota answers. */
export interface QuotaPauses {
  /** A call that left at `leftAt` was refused at `now`; both and the result of `until` in monotonic milliseconds. */
  refused(leftAt: number, now: number, retryAfterMs: number | undefined): void;
  /** A call that left at `leftAt` was let through. */
  answered(leftAt: number): void;
  until(): number;
  /** Pauses so far; refusals of calls that were under way together make one. */
  count(): number;
}

/**
 * What Google names (Retry-After, RetryInfo) is waited for exactly, a second at least; where it names nothing,
 * exponentially with full jitter: 5 s, doubling with each refusal in a row, at most 60 s.
 */
export function createQuotaPauses(random: () => number): QuotaPauses {
  let until = -Infinity;
  let inARow = 0;
  let pauses = 0;

  function backoffMs(): number {
    const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (inARow - 1));
    return Math.max(SHORTEST_PAUSE_MS, random() * ceiling);
  }

  return {
    refused(leftAt, now, retryAfterMs) {
      const isNewPause = leftAt >= until;
      if (isNewPause) {
        inARow += 1;
        pauses += 1;
      }
      const named = Math.max(SHORTEST_PAUSE_MS, retryAfterMs ?? 0);
      const ownMs = !isNewPause || retryAfterMs !== undefined ? 0 : backoffMs();
      until = Math.max(until, now + Math.max(named, ownMs));
    },
    answered(leftAt) {
      if (leftAt >= until) inARow = 0;
    },
    until: () => until,
    count: () => pauses,
  };
}
