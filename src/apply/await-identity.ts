import type { Clock } from '../clock.ts';
import type { ChannelReader } from '../google/channel.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import { FIRST_POLL_MS, nextPollMs } from './poll-delays.ts';

/** Least time that a provisioning in doubt is watched for. */
const LEAST_GRACE_MS = 30_000;

/**
 * How long after the settle time a provisioning without an answer may still be at work: three times as long,
 * and never longer than an operation is waited for. It takes
 * minutes, and Google says neither how many nor, without an operation's name, whether one is under way.
 */
export function graceMs(settleMs: number, operationTimeoutMs: number): number {
  return Math.min(operationTimeoutMs, Math.max(LEAST_GRACE_MS, 3 * settleMs));
}

/** What became of a customer that a provisioning was sent for. */
export interface Watched {
  /** The customer as last read; undefined where it could not be read. */
  readonly remote: RemoteCustomer | undefined;
  readonly calls: number;
}

/**
 * Reads a customer at growing intervals until it has its Cloud Identity or the time is over. Holds nothing meanwhile.
 *
 * @param forMs how long; the last look is at its end
 */
export async function awaitIdentity(
  name: string,
  forMs: number,
  deps: { readonly reader: ChannelReader; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Watched> {
  const { reader, clock, signal } = deps;
  const endsAt = clock.monotonic() + forMs;
  let delayMs = FIRST_POLL_MS;
  let calls = 0;
  let remote: RemoteCustomer | undefined;
  for (;;) {
    const read = await reader.getCustomer(name, { signal });
    calls += read.calls;
    remote = read.kind === 'ok' ? read.value : undefined;
    const leftMs = endsAt - clock.monotonic();
    if (remote?.cloudIdentityId !== undefined || leftMs <= 0 || signal.aborted) return { remote, calls };
    await clock.sleep(Math.min(delayMs, leftMs), signal).catch(() => undefined);
    delayMs = nextPollMs(delayMs);
  }
}
