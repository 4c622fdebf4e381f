import type { BookHeader, BookRow } from '../model/book.ts';
import { openCsvWriter } from './csv-writer.ts';

/** Writes rows of a book as a book again, with columns of ours behind its own. */
export interface BookWriter {
  /** `extra` has one cell for each of the extra columns. */
  write(row: BookRow, extra: readonly string[]): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Opens a file in the book's own delimiter, encoding and newline, and writes its header: the book's columns, then
 * `extraColumns`. Columns of the book that have the name of an extra one are left out: they come from an earlier
 * report, and it is this one that counts.
 *
 * Every record has as many cells as the header, so that any program can read the file: a row that is too short is
 * filled up, and what a ragged row has beyond the header goes to the end of the extra cell named by
 * `surplusColumn`, as JSON, so that nothing is lost.
 *
 * @param mode permissions of the file, e.g. 0o600
 * @throws FatalError as `openCsvWriter`
 */
export async function createBookWriter(
  path: string,
  header: BookHeader,
  extraColumns: readonly string[],
  surplusColumn: string,
  mode: number,
): Promise<BookWriter> {
  const { delimiter, encoding, bom, newline, columns } = header;
  const writer = await openCsvWriter(path, { delimiter, encoding, bom, newline, mode });
  const kept = columns.map(({ name }) => !extraColumns.includes(name));
  await writer.write([...columns.map(({ name }) => name).filter((_, index) => kept[index]), ...extraColumns]);
  return {
    write: (row, extra) => writer.write(record(row, kept, extra, extraColumns.indexOf(surplusColumn))),
    commit: () => writer.commit(),
    discard: () => writer.discard(),
  };
}

function record(
  { cells }: BookRow,
  kept: readonly boolean[],
  extra: readonly string[],
  surplusAt: number,
): readonly string[] {
  const own = kept.flatMap((isKept, index) => (isKept ? [cells[index] ?? ''] : []));
  const surplus = cells.slice(kept.length);
  if (surplus.length === 0) return [...own, ...extra];
  const told = `Cells beyond the header: ${JSON.stringify(surplus)}`;
  return [...own, ...extra.map((cell, index) => (index === surplusAt ? `${cell} ${told}`.trim() : cell))];
}
