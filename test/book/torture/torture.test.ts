import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { google, writes } from '../../cli/against-google.ts';
import { aWorld, ACCOUNT, anIdentity } from '../../emulator/harness.ts';
import { aDesk, type Desk, type RunEnd } from '../../desk.ts';
import { CORPUS, DOMAINS, type TortureFile } from './corpus.ts';

const CONFIG = {
  quotas: { 'channel.list': 60_000, 'channel.other': 60_000 },
  settleSeconds: 0,
  safety: { creates: 0, imports: 100, updates: 100, shrink: 100 },
};

function deskFor({ encoding }: TortureFile, flags: Readonly<Record<string, string>>): Desk {
  return aDesk(CONFIG, { action: 'import', ...(encoding === undefined ? {} : { encoding }), ...flags });
}

interface Line {
  readonly key: string;
  readonly outcome: string;
  readonly error_code: string;
}

function resultsOf(end: RunEnd): readonly Line[] {
  return parse<Line>(end.report('results.csv') ?? '', { columns: true, max_record_size: 10_000_000 });
}

/** As the corpus has it; `fine` is what becomes of a row with which nothing is wrong. */
function verdicts(end: RunEnd, fine: string): readonly string[] {
  return resultsOf(end).map(({ key, outcome, error_code: code }) => {
    if (outcome === fine) return `${key} ok`;
    return `${key} ${outcome === 'invalid' ? code : outcome}`;
  });
}

interface Summary {
  readonly warnings: readonly { readonly rule: string; readonly message: string }[];
}

/** The place that a message names, as `code line column`. */
function fatalOf(end: RunEnd): string {
  const { error } = JSON.parse(end.report('summary.json')?.toString() ?? '{}') as {
    error?: { code: string };
  };
  const [, line = '', column = ''] = /, line (\d+), column (\d+):/.exec(end.said) ?? [];
  return `${error?.code ?? 'none'} ${line} ${column}`;
}

function exitCodeOf(rows: readonly string[]): number {
  return rows.every((row) => row.endsWith(' ok')) ? 0 : 1;
}

/**
 * Whether it is a row's cells that are wrong. errors.csv is whole and has the first of two alike no more: in it a row is
 * neither ragged nor cut by a stray quote nor the second of its key, which its message still says.
 */
function isWrongInItself(row: string): boolean {
  return !/ (?:ok|row\.ragged|row\.stray_quote|row\.duplicate_key)$/.test(row);
}

const READABLE = CORPUS.filter(({ rows }) => rows !== undefined);
const UNREADABLE = CORPUS.filter(({ fatal }) => fatal !== undefined);

describe('the torture corpus', () => {
  it('says of every file what has to become of it', () => {
    expect(READABLE.length + UNREADABLE.length).toBe(CORPUS.length);
    expect(new Set(CORPUS.map(({ name }) => name)).size).toBe(CORPUS.length);
  });

  it.each(READABLE)('is validated row by row: $name', async (file) => {
    const desk = deskFor(file, {});
    const end = await desk.validate(desk.write('book.csv', file.content));
    const { rows = [], unknown = [] } = file;
    expect([end.exitCode, verdicts(end, 'planned')]).toEqual([exitCodeOf(rows), rows]);
    const warning = unknown.length === 0 ? [] : [`Unknown columns, kept but not used: ${quoted(unknown)}.`];
    const { warnings } = JSON.parse(end.report('summary.json')?.toString() ?? '{}') as Summary;
    expect(
      warnings.flatMap(({ rule, message }) => (rule === 'book.unknown_column' ? [message] : [])),
    ).toEqual(warning);
  });

  it.each(READABLE.filter(({ rows = [] }) => rows.some(isWrongInItself)))(
    'leaves an errors.csv that says the same when nobody mends it: $name',
    async (file) => {
      const desk = deskFor(file, {});
      const { rows = [] } = file;

      const first = await desk.validate(desk.write('book.csv', file.content));
      const second = await desk.validate(desk.write('errors.csv', first.report('errors.csv') ?? ''));

      const wrong = rows.filter((row) => !row.endsWith(' ok'));
      expect(verdicts(first, 'planned').filter((row) => !row.endsWith(' ok'))).toEqual(wrong);
      expect(verdicts(second, 'planned').filter((_, index) => isWrongInItself(wrong[index] ?? ''))).toEqual(
        wrong.filter(isWrongInItself),
      );
      expect(second.report('errors.csv')?.toString().split(/\r?\n/)[0]).toBe(
        first.report('errors.csv')?.toString().split(/\r?\n/)[0],
      );
    },
  );

  it.each(READABLE)('is applied row by row: $name', async (file) => {
    const emulator = await google(aWorld({ identities: DOMAINS.map((domain) => anIdentity({ domain })) }));
    const desk = deskFor(file, { account: ACCOUNT, apiUrl: emulator.url, overwrite: 'safe' });
    const book = desk.write('book.csv', file.content);
    const { rows = [] } = file;

    const end = await desk.apply(book);
    const good = rows.filter((row) => row.endsWith(' ok')).length;
    const sent = writes(emulator);
    const again = await desk.apply(book);

    expect([end.exitCode, verdicts(end, 'done')]).toEqual([exitCodeOf(rows), rows]);
    const imports = sent.filter((method) => method === 'customers.import').length;
    expect([emulator.customers().length, imports]).toEqual([good, good]);
    expect([again.exitCode, verdicts(again, 'unchanged')]).toEqual([exitCodeOf(rows), rows]);
    expect(writes(emulator)).toEqual(sent);
  });

  it.each(UNREADABLE)('is refused with line and column, and nothing is sent: $name', async (file) => {
    const emulator = await google(aWorld({ identities: DOMAINS.map((domain) => anIdentity({ domain })) }));
    const desk = deskFor(file, { account: ACCOUNT, apiUrl: emulator.url });
    const book = desk.write('book.csv', file.content);

    const ends = [await desk.validate(book), await desk.apply(book)];

    const expected = file.fatal?.join(' ');
    expect(ends.map((end) => [end.exitCode, fatalOf(end)])).toEqual([
      [65, expected],
      [65, expected],
    ]);
    expect(emulator.requests).toEqual([]);
  });
});

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
