import type { ExitCode } from '../model/fatal.ts';
import { runRuns } from '../run-runs.ts';
import { guardAgainstBugs, prepare } from './prepare.ts';
import type { CommandInput } from './program.ts';

export async function runsCommand(input: CommandInput): Promise<ExitCode> {
  guardAgainstBugs();
  const { request, deps } = prepare('runs', input);
  return runRuns(request, deps);
}
