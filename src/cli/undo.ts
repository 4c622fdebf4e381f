import { createRunStop, interrupted } from '../apply/run-stop.ts';
import type { ExitCode } from '../model/fatal.ts';
import { runUndo } from '../run-undo.ts';
import { guardAgainstBugs, onSignals, prepare } from './prepare.ts';
import type { CommandInput } from './program.ts';
import { withEmulator } from './with-emulator.ts';

export async function undoCommand(input: CommandInput): Promise<ExitCode> {
  guardAgainstBugs();
  const { request: given, deps } = prepare('undo', input);
  // Whose data wins in the book's job says nothing about undoing it: only the flag lets others' changes be overwritten.
  const overwrite = input.flags['overwrite'] === undefined ? 'never' : given.settings.overwrite;
  const request = { ...given, settings: { ...given.settings, overwrite } };
  const stop = createRunStop();
  const release = onSignals((signal, count) => {
    if (count > 1) {
      stop.abort(interrupted(signal));
      return;
    }
    stop.end(interrupted(signal));
    deps.terminal.note(
      `${signal}: no more customers are begun; those in flight are finished. Once more to abort.`,
    );
  });
  try {
    return await withEmulator(request, (changed) => runUndo(changed, deps, stop));
  } finally {
    release();
  }
}
