import type { ExitCode } from '../model/fatal.ts';
import { runReport } from '../run-report.ts';
import { guardAgainstBugs, prepare } from './prepare.ts';
import type { CommandInput } from './program.ts';

export async function reportCommand(input: CommandInput): Promise<ExitCode> {
  guardAgainstBugs();
  const { request, deps } = prepare('report', input);
  return runReport(request, deps);
}
