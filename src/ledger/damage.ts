import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { sendsPath } from './sends.ts';
import { damaged, sqliteFault } from './sqlite-fault.ts';

/**
 * Refuses a ledger that is empty although calls were made with it: SQLite would take it for a new one, and what was
 * in doubt would be sent again.
 *
 * @throws FatalError 74
 */
export function refuseCutToNothing(path: string): void {
  const isEmpty = statSync(path, { throwIfNoEntry: false })?.size === 0;
  if (isEmpty && existsSync(sendsPath(path))) {
    throw damaged(path, new Error('it is empty, and it was not when calls were last made with it'));
  }
}

/**
 * Refuses a ledger without tables with which calls were made.
 *
 * @throws FatalError 74
 */
export function refuseWithoutTables(path: string): void {
  if (existsSync(sendsPath(path)))
    throw damaged(path, new Error('it has no tables, and it had when calls were last made with it'));
}

/**
 * Reads the whole ledger. SQLite finds a damaged page only when it comes to it, which would be after the first sends;
 * and an index that lost an entry hides a write in doubt without any error at all.
 *
 * To be called with the lock held: with a rollback journal a long read holds the writes of another run up.
 *
 * @throws FatalError 74
 */
export function refuseDamaged(db: DatabaseSync, path: string): void {
  const found = firstFault(db, path);
  if (found !== 'ok') throw damaged(path, new Error(found));
}

function firstFault(db: DatabaseSync, path: string): string {
  try {
    const [text] = Object.values(db.prepare('PRAGMA integrity_check(1)').get() ?? {});
    return String(text).replaceAll('\n', ' ');
  } catch (error) {
    throw sqliteFault(path, error);
  }
}
