import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_COLUMNS, RESULT_COLUMNS } from '../../src/reconcile/result-record.ts';
import { bookBytes, encodingFlags, nastyCell, WRITINGS, type Writing } from '../book/nasty.ts';
import { google } from '../cli/against-google.ts';
import { aWorld, ACCOUNT, anIdentity } from '../emulator/harness.ts';
import { aDesk } from '../desk.ts';

type Records = readonly (readonly string[])[];

/** A cell as anybody would read it who knows of our apostrophe; written down here once more, apart from the reader. */
function asRead(cell: string): string {
  const trimmed = cell.trim();
  return /^'+[=+\-@\p{Cc}]/u.test(trimmed) ? trimmed.slice(1) : trimmed;
}

/** The records of a report, by a parser that takes nothing but the writing that it is told. */
function recordsOf(bytes: Buffer | undefined, { delimiter, encoding, newline, bom }: Writing): Records {
  if (bytes === undefined) return [];
  const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  expect(text.startsWith('\ufeff')).toBe(bom);
  const records: string[][] = parse(text, { bom, delimiter, record_delimiter: newline });
  return records.map((cells) => cells.map(asRead));
}

/** What an errors.csv says apart from where its rows stand, which is another place in every book. */
function withoutPlaces(records: Records, width: number): Records {
  return records.map((cells) => [...cells.slice(0, width), ...cells.slice(width + 2)]);
}

const NAMES = ['id', 'domain', 'action', 'org_display_name', 'Notes', '=1+1, "x"', '', "'s", '_mine'];

describe('errors.csv', () => {
  it.each(WRITINGS)(
    'holds every cell as it was: $encoding, bom $bom, delimiter $delimiter',
    async (writing) => {
      const desk = aDesk({}, { ...encodingFlags(writing), action: 'auto' });
      const cell = nastyCell(writing.encoding);
      const row = fc.tuple(cell, cell, cell, cell, cell, cell, cell, cell);
      await fc.assert(
        fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (cells) => {
          const rows = cells.map(([id, domain, ...rest], index) => [
            `${index}${id}`,
            domain,
            'nonsense',
            ...rest,
          ]);
          const book = desk.write('book.csv', bookBytes([NAMES, ...rows], writing));

          const first = (await desk.validate(book)).report('errors.csv');
          const again = desk.write('errors.csv', first ?? '');
          const second = (await desk.validate(again)).report('errors.csv');

          const errors = recordsOf(first, writing);
          expect(errors.map((record) => record.slice(0, NAMES.length))).toEqual(
            [NAMES, ...rows].map((record) => record.map(asRead)),
          );
          expect(errors[0]).toEqual([...NAMES, ...ERROR_COLUMNS]);
          expect(withoutPlaces(recordsOf(second, writing), NAMES.length)).toEqual(
            withoutPlaces(errors, NAMES.length),
          );
        }),
        { seed: 8, numRuns: Number(process.env['CHANNELBOOK_PROPERTY_RUNS'] ?? 2) },
      );
    },
  );
});

/** Text that a cell of ours may hold, and that is hard to write, in what every encoding has. */
const NAME = `'=1+1 "two" 'quotes', a;b\tc\nnext line`;
const NOTES = [
  '=HYPERLINK("x")',
  "'=own",
  "'own",
  '-5',
  '@x',
  '+4930123456',
  '"',
  'a\r\nb',
  ' ',
  '00123',
  '#',
  "''",
];
/** Where an encoding has more than ASCII, some of it that only its own table has. */
const OWN: Readonly<Record<string, string>> = {
  'utf-8': '\u{1F469}\u200d\u{1F4BB} e\u0301',
  'utf-16le': '\u{1F600} \u2028x',
  'utf-16be': '\ufeff日本\u200b',
  'windows-1252': 'Müller “€”',
  macintosh: '5 €',
  shift_jis: '東京～',
};

const OTHERS = ['id', 'domain', 'action', 'org_display_name', 'region_code', 'postal_code', 'address_line_1'];
const HEADER = [...OTHERS, 'auth_token', 'Notes, "quoted"', '=x', '_mine'];

/** The book, and what becomes of its rows: a domain each. */
function aMixedBook(encoding: string): Records {
  function row(domain: string, action: string, region: string, index: number): readonly string[] {
    function note(place: number): string {
      return NOTES[(index * 3 + place) % NOTES.length] ?? '';
    }
    const name = `${NAME} ${OWN[encoding] ?? ''} ${domain}`;
    return [
      `=${domain}`,
      domain,
      action,
      name,
      region,
      '10115',
      note(0),
      '',
      note(1),
      OWN[encoding] ?? '',
      note(2),
    ];
  }
  return [
    ['a-done.example.com', 'create', 'DE'],
    ['b-invalid.example.com', 'create', 'ZZ'],
    ['c-done.example.com', 'create', 'DE'],
    ['d-blocked.example.com', 'import', 'DE'],
    ['e-failed.example.com', 'import', 'DE'],
    ['f-ambiguous.example.com', 'import', 'DE'],
    ['g-done.example.com', 'import', 'DE'],
    ['h-invalid.example.com', 'nonsense', 'DE'],
  ].map(([domain = '', action = '', region = ''], index) => row(domain, action, region, index));
}

