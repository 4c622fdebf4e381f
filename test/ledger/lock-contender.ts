import { systemClock } from '../../src/clock.ts';
import { claimCustomer } from '../../src/ledger/claims.ts';
import { createLedgerDb } from '../../src/ledger/ledger.ts';
import { takeLock, type LockHolder } from '../../src/ledger/lock.ts';
import { openLedgerFile } from '../../src/ledger/open.ts';
import { toFatal } from '../../src/model/fatal.ts';

/** What the parent asks of a contender: to take the lock of a ledger and write with it, or to give it back. */
export type Order =
  { readonly kind: 'take'; readonly path: string; readonly round: number } | { readonly kind: 'release' };

export type Report =
  | { readonly kind: 'ready' | 'released' }
  | { readonly kind: 'taken'; readonly from: LockHolder | undefined }
  | { readonly kind: 'refused'; readonly exitCode: number; readonly message: string };

let release: (() => void) | undefined;

function take(path: string, round: number): Report {
  const file = openLedgerFile(path);
  const ledger = createLedgerDb(file);
  try {
    const lock = takeLock(ledger.db, path, `run-${round}`, systemClock);
    ledger.setGuard(lock.assertHeld);
    claimCustomer(ledger, round, `process-${process.pid}`, 1);
    release = () => {
      lock.release();
      ledger.close();
    };
    return { kind: 'taken', from: lock.takenFrom };
  } catch (error) {
    ledger.close();
    throw error;
  }
}

function obey(order: Order): Report {
  try {
    if (order.kind === 'take') return take(order.path, order.round);
    release?.();
    return { kind: 'released' };
  } catch (error) {
    const { exitCode, message } = toFatal(error);
    return { kind: 'refused', exitCode, message };
  }
}

function report(what: Report): void {
  process.send?.(what);
}

process.on('message', (order: Order) => {
  report(obey(order));
});
report({ kind: 'ready' });
