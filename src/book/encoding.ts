import { TextDecoder } from 'node:util';
import iconv from 'iconv-lite';
import { unknownEncoding, utf16WithoutBom, utf32 } from './book-errors.ts';

/** How a book's bytes are to be read. */
export interface BookEncoding {
  /** Canonical WHATWG label, lower case. */
  readonly label: string;
  /** Length of the byte order mark; 0 where there is none. */
  readonly bomBytes: number;
}

const BOMS: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];
const UTF32_BOMS: readonly (readonly number[])[] = [
  [0xff, 0xfe, 0, 0],
  [0, 0, 0xfe, 0xff],
];

/** Text with so large a share of NUL bytes at every second place is UTF-16. */
const NUL_SHARE = 0.4;
const SAMPLE_BYTES = 1024;

/**
 * The encoding of a book from its first bytes. A byte order mark is the file's own word and beats `label`;
 * without either it is UTF-8.
 *
 * @throws FatalError for a label nobody knows, UTF-32, and UTF-16 that does not say so
 */
export function encodingOf(path: string, start: Uint8Array, label: string | undefined): BookEncoding {
  const named = label === undefined ? undefined : canonicalLabel(label);
  if (UTF32_BOMS.some((bom) => startsWith(start, bom))) throw utf32(path);
  for (const [encoding, bom] of BOMS) {
    if (startsWith(start, bom)) return { label: encoding, bomBytes: bom.length };
  }
  if (named !== undefined) return { label: named, bomBytes: 0 };
  const utf16 = utf16Guess(start);
  if (utf16 !== undefined) throw utf16WithoutBom(path, utf16);
  return { label: 'utf-8', bomBytes: 0 };
}

/** The canonical name of an encoding that can be read here and written by `csv-writer.ts`. */
function canonicalLabel(label: string): string {
  let canonical: string;
  try {
    canonical = new TextDecoder(label, { fatal: true }).encoding;
  } catch {
    throw unknownEncoding(label);
  }
  if (!iconv.encodingExists(canonical)) throw unknownEncoding(label);
  return canonical;
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

function utf16Guess(start: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const sample = start.subarray(0, SAMPLE_BYTES);
  const nuls = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) nuls[index % 2] = (nuls[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = nuls;
  const many = (sample.length / 2) * NUL_SHARE;
  if (sample.length < 4) return undefined;
  if (odd >= many && even < odd / 4) return 'utf-16le';
  if (even >= many && odd < even / 4) return 'utf-16be';
  return undefined;
}
