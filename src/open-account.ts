import type { Settings } from './config/options.ts';
import type { Gateway, GatewaySettings, ReadGateway } from './google/gateway.ts';
import { refuseDamaged } from './ledger/damage.ts';
import { createLedgerDb, type LedgerDb } from './ledger/ledger.ts';
import { takeLock } from './ledger/lock.ts';
import { defaultStateDirectory, ledgerPath, openLedgerFile } from './ledger/open.ts';
import { openSendHistory } from './ledger/sends.ts';
import type { Log } from './log.ts';
import type { RunDeps, RunRequest } from './run-session.ts';

/** The methods that write. */
export type Writers = Pick<Gateway, 'writer' | 'resellerWriter' | 'directoryWriter'>;

/** What a run on an account holds while it lasts: the ledger, its lock, and the way to Google. */
export interface OpenAccount {
  readonly ledger: LedgerDb;
  readonly gateway: ReadGateway;
  /** Undefined where the command may only read: it cannot write. */
  readonly writers: Writers | undefined;
  close(): Promise<void>;
}

/**
 * Opens the account's ledger, takes its lock, and opens the gateway.
 *
 * @param account id without `accounts/`
 * @param runId who holds the lock, as others are told
 * @throws FatalError 73, 74 for the ledger, 75 when another run holds the lock, 77 and 78 for the credentials
 */
export async function openAccount(
  request: Pick<RunRequest, 'settings' | 'accessToken' | 'environment'>,
  account: string,
  runId: string,
  log: Log,
  deps: Pick<RunDeps, 'clock' | 'random'>,
  access: 'read' | 'write',
): Promise<OpenAccount> {
  const { settings } = request;
  const state = settings.state ?? defaultStateDirectory(request.environment);
  const file = openLedgerFile(ledgerPath(state, settings.apiUrl, account));
  const ledger = createLedgerDb(file);
  const closers: (() => Promise<void> | void)[] = [ledger.close];
  /** What cannot be closed properly (full disk) must not hide why the run ended: a dead process holds no lock. */
  async function close(): Promise<void> {
    for (const closer of closers.splice(0).reverse()) {
      try {
        await closer();
      } catch (error) {
        log('warn', 'could not close', { reason: (error as Error).message });
      }
    }
  }
  try {
    const lock = takeLock(ledger.db, file.path, runId, deps.clock);
    closers.push(lock.release);
    ledger.setGuard(lock.assertHeld);
    if (lock.takenFrom !== undefined) {
      const { run, host, pid } = lock.takenFrom;
      log('warn', 'lock taken over from a run that is dead', { run, host, pid });
    }
    refuseDamaged(ledger.db, file.path);
    const history = openSendHistory(file.path, deps.clock.now());
    closers.push(history.close);
    const { openGateway, openReadGateway } = await import('./google/gateway.ts');
    const gatewayDeps = { clock: deps.clock, random: deps.random, log, history };
    const given = gatewaySettings(settings, request.accessToken);
    if (access === 'read') {
      const gateway = await openReadGateway(given, gatewayDeps);
      closers.push(gateway.close);
      return { ledger, gateway, writers: undefined, close };
    }
    const gateway = await openGateway(given, gatewayDeps);
    closers.push(gateway.close);
    return { ledger, gateway, writers: gateway, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function gatewaySettings(settings: Settings, accessToken: string | undefined): GatewaySettings {
  return {
    apiUrl: settings.apiUrl,
    keyFile: settings.keyFile,
    subject: settings.subject,
    accessToken,
    attempts: settings.attempts,
    callTimeoutMs: settings.callTimeoutSeconds * 1000,
    concurrency: settings.concurrency,
    quotas: settings.quotas,
  };
}

/** Epoch milliseconds of the next time after `from` that the local clock shows `HH:MM`. */
export function deadlineAt(text: string, from: number): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  const at = new Date(from);
  at.setHours(hours, minutes, 0, 0);
  if (at.getTime() <= from) at.setDate(at.getDate() + 1);
  return at.getTime();
}
