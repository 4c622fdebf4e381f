import type { ExitCode } from '../model/fatal.ts';
import { runPartners } from '../run-partners.ts';
import { guardAgainstBugs, prepare } from './prepare.ts';
import type { CommandInput } from './program.ts';
import { reading } from './reading.ts';
import { withEmulator } from './with-emulator.ts';

export async function partnersCommand(input: CommandInput): Promise<ExitCode> {
  guardAgainstBugs();
  const { request, deps } = prepare('partners', input);
  return reading('listing channel partners', (signal) =>
    withEmulator(request, (changed) => runPartners(changed, deps, signal)),
  );
}