/** What a person would do about each of them. */
function fixed(cells: readonly string[]): readonly string[] {
  const changes: Readonly<Record<string, Readonly<Record<number, string>>>> = {
    'b-invalid.example.com': { 4: 'DE' },
    'd-blocked.example.com': { 7: 'the-right-token' },
    'e-failed.example.com': { 2: 'create' },
    'h-invalid.example.com': { 2: 'create' },
  };
  return cells.map((cell, index) => changes[cells[1] ?? '']?.[index] ?? cell);
}

describe('errors.csv of apply', () => {
  it.each(WRITINGS)(
    'is a book of exactly what is missing: $encoding, bom $bom, delimiter $delimiter',
    async (writing) => {
      const emulator = await google(
        aWorld({
          identities: [
            anIdentity({
              domain: 'd-blocked.example.com',
              consent: false,
              tokens: [{ token: 'the-right-token' }],
            }),
            anIdentity({ domain: 'f-ambiguous.example.com' }),
            anIdentity({ domain: 'g-done.example.com' }),
          ],
          faults: [
            { method: 'customers.import', domain: 'f-ambiguous.example.com', status: 503, count: null },
          ],
        }),
      );
      const config = {
        quotas: { 'channel.list': 60_000, 'channel.other': 60_000, 'channel.operations': 60_000 },
        attempts: 1,
        settleSeconds: 0,
      };
      const desk = aDesk(config, { ...encodingFlags(writing), account: ACCOUNT, apiUrl: emulator.url });
      const rows = aMixedBook(writing.encoding);
      const book = desk.write('book.csv', bookBytes([HEADER, ...rows], writing));

      const first = await desk.apply(book, { bookName: 'the book' });
      const reports = ['results.csv', 'errors.csv'].map((name) => first.report(name));
      rmSync(first.directory ?? '', { recursive: true });
      const told = await desk.report();
      const errors = recordsOf(first.report('errors.csv'), writing);
      const unfixed = await desk.apply(desk.write('errors.csv', first.report('errors.csv') ?? ''));
      emulator.clearFaults();
      const records = errors.map(fixed);
      const last = await desk.apply(desk.write('fixed.csv', bookBytes(records, writing)));

      expect(['results.csv', 'errors.csv'].map((name) => told.report(name))).toEqual(reports);
      const outcomes = ['done', 'invalid', 'done', 'blocked', 'failed', 'ambiguous', 'done', 'invalid'];
      expect(resultsOf(first.report('results.csv'))).toEqual(
        rows.map((cells, index) => [cells[0], outcomes[index]]),
      );
      expect(errors.map((cells) => cells.slice(0, HEADER.length))).toEqual([
        HEADER,
        ...rows.filter((_, index) => outcomes[index] !== 'done').map((cells) => cells.map(asRead)),
      ]);
      expect(withoutPlaces(recordsOf(unfixed.report('errors.csv'), writing), HEADER.length)).toEqual(
        withoutPlaces(errors, HEADER.length),
      );
      expect([first.exitCode, unfixed.exitCode, last.exitCode, last.report('errors.csv')]).toEqual([
        4,
        4,
        0,
        undefined,
      ]);
      expect(
        emulator
          .customers()
          .map(({ domain }) => domain)
          .toSorted(),
      ).toEqual(rows.map(([, domain]) => domain));
      // What is created is created as it stands in the book; an import takes nothing of it.
      expect(
        emulator
          .customers()
          .filter(({ domain = '' }) => /^[abceh]/.test(domain))
          .map(({ domain, orgDisplayName }) => [domain, orgDisplayName])
          .toSorted(),
      ).toEqual(
        rows
          .filter(([, domain = '']) => /^[abceh]/.test(domain))
          .map((cells) => [cells[1], asRead(cells[3] ?? '')]),
      );
    },
  );
});

function resultsOf(bytes: Buffer | undefined): Records {
  const [header = [], ...lines] = recordsOf(bytes, {
    delimiter: ',',
    newline: '\n',
    encoding: 'utf-8',
    bom: false,
  });
  expect(header).toEqual(RESULT_COLUMNS);
  return lines.map((cells) => [cells[2] ?? '', cells[4] ?? '']);
}
