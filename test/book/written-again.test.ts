import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBookWriter } from '../../src/book/book-writer.ts';
import { FatalError } from '../../src/model/fatal.ts';
import { aBook, aDirectory, readBook } from './a-book.ts';
import { ASCII_PIECES, UNICODE_PIECES } from './nasty.ts';

const EXTRA = ['_outcome', '_hint'];
const NAME_PIECES = [
  '"',
  ',',
  ';',
  '\t',
  '\n',
  ' ',
  "'",
  '=',
  'id',
  'locality',
  'a',
  '_x',
  '\ufeff',
  '日',
  ...EXTRA,
];

/** A name of the header, in quotes or as it comes. */
const name = fc
  .tuple(fc.array(fc.constantFrom(...NAME_PIECES), { maxLength: 4 }), fc.boolean())
  .map(([pieces, isQuoted]) => {
    const text = pieces.join('');
    return isQuoted ? `"${text.replaceAll('"', '""')}"` : text.replaceAll('\n', '').replace(/^\s*"/, '');
  });

const header = fc
  .tuple(fc.constantFrom(',', ';', '\t'), fc.array(name, { maxLength: 3 }), fc.array(name, { maxLength: 3 }))
  .map(([delimiter, before, after]) =>
    [...before, 'domain', 'customer', 'cloud_identity_id', ...after].join(delimiter),
  );

const body = fc
  .array(fc.constantFrom(...ASCII_PIECES, ...UNICODE_PIECES, '\n', '\n'), { maxLength: 40 })
  .map((pieces) => pieces.join(''));

/** Undefined for a book that cannot be read at all. */
async function readOrRefuse(path: string): Promise<Awaited<ReturnType<typeof readBook>> | undefined> {
  try {
    return await readBook(path);
  } catch (error) {
    if (error instanceof FatalError && error.exitCode === 65) return undefined;
    throw error;
  }
}

describe('a book that was read', () => {
  it('is the same book when it is written and read again, whatever its text', async () => {
    const directory = aDirectory();
    let readable = 0;
    await fc.assert(
      fc.asyncProperty(header, body, async (first, rest) => {
        const book = await readOrRefuse(aBook(`${first}\n${rest}`));
        if (book === undefined) return;
        readable++;
        const path = join(directory, 'errors.csv');
        const writer = await createBookWriter(path, book.header, EXTRA, '_hint', 0o600);
        for (const row of book.rows) await writer.write(row, ['invalid', 'say']);
        await writer.commit();
        const again = await readBook(path);

        const own = book.header.columns.flatMap((column, index) =>
          EXTRA.includes(column.name) ? [] : [index],
        );
        expect(again.header).toEqual({
          ...book.header,
          columns: [
            ...own.map((index) => book.header.columns[index]),
            ...EXTRA.map((extra) => ({ name: extra, column: undefined })),
          ],
        });
        expect(again.rows.map(({ cells }) => cells.slice(0, own.length))).toEqual(
          book.rows.map(({ cells }) => own.map((index) => cells[index] ?? '')),
        );
      }),
      { seed: 11, numRuns: Number(process.env['CHANNELBOOK_PROPERTY_RUNS'] ?? 300) },
    );
    expect(readable).toBeGreaterThan(0);
  });
});
