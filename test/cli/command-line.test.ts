import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportFailure } from '../../src/cli/report-failure.ts';
import { aBook, newWorkplace, type CliEnd } from '../run-cli.ts';

const USAGE = { exit_code: 64, error: { code: 'usage' } };
const NO_BOOK = { exit_code: 66, error: { code: 'book.missing' } };

/** The one JSON object on stdout; throws where there is none, or more than one. */
function onlyObject({ stdout }: CliEnd): unknown {
  return JSON.parse(stdout) as unknown;
}

describe('--json', () => {
  it.each([
    ['--json', {}],
    ['--json=true', {}],
    ['--color', { CHANNELBOOK_JSON: '1' }],
    ['--color', { CHANNELBOOK_JSON: 'true' }],
  ] as const)('gives one object where the command line is at fault: %s %j', async (flag, environment) => {
    const end = await newWorkplace(environment).run('validate', flag, '--concurrency', 'many', 'b.csv');

    expect(onlyObject(end)).toMatchObject(USAGE);
    expect(end.exitCode).toBe(64);
  });

  it.each([
    ['--json', {}],
    ['--json=true', {}],
    ['--color', { CHANNELBOOK_JSON: '1' }],
  ] as const)('gives one object where a run fails: %s %j', async (flag, environment) => {
    const end = await newWorkplace(environment).run('validate', flag, 'missing.csv');

    expect(onlyObject(end)).toMatchObject(NO_BOOK);
    expect(end.exitCode).toBe(66);
  });

  it.each([
    ['--json=false', { CHANNELBOOK_JSON: '1' }],
    ['--no-json', { CHANNELBOOK_JSON: '1' }],
    ['--color', {}],
    ['--color', { CHANNELBOOK_JSON: '0' }],
  ] as const)('gives none where it is off: %s %j', async (flag, environment) => {
    const end = await newWorkplace(environment).run('validate', flag, '--concurrency', 'many', 'b.csv');

    expect({ stdout: end.stdout, exitCode: end.exitCode }).toEqual({ stdout: '', exitCode: 64 });
  });

  it('gives one object for a run that ends well', async () => {
    const place = newWorkplace({ CHANNELBOOK_JSON: '1' });
    const book = place.write('book.csv', aBook([{ domain: 'acme.example.com', action: 'import' }]));

    expect(onlyObject(await place.run('validate', book))).toMatchObject({ book: { rows: 1 }, exit_code: 0 });
  });
});

describe('--', () => {
  it.each(['book.csv', '-book.csv', '--json'])(
    'is followed by the book, whatever its name: %s',
    async (name) => {
      const place = newWorkplace();
      place.write(name, aBook([{ domain: 'acme.example.com', action: 'import' }]));
      const end = await place.run('validate', '--', name);

      expect({ exitCode: end.exitCode, rows: place.summary().book.rows }).toEqual({ exitCode: 0, rows: 1 });
    },
  );

  it('leaves the world of an emulator to the flag before it', async () => {
    const place = newWorkplace();
    place.write('book.csv', aBook([{ domain: 'acme.example.com', action: 'import' }]));
    const end = await place.run('apply', '--yes', '--emulator', '--', 'book.csv');

    expect(end.stderr).not.toContain('argument');
    expect(place.summary().book.rows).toBe(1);
  });

  it('brings no second book', async () => {
    const end = await newWorkplace().run('validate', 'a.csv', '--', 'b.csv');

    expect(end.exitCode).toBe(64);
    expect(end.stderr).toContain('unexpected argument "b.csv"');
  });

  it('is no command', async () => {
    const end = await newWorkplace().run('--', 'book.csv');

    expect(end.exitCode).toBe(64);
    expect(end.stderr).toContain('unknown command "book.csv"');
  });
});

describe('warnings', () => {
  it('name what is given and changes nothing, on stderr', async () => {
    const place = newWorkplace();
    const book = place.write('book.csv', aBook([{ domain: 'acme.example.com', action: 'skip' }]));
    const flags = ['--account', 'C012345', '--emulator', '--api-url', 'http://127.0.0.1:9'];
    const end = await place.run('plan', book, ...flags);

    expect(end.stderr).toContain('--api-url is ignored');
    expect(end.stdout).not.toContain('--api-url');
  });
});

describe('--plan', () => {
  it('is said to be for apply where plan is given it, and the file is not read', async () => {
    const place = newWorkplace();
    const book = place.write('book.csv', aBook([{ domain: 'acme.example.com', action: 'skip' }]));

    const end = await place.run('plan', book, '--account', 'C012345', '--emulator', '--plan', 'none.ndjson');

    expect(end.exitCode).toBe(0);
    expect(end.stderr).toContain('--plan is for apply');
  });
});

describe('--help', () => {
  it.each([
    ['export', /--to +file that the book is written to/],
    ['emulator', /--port +port to serve on/],
  ])('tells what the own flags of %s are for', async (command, line) => {
    expect((await newWorkplace().run(command, '--help')).stdout).toMatch(line);
  });
});

describe('reportFailure', () => {
  it('adds no second object to a result that is shown', () => {
    const shown: string[] = [];
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => shown.push(String(text)) > 0);
    onTestFinished(() => {
      vi.restoreAllMocks();
    });

    const exitCodes = [reportFailure(new Error('first'), true), reportFailure(new Error('second'), true)];

    expect(exitCodes).toEqual([70, 70]);
    expect(shown.map((text) => (JSON.parse(text) as { exit_code: number }).exit_code)).toEqual([70]);
  });
});

describe('what messages tell to type', () => {
  const NOT_BUILT = /channelbook (?:init|doctor|prune|worker|migrate)\b/g;

  it('is never a command that this version does not have', () => {
    const source = new URL('../../src', import.meta.url).pathname;
    const named = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => readFileSync(join(source, name), 'utf8').match(NOT_BUILT) ?? []);

    expect(named).toEqual([]);
  });
});
