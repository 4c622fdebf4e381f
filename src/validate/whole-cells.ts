import { isIgnored, type BookHeader } from '../model/book.ts';
import type { Problem } from '../model/customer.ts';
import type { ReadRow } from '../book/read-row.ts';
import { fault } from './rules.ts';

const CELL_LIMIT = 10_000;
/** Everything but tab and line breaks, which quoted cells may hold. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\r(?!\n)/;
const LONE_CARRIAGE_RETURN = /\r(?!\n)/;

/** What makes a row's cells untrustworthy altogether: then no cell is judged or shown. */
export function checkShape(row: ReadRow, header: BookHeader): Problem | undefined {
  const { cells } = row;
  const width = header.columns.length;
  const isWhole = cells.length === width;
  if (isWhole && row.strayQuote !== true && cells[0] !== '' && !isNote(header, 0)) return undefined;
  // What a row that is cut wrongly has under a note may belong elsewhere.
  if (cells.every((cell, index) => cell === '' || (isWhole && isNote(header, index)))) {
    const hint = 'Remove the line, or fill it.';
    return fault('row.empty', undefined, 'Every cell of the row is empty.', hint);
  }
  if (row.strayQuote === true) {
    return fault(
      'row.stray_quote',
      undefined,
      'Text follows a closing quotation mark, so the cells may be cut in the wrong places.',
      'Write a quotation mark twice inside a quoted cell, and close every quoted cell before the delimiter.',
    );
  }
  return isWhole ? undefined : ragged(cells, width);
}

function isNote({ columns }: BookHeader, index: number): boolean {
  const name = columns[index]?.name;
  return name !== undefined && isIgnored(name);
}

function ragged(cells: readonly string[], width: number): Problem {
  const count = `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`;
  const message = `The row has ${count}, the header ${width} ${width === 1 ? 'column' : 'columns'}.`;
  const lone = cells.some((cell) => LONE_CARRIAGE_RETURN.test(cell));
  const hint = lone
    ? 'Some lines end with a carriage return alone; save the file with LF or CRLF line ends.'
    : cells.length > width
      ? 'Quote cells that contain the delimiter, or remove the surplus ones.'
      : 'Add the missing cells, empty ones too.';
  return fault('row.ragged', undefined, message, hint);
}

/** What no cell of any column but an ignored one may be, with the places of such cells; at most one problem for a cell. */
export interface BadCells {
  readonly places: ReadonlySet<number>;
  readonly problems: readonly Problem[];
}

const NO_BAD_CELLS: BadCells = { places: new Set(), problems: [] };

export function checkCells(cells: readonly string[], header: BookHeader): BadCells {
  // One look at the whole row: nearly every row is right, and a look at each cell costs several times that.
  const all = cells.join(' ');
  if (all.length <= CELL_LIMIT && !CONTROL.test(all)) return NO_BAD_CELLS;
  const places = new Set<number>();
  const problems: Problem[] = [];
  cells.forEach((cell, index) => {
    if (isNote(header, index)) return;
    const problem = checkCell(cell, nameOf(header, index));
    if (problem === undefined) return;
    places.add(index);
    problems.push(problem);
  });
  return { places, problems };
}

function checkCell(cell: string, column: string): Problem | undefined {
  if (cell.length > CELL_LIMIT) return tooLong(column, cell.length);
  const position = cell.search(CONTROL);
  return position < 0 ? undefined : control(column, cell, position);
}

/** Our name of a column, else the user's. */
function nameOf(header: BookHeader, index: number): string {
  const column = header.columns[index];
  return column?.column ?? (column?.name === '' ? `column ${index + 1}` : (column?.name ?? ''));
}

function tooLong(column: string, length: number): Problem {
  const message = `${column} has ${length} characters, more than ${CELL_LIMIT}.`;
  return fault(
    'cell.too_long',
    column,
    message,
    'Shorten the cell; a quotation mark may be missing near it.',
  );
}

function control(column: string, cell: string, position: number): Problem {
  const code = cell.charCodeAt(position).toString(16).toUpperCase().padStart(4, '0');
  const message = `${column} holds the control character U+${code} as its character ${position + 1}.`;
  return fault(
    'cell.control_character',
    column,
    message,
    'Remove it; typing the cell again is the surest way.',
  );
}
