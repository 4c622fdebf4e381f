import type { RequestedAction } from '../model/action.ts';
import type { BookColumn, BookHeader, Delimiter } from '../model/book.ts';
import { isColumnName, type ColumnName } from '../model/column.ts';
import type { Problem } from '../model/customer.ts';
import { carriageReturns, duplicateColumn, emptyBook, missingColumns, noHeader } from './book-errors.ts';
import { proposedMapping } from './column-names.ts';
import { advance } from './decode.ts';
import type { BookEncoding } from './encoding.ts';
import { createRecordScanner } from './record-scanner.ts';
import { missingFromHeader } from './required-columns.ts';
import { cleanCell, splitRecords } from './split-records.ts';

/** The user's column names and ours. */
export type ColumnMapping = Readonly<Record<string, string>>;

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t'];

/** The first record of a book as one delimiter would split it. */
export interface HeaderRecord {
  readonly delimiter: Delimiter;
  /** As it stands in the file, blank lines before it left out, its newline with it. */
  readonly text: string;
  readonly line: number;
  readonly names: readonly string[];
}

/**
 * The header of a book, split by the delimiter under which most of its names mean something to us (most cells,
 * where none does). Undefined while `head` does not hold it whole; `isLast` says that there is no more text.
 *
 * @throws FatalError when the text ends in it, it is too long, or there is none
 */
export function findHeader(
  path: string,
  head: Buffer,
  isLast: boolean,
  mapping: ColumnMapping,
): HeaderRecord | undefined {
  const found = DELIMITERS.map((delimiter) => firstRecord(path, head, isLast, delimiter));
  const records = found.filter((record) => record !== undefined);
  if (records.length < found.length) {
    if (isLast) throw emptyBook(path);
    return undefined;
  }
  const best = records.reduce((one, other) => (score(other, mapping) > score(one, mapping) ? other : one));
  assertLineEnds(path, best);
  return best;
}

function firstRecord(
  path: string,
  head: Buffer,
  isLast: boolean,
  delimiter: Delimiter,
): HeaderRecord | undefined {
  const scanner = createRecordScanner(path, delimiter);
  let start = 0;
  while (start < head.length) {
    const newline = head.indexOf('\n', start);
    const end = newline < 0 ? head.length : newline + 1;
    const scanned = scanner.push(head.subarray(start, end));
    if (scanned.lines.length > 0) return headerRecord(path, scanned, delimiter);
    start = end;
  }
  const scanned = isLast ? scanner.end() : undefined;
  return scanned === undefined || scanned.lines.length === 0
    ? undefined
    : headerRecord(path, scanned, delimiter);
}

function headerRecord(
  path: string,
  scanned: ReturnType<ReturnType<typeof createRecordScanner>['push']>,
  delimiter: Delimiter,
): HeaderRecord {
  const [cells = []] = splitRecords(path, scanned, delimiter);
  const line = scanned.lines[0] ?? 1;
  return { delimiter, text: scanned.text.toString('utf8'), line, names: cells.map(cleanCell) };
}

function score(record: HeaderRecord, mapping: ColumnMapping): number {
  const known = record.names.filter((name) => meaning(name, mapping) !== undefined).length;
  return known * 10_000 + record.names.length;
}

function assertLineEnds(path: string, record: HeaderRecord): void {
  const text = record.text.trimEnd();
  const lone = text.search(/\r(?!\n)/);
  if (lone < 0) return;
  throw carriageReturns(path, advance({ line: record.line, column: 1 }, text.slice(0, lone)));
}

function meaning(name: string, mapping: ColumnMapping): ColumnName | undefined {
  if (name.startsWith('_')) return undefined;
  const column = Object.hasOwn(mapping, name) ? mapping[name] : name;
  return column !== undefined && isColumnName(column) ? column : undefined;
}

/** @throws FatalError when a name stands twice, none is known, or one that `action` needs is missing */
export function toHeader(
  path: string,
  record: HeaderRecord,
  encoding: BookEncoding,
  mapping: ColumnMapping,
  action: RequestedAction,
): BookHeader {
  const columns = record.names.map((name) => ({ name, column: meaning(name, mapping) }));
  const known = new Set(columns.flatMap(({ column }) => column ?? []));
  if (known.size === 0) throw noHeaderOf(path, record);
  assertUnique(path, record, columns);
  assertSufficient(path, record, columns, known, action);
  return {
    columns,
    delimiter: record.delimiter,
    encoding: encoding.label,
    bom: encoding.bomBytes > 0,
    newline: record.text.endsWith('\r\n') ? '\r\n' : '\n',
  };
}

