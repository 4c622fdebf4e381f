import type { ExitCode } from '../model/fatal.ts';
import { createRunStop, interrupted } from '../apply/run-stop.ts';
import { runValidate } from '../run-validate.ts';
import { guardAgainstBugs, onSignals, prepare } from './prepare.ts';
import type { CommandInput } from './program.ts';

export async function validateCommand(input: CommandInput): Promise<ExitCode> {
  guardAgainstBugs();
  const { request, deps } = prepare('validate', input);
  const stop = createRunStop();
  const release = onSignals((signal) => {
    stop.abort(interrupted(signal));
  });
  try {
    return await runValidate(request, deps, stop.ending);
  } finally {
    release();
  }
}
