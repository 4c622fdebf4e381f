import { EXIT, FatalError } from '../model/fatal.ts';

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that mean something of their own here. */
const ERROR = 1;
const PERM = 3;
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const CORRUPT = 11;
const CANTOPEN = 14;
const NOTADB = 26;

/** What an error of the database means; anything that is no such error is returned as it is. */
export function sqliteFault(path: string, error: unknown): unknown {
  const code = primaryCode(error);
  if (code === undefined) return error;
  switch (code) {
    case BUSY:
    case LOCKED:
      return busy(path, error);
    // A table that is missing, or there too early: the statements themselves are right.
    case ERROR:
    case CORRUPT:
    case NOTADB:
      return damaged(path, error);
    case PERM:
    case READONLY:
    case CANTOPEN:
      return cannotOpen(path, error);
    default:
      return diskFault(path, error);
  }
}

export function isDamage(error: unknown): boolean {
  const code = primaryCode(error);
  return code === ERROR || code === CORRUPT || code === NOTADB;
}

export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === BUSY || code === LOCKED;
}

function primaryCode(error: unknown): number | undefined {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & 0xff : undefined;
}

function text(error: unknown): string {
  return (error as Error).message;
}

export function cannotOpen(path: string, cause: unknown): FatalError {
  return new FatalError(
    EXIT.cannotWrite,
    'ledger.cannot_open',
    `the ledger ${path} cannot be opened: ${text(cause)}`,
    'Check the folder and its permissions, or name another with --state.',
    { cause },
  );
}

export function damaged(path: string, cause: unknown): FatalError {
  return new FatalError(
    EXIT.disk,
    'ledger.damaged',
    `the ledger ${path} is damaged: ${text(cause)}`,
    'Nothing more was sent. Restore the file from a backup, or move it away and type the same command again: Google is listed anew.',
    { cause },
  );
}

function busy(path: string, cause: unknown): FatalError {
  return new FatalError(
    EXIT.tryAgain,
    'ledger.busy',
    `the ledger ${path} is in use by another process: ${text(cause)}`,
    'Type the same command again when the other one has ended.',
    { cause },
  );
}

function diskFault(path: string, cause: unknown): FatalError {
  return new FatalError(
    EXIT.disk,
    'ledger.disk',
    `the ledger ${path} failed: ${text(cause)}`,
    'Free space or repair the disk, then type the same command again: what is done is known.',
    { cause },
  );
}