/** A first line that is data may hold customers and tokens: only what looks like a column's name is shown. */
function noHeaderOf(path: string, record: HeaderRecord): Error {
  const shown = record.names.filter((name) => /^\p{L}[\p{L} _/()-]{0,39}$/u.test(name)).slice(0, 5);
  const names = shown.map((name) => `"${name}"`).join(', ');
  const count = `${record.names.length} ${record.names.length === 1 ? 'cell' : 'cells'}`;
  const mapping = proposedMapping(record.names, new Set());
  return noHeader(
    path,
    record.line,
    names === '' ? `found ${count}` : `found ${count}, such as ${names}`,
    mapping === undefined
      ? 'The first line names the columns, for example domain,cloud_identity_id,auth_token; `channelbook init` writes them all.'
      : `Put this into the config if it is what you mean: ${mapping}`,
  );
}

function assertUnique(path: string, record: HeaderRecord, columns: readonly BookColumn[]): void {
  const seen = new Map<string, string>();
  columns.forEach(({ name, column }, index) => {
    if (name === '' || name.startsWith('_')) return;
    const key = column ?? `unknown ${name}`;
    const other = seen.get(key);
    if (other !== undefined) throw duplicateColumn(path, cellPosition(record, index), name, other);
    seen.set(key, name);
  });
}

function assertSufficient(
  path: string,
  record: HeaderRecord,
  columns: readonly BookColumn[],
  known: ReadonlySet<ColumnName>,
  action: RequestedAction,
): void {
  // With an action column each row says for itself what it needs.
  if (known.has('action')) return;
  const missing = missingFromHeader(action, known);
  if (missing.length === 0) return;
  const mapping = proposedMapping(unknownNames(columns), known);
  const next =
    mapping === undefined
      ? 'Add the missing columns to the book, or map its own names with "columns" in the config.'
      : `Put this into the config if it is what you mean: ${mapping}`;
  throw missingColumns(path, record.line, action, missing.join('; '), next);
}

/** Where cell `index` of the header starts. */
function cellPosition(record: HeaderRecord, index: number) {
  const { text, delimiter, line } = record;
  let offset = 0;
  let quoted = false;
  for (let cell = 0; cell < index && offset < text.length; offset++) {
    if (text[offset] === '"') quoted = !quoted;
    else if (!quoted && text[offset] === delimiter) cell++;
  }
  return advance({ line, column: 1 }, text.slice(0, offset));
}

function unknownNames(columns: readonly BookColumn[]): readonly string[] {
  return columns
    .filter(({ name, column }) => column === undefined && name !== '' && !name.startsWith('_'))
    .map(({ name }) => name);
}

/** What is odd about a header but stops nobody. */
export function headerWarnings(header: BookHeader, mapping: ColumnMapping): readonly Problem[] {
  const known = new Set(header.columns.flatMap(({ column }) => column ?? []));
  const names = new Set(header.columns.map(({ name }) => name));
  const unknown = unknownNames(header.columns);
  const unnamed = header.columns.filter(({ name }) => name === '').length;
  const unused = Object.keys(mapping).filter((name) => !names.has(name));
  const warnings: Problem[] = [];
  if (unknown.length > 0) warnings.push(unknownColumns(unknown, known));
  if (unnamed > 0) warnings.push(unnamedColumns(unnamed));
  if (unused.length > 0) warnings.push(unusedMapping(unused));
  return warnings;
}

function unknownColumns(names: readonly string[], known: ReadonlySet<string>): Problem {
  const mapping = proposedMapping(names, known);
  return {
    rule: 'book.unknown_column',
    column: undefined,
    message: `Unknown columns, kept but not used: ${quoted(names)}.`,
    hint:
      mapping === undefined
        ? 'Put _ before a name to have it ignored without a warning, or map it with "columns" in the config.'
        : `Put this into the config if it is what you mean: ${mapping}`,
  };
}

function unnamedColumns(count: number): Problem {
  return {
    rule: 'book.unnamed_column',
    column: undefined,
    message: `The header leaves ${count} of its columns without a name.`,
    hint: 'Name these columns, or remove them; what they hold is kept but not used.',
  };
}

function unusedMapping(names: readonly string[]): Problem {
  return {
    rule: 'book.unused_mapping',
    column: undefined,
    message: `The config maps columns that the header does not have: ${quoted(names)}.`,
    hint: 'Check how these names are spelled in the book; capitals count.',
  };
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
