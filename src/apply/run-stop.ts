import type { Clock } from '../clock.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import { EXIT, FatalError } from '../model/fatal.ts';
import { runFault } from '../snapshot/run-fault.ts';

/**
 * What ends a run before its last row, and the two ways of ending it.
 *
 * `ending` stops rows that have not sent anything; rows that have go on to their end. `aborting` stops those too.
 * The first reason stands.
 */
export interface RunStop {
  readonly reason: FatalError | undefined;
  readonly ending: AbortSignal;
  readonly aborting: AbortSignal;
  end(reason: FatalError): void;
  abort(reason: FatalError): void;
}

export function createRunStop(): RunStop {
  const ending = new AbortController();
  const aborting = new AbortController();
  let first: FatalError | undefined;
  return {
    get reason() {
      return first;
    },
    ending: ending.signal,
    aborting: aborting.signal,
    end(reason) {
      first ??= reason;
      ending.abort(reason);
    },
    abort(reason) {
      first ??= reason;
      ending.abort(reason);
      aborting.abort(reason);
    },
  };
}

export function interrupted(signal: string): FatalError {
  return new FatalError(
    EXIT.tryAgain,
    'run.interrupted',
    `interrupted by ${signal}`,
    'Apply the book again: what is done is known and is not sent twice.',
  );
}

export function deadlineReached(deadline: string): FatalError {
  return new FatalError(
    EXIT.tryAgain,
    'run.deadline',
    `the deadline ${deadline} was reached`,
    'Apply the book again: what is done is known and is not sent twice.',
  );
}

export function tooManyErrors(errors: number, limit: string): FatalError {
  return new FatalError(
    EXIT.stopped,
    'run.max_errors',
    `${errors} rows failed and --max-errors is ${limit}`,
    'Look at errors.csv for what they have in common, then apply the book again.',
  );
}

/** Waits while Google cannot be reached, and gives up after `outageMinutes`. One per run, shared by its rows. */
export interface Outage {
  /** Resolves when the call may be tried again; a fatal error when the wait has been too long. */
  wait(failure: ApiFailure, signal: AbortSignal): Promise<FatalError | undefined>;
  /** Google answered. */
  over(): void;
}

/** How long to wait between two tries at an address that does not answer; the retries before it waited as well. */
const OUTAGE_PAUSE_MS = 15_000;

export function createOutage(clock: Clock, outageMinutes: number): Outage {
  let since: number | undefined;
  return {
    async wait(failure, signal) {
      since ??= clock.monotonic();
      const left = since + outageMinutes * 60_000 - clock.monotonic();
      if (left <= 0) return runFault(failure, 'applying rows');
      await clock.sleep(Math.min(left, OUTAGE_PAUSE_MS), signal).catch(() => undefined);
      return undefined;
    },
    over() {
      since = undefined;
    },
  };
}
