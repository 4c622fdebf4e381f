import type { BookHeader, BookRow } from '../model/book.ts';
import type { CheckedRow, Problem } from '../model/customer.ts';
import type { Cause, RowEnding } from '../model/row-ending.ts';
import { redact } from '../redact.ts';
import type { Selection } from './selection.ts';
import type { EarlierRows, FoundRow } from '../ledger/earlier-rows.ts';

/** A row on its way in: to be decided, or ended already because it is invalid or left out. */
export interface TakenRow {
  readonly book: BookRow;
  readonly key: string;
  readonly checked: CheckedRow;
  readonly ending: RowEnding | undefined;
  /** What of the row matters, as one text; two rows with the same content ask for the same. */
  readonly content: string;
  /** What an earlier part of a resumed run did for the row. */
  readonly found: FoundRow | undefined;
}

/**
 * Checks one row and sorts out those that need no further work. What an earlier part of the run began is never left out.
 *
 * @param earlier undefined where the run is not resumed
 */
export function takeRow(
  book: BookRow,
  header: BookHeader,
  validate: (row: BookRow) => CheckedRow,
  selection: Selection,
  at: string,
  earlier?: EarlierRows,
): TakenRow {
  const checked = validate(book);
  const key = checked.kind === 'valid' ? checked.customer.key : checked.key;
  const content = contentOf(book, header);
  // A row that is invalid by now is one, whatever it was.
  const found = checked.kind === 'valid' ? earlier?.find(key, content) : undefined;
  const partner = cellOf(book, header, 'channel_partner_id');
  if (found !== undefined) selection.keeps(key);
  const leftOut = found === undefined ? selection.leaves(key, partner) : undefined;
  return { book, key, checked, ending: found?.ending ?? earlyEnding(checked, leftOut, at), content, found };
}

function earlyEnding(checked: CheckedRow, leftOut: Cause | undefined, at: string): RowEnding | undefined {
  const action = checked.kind === 'valid' ? checked.customer.action : checked.action;
  const common = {
    action,
    attempts: 0,
    calls: 0,
    checkedBy: 'local',
    finishedAt: at,
    changedFields: [],
  } as const;
  if (leftOut !== undefined) return { ...common, outcome: 'unprocessed', causes: [leftOut], leftOut: true };
  if (checked.kind === 'invalid')
    return { ...common, outcome: 'invalid', causes: checked.problems.map(toCause) };
  return undefined;
}

export function toCause(problem: Problem): Cause {
  return {
    code: problem.rule,
    column: problem.column,
    message: redact(problem.message),
    hint: redact(problem.hint),
  };
}

/** A ragged row's cells may stand under the wrong columns: all of them are its content. */
export function contentOf(book: BookRow, header: BookHeader): string {
  if (book.cells.length !== header.columns.length) return JSON.stringify(book.cells);
  const cells = header.columns.flatMap(({ column }, index) => {
    const cell = book.cells[index] ?? '';
    return column === undefined || cell === '' ? [] : [[column, cell] as const];
  });
  return JSON.stringify(cells.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function cellOf(book: BookRow, header: BookHeader, column: string): string | undefined {
  const index = header.columns.findIndex((candidate) => candidate.column === column);
  const cell = book.cells[index] ?? '';
  return cell === '' ? undefined : cell;
}
