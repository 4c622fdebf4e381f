import { rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Bucket } from '../model/bucket.ts';
import { ownersOnly } from './owners-only.ts';
import { isDamage, sqliteFault } from './sqlite-fault.ts';

/** The last minute's calls, kept beside the ledger so that runs that follow each other share the window. */
export interface SendHistory {
  /** Wall-clock milliseconds of calls of the bucket since `sinceMs`, oldest first. */
  recent(bucket: Bucket, sinceMs: number): readonly number[];
  record(bucket: Bucket, atMs: number): void;
  readonly close: () => void;
}

/** No send older than this matters to any window. */
const KEPT_MS = 120_000;

/** The file beside a ledger. */
export function sendsPath(ledgerFile: string): string {
  return join(dirname(ledgerFile), `${basename(ledgerFile, '.sqlite')}.sends.sqlite`);
}

/**
 * A file of its own, without waiting for the disk: a send must survive the end of this process, not of the
 * machine, which takes longer to come back than the window lasts. Should the machine's end have damaged it, it is
 * made anew for the same reason.
 *
 * @throws FatalError 73 or 74
 */
export function openSendHistory(ledgerFile: string, now: number): SendHistory {
  const path = sendsPath(ledgerFile);
  const db = openOrRemake(path, now);
  function guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw sqliteFault(path, error);
    }
  }
  const select = db.prepare('SELECT at_ms FROM sends WHERE bucket = ? AND at_ms >= ? ORDER BY at_ms');
  const insert = db.prepare('INSERT INTO sends (bucket, at_ms) VALUES (?, ?)');
  return {
    recent: (bucket, sinceMs) =>
      guarded(() => select.all(bucket, Math.floor(sinceMs)).map((row) => Number(row['at_ms']))),
    record: (bucket, atMs) => {
      guarded(() => insert.run(bucket, Math.round(atMs)));
    },
    close: () => {
      db.close();
    },
  };
}

function openOrRemake(path: string, now: number): DatabaseSync {
  try {
    return openFile(path, now);
  } catch (error) {
    if (!isDamage(error)) throw sqliteFault(path, error);
  }
  try {
    for (const file of [path, `${path}-journal`]) rmSync(file, { force: true });
    return openFile(path, now);
  } catch (error) {
    throw sqliteFault(path, error);
  }
}

function openFile(path: string, now: number): DatabaseSync {
  const db = ownersOnly(() => new DatabaseSync(path, { timeout: 10_000 }));
  try {
    db.exec(`PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF;
      CREATE TABLE IF NOT EXISTS sends (bucket TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
      CREATE INDEX IF NOT EXISTS sends_by_bucket ON sends (bucket, at_ms);`);
    // Reads every page, so that a damaged one is found now.
    db.prepare('DELETE FROM sends WHERE at_ms < ? OR at_ms > ?').run(now - KEPT_MS, now + KEPT_MS);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
