import { createRunStop } from '../apply/run-stop.ts';
import type { ExitCode } from '../model/fatal.ts';
import { runUndo } from '../run-undo.ts';
import { endOnSignals, guardAgainstBugs, prepare } from './prepare.ts';
import type { CommandInput } from './program.ts';
import { withEmulator } from './with-emulator.ts';

export async function undoCommand(input: CommandInput): Promise<ExitCode> {
  guardAgainstBugs();
  const { request: given, deps } = prepare('undo', input);
  // Whose data wins in the book's job says nothing about undoing it: only the flag lets others' changes be overwritten.
  const overwrite = input.flags['overwrite'] === undefined ? 'never' : given.settings.overwrite;
  const request = { ...given, settings: { ...given.settings, overwrite } };
  const stop = createRunStop();
  const release = endOnSignals(
    stop,
    deps.terminal,
    'no more customers are begun; those in flight are finished',
  );
  try {
    return await withEmulator(request, (changed) => runUndo(changed, deps, stop));
  } finally {
    release();
  }
}
