import { toFatal, type FatalError } from './model/fatal.ts';
import { worstExitCode, type Tally } from './reconcile/tally.ts';

/** Of the reasons why the run stopped the gravest; --max-errors is none where no row was left. */
export function worstFault(faults: readonly FatalError[], tally: Tally): FatalError | undefined {
  const isEveryRowDone = (tally.outcomes().unprocessed ?? 0) === tally.leftOut();
  const real = faults.filter(({ code }) => !(code === 'run.max_errors' && isEveryRowDone));
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
