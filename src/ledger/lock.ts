import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { EXIT, FatalError } from '../model/fatal.ts';
import { sqliteFault } from './sqlite-fault.ts';

/** How often a holder shows that it lives, and after how much silence one on another host counts as dead. */
const RENEW_MS = 10_000;
const SILENT_MS = 180_000;

export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  readonly run: string;
  readonly startedAt: string;
}

export interface Lock {
  /** The dead holder that this lock was taken over from, if any. */
  readonly takenFrom: LockHolder | undefined;
  /** Throws FatalError 75 when another process took the lock over (this one was stopped for long). */
  readonly assertHeld: () => void;
  readonly release: () => void;
}

interface LockRow extends LockHolder {
  readonly place: string;
  readonly processStart: string | undefined;
  readonly renewedMs: number;
}

/**
 * Takes the one lock of a ledger: one run per account at a time.
 *
 * A holder in this place (host, boot, pid namespace) is dead when no process has its pid and start time; one
 * anywhere else when it has not renewed the lock for three minutes.
 *
 * @throws FatalError 75 naming the living holder
 */
export function takeLock(db: DatabaseSync, path: string, run: string, clock: Clock): Lock {
  const token = randomUUID();
  const takenFrom = claimOrFault(db, path, run, token, clock);
  const renew = db.prepare('UPDATE lock SET renewed_ms = ? WHERE token = ?');
  const timer = setInterval(() => {
    try {
      renew.run(clock.now(), token);
    } catch {
      // A full or busy disk: tried again in a moment. Nothing is written without asking whether the lock is held.
    }
  }, RENEW_MS);
  timer.unref();
  const held = db.prepare('SELECT 1 FROM lock WHERE token = ?');
  return {
    takenFrom,
    assertHeld() {
      if (held.get(token) === undefined) throw lost();
    },
    release() {
      clearInterval(timer);
      db.prepare('DELETE FROM lock WHERE token = ?').run(token);
    },
  };
}

function claimOrFault(
  db: DatabaseSync,
  path: string,
  run: string,
  token: string,
  clock: Clock,
): LockHolder | undefined {
  try {
    return claim(db, run, token, clock);
  } catch (error) {
    throw sqliteFault(path, error);
  }
}

function claim(db: DatabaseSync, run: string, token: string, clock: Clock): LockHolder | undefined {
  db.exec('BEGIN IMMEDIATE');
  try {
    const holder = readHolder(db);
    if (holder !== undefined && isAlive(holder, clock.now())) throw busy(holder);
    db.prepare(
      `INSERT OR REPLACE INTO lock (one, token, host, place, pid, process_start, run, started_at, renewed_ms)
       VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      token,
      hostname(),
      thisPlace(),
      process.pid,
      processStart(process.pid) ?? null,
      run,
      new Date(clock.now()).toISOString(),
      clock.now(),
    );
    db.exec('COMMIT');
    return holder;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function readHolder(db: DatabaseSync): LockRow | undefined {
  const row = db.prepare('SELECT * FROM lock').get();
  if (row === undefined) return undefined;
  return {
    place: String(row['place']),
    host: String(row['host']),
    pid: Number(row['pid']),
    processStart: row['process_start'] === null ? undefined : String(row['process_start']),
    run: String(row['run']),
    startedAt: String(row['started_at']),
    renewedMs: Number(row['renewed_ms']),
  };
}

/** Who holds a ledger's lock and lives; undefined where nobody does. Only looks. */
export function livingHolder(db: DatabaseSync, path: string, now: number): LockHolder | undefined {
  try {
    const holder = readHolder(db);
    return holder !== undefined && isAlive(holder, now) ? holder : undefined;
  } catch (error) {
    throw sqliteFault(path, error);
  }
}

function isAlive(holder: LockRow, now: number): boolean {
  if (holder.place !== thisPlace()) return now - holder.renewedMs < SILENT_MS;
  if (!hasProcess(holder.pid)) return false;
  if (holder.processStart === undefined) return true;
  const start = processStart(holder.pid);
  // A process that /proc does not show (hidepid, proc(5)), or one that ended this moment: never taken for dead unseen.
  return start === undefined ? hasProcess(holder.pid) : start === holder.processStart;
}

/** Containers may share a host's name and a ledger, and count their processes apart (pid_namespaces(7)). */
function thisPlace(): string {
  return [hostname(), bootId() ?? '', pidNamespace() ?? ''].join('|');
}

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Tells apart two processes that had the same pid; `dead` for one that only waits to be reaped; undefined
 * where the system does not say (proc(5), fields 3 and 22 of /proc/PID/stat).
 */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'dead' : fields[19];
  } catch {
    return undefined;
  }
}

export function busy(holder: LockHolder): FatalError {
  return new FatalError(
    EXIT.tryAgain,
    'lock.held',
    `another run holds the account: ${holder.run} on ${holder.host}, pid ${holder.pid}, since ${holder.startedAt}`,
    'Wait for it to end, then type the same command again.',
  );
}

function lost(): FatalError {
  return new FatalError(
    EXIT.tryAgain,
    'lock.lost',
    'another run took the lock over while this one was standing still; nothing more was sent',
    'Type the same command again when the other run has ended.',
  );
}
