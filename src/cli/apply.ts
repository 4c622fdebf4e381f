import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunStop, interrupted } from '../apply/run-stop.ts';
import type { ExitCode } from '../model/fatal.ts';
import { runApply } from '../run-apply.ts';
import type { RunRequest } from '../run-session.ts';
import { guardAgainstBugs, onSignals, prepare } from './prepare.ts';
import type { CommandInput } from './program.ts';

export async function applyCommand(input: CommandInput): Promise<ExitCode> {
  guardAgainstBugs();
  const { request, deps } = prepare('apply', input);
  const stop = createRunStop();
  const release = onSignals((signal, count) => {
    if (count > 1) {
      stop.abort(interrupted(signal));
      return;
    }
    stop.end(interrupted(signal));
    deps.terminal.note(
      `${signal}: no more rows are started; rows in flight are finished. Once more to abort.`,
    );
  });
  try {
    if (request.settings.emulator === undefined) return await runApply(request, deps, stop);
    return await withEmulator(request, (changed) => runApply(changed, deps, stop));
  } finally {
    release();
  }
}

/** Runs against an emulator inside this process, with a ledger that ends with it, as its world does. */
async function withEmulator(
  request: RunRequest,
  work: (request: RunRequest) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { settings } = request;
  const { openEmulator } = await import('./open-emulator.ts');
  const emulator = await openEmulator(settings.emulator === '' ? undefined : settings.emulator, {
    account: settings.account,
  });
  const privateState = mkdtempSync(join(tmpdir(), 'channelbook-'));
  try {
    return await work({
      ...request,
      settings: {
        ...settings,
        apiUrl: emulator.url,
        account: settings.account ?? emulator.account,
        state: settings.state ?? privateState,
      },
      accessToken: request.accessToken ?? (settings.keyFile === undefined ? 'emulator' : undefined),
    });
  } finally {
    await emulator.close();
    rmSync(privateState, { recursive: true, force: true });
  }
}
