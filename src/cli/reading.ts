import { EXIT, FatalError } from '../model/fatal.ts';
import { onSignals } from './prepare.ts';

/** Runs work that only reads, and that the first signal may therefore end where it is, with 75. */
export async function reading<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const control = new AbortController();
  const release = onSignals((signal) => {
    control.abort(
      new FatalError(
        EXIT.tryAgain,
        'run.interrupted',
        `interrupted by ${signal} while ${what}`,
        'Nothing was changed. Type the same command again.',
      ),
    );
  });
  try {
    return await work(control.signal);
  } finally {
    release();
  }
}
