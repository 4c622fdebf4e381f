import { createRunStop } from '../apply/run-stop.ts';
import type { ExitCode } from '../model/fatal.ts';
import { runResume } from '../run-resume.ts';
import { endOnSignals, guardAgainstBugs, prepare } from './prepare.ts';
import type { CommandInput } from './program.ts';
import { withEmulator } from './with-emulator.ts';

export async function resumeCommand(input: CommandInput): Promise<ExitCode> {
  guardAgainstBugs();
  const { request, deps } = prepare('resume', input);
  const stop = createRunStop();
  const release = endOnSignals(stop, deps.terminal, 'no more rows are started; rows in flight are finished');
  try {
    return await withEmulator(request, (changed) => runResume(changed, deps, stop));
  } finally {
    release();
  }
}
