import { usageFault } from '../config/load.ts';
import type { ExitCode } from '../model/fatal.ts';
import { runExport } from '../run-export.ts';
import { exportFormat, fileOutput, streamOutput } from './export-output.ts';
import { guardAgainstBugs, prepare } from './prepare.ts';
import type { CommandInput } from './program.ts';
import { reading } from './reading.ts';
import { withEmulator } from './with-emulator.ts';

export async function exportCommand(input: CommandInput): Promise<ExitCode> {
  guardAgainstBugs();
  const { request, deps } = prepare('export', input);
  const { json, encoding } = request.settings;
  const file = fileName(input.flags['to']);
  if (json && file === undefined) {
    throw usageFault(
      'with --json the book has no place on stdout',
      'Add --to FILE for the book, or leave --json out.',
    );
  }
  const format = exportFormat(encoding);
  return reading('exporting', (signal) =>
    withEmulator(request, (changed) =>
      runExport(changed, deps, signal, () =>
        file === undefined ? Promise.resolve(streamOutput(process.stdout, format)) : fileOutput(file, format),
      ),
    ),
  );
}

function fileName(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'string' && given !== '') return given;
  throw usageFault('--to must name one file', 'Name one file, or leave --to out for standard output.');
}
