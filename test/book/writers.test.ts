import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { createBookWriter } from '../../src/book/book-writer.ts';
import { openCsvWriter, type CsvFormat } from '../../src/book/csv-writer.ts';
import type { BookHeader, Delimiter } from '../../src/model/book.ts';
import { aBook, aDirectory, fatalOf, readBook } from './a-book.ts';
import { aGenerator, pick } from './random.ts';

const PLAIN: CsvFormat = { delimiter: ',', encoding: 'utf-8', bom: false, newline: '\n', mode: 0o600 };

describe('openCsvWriter', () => {
  it('leaves a whole file with the given permissions and nothing beside it', async () => {
    const path = join(aDirectory(), 'results.csv');
    writeFileSync(path, 'older');
    const writer = await openCsvWriter(path, PLAIN);
    await writer.write(['key', 'note']);
    await writer.write(['a', 'x, "y"\nz']);
    expect(readFileSync(path, 'utf8')).toBe('older');
    await writer.commit();
    expect(readFileSync(path, 'utf8')).toBe('key,note\na,"x, ""y""\nz"\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path))).toEqual(['results.csv']);
  });

  it('leaves nothing when it is discarded, and keeps what stood there before', async () => {
    const path = join(aDirectory(), 'results.csv');
    writeFileSync(path, 'older');
    const writer = await openCsvWriter(path, PLAIN);
    await writer.write(['x'.repeat(200_000)]);
    await writer.discard();
    expect(readdirSync(dirname(path))).toEqual(['results.csv']);
    expect(readFileSync(path, 'utf8')).toBe('older');
  });

  it('neutralises what a spreadsheet program would run, and no phone number', async () => {
    const path = join(aDirectory(), 'results.csv');
    const writer = await openCsvWriter(path, PLAIN);
    await writer.write(['=1+1', '+4930123456', '-x', '@x', '\tx', 'a=b']);
    await writer.commit();
    expect(readFileSync(path, 'utf8')).toBe("'=1+1,+4930123456,'-x,'@x,'\tx,a=b\n");
  });

  it.each([
    ['utf-8', true],
    ['utf-16le', true],
    ['utf-16be', true],
    ['windows-1252', false],
    ['shift_jis', false],
  ])('writes %s, byte order mark %s', async (encoding, bom) => {
    const path = join(aDirectory(), 'results.csv');
    const writer = await openCsvWriter(path, { ...PLAIN, encoding, bom, newline: '\r\n', delimiter: ';' });
    await writer.write(['a', encoding === 'windows-1252' ? 'Köln' : 'x\ny']);
    await writer.commit();
    const text = encoding === 'windows-1252' ? 'a;Köln\r\n' : 'a;"x\ny"\r\n';
    expect(readFileSync(path)).toEqual(iconv.encode(text, encoding, { addBOM: bom }));
  });

  it('is fatal 73 where no file can be made', async () => {
    const path = join(aDirectory(), 'missing', 'results.csv');
    expect(await fatalOf(path, openCsvWriter(path, PLAIN))).toEqual({
      exitCode: 73,
      code: 'output.cannot_write',
      message: 'BOOK cannot be written: ENOENT.',
      next: 'Name a directory that exists and that this user may write to.',
    });
  });

  it('is fatal 73 where a directory has the name, and leaves nothing behind', async () => {
    const path = join(aDirectory(), 'results.csv');
    const writer = await openCsvWriter(path, PLAIN);
    mkdirSync(path);
    expect(await fatalOf(path, writer.commit())).toMatchObject({ exitCode: 73 });
    expect(readdirSync(dirname(path))).toEqual(['results.csv']);
  });
});

const HEADER: BookHeader = {
  columns: [
    { name: 'domain', column: 'domain' },
    { name: 'Notes', column: undefined },
    { name: '_outcome', column: undefined },
  ],
  delimiter: ';',
  encoding: 'utf-8',
  bom: false,
  newline: '\n',
};

describe('createBookWriter', () => {
  it('gives every record as many cells as the header, and loses no cell of a ragged row', async () => {
    const path = join(aDirectory(), 'errors.csv');
    const writer = await createBookWriter(path, HEADER, ['_outcome', '_hint'], '_hint', 0o600);
    await writer.write({ row: 1, line: 2, cells: ['a.com', 'x', 'failed'] }, ['invalid', 'h']);
    await writer.write({ row: 2, line: 3, cells: ['b.com'] }, ['invalid', 'h']);
    await writer.write({ row: 3, line: 4, cells: ['c.com', 'x', '', 'more', 'yet'] }, ['invalid', 'h']);
    await writer.commit();
    expect(readFileSync(path, 'utf8')).toBe(
      [
        'domain;Notes;_outcome;_hint',
        'a.com;x;invalid;h',
        'b.com;;invalid;h',
        'c.com;x;invalid;"h Cells beyond the header: [""more"",""yet""]"',
        '',
      ].join('\n'),
    );
  });

  it('writes what the reader reads, whatever stands in the cells', async () => {
    const random = aGenerator(3);
    const pieces = ['"', ',', ';', '\t', '\n', '\r\n', ' ', "'", '=', '+49', '-', '@', 'ä', 'x', '\u{1F600}'];
    for (let round = 0; round < 60; round++) {
      const newline = pick(random, ['\n', '\r\n'] as const);
      const delimiter = pick<Delimiter>(random, [',', ';', '\t']);
      const encoding = pick(random, ['utf-8', 'utf-16le', 'utf-16be']);
      const header = {
        ...HEADER,
        columns: HEADER.columns.slice(0, 2),
        newline,
        delimiter,
        encoding,
        bom: true,
      };
      const rows = Array.from({ length: random(30) }, () => [
        'a.com',
        Array.from({ length: random(9) }, () => pick(random, pieces))
          .join('')
          .replace(/^['\s]+/, '')
          .trim(),
      ]);
      const path = aBook('');
      const writer = await createBookWriter(path, header, ['_hint'], '_hint', 0o600);
      for (const [index, cells] of rows.entries()) {
        await writer.write({ row: index + 1, line: 0, cells }, ['=h']);
      }
      await writer.commit();
      const book = await readBook(path);
      expect(book.rows.map(({ cells }) => cells)).toEqual(rows.map((cells) => [...cells, '=h']));
      expect(book.header).toMatchObject({ delimiter, encoding, bom: true, newline });
    }
  });
});
