import type { BookHeader, BookRow } from '../model/book.ts';
import { openCsvWriter } from './csv-writer.ts';
import type { ReadRow } from './read-row.ts';

/** Writes rows of a book as a book again, with columns of ours behind its own. */
export interface BookWriter {
  /** `extra` has one cell for each of the extra columns. */
  write(row: BookRow | ReadRow, extra: readonly string[]): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Opens a file in the book's own delimiter, encoding and newline, and writes its header: the book's columns, then
 * `extraColumns`. Columns of the book that have the name of an extra one are left out: they come from an earlier
 * report, and it is this one that counts.
 *
 * A row that could not be read as its writer meant must not become valid by being copied. A ragged one keeps its
 * surplus cells behind the extra ones; one that is too short, or has a stray quotation mark, gets an empty
 * surplus cell there. The extra cells stand under their names in either case.
 *
 * @param mode permissions of the file, e.g. 0o600
 * @throws FatalError as `openCsvWriter`
 */
export async function createBookWriter(
  path: string,
  header: BookHeader,
  extraColumns: readonly string[],
  mode: number,
): Promise<BookWriter> {
  const { delimiter, encoding, bom, newline, columns } = header;
  const writer = await openCsvWriter(path, { delimiter, encoding, bom, newline, mode });
  const kept = columns.map(({ name }) => !extraColumns.includes(name));
  await writer.write([...columns.map(({ name }) => name).filter((_, index) => kept[index]), ...extraColumns]);
  return {
    write: (row, extra) => writer.write(record(row, kept, extra)),
    commit: () => writer.commit(),
    discard: () => writer.discard(),
  };
}

function record(
  row: BookRow | ReadRow,
  kept: readonly boolean[],
  extra: readonly string[],
): readonly string[] {
  const { cells } = row;
  const own = kept.flatMap((isKept, index) => (isKept ? [cells[index] ?? ''] : []));
  const surplus = cells.slice(kept.length);
  const stray = 'strayQuote' in row && row.strayQuote;
  const mark = surplus.length === 0 && (cells.length < kept.length || stray) ? [''] : [];
  return [...own, ...extra, ...surplus, ...mark];
}
