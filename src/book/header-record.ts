import type { Delimiter } from '../model/book.ts';
import { FatalError } from '../model/fatal.ts';
import { carriageReturns, emptyBook } from './book-errors.ts';
import { meaning, type ColumnMapping } from './column-names.ts';
import { advance } from './decode.ts';
import { createRecordScanner, type ScannedRecords } from './record-scanner.ts';
import { cleanCell, splitRecords } from './split-records.ts';

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
  const candidates = DELIMITERS.map((delimiter) => firstRecord(path, head, isLast, delimiter));
  if (!isLast && candidates.some(({ kind }) => kind === 'incomplete')) return undefined;
  const records = candidates.flatMap((candidate) => (candidate.kind === 'record' ? candidate.record : []));
  const errors = candidates.flatMap((candidate) => (candidate.kind === 'unreadable' ? candidate.error : []));
  const best = records.toSorted((one, other) => score(other, mapping) - score(one, mapping))[0];
  if (best !== undefined && (errors.length === 0 || knownNames(best, mapping) > 0)) {
    assertLineEnds(path, best);
    return best;
  }
  throw errors[0] ?? emptyBook(path);
}

/** What one delimiter makes of the head; a quotation mark may never close under one of them and mean nothing under another. */
type Candidate =
  | { readonly kind: 'record'; readonly record: HeaderRecord }
  /** The first line holds nothing but delimiters: it is no header, and none is looked for behind it. */
  | { readonly kind: 'blank' }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'unreadable'; readonly error: FatalError };

function firstRecord(path: string, head: Buffer, isLast: boolean, delimiter: Delimiter): Candidate {
  const scanner = createRecordScanner(path, delimiter);
  try {
    for (const line of linesOf(head)) {
      const scanned = scanner.push(line);
      if (scanned.lines.length > 0) return headerRecord(path, scanned, delimiter);
    }
    const scanned = isLast ? scanner.end() : undefined;
    return scanned === undefined || scanned.lines.length === 0
      ? { kind: 'incomplete' }
      : headerRecord(path, scanned, delimiter);
  } catch (error) {
    if (error instanceof FatalError) return { kind: 'unreadable', error };
    throw error;
  }
}

function* linesOf(head: Buffer): Generator<Buffer> {
  for (let start = 0; start < head.length;) {
    const newline = head.indexOf('\n', start);
    const end = newline < 0 ? head.length : newline + 1;
    yield head.subarray(start, end);
    start = end;
  }
}

function headerRecord(path: string, scanned: ScannedRecords, delimiter: Delimiter): Candidate {
  const [cells = []] = splitRecords(path, scanned, delimiter);
  const line = scanned.lines[0] ?? 1;
  const text = scanned.text.toString('utf8');
  const names = cells.map(cleanCell);
  if (names.every((name) => name === '')) return { kind: 'blank' };
  return { kind: 'record', record: { delimiter, text, line, names } };
}

function score(record: HeaderRecord, mapping: ColumnMapping): number {
  return knownNames(record, mapping) * 10_000 + record.names.length;
}

function knownNames(record: HeaderRecord, mapping: ColumnMapping): number {
  return record.names.filter((name) => meaning(name, mapping) !== undefined).length;
}

function assertLineEnds(path: string, record: HeaderRecord): void {
  const text = record.text.trimEnd();
  const lone = text.search(/\r(?!\n)/);
  if (lone < 0) return;
  throw carriageReturns(path, advance({ line: record.line, column: 1 }, text.slice(0, lone)));
}
