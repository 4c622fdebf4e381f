import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/clock.ts';
import { takeLock } from '../../src/ledger/lock.ts';
import { openLedgerFile } from '../../src/ledger/open.ts';
import { FatalError } from '../../src/model/fatal.ts';

const open: DatabaseSync[] = [];

function newLedgerPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'channelbook-lock-')), 'a.sqlite');
}

function database(path: string): DatabaseSync {
  const { db } = openLedgerFile(path);
  open.push(db);
  return db;
}

afterEach(() => {
  for (const db of open.splice(0)) db.close();
});

function refusal(work: () => unknown): FatalError {
  try {
    work();
  } catch (error) {
    if (error instanceof FatalError) return error;
  }
  throw new Error('the lock was given');
}

function clockAt(now: number): Clock {
  return { ...systemClock, now: () => now };
}

describe('takeLock', () => {
  it('names the living holder with host, pid, run and start', () => {
    const path = newLedgerPath();
    takeLock(database(path), path, 'run-1', clockAt(Date.UTC(2026, 0, 2)));

    const refused = refusal(() => takeLock(database(path), path, 'run-2', systemClock));

    expect([refused.exitCode, refused.message]).toEqual([
      75,
      `another run holds the account: run-1 on ${hostname()}, pid ${process.pid}, since 2026-01-02T00:00:00.000Z`,
    ]);
  });

  it('is free again after its release', () => {
    const path = newLedgerPath();
    takeLock(database(path), path, 'run-1', systemClock).release();

    expect(takeLock(database(path), path, 'run-2', systemClock).takenFrom).toBe(undefined);
  });

  it('is taken over from a holder whose process is gone', () => {
    const path = newLedgerPath();
    const db = database(path);
    takeLock(db, path, 'run-1', systemClock);
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    db.prepare('UPDATE lock SET pid = ?').run(pid);

    expect(takeLock(database(path), path, 'run-2', systemClock).takenFrom).toMatchObject({
      run: 'run-1',
      pid,
    });
  });

  it('is taken over where another process has the pid of the dead holder now', async () => {
    const path = newLedgerPath();
    const db = database(path);
    takeLock(db, path, 'run-1', systemClock);
    const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await once(other, 'spawn');
    db.prepare('UPDATE lock SET pid = ?').run(other.pid ?? 0);

    const lock = takeLock(database(path), path, 'run-2', systemClock);

    other.kill();
    expect(lock.takenFrom?.run).toBe('run-1');
  });

  it('believes a holder on another host for three minutes after its last sign of life', () => {
    const path = newLedgerPath();
    const db = database(path);
    takeLock(db, path, 'run-1', clockAt(0));
    db.prepare("UPDATE lock SET host = 'elsewhere', place = 'elsewhere'").run();

    const early = refusal(() => takeLock(database(path), path, 'run-2', clockAt(179_000)));
    const late = takeLock(database(path), path, 'run-2', clockAt(180_000));

    expect([early.exitCode, late.takenFrom?.host]).toEqual([75, 'elsewhere']);
  });

  it('tells a holder that stood still that it lost the lock', () => {
    const path = newLedgerPath();
    const db = database(path);
    const first = takeLock(db, path, 'run-1', clockAt(0));
    db.prepare("UPDATE lock SET host = 'elsewhere', place = 'elsewhere'").run();
    takeLock(database(path), path, 'run-2', clockAt(1_000_000));

    expect(
      refusal(() => {
        first.assertHeld();
      }).code,
    ).toBe('lock.lost');
  });
});
