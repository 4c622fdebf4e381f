import fc from 'fast-check';
import iconv from 'iconv-lite';
import type { Delimiter } from '../../src/model/book.ts';

/** How a book may be written: every kind that the contract names. */
export interface Writing {
  readonly delimiter: Delimiter;
  readonly newline: '\n' | '\r\n';
  /** WHATWG label. */
  readonly encoding: string;
  readonly bom: boolean;
}

export const WRITINGS: readonly Writing[] = ([',', ';', '\t'] as const).flatMap((delimiter) =>
  (
    [
      ['utf-8', false, '\n'],
      ['utf-8', true, '\r\n'],
      ['utf-16le', true, '\r\n'],
      ['utf-16be', true, '\n'],
      ['windows-1252', false, '\r\n'],
      ['macintosh', false, '\n'],
      ['shift_jis', false, '\r\n'],
    ] as const
  ).map(([encoding, bom, newline]) => ({ delimiter, encoding, bom, newline })),
);

/** The flags that a book written so needs. */
export function encodingFlags({ encoding, bom }: Writing): Readonly<Record<string, string>> {
  return bom || encoding === 'utf-8' ? {} : { encoding };
}

/** A book with every cell quoted: the plainest way of writing one. */
export function bookBytes(records: readonly (readonly string[])[], writing: Writing): Buffer {
  const lines = records.map((cells) =>
    cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(writing.delimiter),
  );
  const text = lines.map((line) => line + writing.newline).join('');
  if (writing.encoding !== 'macintosh') return iconv.encode(text, writing.encoding, { addBOM: writing.bom });
  // iconv-lite still has the currency sign where Apple put the euro in 1998.
  const parts = text.split('€').map((part) => iconv.encode(part, writing.encoding));
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.of(0xdb), part])));
}

/** What makes cells hard to keep. All of it can be written in every encoding of `WRITINGS`. */
export const ASCII_PIECES = [
  '"',
  '""',
  ',',
  ';',
  '\t',
  '\n',
  '\r\n',
  '\r',
  ' ',
  "'",
  '=1+1',
  '+49',
  '+4930123456',
  '-',
  '@',
  '\\',
  '%0A',
  '#',
  'NULL',
  '00123',
  '4.9E+10',
  '2026-11-25',
  'a',
  '\u0000',
  '\u0007',
  '\u001b[31m',
];

/** More of it, which takes Unicode. */
export const UNICODE_PIECES = [
  'ä',
  'e\u0301',
  '日本',
  '\u{1F469}\u200d\u{1F4BB}',
  '\u200b',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '\u202e',
  '\u0085',
  'ﬁ',
];

/** Cells as hard as they come, in what the encoding can write. */
export function nastyCell(encoding: string): fc.Arbitrary<string> {
  const isUnicode = encoding.startsWith('utf');
  const piece = isUnicode
    ? fc.oneof(
        fc.constantFrom(...ASCII_PIECES, ...UNICODE_PIECES),
        fc.string({ unit: 'binary', maxLength: 5 }),
      )
    : fc.constantFrom(...ASCII_PIECES);
  return fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
}
