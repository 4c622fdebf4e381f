import { usageFault } from '../config/load.ts';
import type { ExitCode } from '../model/fatal.ts';
import { runSettle, type Word } from '../run-settle.ts';
import { guardAgainstBugs, prepare } from './prepare.ts';
import type { CommandInput } from './program.ts';

export async function settleCommand(input: CommandInput): Promise<ExitCode> {
  guardAgainstBugs();
  const { request, deps } = prepare('settle', input);
  const key = input.secondArgument ?? '';
  return runSettle(request, key, wordOf(input.flags['as']), deps);
}

function wordOf(given: unknown): Word {
  if (given === 'done' || given === 'not-done') return given;
  throw usageFault(
    given === undefined ? 'settle needs --as' : `--as must be done or not-done, not ${JSON.stringify(given)}`,
    'Look at the customer at Google, then say --as done or --as not-done.',
  );
}
