import { createHmac } from 'node:crypto';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { LedgerFile } from './open.ts';
import { sqliteFault } from './sqlite-fault.ts';

/**
 * What the other files of this folder work on: the database, with its errors made ours.
 *
 * Every write is in a transaction that asks the guard first: once another run has taken the lock over, nothing
 * of this one changes the ledger any more.
 */
export interface LedgerDb {
  /** Runs `work` in one transaction: all of it is on the disk when this returns, or none. */
  transaction<T>(work: () => T): T;
  /** A statement that writes; returns the number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  get(sql: string, ...values: SQLInputValue[]): DbRow | undefined;
  all(sql: string, ...values: SQLInputValue[]): DbRow[];
  /** Hash of a row's content under the ledger's salt: 128 bits, hex. */
  hash(content: string): string;
  /** @param guard throws where this process must not write any more */
  setGuard(guard: () => void): void;
  readonly db: DatabaseSync;
  readonly path: string;
  readonly close: () => void;
}

export type DbRow = Readonly<Record<string, string | number | bigint | null | Uint8Array>>;

/** @throws FatalError 73, 74 or 75 from every method when the disk or the file fails or is in use */
export function createLedgerDb(file: LedgerFile): LedgerDb {
  const { db, path } = file;
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  let guard: (() => void) | undefined;

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
      throw sqliteFault(path, error);
    }
  }

  function transaction<T>(work: () => T): T {
    if (db.isTransaction) return work();
    return guarded(() => {
      db.exec('BEGIN IMMEDIATE');
      try {
        guard?.();
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        rollBack(db);
        throw error;
      }
    });
  }

  return {
    db,
    path,
    transaction,
    run: (sql, ...values) => transaction(() => guarded(() => Number(prepared(sql).run(...values).changes))),
    get: (sql, ...values) => guarded(() => prepared(sql).get(...values) as DbRow | undefined),
    all: (sql, ...values) => guarded(() => prepared(sql).all(...values) as DbRow[]),
    hash: (content) => createHmac('sha256', file.salt).update(content).digest('hex').slice(0, 32),
    setGuard(check) {
      guard = check;
    },
    close: () => {
      statements.clear();
      db.close();
    },
  };
}

/** A failed COMMIT (full disk) may have rolled back by itself. */
function rollBack(db: DatabaseSync): void {
  if (db.isTransaction) db.exec('ROLLBACK');
}
