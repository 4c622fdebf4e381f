import { describe, expect, it } from 'vitest';
import type { Fields } from '../../src/model/customer.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { LINE_COLUMNS } from '../../src/plan/address-lines.ts';
import { differences } from '../../src/plan/compare.ts';
import { patchRequest } from '../../src/plan/requests.ts';
import { aRemote } from '../builders.ts';

function at(addressLines: readonly string[]): RemoteCustomer {
  return aRemote({ orgPostalAddress: { regionCode: 'DE', addressLines } });
}

function cells(...lines: readonly (string | undefined)[]): Fields {
  return Object.fromEntries(
    LINE_COLUMNS.flatMap((column, index) => (lines[index] === undefined ? [] : [[column, lines[index]]])),
  );
}

/** The customer after one apply; as it was where nothing is written. */
function applied(fields: Fields, remote: RemoteCustomer): RemoteCustomer {
  const request = patchRequest(fields, remote, differences(fields, remote));
  return request === undefined ? remote : { ...remote, ...request.body };
}

function lines(remote: RemoteCustomer): readonly string[] {
  return remote.orgPostalAddress?.addressLines ?? [];
}

/** Every list of up to `length` of the given words. */
function lists(words: readonly string[], length: number): readonly (readonly string[])[] {
  if (length === 0) return [[]];
  const shorter = lists(words, length - 1);
  const longest = shorter.filter((list) => list.length === length - 1);
  return [...shorter, ...longest.flatMap((list) => words.map((word) => [...list, word]))];
}

const BOOKS: readonly Fields[] = [undefined, 'A', 'B'].flatMap((first) =>
  [undefined, 'A', 'B'].flatMap((second) =>
    [undefined, 'A', 'B'].map((third) => cells(first, second, third)),
  ),
);
const AT_GOOGLE = lists(['A', 'B', 'G'], 4);
const PAIRS = BOOKS.flatMap((fields) => AT_GOOGLE.map((google) => ({ fields, google })));

/** Cases for which `isTrue` does not hold; few enough to be read where the check fails. */
function exceptions(isTrue: (fields: Fields, google: readonly string[]) => boolean): readonly unknown[] {
  return PAIRS.filter(({ fields, google }) => !isTrue(fields, google)).slice(0, 5);
}

describe('address lines', () => {
  it.each([
    [
      'a gap between two lines is closed',
      cells('Hauptstr. 1', undefined, 'Floor 3'),
      [],
      ['Hauptstr. 1', 'Floor 3'],
    ],
    ['a gap before a line is closed', cells(undefined, undefined, 'Floor 3'), [], ['Floor 3']],
    [
      'a line under an empty cell is kept',
      cells('New 1', undefined, 'Floor 3'),
      ['Old 1', 'Hof'],
      ['New 1', 'Hof', 'Floor 3'],
    ],
    ['lines past the third are kept', cells('New 1'), ['1', '2', '3', '4'], ['New 1', '2', '3', '4']],
    ['a line is written in its own place', cells(undefined, 'Hof'), ['1', '2', '3'], ['1', 'Hof', '3']],
    ["an empty line of Google's stays", cells(undefined, 'Hof'), ['', '2'], ['', 'Hof']],
  ] as const)('%s', (_, fields, google, wanted) => {
    const once = applied(fields, at(google));

    expect(lines(once)).toEqual(wanted);
    expect(differences(fields, once)).toEqual([]);
  });

  it('are compared in place where Google has a line for every column', () => {
    expect(differences(cells('A', undefined, 'B'), at(['A', 'B', 'G']))).toEqual([
      { column: 'address_line_3', book: 'B', google: 'G', weight: 'ordinary' },
    ]);
  });

  it('keep their places where another part of the address is written', () => {
    const fields: Fields = { ...cells('A', undefined, 'B'), postal_code: '10115' };

    expect(applied(fields, at(['A', 'B'])).orgPostalAddress).toEqual({
      regionCode: 'DE',
      postalCode: '10115',
      addressLines: ['A', 'B'],
    });
  });

  it('are as the book says after one apply, so that a second writes nothing, whatever Google had', () => {
    expect(PAIRS.length).toBe(27 * 121);
    expect(
      exceptions((fields, google) => differences(fields, applied(fields, at(google))).length === 0),
    ).toEqual([]);
  });

  it('lose none of the lines that the book has no opinion on', () => {
    function isKept(fields: Fields, google: readonly string[]): boolean {
      const kept = google.filter((_, index) => fields[LINE_COLUMNS[index] ?? 'phone'] === undefined);
      const after = [...lines(applied(fields, at(google)))];
      return kept.every((line) => {
        const found = after.indexOf(line);
        after.splice(0, found + 1);
        return found >= 0;
      });
    }

    expect(exceptions(isKept)).toEqual([]);
  });

  it('are left alone where nothing differs', () => {
    expect(
      exceptions((fields, google) => {
        const remote = at(google);
        return differences(fields, remote).length > 0 || applied(fields, remote) === remote;
      }),
    ).toEqual([]);
  });
});
