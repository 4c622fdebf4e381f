import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { OpenBook } from '../book/open-book.ts';
import { contentOf } from '../intake/intake.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { countRows, hasErrorRows, indexByContent, resultLines, type OpenRow } from '../ledger/rows.ts';
import { sqliteFault } from '../ledger/sqlite-fault.ts';
import type { BookHeader, BookRow } from '../model/book.ts';
import { FatalError } from '../model/fatal.ts';
import type { ResultLine, RowEnding } from '../model/row-ending.ts';
import type { Sealer } from '../seal.ts';
import { isErrorLine, type RowReports } from './reports.ts';

export interface AccountDeps {
  readonly run: number;
  readonly ledger: LedgerDb;
  readonly reports: RowReports;
  /** How the book was written when it was read; undefined where it could not be read: then no errors.csv. */
  readonly header: BookHeader | undefined;
  /** Opens the book again, for the cells that errors.csv shows; the ledger does not keep them. */
  readonly reopen: () => Promise<OpenBook>;
  /** What the book's bytes were when it was read; undefined where it was not read to its end. */
  readonly sha256: string | undefined;
  readonly bookPath: string;
  readonly sealer: Sealer;
  /** How a row that has not ended is reported. */
  readonly endingOf: (open: OpenRow) => RowEnding;
}

/**
 * Writes a line for every row of a run into the reports, in the book's order, with the book's own cells beside
 * those that did not end well. Only reads the ledger: reports are written even where it can no longer be.
 *
 * Returns false when the book was edited or removed since it was read, so that cells of some rows are gone.
 */
export async function accountForRows(deps: AccountDeps): Promise<boolean> {
  if (deps.header === undefined || !hasErrorRows(deps.ledger, deps.run)) {
    for (const line of lines(deps)) await deps.reports.add(line, undefined);
    return true;
  }
  const isSame = deps.sha256 !== undefined && (await hashFile(deps.bookPath)) === deps.sha256;
  if (isSame) return accountInOrder(deps);
  try {
    return await accountByContent(deps, deps.header);
  } catch (error) {
    throw sqliteFault(deps.ledger.path, error);
  }
}

function lines({ ledger, run, endingOf }: AccountDeps): Generator<ResultLine> {
  return resultLines(ledger, run, endingOf);
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
  const rest = lines(deps);
  let next = rest.next();
  for await (const row of readableRows(deps.reopen)) {
    if (next.done === true) break;
    if (next.value.row !== row.row) continue;
    await deps.reports.add(next.value, row);
    next = rest.next();
  }
  for (; next.done !== true; next = rest.next()) await deps.reports.add(next.value, undefined);
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

/**
 * The book was not read to its end, or was edited or removed since: rows are found again by their content, wherever
 * they stand now. What is found waits in a temporary table, sealed, since cells may hold tokens.
 * Nothing is written to the ledger itself, whose disk may be what failed.
 */
async function accountByContent(deps: AccountDeps, header: BookHeader): Promise<boolean> {
  const { ledger, sealer } = deps;
  const found = createFoundRows(ledger, sealer);
  const index = indexByContent(ledger, deps.run);
  let missing = countRows(ledger, deps.run);
  try {
    for await (const row of readableRows(deps.reopen)) {
      for (const number of index.find(contentOf(row, header))) {
        if (found.keep(number, row.cells)) missing -= 1;
      }
      // A run that was stopped while it read has the beginning of a book: the rest is not read for nothing.
      if (missing === 0) break;
    }
    let isComplete = true;
    for (const line of lines(deps)) {
      const cells = isErrorLine(line) ? found.cells(line.row) : undefined;
      if (cells === undefined && isErrorLine(line)) isComplete = false;
      const { row, line: at } = line;
      await deps.reports.add(line, { row, line: at, cells: cells ?? keyOnly(line, header) });
    }
    return isComplete;
  } finally {
    found.drop();
    index.drop();
  }
}

interface FoundRows {
  /** Whether the row's cells were not known yet. */
  keep(row: number, cells: readonly string[]): boolean;
  cells(row: number): readonly string[] | undefined;
  drop(): void;
}

function createFoundRows({ db }: LedgerDb, sealer: Sealer): FoundRows {
  db.exec('CREATE TEMP TABLE found_rows (row INTEGER PRIMARY KEY, cells BLOB NOT NULL) STRICT');
  const insert = db.prepare('INSERT OR IGNORE INTO found_rows (row, cells) VALUES (?, ?)');
  const select = db.prepare('SELECT cells FROM found_rows WHERE row = ?');
  return {
    keep(row, cells) {
      return Number(insert.run(row, sealer.seal(JSON.stringify(cells))).changes) === 1;
    },
    cells(row) {
      const sealed = select.get(row)?.['cells'];
      return sealed instanceof Uint8Array ? (JSON.parse(sealer.open(sealed)) as string[]) : undefined;
    },
    drop() {
      db.exec('DROP TABLE IF EXISTS temp.found_rows');
    },
  };
}

/** What is left of a row whose cells are gone: its key, where the header has an id column. */
function keyOnly({ key }: ResultLine, header: BookHeader): readonly string[] {
  return header.columns.map(({ column }) => (column === 'id' ? key : ''));
}
