import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'csv-parse/sync';
import type { Write } from './rows.ts';

/** What the program leaves behind, as whoever runs it can read it. */

export interface ResultLine {
  readonly row: string;
  readonly key: string;
  readonly outcome: string;
  readonly error: string;
}

export interface Reports {
  readonly directory: string;
  readonly lines: readonly ResultLine[];
  readonly outcomes: Readonly<Record<string, number>>;
  readonly bookRows: number;
  readonly exitCode: number;
}

const RUNS = 'runs';

/** The directories of all runs, oldest first. */
export function runDirectories(folder: string): readonly string[] {
  const runs = join(folder, RUNS);
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .sort()
    .map((name) => join(runs, name));
}

/** The reports that were written last; undefined where no run came to its end yet. */
export function lastReports(folder: string): Reports | undefined {
  const written = runDirectories(folder)
    .map((directory) => ({ directory, summary: join(directory, 'summary.json') }))
    .filter(({ summary }) => existsSync(summary))
    .map((run) => ({ ...run, at: statSync(run.summary).mtimeMs }))
    .sort((a, b) => a.at - b.at)
    .at(-1);
  if (written === undefined) return undefined;
  const { directory } = written;
  const summary = JSON.parse(readFileSync(written.summary, 'utf8')) as {
    readonly outcomes: Record<string, number>;
    readonly book: { readonly rows: number };
    readonly exit_code: number;
  };
  const lines = table(join(directory, 'results.csv')).map((line) => ({
    row: line['row'] ?? '',
    key: line['key'] ?? '',
    outcome: line['outcome'] ?? '',
    error: `${line['error_code'] ?? ''} ${line['error_message'] ?? ''}`.trim(),
  }));
  const { outcomes, book, exit_code: exitCode } = summary;
  return { directory, lines, outcomes, bookRows: book.rows, exitCode };
}

export function table(path: string): readonly Readonly<Record<string, string>>[] {
  if (!existsSync(path)) return [];
  return parse<Record<string, string>>(readFileSync(path, 'utf8'), { columns: true });
}

/** The passwords of new users that any run has written down. */
export function writtenPasswords(folder: string): ReadonlySet<string> {
  const cells = runDirectories(folder)
    .flatMap((directory) => table(join(directory, 'credentials.csv')))
    .map((line) => line['temporary_password'] ?? '');
  return new Set(cells);
}

/** How often the ledger has an intent for each key and kind of write, over all runs. */
export function intents(folder: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const path of ledgers(folder)) {
    const db = new DatabaseSync(path, { readOnly: true });
    const found = db
      .prepare(
        'SELECT r.key, s.kind, sum(s.attempt) AS attempts FROM steps s JOIN rows r USING (run, row) GROUP BY 1, 2',
      )
      .all();
    for (const line of found) {
      counts.set(intentOf(String(line['key']), String(line['kind']) as Write), Number(line['attempts']));
    }
    db.close();
  }
  return counts;
}

/** Whether the latest run is finished by its ledger, and has not all of its reports. */
export function isWithoutReports(folder: string): boolean {
  return ledgers(folder).some((path) => {
    const db = new DatabaseSync(path, { readOnly: true });
    const last = db.prepare('SELECT state, directory FROM runs ORDER BY seq DESC LIMIT 1').get();
    db.close();
    const summary = resolve(folder, String(last?.['directory']), 'summary.json');
    return last?.['state'] === 'finished' && !existsSync(summary);
  });
}

export function intentOf(key: string, write: Write): string {
  return `${write} ${key}`;
}

function ledgers(folder: string): readonly string[] {
  return files(folder).filter((path) => path.endsWith('.sqlite') && !path.endsWith('.sends.sqlite'));
}

/** Every file that is left in the folder. */
export function files(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
