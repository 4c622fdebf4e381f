// Loaded into the program with --import: a disk that fails where `bad-disk.json` in the working directory says so.
import { existsSync, readFileSync, promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync } from 'node:sqlite';

export interface BadDisk {
  /** The ledger cannot grow any more, its disk being full, once so many transactions were begun. */
  readonly transactions?: number;
  /** Every commit fails, as with an fsync that does, once so many intents were committed. */
  readonly intents?: number;
  /** Part of the name of files that cannot be made, since the disk is full. */
  readonly file?: string;
}

const IOERR_FSYNC = 1034;
const NAME = 'bad-disk.json';
const fault = existsSync(NAME) ? (JSON.parse(readFileSync(NAME, 'utf8')) as BadDisk) : {};

if (fault.transactions !== undefined) stopGrowth(fault.transactions);
if (fault.intents !== undefined) failCommits(fault.intents);
if (fault.file !== undefined) failFiles(fault.file);

function stopGrowth(transactions: number): void {
  let begun = 0;
  onExec((db, exec, sql) => {
    if (sql === 'BEGIN IMMEDIATE') begun += 1;
    // Never less than the file has (https://sqlite.org/pragma.html#pragma_max_page_count).
    if (begun > transactions) exec.call(db, 'PRAGMA max_page_count = 1');
    exec.call(db, sql);
  });
}

function failCommits(intents: number): void {
  onExec((db, exec, sql) => {
    if (sql === 'COMMIT' && intentsOf(db) > intents) {
      exec.call(db, 'ROLLBACK');
      throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: IOERR_FSYNC });
    }
    exec.call(db, sql);
  });
}

/** Of this connection's transaction too. */
function intentsOf(db: DatabaseSync): number {
  const hasSteps = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'steps'").get() !== undefined;
  return hasSteps ? Number(db.prepare('SELECT count(*) AS n FROM steps').get()?.['n']) : 0;
}

function onExec(exec: (db: DatabaseSync, original: (sql: string) => void, sql: string) => void): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its object
  const original = DatabaseSync.prototype.exec;
  DatabaseSync.prototype.exec = function patched(this: DatabaseSync, sql: string) {
    exec(this, original, sql);
  };
}

function failFiles(part: string): void {
  const { open } = promises;
  promises.open = (path, ...rest) =>
    String(path).includes(part)
      ? Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, open'), { code: 'ENOSPC' }))
      : open(path, ...rest);
  syncBuiltinESMExports();
}
