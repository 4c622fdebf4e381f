import type { Fields } from '../model/customer.ts';
import type { RemoteAddress } from '../model/remote-customer.ts';
import { collapse } from './text-forms.ts';

/** The columns of the address lines, in the order of `addressLines`. */
export const LINE_COLUMNS = ['address_line_1', 'address_line_2', 'address_line_3'] as const;

/** Google's lines, each at the index of its column; undefined where a column has none. May be longer than the columns. */
export type LinesByColumn = readonly (string | undefined)[];

/**
 * Which of Google's lines belongs to which column.
 *
 * A list of lines has no holes: a book that fills lines 1 and 3 is stored as two lines. Where Google has fewer
 * lines than the last filled column asks for, and they are the filled cells in order with nothing but columns
 * left empty between them, they are put under these columns. Everywhere else line n is column n.
 */
export function linesByColumn(fields: Fields, address: RemoteAddress | undefined): LinesByColumn {
  const lines = address?.addressLines ?? [];
  const cells = LINE_COLUMNS.map((column) => fields[column]);
  const columns = cells.findLastIndex((cell) => cell !== undefined) + 1;
  return lines.length < columns ? (spread(cells.slice(0, columns), lines) ?? lines) : lines;
}

/** The lines under the cells, in order, with a gap for empty cells alone; undefined where a filled one differs. */
function spread(cells: readonly (string | undefined)[], lines: readonly string[]): LinesByColumn | undefined {
  const [cell, ...otherCells] = cells;
  const [line, ...otherLines] = lines;
  if (cells.length === 0) return lines.length === 0 ? [] : undefined;
  const isTaken = line !== undefined && (cell === undefined || collapse(line) === collapse(cell));
  const taken = isTaken ? spread(otherCells, otherLines) : undefined;
  if (taken !== undefined) return [line, ...taken];
  const skipped = cell === undefined ? spread(otherCells, lines) : undefined;
  return skipped === undefined ? undefined : [undefined, ...skipped];
}

/** Google's lines with the filled cells of the book in their places, and no holes. */
export function overlaidLines(fields: Fields, address: RemoteAddress | undefined): readonly string[] {
  const lines = linesByColumn(fields, address);
  const wanted: (string | undefined)[] = LINE_COLUMNS.map((column, index) => fields[column] ?? lines[index]);
  return [...wanted, ...lines.slice(LINE_COLUMNS.length)].filter((line) => line !== undefined);
}
