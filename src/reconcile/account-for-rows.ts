import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { OpenBook } from '../book/open-book.ts';
import { contentOf } from '../intake/intake.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { indexByContent, rowsByContent, resultLines } from '../ledger/rows.ts';
import { FatalError } from '../model/fatal.ts';
import type { BookHeader, BookRow } from '../model/book.ts';
import type { ResultLine } from '../model/row-ending.ts';
import { isErrorLine, type RowReports } from './reports.ts';

export interface AccountDeps {
  readonly run: number;
  readonly ledger: LedgerDb;
  readonly reports: RowReports;
  /** Opens the book again, for the cells that errors.csv shows; the ledger does not keep them. */
  readonly reopen: () => Promise<OpenBook>;
  /** What the book's bytes were when it was read; undefined where it was not read to its end. */
  readonly sha256: string | undefined;
  readonly bookPath: string;
}

/**
 * Writes a line for every row of a run into the reports, in the book's order, with the book's own cells beside
 * those that did not end well.
 *
 * Returns false when the book was edited since it was read, so that cells of some rows could not be found again.
 */
export async function accountForRows(deps: AccountDeps, needsCells: boolean): Promise<boolean> {
  if (!needsCells) {
    for (const line of resultLines(deps.ledger, deps.run)) await deps.reports.add(line, undefined);
    return true;
  }
  const isSame = deps.sha256 === undefined || (await hashFile(deps.bookPath)) === deps.sha256;
  return isSame ? accountInOrder(deps) : accountByContent(deps);
}

async function hashFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch {
    return undefined; // gone or unreadable: certainly not the same
  }
}

async function accountInOrder(deps: AccountDeps): Promise<boolean> {
  const lines = resultLines(deps.ledger, deps.run);
  let next = lines.next();
  for await (const row of readableRows(deps.reopen)) {
    if (next.done === true) break;
    if (next.value.row !== row.row) continue;
    await deps.reports.add(next.value, row);
    next = lines.next();
  }
  for (; next.done !== true; next = lines.next()) await deps.reports.add(next.value, undefined);
  return true;
}

/** The rows up to where the book can no longer be read, if it ever was. */
async function* readableRows(reopen: () => Promise<OpenBook>): AsyncGenerator<BookRow> {
  let book: OpenBook | undefined;
  try {
    book = await reopen();
    for await (const batch of book.batches()) yield* batch;
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
  } finally {
    await book?.close();
  }
}

/** The book was edited meanwhile: rows are found again by their content, wherever they stand now. */
async function accountByContent(deps: AccountDeps): Promise<boolean> {
  const header = await currentHeader(deps.reopen);
  const found = new Map<number, BookRow>();
  indexByContent(deps.ledger);
  if (header !== undefined) {
    for await (const row of readableRows(deps.reopen)) {
      for (const number of rowsByContent(deps.ledger, deps.run, contentOf(row, header)))
        found.set(number, row);
    }
  }
  let isComplete = true;
  for (const line of resultLines(deps.ledger, deps.run)) {
    const row = found.get(line.row);
    if (row === undefined && isErrorLine(line)) isComplete = false;
    await deps.reports.add(line, row ?? keyOnly(line, header));
  }
  return isComplete;
}

async function currentHeader(reopen: () => Promise<OpenBook>): Promise<BookHeader | undefined> {
  try {
    const book = await reopen();
    await book.close();
    return book.header;
  } catch (error) {
    if (error instanceof FatalError) return undefined;
    throw error;
  }
}

/** What is left of a row whose cells are gone: its key, where the header has an id column. */
function keyOnly({ row, line, key }: ResultLine, header: BookHeader | undefined): BookRow {
  return { row, line, cells: (header?.columns ?? []).map(({ column }) => (column === 'id' ? key : '')) };
}
