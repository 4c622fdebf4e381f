import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRequest } from '../run-session.ts';

/**
 * Runs the work as the request says; with `--emulator` against one inside this process, and with a ledger that ends
 * with it, as its world does.
 */
export async function withEmulator<T>(
  request: RunRequest,
  work: (request: RunRequest) => Promise<T>,
): Promise<T> {
  const { settings } = request;
  if (settings.emulator === undefined) return work(request);
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
