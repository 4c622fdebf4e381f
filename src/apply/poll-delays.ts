/** Google names no interval; its Java client begins at 5 s and grows by 1.5 to 45 s (CloudChannelServiceStubSettings). */
export const FIRST_POLL_MS = 1_000;
const GROWTH = 1.5;
const LONGEST_POLL_MS = 45_000;

/** The wait before the next question about work at Google that takes minutes. */
export function nextPollMs(delayMs: number): number {
  return Math.min(LONGEST_POLL_MS, delayMs * GROWTH);
}
