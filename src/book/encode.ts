import iconv from 'iconv-lite';

/** Stands for what an encoding does not have; no cell of a book written in it can need that. */
const UNKNOWN = Buffer.from('?');

/**
 * Text in a WHATWG encoding, without a byte order mark, such that `decodedText` reads the same text again.
 * Characters that the encoding does not have become `?`.
 */
export function encode(text: string, encoding: string): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  const bytes = iconv.encode(text, encoding, { addBOM: false });
  if (encoding.startsWith('utf-16') || decode(bytes, encoding) === text) return bytes;
  return encodeEach(text, encoding);
}

/** iconv-lite's tables and the decoder's differ here and there (the euro in macintosh); the decoder's word counts. */
function encodeEach(text: string, encoding: string): Buffer {
  const inverse = inverseOf(encoding);
  const characters = Array.from(text);
  const parts: Buffer[] = [];
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? '';
    const next = characters[index + 1];
    const pair = next === undefined ? undefined : inverse.get(character + next);
    if (pair !== undefined) index++;
    parts.push(pair ?? inverse.get(character) ?? encodeRare(character, encoding));
  }
  return Buffer.concat(parts);
}

/** A character of more than two bytes, or one that the encoding does not have. */
function encodeRare(character: string, encoding: string): Buffer {
  const bytes = iconv.encode(character, encoding, { addBOM: false });
  return decode(bytes, encoding) === character ? bytes : UNKNOWN;
}

/** What the decoder reads as a character, or in Big5 as two, by what it reads. */
type Inverse = ReadonlyMap<string, Buffer>;
const inverses = new Map<string, Inverse>();

function inverseOf(encoding: string): Inverse {
  const known = inverses.get(encoding);
  if (known !== undefined) return known;
  const inverse = new Map<string, Buffer>();
  for (const bytes of sequences(encoding)) {
    const text = decode(bytes, encoding);
    if (text !== undefined && !inverse.has(text)) inverse.set(text, bytes);
  }
  inverses.set(encoding, inverse);
  return inverse;
}

/** One byte, then two, then what EUC-JP has in three; short ones first, so that no text is found as two of them. */
function* sequences(encoding: string): Generator<Buffer> {
  for (let one = 0; one < 0x100; one++) yield Buffer.of(one);
  for (let one = 0x80; one < 0x100; one++) {
    for (let two = 0x30; two < 0x100; two++) yield Buffer.of(one, two);
  }
  if (encoding !== 'euc-jp') return;
  for (let two = 0xa1; two < 0xff; two++) {
    for (let three = 0xa1; three < 0xff; three++) yield Buffer.of(0x8f, two, three);
  }
}

/** Undefined where the bytes mean nothing. */
function decode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
