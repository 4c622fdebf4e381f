import { EXIT, FatalError } from '../model/fatal.ts';

/** A place in a book: both count from 1, columns in characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const EXCEL_HINT = 'save the file as "CSV UTF-8" in the spreadsheet program';

function at(path: string, position: Position): string {
  return `${path}, line ${position.line}, column ${position.column}`;
}

function unreadable(code: string, message: string, next: string, cause?: unknown): FatalError {
  return new FatalError(EXIT.bookUnreadable, code, message, next, { cause });
}

export function bookMissing(path: string, similar: string | undefined): FatalError {
  const next =
    similar === undefined
      ? 'Check the path; samples/first-book.csv shows what a book looks like.'
      : `Did you mean ${similar}?`;
  return new FatalError(EXIT.noBook, 'book.missing', `There is no book at ${path}.`, next);
}

export function bookNotAFile(path: string, what: string): FatalError {
  return unreadable(
    'book.not_a_file',
    `${path} is ${what}, not a file.`,
    'Name a CSV file; save what comes from a pipe to a file first.',
  );
}

export function bookNotReadable(path: string, cause: unknown): FatalError {
  return unreadable(
    'book.not_readable',
    `${path} cannot be opened for reading: ${reasonOf(cause)}.`,
    'Give this user the right to read the file.',
    cause,
  );
}

export function bookReadFailed(path: string, cause: unknown): FatalError {
  return new FatalError(
    EXIT.disk,
    'book.read_failed',
    `Reading ${path} failed: ${reasonOf(cause)}.`,
    'Check the disk, then run the command again.',
    { cause },
  );
}

export function bookChanged(path: string): FatalError {
  return new FatalError(
    EXIT.refused,
    'book.changed',
    `${path} changed while it was read.`,
    'Run the command again when nothing writes to the file any more.',
  );
}

export function unknownEncoding(label: string): FatalError {
  return new FatalError(
    EXIT.usage,
    'usage.encoding',
    `"${label}" is no encoding that channelbook can read and write.`,
    'Use a name such as utf-8, windows-1252, iso-8859-2, utf-16le or shift_jis with --encoding.',
  );
}

export function invalidBytes(path: string, position: Position, encoding: string): FatalError {
  const next =
    encoding === 'utf-8'
      ? `Name the encoding, for example --encoding windows-1252, or ${EXCEL_HINT}.`
      : `Name another encoding with --encoding, or ${EXCEL_HINT}.`;
  return unreadable(
    'book.invalid_bytes',
    `${at(path, position)}: these bytes are not valid ${encoding}.`,
    next,
  );
}

export function utf16WithoutBom(path: string, encoding: string): FatalError {
  return unreadable(
    'book.utf16_without_bom',
    `${at(path, { line: 1, column: 1 })}: every second byte is NUL; this looks like UTF-16 without a byte order mark.`,
    `Run again with --encoding ${encoding}, or ${EXCEL_HINT}.`,
  );
}

export function utf32(path: string): FatalError {
  return unreadable(
    'book.utf32',
    `${at(path, { line: 1, column: 1 })}: this is UTF-32, which is not supported.`,
    `Convert the file to UTF-8, or ${EXCEL_HINT}.`,
  );
}

export function emptyBook(path: string): FatalError {
  return unreadable(
    'book.empty',
    `${at(path, { line: 1, column: 1 })}: the book has no header; there is nothing in the file.`,
    'Put the column names in the first line; README, "The book", lists all of them.',
  );
}

export function carriageReturns(path: string, position: Position): FatalError {
  return unreadable(
    'book.cr_line_ends',
    `${at(path, position)}: a line ends with a carriage return alone.`,
    'Save the file with LF or CRLF line ends (in Excel: "CSV UTF-8", not "CSV (Macintosh)").',
  );
}

export function unclosedQuote(path: string, position: Position): FatalError {
  return unreadable(
    'book.unclosed_quote',
    `${at(path, position)}: the quotation mark that opens here is never closed.`,
    'Close it, or write it twice inside a quoted cell if it belongs to the text.',
  );
}

export function recordTooLarge(path: string, position: Position, limitBytes: number): FatalError {
  return unreadable(
    'book.record_too_large',
    `${at(path, position)}: the row that starts here is longer than ${limitBytes} bytes.`,
    'Check that this is a CSV file and that its lines end with LF or CRLF.',
  );
}

export function noHeader(path: string, line: number, found: string, next: string): FatalError {
  return unreadable(
    'book.no_header',
    `${at(path, { line, column: 1 })}: the first line holds none of the book's column names (${found}).`,
    next,
  );
}

export function duplicateColumn(path: string, position: Position, name: string, other: string): FatalError {
  const message =
    name === other
      ? `${at(path, position)}: the header names the column "${name}" twice.`
      : `${at(path, position)}: the header's columns "${other}" and "${name}" mean the same.`;
  return unreadable(
    'book.duplicate_column',
    message,
    'Keep one of them, or put _ before the name of the one to ignore.',
  );
}

export function missingColumns(
  path: string,
  line: number,
  action: string,
  missing: string,
  next: string,
): FatalError {
  return unreadable(
    'book.missing_column',
    `${at(path, { line, column: 1 })}: the header lacks what the action "${action}" needs: ${missing}.`,
    next,
  );
}

/** The parser and the scanner disagree about where records end: a bug, and no row may be lost to it. */
export function recordsMiscounted(path: string, line: number, found: number, expected: number): FatalError {
  return new FatalError(
    EXIT.bug,
    'bug.record_count',
    `${path}, line ${line}: ${found} rows were split where ${expected} begin.`,
    'Report this with the lines around that place, secrets left out.',
  );
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
