import type { ColumnName } from './column.ts';

export type Delimiter = ',' | ';' | '\t';

/** One column of the header: the user's own name and what it means to us. */
export interface BookColumn {
  readonly name: string;
  /** Our name; undefined for a column that is unknown or starts with `_`. */
  readonly column: ColumnName | undefined;
}

/** Columns whose names start with `_` are a user's notes, or ours in errors.csv: ignored on input. */
export function isIgnored(name: string): boolean {
  return name.startsWith('_');
}

/** How a book is written; errors.csv is written the same way. */
export interface BookHeader {
  readonly columns: readonly BookColumn[];
  readonly delimiter: Delimiter;
  /** WHATWG label: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252` and so on. */
  readonly encoding: string;
  readonly bom: boolean;
  readonly newline: '\n' | '\r\n';
}

/** One data row as read: trimmed cells in the header's order, our neutralising `'` taken off. */
export interface BookRow {
  /** 1 for the first row after the header; blank lines are not counted. */
  readonly row: number;
  /** Line of the file on which the row starts; the first line is 1. */
  readonly line: number;
  /** As many as the row has, which is not the header's number where the row is ragged. */
  readonly cells: readonly string[];
}

/** What identifies the bytes of a book that was read to its end. */
export interface BookDigest {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}
