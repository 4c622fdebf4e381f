import { parse } from 'csv-parse/sync';
import type { Delimiter } from '../model/book.ts';
import { unneutralise } from '../model/spreadsheet-cell.ts';
import { recordsMiscounted } from './book-errors.ts';
import type { ReadRow } from './read-row.ts';
import type { ScannedRecords } from './record-scanner.ts';

const APOSTROPHE = 39;

/** The cells of every record, as they stand between the delimiters. */
export function splitRecords(path: string, scanned: ScannedRecords, delimiter: Delimiter): string[][] {
  const { text, lines } = scanned;
  if (lines.length === 0) return [];
  const records = parse(text, {
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    ltrim: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  if (records.length !== lines.length) {
    throw recordsMiscounted(path, lines[0] ?? 0, records.length, lines.length);
  }
  return records;
}

/** One row from one record: cells trimmed and cleared of what only the way of writing them added. */
export function toRow(
  scanned: ScannedRecords,
  index: number,
  record: readonly string[],
  row: number,
): ReadRow {
  const marks = scanned.quotes.get(index);
  const line = scanned.lines[index] ?? 0;
  const cells = record.map(cleanCell);
  if (marks === undefined) return { row, line, cells };
  for (const cell of marks.padded) cells[cell] = cleanCell(withoutQuotes(record[cell] ?? ''));
  return marks.stray ? { row, line, cells, strayQuote: true } : { row, line, cells };
}

export function cleanCell(cell: string): string {
  const trimmed = cell.trim();
  return trimmed.charCodeAt(0) === APOSTROPHE ? unneutralise(trimmed) : trimmed;
}

/** csv-parse hands a quoted cell with blanks behind it on with its quotes, those inside already made single. */
function withoutQuotes(cell: string): string {
  return cell.trim().slice(1, -1);
}
