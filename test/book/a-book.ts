import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openBook, type OpenBookOptions } from '../../src/book/open-book.ts';
import type { ReadRow } from '../../src/book/read-row.ts';
import { FatalError } from '../../src/model/fatal.ts';

/** A directory that is gone after the test. */
export function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'channelbook-test-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** A file with these bytes, or with this text in UTF-8. */
export function aBook(content: string | Uint8Array, name = 'book.csv'): string {
  const path = join(aDirectory(), name);
  writeFileSync(path, content);
  return path;
}

export const OPTIONS: OpenBookOptions = { columns: {}, action: 'import' };

export async function readBook(path: string, options: Partial<OpenBookOptions> = {}) {
  const book = await openBook(path, { ...OPTIONS, ...options });
  try {
    const rows: ReadRow[] = [];
    for await (const batch of book.batches()) rows.push(...batch);
    return { header: book.header, warnings: book.warnings, rows, digest: book.digest() };
  } finally {
    await book.close();
  }
}

/** The cells of every row of a book with this content. */
export async function cellsOf(
  content: string | Uint8Array,
  options: Partial<OpenBookOptions> = {},
): Promise<readonly (readonly string[])[]> {
  const { rows } = await readBook(aBook(content), options);
  return rows.map(({ cells }) => cells);
}

/** What a fatal error says, without the directory of the test in it; fails where there is none. */
export async function fatalOf(
  path: string,
  work: Promise<unknown>,
): Promise<Pick<FatalError, 'exitCode' | 'code' | 'message' | 'next'>> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FatalError)) throw new Error('no FatalError', { cause: error });
  const { exitCode, code, message, next } = error;
  return { exitCode, code, message: message.replaceAll(path, 'BOOK'), next };
}
