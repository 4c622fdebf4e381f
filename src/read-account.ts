import { requireAccount } from './config/account.ts';
import type { ChannelReader } from './google/channel.ts';
import type { LedgerDb } from './ledger/ledger.ts';
import { openLog, type Log } from './log.ts';
import { openAccount } from './open-account.ts';
import { newRunId } from './reconcile/run-directory.ts';
import type { RunDeps, RunRequest } from './run-session.ts';

/** What a command holds that only looks at an account and leaves no run directory. */
export interface AccountAccess {
  /** Id without `accounts/`. */
  readonly account: string;
  readonly ledger: LedgerDb;
  readonly reader: ChannelReader;
  readonly log: Log;
}

/**
 * Opens the account for reading, does the work, and closes it. The lock is held meanwhile: the quota is shared, and
 * so is the snapshot. Logs to `--log-file` alone.
 *
 * @throws FatalError 64 where no account is named, and as `openAccount`
 */
export async function readAccount<T>(
  request: RunRequest,
  deps: RunDeps,
  work: (access: AccountAccess) => Promise<T>,
): Promise<T> {
  const { settings, command } = request;
  const account = requireAccount(settings);
  for (const warning of request.configWarnings) deps.terminal.warn(warning);
  const file = settings.logFile === undefined ? undefined : openLog(settings.logFile, settings.logLevel);
  const log: Log = file === undefined ? () => undefined : file.log;
  try {
    const runName = `${command} ${newRunId(deps.clock.now())}`;
    const open = await openAccount(request, account, runName, log, deps, 'read');
    try {
      return await work({ account, ledger: open.ledger, reader: open.gateway.reader, log });
    } finally {
      await open.close();
    }
  } finally {
    if ((await file?.close()) === false) {
      deps.terminal.warn('the log is incomplete: it could not be written');
    }
  }
}
