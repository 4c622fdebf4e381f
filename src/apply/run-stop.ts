import { EXIT, FatalError } from '../model/fatal.ts';

/**
 * What ends a run before its last row, and the ways of ending it.
 *
 * `halting` stops rows that have not sent anything; rows that have go on to their end, doubts are settled and operations
 * waited for. `ending` is that with a limit in time (`drained`), and settles no more. `aborting` stops everything. The
 * first reason stands.
 */
export interface RunStop {
  readonly reason: FatalError | undefined;
  /** All of them, in order: a graver one may come after the first. */
  readonly reasons: readonly FatalError[];
  readonly halting: AbortSignal;
  readonly ending: AbortSignal;
  readonly drained: AbortSignal;
  readonly aborting: AbortSignal;
  halt(reason: FatalError): void;
  end(reason: FatalError): void;
  /** The time for what is in flight is over; does nothing unless the run is ending. */
  drain(): void;
  abort(reason: FatalError): void;
}

export function createRunStop(): RunStop {
  const halting = new AbortController();
  const ending = new AbortController();
  const drained = new AbortController();
  const aborting = new AbortController();
  const reasons: FatalError[] = [];

  function note(reason: FatalError): void {
    if (!reasons.includes(reason)) reasons.push(reason);
  }

  return {
    get reason() {
      return reasons[0];
    },
    reasons,
    halting: halting.signal,
    ending: ending.signal,
    drained: drained.signal,
    aborting: aborting.signal,
    halt(reason) {
      note(reason);
      halting.abort(reason);
    },
    end(reason) {
      note(reason);
      halting.abort(reason);
      ending.abort(reason);
    },
    drain() {
      if (ending.signal.aborted) drained.abort(reasons[0]);
    },
    abort(reason) {
      note(reason);
      halting.abort(reason);
      ending.abort(reason);
      drained.abort(reason);
      aborting.abort(reason);
    },
  };
}

/** Ends the run for what a row threw. Without credentials nothing new can be sent, and what is in flight may finish. */
export function stopForCrash(stop: RunStop, error: unknown): void {
  if (!(error instanceof FatalError)) return;
  if (error.exitCode === EXIT.credentials) stop.end(error);
  else stop.abort(error);
}

export function interrupted(signal: string): FatalError {
  return new FatalError(
    EXIT.tryAgain,
    'run.interrupted',
    `interrupted by ${signal}`,
    'Type the same command again: what is done is known and is not sent twice.',
  );
}

export function deadlineReached(deadline: string): FatalError {
  return new FatalError(
    EXIT.tryAgain,
    'run.deadline',
    `the deadline ${deadline} was reached`,
    'Type the same command again: what is done is known and is not sent twice.',
  );
}

export function tooManyErrors(errors: number, limit: string): FatalError {
  return new FatalError(
    EXIT.stopped,
    'run.max_errors',
    `${errors === 1 ? '1 row' : `${errors} rows`} failed and --max-errors is ${limit}`,
    'Look at errors.csv for what they have in common, then type the same command again.',
  );
}

/** How long rows in flight may take to finish once the run is ending, before what still waits is given up. */
export const DRAIN_MS = 30_000;
