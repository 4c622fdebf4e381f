import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { aBook, cellsOf, fatalOf, readBook } from './a-book.ts';

const CONTENT = 'domain,org_display_name\nmüller.de,"Müller, Köln"\nexample.jp,日本 \u{1F600}\n';
const CELLS = [
  ['müller.de', 'Müller, Köln'],
  ['example.jp', '日本 \u{1F600}'],
];

describe('openBook, encodings', () => {
  it.each([
    ['utf-8', false],
    ['utf-8', true],
    ['utf-16le', true],
    ['utf-16be', true],
  ])('reads %s, byte order mark %s', async (label, bom) => {
    const { header, rows } = await readBook(aBook(iconv.encode(CONTENT, label, { addBOM: bom })));
    expect(rows.map(({ cells }) => cells)).toEqual(CELLS);
    expect({ encoding: header.encoding, bom: header.bom }).toEqual({ encoding: label, bom });
  });

  it.each([
    ['windows-1252', 'windows-1252', 'Müller “Köln” €5 ’n'],
    ['latin1', 'windows-1252', 'Müller'],
    ['iso-8859-2', 'iso-8859-2', 'Łódź'],
    ['shift_jis', 'shift_jis', '東京'],
    ['gb18030', 'gb18030', '北京'],
    ['utf-16le', 'utf-16le', 'Müller'],
  ])('reads %s by its label', async (label, canonical, name) => {
    const bytes = iconv.encode(`domain,org_display_name\na.com,${name}\n`, canonical, { addBOM: false });
    const { header, rows } = await readBook(aBook(bytes), { encoding: label });
    expect(rows.map(({ cells }) => cells)).toEqual([['a.com', name]]);
    expect(header.encoding).toBe(canonical);
  });

  it('believes a byte order mark more than the label', async () => {
    const bytes = iconv.encode(CONTENT, 'utf-8', { addBOM: true });
    expect(await cellsOf(bytes, { encoding: 'windows-1252' })).toEqual(CELLS);
  });

  it.each(['utf-8', 'utf-16le', 'utf-16be', 'gb18030'])(
    'reads %s right wherever a chunk ends in a character',
    async (label) => {
      for (let shift = 0; shift < 8; shift++) {
        const name = 'ä日\u{1F600}'.repeat(30_000);
        const text = `domain,org_display_name\n${'x'.repeat(shift)},${name}\n`;
        const bytes = iconv.encode(text, label, { addBOM: label !== 'gb18030' });
        expect(await cellsOf(bytes, { encoding: label })).toEqual([['x'.repeat(shift), name]]);
      }
    },
  );

  it.each([
    [
      'UTF-8',
      [Buffer.from('domain,locality\na.com,K'), Buffer.from([0xf6]), Buffer.from('ln\n')],
      undefined,
      2,
      8,
    ],
    ['UTF-8 cut off at the end', [Buffer.from('domain\nä'), Buffer.from([0xe6, 0x97])], undefined, 2, 2],
    [
      'a surrogate in UTF-8',
      [Buffer.from('domain\n'), Buffer.from([0xed, 0xa0, 0x80, 0x0a])],
      undefined,
      2,
      1,
    ],
    [
      'a surrogate without its pair in UTF-16',
      [Buffer.from([0xff, 0xfe]), Buffer.from('domain\nab\ud800c\n', 'utf16le')],
      undefined,
      2,
      3,
    ],
    [
      'half a unit at the end of UTF-16',
      [Buffer.from('\ufeffdomain\na', 'utf16le'), Buffer.from([0])],
      undefined,
      2,
      2,
    ],
    ['Shift JIS', [Buffer.from('domain\n'), Buffer.from([0x82, 0x0a, 0x0a])], 'shift_jis', 2, 1],
  ])('tells line and column of bytes that are not valid %s', async (_, parts, encoding, line, column) => {
    const path = aBook(Buffer.concat(parts));
    const fatal = await fatalOf(path, readBook(path, { encoding }));
    expect(fatal).toMatchObject({ exitCode: 65, code: 'book.invalid_bytes' });
    expect(fatal.message).toContain(`BOOK, line ${line}, column ${column}:`);
  });

  it('tells them exactly far into the book, chunk borders in between', async () => {
    const row = 'exämple.com,日本\u{1F600}\n';
    for (const rows of [5_000, 5_001, 5_003]) {
      const path = aBook(
        Buffer.concat([Buffer.from(`domain,locality\n${row.repeat(rows)}ä,`), Buffer.from([0xff])]),
      );
      const { message } = await fatalOf(path, readBook(path));
      expect(message).toBe(`BOOK, line ${rows + 2}, column 3: these bytes are not valid utf-8.`);
    }
  });

  it.each([
    ['utf-16le', 'domain,id\na.com,1\n'],
    ['utf-16be', 'domain,id\na.com,1\n'],
  ])('recognises %s without a byte order mark', async (label, text) => {
    const path = aBook(iconv.encode(text, label, { addBOM: false }));
    const fatal = await fatalOf(path, readBook(path));
    expect(fatal).toMatchObject({ exitCode: 65, code: 'book.utf16_without_bom' });
    expect(fatal.next).toContain(`--encoding ${label}`);
  });

  it('refuses UTF-32', async () => {
    const path = aBook(iconv.encode('domain\n', 'utf-32le', { addBOM: true }));
    expect(await fatalOf(path, readBook(path))).toMatchObject({ exitCode: 65, code: 'book.utf32' });
  });

  it.each(['klingon', 'iso-2022-kr', 'iso-2022-jp', ''])('refuses the label "%s"', async (encoding) => {
    const path = aBook('domain\n');
    expect(await fatalOf(path, readBook(path, { encoding }))).toMatchObject({
      exitCode: 64,
      code: 'usage.encoding',
    });
  });
});
