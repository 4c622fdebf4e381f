import { randomBytes } from 'node:crypto';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stringify, type Options } from 'csv-stringify/sync';
import type { Delimiter } from '../model/book.ts';
import { EXIT, FatalError } from '../model/fatal.ts';
import { neutralise } from '../model/spreadsheet-cell.ts';
import { encode } from './encode.ts';

/** How a CSV file is written. */
export interface CsvFormat {
  readonly delimiter: Delimiter;
  /** WHATWG label. */
  readonly encoding: string;
  readonly bom: boolean;
  readonly newline: '\n' | '\r\n';
  /** Permissions, e.g. 0o600. */
  readonly mode: number;
}

/** A file that appears under its name whole or not at all. */
export interface CsvWriter {
  /** Resolves at once, or when the disk has taken what was waiting; await it before the next call. */
  write(record: readonly string[]): Promise<void>;
  /** Puts the file in its place; an older one of that name is replaced. */
  commit(): Promise<void>;
  /** Removes what was written. Does nothing after `commit`. */
  discard(): Promise<void>;
}

/** Characters that may wait in memory before they are written. */
const PENDING_LIMIT = 64 * 1024;

/** The error codes that tell of a broken or full disk; everything else is a place that cannot be written. */
const DISK_CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EIO', 'EDQUOT', 'EFBIG']);

/**
 * Writes CSV beside `path` and renames it on `commit`. Cells that a spreadsheet program would run are
 * neutralised here.
 *
 * @throws FatalError 73 where the place cannot be written, 74 for a disk that is full or broken; from every
 * function of the writer too, which then leaves nothing behind
 */
export async function openCsvWriter(path: string, format: CsvFormat): Promise<CsvWriter> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await orFatal(path, open(temporary, 'wx', format.mode));
  let pending: (readonly string[])[] = [];
  let waiting = 0;
  let start = format.bom ? '\ufeff' : '';
  let isOpen = true;

  async function discard(): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
    await unlink(temporary).catch(() => undefined);
  }

  async function attempt(work: Promise<unknown>): Promise<void> {
    try {
      await orFatal(path, work);
    } catch (error) {
      await discard();
      throw error;
    }
  }

  async function flush(): Promise<void> {
    const text = start + csvText(pending, format);
    start = '';
    pending = [];
    waiting = 0;
    await attempt(writeAll(handle, encode(text, format.encoding)));
  }

  async function write(record: readonly string[]): Promise<void> {
    pending.push(record);
    for (const cell of record) waiting += cell.length + 1;
    if (waiting >= PENDING_LIMIT) await flush();
  }

  async function commit(): Promise<void> {
    await flush();
    await attempt(handle.sync());
    await attempt(rename(temporary, path));
    isOpen = false;
    await handle.close();
  }

  return { write, commit, discard };
}

/** Records as CSV, each with its newline; cells that a spreadsheet program would run are neutralised. */
export function csvText(
  records: readonly (readonly string[])[],
  format: Pick<CsvFormat, 'delimiter' | 'newline'>,
): string {
  const cells = records.map((record) => record.map(neutralise));
  return stringify(cells, stringifyOptions(format));
}

function stringifyOptions(format: Pick<CsvFormat, 'delimiter' | 'newline'>): Options {
  return {
    delimiter: format.delimiter,
    record_delimiter: format.newline,
    // Left to itself, csv-stringify quotes only the newline that it writes between records.
    quoted_match: /[\r\n]|^\s|\s$/,
  };
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written);
    written += bytesWritten;
  }
}

async function orFatal<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw writeFailed(path, error);
  }
}

function writeFailed(path: string, cause: unknown): FatalError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  if (DISK_CODES.has(code)) {
    return new FatalError(
      EXIT.disk,
      'output.disk',
      `Writing ${path} failed: ${code}.`,
      'Make room on the disk or check it, then run the command again.',
      { cause },
    );
  }
  return new FatalError(
    EXIT.cannotWrite,
    'output.cannot_write',
    `${path} cannot be written: ${code}.`,
    'Name a directory that exists and that this user may write to.',
    { cause },
  );
}
