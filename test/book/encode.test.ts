import { describe, expect, it } from 'vitest';
import { encode } from '../../src/book/encode.ts';

const SINGLE = [
  'windows-1250',
  'windows-1252',
  'windows-1257',
  'windows-874',
  'koi8-u',
  'macintosh',
  'ibm866',
];
const DOUBLE = ['gbk', 'gb18030', 'big5', 'euc-jp', 'shift_jis', 'euc-kr'];

/** Everything that a decoder makes of one byte, or of two. */
function textsOf(encoding: string): readonly string[] {
  const ones = Array.from({ length: 0x100 }, (_, byte) => Buffer.of(byte));
  const twos = DOUBLE.includes(encoding)
    ? ones.slice(0x81).flatMap(([one = 0]) => ones.slice(0x40).map(([two = 0]) => Buffer.of(one, two)))
    : [];
  return [...ones, ...twos].flatMap((bytes) => decoded(bytes, encoding) ?? []);
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

describe('encode', () => {
  it.each([...SINGLE, ...DOUBLE])(
    'writes whatever can be read as %s so that it reads the same',
    (encoding) => {
      const texts = textsOf(encoding);
      const lost = texts.filter((text) => decoded(encode(text, encoding), encoding) !== text);
      expect(lost).toEqual([]);
      const all = texts.join('\n');
      expect(decoded(encode(all, encoding), encoding) === all).toBe(true);
      expect(texts.length).toBeGreaterThan(200);
    },
  );

  it.each([
    ['macintosh', '5 €', [0x35, 0x20, 0xdb]],
    ['windows-1252', 'a\u0081', [0x61, 0x81]],
    ['windows-1252', 'Zürich 東', [0x5a, 0xfc, 0x72, 0x69, 0x63, 0x68, 0x20, 0x3f]],
    ['utf-16be', 'a', [0, 0x61]],
    ['gb18030', '\u{1F600}', [0x94, 0x39, 0xfc, 0x36]],
  ])('writes %s %j', (encoding, text, bytes) => {
    expect([...encode(text, encoding)]).toEqual(bytes);
  });
});
