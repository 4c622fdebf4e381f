import { createRunStop } from '../apply/run-stop.ts';
import type { ExitCode } from '../model/fatal.ts';
import { runApply } from '../run-apply.ts';
import { endOnSignals, guardAgainstBugs, prepare } from './prepare.ts';
import type { CommandInput } from './program.ts';
import { withEmulator } from './with-emulator.ts';

export function applyCommand(input: CommandInput): Promise<ExitCode> {
  return runOnBook('apply', input);
}

/** Compares and writes nothing: the same run without its last stages. */
export function planCommand(input: CommandInput): Promise<ExitCode> {
  return runOnBook('plan', input);
}

async function runOnBook(command: 'apply' | 'plan', input: CommandInput): Promise<ExitCode> {
  guardAgainstBugs();
  const { request, deps } = prepare(command, input);
  const stop = createRunStop();
  const release = endOnSignals(stop, deps.terminal, 'no more rows are started; rows in flight are finished');
  try {
    return await withEmulator(request, (changed) => runApply(changed, deps, stop));
  } finally {
    release();
  }
}
