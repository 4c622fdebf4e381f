import type { RequestedAction } from '../model/action.ts';
import { isIgnored, type BookColumn, type BookHeader } from '../model/book.ts';
import type { ColumnName } from '../model/column.ts';
import { duplicateColumn, missingColumns, noHeader, type Position } from './book-errors.ts';
import { meaning, proposedMapping, unknownNames, type ColumnMapping } from './column-names.ts';
import { advance } from './decode.ts';
import type { BookEncoding } from './encoding.ts';
import type { HeaderRecord } from './header-record.ts';
import { missingFromHeader } from './required-columns.ts';

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
  const shown = record.names.filter((name) => /^\p{L}[\p{L} _/()-]{0,39}$/u.test(name));
  const names = shown
    .slice(0, 5)
    .map((name) => `"${name}"`)
    .join(', ');
  const count = `${record.names.length} ${record.names.length === 1 ? 'cell' : 'cells'}`;
  const mapping = proposedMapping(shown, new Set());
  return noHeader(
    path,
    record.line,
    names === '' ? `found ${count}` : `found ${count}, such as ${names}`,
    mapping === undefined
      ? 'The first line names the columns, for example domain,cloud_identity_id,auth_token; README, "The book", lists them all.'
      : `Put this into the config if it is what you mean: ${mapping}`,
  );
}

function assertUnique(path: string, record: HeaderRecord, columns: readonly BookColumn[]): void {
  const seen = new Map<string, string>();
  columns.forEach(({ name, column }, index) => {
    if (name === '' || isIgnored(name)) return;
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
function cellPosition(record: HeaderRecord, index: number): Position {
  const { text, delimiter, line } = record;
  let offset = 0;
  let quoted = false;
  for (let cell = 0; cell < index && offset < text.length; offset++) {
    if (text[offset] === '"') quoted = !quoted;
    else if (!quoted && text[offset] === delimiter) cell++;
  }
  return advance({ line, column: 1 }, text.slice(0, offset));
}
