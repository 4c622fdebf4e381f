import { createHmac } from 'node:crypto';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { EXIT, FatalError } from '../model/fatal.ts';
import type { LedgerFile } from './open.ts';

/** What the other files of this folder work on: the database, with its errors made ours. */
export interface LedgerDb {
  /** Runs `work` in one transaction: all of it is on the disk when this returns, or none. */
  transaction<T>(work: () => T): T;
  run(sql: string, ...values: SQLInputValue[]): number;
  get(sql: string, ...values: SQLInputValue[]): DbRow | undefined;
  all(sql: string, ...values: SQLInputValue[]): DbRow[];
  iterate(sql: string, ...values: SQLInputValue[]): Iterable<DbRow>;
  /** Hash of a row's content under the ledger's salt: 128 bits, hex. */
  hash(content: string): string;
  readonly db: DatabaseSync;
  readonly close: () => void;
}

export type DbRow = Readonly<Record<string, string | number | bigint | null | Uint8Array>>;

/** @throws FatalError 74 from every method when the disk or the file fails */
export function createLedgerDb(file: LedgerFile): LedgerDb {
  const { db } = file;
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  function prepared(sql: string): ReturnType<DatabaseSync['prepare']> {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  function guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw isSqliteError(error) ? diskFault(file.path, error) : error;
    }
  }

  return {
    db,
    transaction: (work) => guarded(() => inTransaction(db, work)),
    run: (sql, ...values) => guarded(() => Number(prepared(sql).run(...values).changes)),
    get: (sql, ...values) => guarded(() => prepared(sql).get(...values) as DbRow | undefined),
    all: (sql, ...values) => guarded(() => prepared(sql).all(...values) as DbRow[]),
    // A statement of its own: a cached one would be reset by a second use while this one is still read.
    iterate: (sql, ...values) => guarded(() => db.prepare(sql).iterate(...values) as Iterable<DbRow>),
    hash: (content) => createHmac('sha256', file.salt).update(content).digest('hex').slice(0, 32),
    close: () => {
      statements.clear();
      db.close();
    },
  };
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work();
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** A failed COMMIT (full disk) may have rolled back by itself. */
function rollBack(db: DatabaseSync): void {
  if (db.isTransaction) db.exec('ROLLBACK');
}

function isSqliteError(error: unknown): error is Error {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SQLITE_ERROR';
}

function diskFault(path: string, cause: Error): FatalError {
  return new FatalError(
    EXIT.disk,
    'ledger.disk',
    `the ledger ${path} failed: ${cause.message}`,
    'Free space or repair the disk, then apply the book again: what is done is known.',
    { cause },
  );
}
