import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** How the program ended, as a shell would see it. */
export interface CliEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own for a test: books, config, state and runs. */
export interface Workplace {
  readonly path: string;
  /** Writes a file and returns its path. */
  write(name: string, content: string | Buffer): string;
  run(...args: readonly string[]): Promise<CliEnd>;
  start(...args: readonly string[]): { readonly child: ChildProcess; readonly end: Promise<CliEnd> };
  /** The run directories, oldest first. */
  runs(): readonly string[];
  /** A report of the latest run. */
  report(name: string): string;
  results(): readonly Readonly<Record<string, string>>[];
  summary(): SummaryShape;
}

export interface SummaryShape {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly actions: Readonly<Record<string, number>>;
  readonly exit_code: number;
  readonly book: { readonly rows: number; readonly sha256: string | null };
  readonly buckets: Readonly<Record<string, { readonly calls: number }>>;
  readonly error?: { readonly code: string };
}

const MAIN = new URL('../src/cli/main.ts', import.meta.url).pathname;

/** @param environment beside PATH, HOME and where compiled modules are; the state directory is always the workplace's own */
export function newWorkplace(environment: Readonly<Record<string, string>> = {}): Workplace {
  const path = mkdtempSync(join(tmpdir(), 'channelbook-cli-'));
  mkdirSync(join(path, 'home'));

  function start(...args: readonly string[]): ReturnType<Workplace['start']> {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: path,
      env: {
        PATH: process.env['PATH'],
        HOME: join(path, 'home'),
        XDG_STATE_HOME: join(path, 'state'),
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        CHANNELBOOK_ACCESS_TOKEN: 'test-access-token',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, end: ended(child) };
  }

  function latest(): string {
    const run = runs().at(-1);
    if (run === undefined) throw new Error('there was no run');
    return run;
  }

  function runs(): readonly string[] {
    return readdirSync(join(path, 'runs'))
      .sort()
      .map((name) => join(path, 'runs', name));
  }

  function report(name: string): string {
    return readFileSync(join(latest(), name), 'utf8');
  }

  return {
    path,
    write(name, content) {
      writeFileSync(join(path, name), content);
      return join(path, name);
    },
    run: (...args) => start(...args).end,
    start,
    runs,
    report,
    results: () => parse<Record<string, string>>(report('results.csv'), { columns: true }),
    summary: () => JSON.parse(report('summary.json')) as SummaryShape,
  };
}

async function ended(child: ChildProcess): Promise<CliEnd> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { exitCode, signal, stdout, stderr };
}

/** A CSV book of the given rows; the header is that of the first. */
export function aBook(rows: readonly Readonly<Record<string, string>>[]): string {
  const header = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) =>
    header.map((name) => `"${(row[name] ?? '').replaceAll('"', '""')}"`).join(','),
  );
  return [header.join(','), ...lines, ''].join('\n');
}
