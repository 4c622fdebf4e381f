import { DatabaseSync } from 'node:sqlite';

/** From a commit on, the ledger takes nothing any more: to the next run it is as if the process had died there. */
export interface LedgerDeath {
  /** Whether anything was to be written behind that. */
  readonly wasFelt: () => boolean;
  /** Lets ledgers live again. */
  end(): void;
}

/**
 * Kills every ledger of this process at its `commit`-th COMMIT from now, which is the last to reach the disk or the
 * first that does not.
 *
 * @param isKept whether that commit itself reaches the disk
 * @param onDeath called at that moment, before anything else can happen
 */
export function killLedgerAt(commit: number, isKept: boolean, onDeath: () => void): LedgerDeath {
  const prototype = DatabaseSync.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on whichever database it is asked of
  const whole = prototype.exec;
  let commits = 0;
  let isDead = false;
  let isFelt = false;

  prototype.exec = function exec(this: DatabaseSync, sql: string): void {
    if (isDead && (sql === 'COMMIT' || sql.startsWith('BEGIN'))) {
      isFelt = true;
      throw dead();
    }
    if (sql === 'COMMIT' && ++commits === commit) {
      isDead = true;
      onDeath();
      isFelt = !isKept;
      if (!isKept) throw dead();
    }
    whole.call(this, sql);
  };
  return {
    wasFelt: () => isFelt,
    end() {
      prototype.exec = whole;
    },
  };
}

/** As node:sqlite tells of SQLITE_IOERR. */
function dead(): Error {
  return Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 10 });
}
