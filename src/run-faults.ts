import { toFatal, type FatalError } from './model/fatal.ts';
import { worstExitCode, type Tally } from './reconcile/tally.ts';
import { COMMON_CAUSE } from './snapshot/common-cause.ts';

/** Reasons to start no more rows; they have stopped nothing where no row was left. */
const STARTS_NO_MORE: ReadonlySet<string> = new Set(['run.max_errors', COMMON_CAUSE]);

/** Of the reasons why the run stopped the gravest. */
export function worstFault(faults: readonly FatalError[], tally: Tally): FatalError | undefined {
  const isEveryRowDone = (tally.outcomes().unprocessed ?? 0) === tally.leftOut();
  const real = faults.filter(({ code }) => !(STARTS_NO_MORE.has(code) && isEveryRowDone));
  const worst = worstExitCode(real.map(({ exitCode }) => exitCode));
  return real.find(({ exitCode }) => exitCode === worst);
}

/** Does the work; what it throws is one more reason, so that the rest of the run's end is come to. */
export function attempt(work: () => void, faults: FatalError[]): void {
  try {
    work();
  } catch (error) {
    faults.push(toFatal(error));
  }
}
