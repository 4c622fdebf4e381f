import type { Clock } from '../clock.ts';
import type { ChannelReader } from '../google/channel.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { Operation } from '../model/operation.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import { FIRST_POLL_MS, nextPollMs } from './poll-delays.ts';

/**
 * How waiting for an operation ended.
 *
 * - `done`, `failed`: Google says so.
 * - `gone`: Google does not know it, its time is over, and it has left no trace.
 * - `timeout`: not done within the time limit; it may still go on.
 * - `stopped`: the run ended first.
 */
export type OperationEnd = { readonly calls: number } & (
  | { readonly kind: 'done'; readonly customer: RemoteCustomer | undefined }
  | { readonly kind: 'failed'; readonly error: { readonly code: string; readonly message: string } }
  | { readonly kind: 'gone' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'stopped'; readonly failure: ApiFailure | undefined }
);

export interface AwaitDeps {
  readonly reader: ChannelReader;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Whether the operation was begun longer ago than `timeoutMs`: then one that Google does not know is gone. */
  readonly isOld: boolean;
  /** Looks whether an operation that Google does not know has done its work; the customer where it has. */
  readonly whenMissing: () => Promise<{
    readonly customer: RemoteCustomer | undefined;
    readonly calls: number;
  }>;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * Asks for an operation at growing intervals until it is done, or the time for it is over. Holds nothing meanwhile.
 *
 * @param begun as it was answered; one that is done already is not asked after
 */
export async function awaitOperation(begun: Operation, deps: AwaitDeps): Promise<OperationEnd> {
  const { clock, signal } = deps;
  const answered = endOf(begun, 0);
  if (answered !== undefined) return answered;
  const endsAt = clock.monotonic() + deps.timeoutMs;
  let calls = 0;
  let delayMs = FIRST_POLL_MS;
  for (;;) {
    const left = endsAt - clock.monotonic();
    await clock.sleep(Math.max(0, Math.min(delayMs, left)), signal).catch(() => undefined);
    if (signal.aborted) return { kind: 'stopped', failure: undefined, calls };
    const result = await deps.reader.getOperation(begun.name, { signal });
    calls += result.calls;
    if (result.kind === 'ok') {
      const end = endOf(result.value, calls);
      if (end !== undefined) return end;
    } else if (result.failure.code === 'NOT_FOUND') {
      // Google promises nothing about how soon an operation can be read: until its time is over it may be at work.
      const seen = await deps.whenMissing();
      calls += seen.calls;
      if (seen.customer !== undefined) return { kind: 'done', customer: seen.customer, calls };
      if (clock.monotonic() >= endsAt || deps.isOld) return { kind: 'gone', calls };
    } else if (!isPassing(result.failure)) {
      return { kind: 'stopped', failure: result.failure, calls };
    }
    if (clock.monotonic() >= endsAt) return { kind: 'timeout', calls };
    delayMs = nextPollMs(delayMs);
  }
}

function endOf(operation: Operation, calls: number): OperationEnd | undefined {
  switch (operation.state) {
    case 'running':
      return undefined;
    case 'done':
      return { kind: 'done', customer: operation.customer, calls };
    case 'failed':
      return { kind: 'failed', error: operation.error, calls };
  }
}

/** The operation goes on at Google, whatever becomes of one question about it. */
function isPassing({ class: kind }: ApiFailure): boolean {
  return kind === 'transient' || kind === 'unreachable' || kind === 'quota' || kind === 'refused';
}
