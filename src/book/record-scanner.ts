import { recordTooLarge, unclosedQuote, type Position } from './book-errors.ts';
import type { Delimiter } from '../model/book.ts';

/** Longest row; a quotation mark that opens and never closes is noticed after so much text. */
export const RECORD_LIMIT_BYTES = 4 * 1024 * 1024;

/** What was odd about the quotation marks of one record. */
export interface QuoteMarks {
  /** Text follows a closing quotation mark. */
  readonly stray: boolean;
  /** Cells, from 0, in which only blanks follow it. */
  readonly padded: readonly number[];
}

/** Whole records as they stand in the file. */
export interface ScannedRecords {
  /** UTF-8; may hold blank lines between and before the records. */
  readonly text: Buffer;
  /** Where each record starts; blank lines have no entry. */
  readonly lines: readonly number[];
  /** By place in `lines`; most records have none. */
  readonly quotes: ReadonlyMap<number, QuoteMarks>;
}

export interface RecordScanner {
  /** The records that are complete with `text` (whole UTF-8 characters); the rest is kept for the next call. */
  push(text: Buffer): ScannedRecords;
  /** The last record, where the file does not end with a newline. */
  end(): ScannedRecords;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const TAB = 9;

/** `start`: nothing but blanks so far; `cell`: in text without quotes, or after them; `quoted`: between quotes. */
const START = 0;
const CELL = 1;
const QUOTED = 2;

/**
 * Finds where records begin and end, without taking them apart: the line of each, blank lines not counted as
 * records, and the place of a quotation mark that never closes. It sees quotes exactly as csv-parse does with
 * the options of `split-records.ts`; the reader compares their counts.
 *
 * @throws FatalError `book.unclosed_quote` or `book.record_too_large`, from `push` and `end`
 */
export function createRecordScanner(path: string, delimiter: Delimiter): RecordScanner {
  const delimiterByte = delimiter.charCodeAt(0);
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  let state = START;
  /** The record holds a delimiter, a quotation mark or text: it is no blank line. */
  let isRecord = false;
  let cell = 0;
  let line = 1;
  let lineStart = 0;
  let recordLine = 1;
  let quoteAt = 0;
  let quotePlace = { line: 1, lineStart: 0 };
  /** Where the text after a closing quotation mark starts; -1 where there is none. */
  let afterQuote = -1;
  let stray = false;
  let padded: number[] = [];

  function scan(text: Buffer, isLast: boolean): ScannedRecords {
    const lines: number[] = [];
    const quotes = new Map<number, QuoteMarks>();
    const length = text.length;
    let recordStart = 0;

    function endCell(): void {
      if (afterQuote >= 0) {
        if (text.toString('utf8', afterQuote, position).trim() === '') padded.push(cell);
        else stray = true;
        afterQuote = -1;
      }
      state = START;
      cell++;
    }

    function endRecord(): void {
      endCell();
      if (isRecord) {
        if (stray || padded.length > 0) quotes.set(lines.length, { stray, padded });
        lines.push(recordLine);
      }
      isRecord = false;
      stray = false;
      padded = [];
      cell = 0;
    }

    for (; position < length; position++) {
      const byte = text[position];
      if (state === QUOTED) {
        if (byte === LF) {
          line++;
          lineStart = position + 1;
        } else if (byte === QUOTE) {
          const next = text[position + 1];
          const afterNext = text[position + 2];
          if (!isLast && (next === undefined || (next === CR && afterNext === undefined))) break;
          if (next === QUOTE) {
            position++;
          } else {
            state = CELL;
            const closes =
              next === undefined ||
              next === delimiterByte ||
              next === LF ||
              (next === CR && afterNext === LF);
            if (!closes) afterQuote = position + 1;
          }
        }
      } else if (byte === delimiterByte) {
        isRecord = true;
        endCell();
      } else if (byte === LF) {
        endRecord();
        line++;
        lineStart = position + 1;
        recordStart = lineStart;
        recordLine = line;
      } else if (state === START) {
        if (byte === QUOTE) {
          state = QUOTED;
          isRecord = true;
          quoteAt = position;
          quotePlace = { line, lineStart };
        } else {
          const blank = blankBytes(text, position);
          if (blank === 0) {
            state = CELL;
            isRecord = true;
          } else {
            position += blank - 1;
          }
        }
      }
    }

    if (isLast) {
      if (state === QUOTED) throw unclosedQuote(path, quoteOpened(text));
      endRecord();
      recordStart = length;
    }
    keep(text, recordStart);
    return { text: text.subarray(0, recordStart), lines, quotes };
  }

  function quoteOpened(text: Buffer): Position {
    const before = text.toString('utf8', quotePlace.lineStart, quoteAt);
    return { line: quotePlace.line, column: Array.from(before).length + 1 };
  }

  /** Keeps the record that is not complete yet, and every place relative to its start. */
  function keep(text: Buffer, recordStart: number): void {
    rest = text.subarray(recordStart);
    position -= recordStart;
    lineStart -= recordStart;
    quoteAt -= recordStart;
    quotePlace = { line: quotePlace.line, lineStart: quotePlace.lineStart - recordStart };
    if (afterQuote >= 0) afterQuote -= recordStart;
    if (rest.length <= RECORD_LIMIT_BYTES) return;
    if (state === QUOTED) throw unclosedQuote(path, quoteOpened(rest));
    throw recordTooLarge(path, { line: recordLine, column: 1 }, RECORD_LIMIT_BYTES);
  }

  return {
    push: (text) => scan(rest.length === 0 ? text : Buffer.concat([rest, text]), false),
    end: () => scan(rest, true),
  };
}

/** Length of the blank that starts at `position`, in bytes; 0 where there is none. What `String.trim` takes off. */
function blankBytes(text: Buffer, position: number): number {
  const byte = text[position] ?? 0;
  if (byte === SPACE || (byte >= TAB && byte <= CR)) return 1;
  const length = byte === 0xc2 ? 2 : byte >= 0xe1 && byte <= 0xef ? 3 : 0;
  return length > 0 && text.toString('utf8', position, position + length).trim() === '' ? length : 0;
}
