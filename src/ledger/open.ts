import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EXIT, FatalError } from '../model/fatal.ts';
import { refuseCutToNothing, refuseWithoutTables } from './damage.ts';
import { ownersOnly } from './owners-only.ts';
import { MIGRATIONS } from './schema.ts';
import { cannotOpen, damaged, isBusy, sqliteFault } from './sqlite-fault.ts';

/** SQLite before this version can lose a commit when a WAL is reset (https://sqlite.org/wal.html, "WAL-reset bug"). */
const FIRST_SAFE_WAL = [3, 51, 3];

/**
 * How long others may take. SQLite waits by itself but where two processes make a new ledger at once: one of them is
 * told so without a wait, when both turn it over to WAL.
 */
const BUSY_MS = 10_000;
const PAUSE_MS = 20;

/** An open ledger: the database and the salt under which contents are hashed. */
export interface LedgerFile {
  readonly db: DatabaseSync;
  readonly path: string;
  /** Hex; contents are hashed under it, so that a hash tells nothing without the ledger. */
  readonly salt: string;
}

/** The folder for ledgers where `--state` names none (XDG Base Directory Specification). */
export function defaultStateDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const base = environment['XDG_STATE_HOME'];
  return base !== undefined && base.startsWith('/')
    ? join(base, 'channelbook')
    : join(homedir(), '.local', 'state', 'channelbook');
}

/** One ledger per API address and account: the file's path below the state directory. */
export function ledgerPath(stateDirectory: string, apiUrl: string | undefined, account: string): string {
  const address = new URL(apiUrl ?? 'https://cloudchannel.googleapis.com').href.replace(/\/+$/, '');
  const readable = address.replace(/^https?:\/\//, '').replace(/[^A-Za-z0-9.-]+/g, '_');
  const distinct = createHash('sha256').update(address).digest('hex').slice(0, 8);
  return join(stateDirectory, `${readable}-${distinct}`, `${account}.sqlite`);
}

/**
 * Opens a ledger, making or migrating it as needed.
 *
 * @throws FatalError 73 when the file cannot be made, 74 when it is damaged, the disk is full, or it is from a newer
 * version, 75 when another process is making it
 */
export function openLedgerFile(path: string): LedgerFile {
  makeDirectory(path);
  refuseCutToNothing(path);
  const until = performance.now() + BUSY_MS;
  for (;;) {
    try {
      return openOnce(path);
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw sqliteFault(path, error);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
}

function openOnce(path: string): LedgerFile {
  const isThere = existsSync(path);
  const db = ownersOnly(() => new DatabaseSync(path, { timeout: BUSY_MS }));
  try {
    ownersOnly(() => {
      db.exec(`PRAGMA journal_mode = ${safeJournal()}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;`);
    });
    migrate(db, path, isThere);
    return { db, path, salt: readSalt(db, path) };
  } catch (error) {
    db.close();
    throw error;
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

function safeJournal(): 'WAL' | 'TRUNCATE' {
  const version = (process.versions['sqlite'] ?? '0').split('.').map(Number);
  for (const [index, least] of FIRST_SAFE_WAL.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) return part > least ? 'WAL' : 'TRUNCATE';
  }
  return 'WAL';
}

/** Writes only where there is something to write: another run may be reading. */
function migrate(db: DatabaseSync, path: string, isThere: boolean): void {
  if (schemaVersion(db) === MIGRATIONS.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = schemaVersion(db);
    if (version > MIGRATIONS.length) throw tooNew(path, version);
    // Also where only the journal that held everything is gone: calls were made with this ledger.
    if (version === 0 && isThere) refuseWithoutTables(path);
    for (const sql of MIGRATIONS.slice(version)) db.exec(sql);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    db.prepare('INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)').run(
      'salt',
      randomBytes(32).toString('hex'),
    );
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

function readSalt(db: DatabaseSync, path: string): string {
  const salt = db.prepare('SELECT value FROM meta WHERE key = ?').get('salt')?.['value'];
  if (typeof salt !== 'string') throw damaged(path, new Error('it has no salt'));
  return salt;
}

function tooNew(path: string, version: number): FatalError {
  return new FatalError(
    EXIT.disk,
    'ledger.too_new',
    `the ledger ${path} has schema ${version}, newer than this program's ${MIGRATIONS.length}`,
    'Nothing was sent. Use the version of channelbook that wrote it, or a newer one.',
  );
}
