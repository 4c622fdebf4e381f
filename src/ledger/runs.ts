import type { BookDigest } from '../model/book.ts';
import type { RunRecord, RunState, StoredSummary } from '../model/run-record.ts';
import type { DbRow, LedgerDb } from './ledger.ts';
import { OF_ROW } from './steps.ts';

export interface NewRun {
  readonly id: string;
  readonly command: string;
  readonly bookPath: string;
  readonly bookName: string;
  readonly directory: string;
  /** Settings that shaped the run; no secrets. */
  readonly settings: unknown;
  readonly startedAt: string;
}

/** Writes a new run down and returns its number. */
export function insertRun(ledger: LedgerDb, run: NewRun): number {
  return ledger.transaction(() => {
    ledger.run(
      `INSERT INTO runs (id, command, state, book_path, book_name, directory, settings, started_at)
       VALUES (?, ?, 'planning', ?, ?, ?, ?, ?)`,
      run.id,
      run.command,
      run.bookPath,
      run.bookName,
      run.directory,
      JSON.stringify(run.settings),
      run.startedAt,
    );
    return Number(ledger.get('SELECT last_insert_rowid() AS seq')?.['seq']);
  });
}

export function setRunState(ledger: LedgerDb, run: number, state: RunState): void {
  ledger.run('UPDATE runs SET state = ? WHERE seq = ?', state, run);
}

export function setRunBook(ledger: LedgerDb, run: number, book: BookDigest): void {
  ledger.run(
    'UPDATE runs SET book_sha256 = ?, book_bytes = ?, book_rows = ? WHERE seq = ?',
    book.sha256,
    book.bytes,
    book.rows,
    run,
  );
}

export function finishRun(
  ledger: LedgerDb,
  run: number,
  state: Extract<RunState, 'finished' | 'stopped'>,
  finishedAt: string,
  exitCode: number,
): void {
  ledger.run(
    'UPDATE runs SET state = ?, finished_at = ?, exit_code = ? WHERE seq = ?',
    state,
    finishedAt,
    exitCode,
    run,
  );
}

/** Keeps what a summary says beside the rows, so that it can be written again. */
export function storeSummary(ledger: LedgerDb, run: number, summary: StoredSummary): void {
  ledger.run('UPDATE runs SET summary = ? WHERE seq = ?', JSON.stringify(summary), run);
}

/**
 * Closes earlier runs that never came to their end, their process having died, and returns them, oldest first.
 * Whoever calls it holds the lock: none of them can be alive.
 */
export function closeDeadRuns(ledger: LedgerDb, run: number): readonly RunRecord[] {
  const dead = ledger
    .all(`SELECT * FROM runs WHERE seq < ? AND state IN ('planning', 'applying') ORDER BY seq`, run)
    .map(toRunRecord);
  for (const { seq } of dead) setRunState(ledger, seq, 'stopped');
  return dead;
}

/**
 * The runs that a name may mean: the one with that id, or that directory; else those whose ids begin with it, latest
 * first. Of a run that was resumed only the last part, unless an earlier one is named whole.
 *
 * @param directory the name as an absolute path
 */
export function findRuns(ledger: LedgerDb, name: string, directory: string): readonly RunRecord[] {
  const exact = ledger.all(
    'SELECT * FROM runs WHERE id = ? OR (directory = ? AND resumed_by IS NULL)',
    name,
    directory,
  );
  const found =
    exact.length > 0
      ? exact
      : ledger.all(
          `SELECT * FROM runs WHERE substr(id, 1, ?) = ? AND resumed_by IS NULL ORDER BY seq DESC LIMIT 10`,
          name.length,
          name,
        );
  return found.map(toRunRecord);
}

/** The runs of the ledger, latest first. */
export function listRuns(ledger: LedgerDb, count: number): readonly RunRecord[] {
  return ledger
    .all('SELECT * FROM runs WHERE resumed_by IS NULL ORDER BY seq DESC LIMIT ?', count)
    .map(toRunRecord);
}

/** The last run of a command on a book of that name that was there to write, before this one. */
export function lastRunOfBook(
  ledger: LedgerDb,
  bookName: string,
  command: string,
  before: number,
): RunRecord | undefined {
  const row = ledger.get(
    `SELECT * FROM runs WHERE book_name = ? AND command = ? AND seq < ? AND resumed_by IS NULL
       AND json_extract(settings, '$.validateOnly') IS NOT 1
     ORDER BY seq DESC LIMIT 1`,
    bookName,
    command,
    before,
  );
  return row === undefined ? undefined : toRunRecord(row);
}

export function runBySeq(ledger: LedgerDb, seq: number): RunRecord | undefined {
  const row = ledger.get('SELECT * FROM runs WHERE seq = ?', seq);
  return row === undefined ? undefined : toRunRecord(row);
}

/** How many rows of a run have which outcome; those that have none yet count as what they would be. */
export function outcomeCounts(ledger: LedgerDb, run: number): Readonly<Record<string, number>> {
  const rows = ledger.all(
    `SELECT coalesce(outcome, json_extract(ending, '$.outcome'), CASE WHEN EXISTS (SELECT 1 FROM steps s WHERE ${OF_ROW}
         AND s.state IN ('intent', 'in-doubt')) THEN 'ambiguous' ELSE 'unprocessed' END) AS outcome,
       count(*) AS n FROM rows r WHERE run = ? GROUP BY 1`,
    run,
  );
  return Object.fromEntries(rows.map((row) => [String(row['outcome']), Number(row['n'])]));
}

function toRunRecord(row: DbRow): RunRecord {
  return {
    seq: Number(row['seq']),
    id: String(row['id']),
    command: String(row['command']),
    state: String(row['state']) as RunState,
    bookPath: String(row['book_path']),
    bookName: String(row['book_name']),
    bookSha256: row['book_sha256'] === null ? undefined : String(row['book_sha256']),
    bookBytes: row['book_bytes'] === null ? undefined : Number(row['book_bytes']),
    directory: String(row['directory']),
    startedAt: String(row['started_at']),
    finishedAt: row['finished_at'] === null ? undefined : String(row['finished_at']),
    exitCode: row['exit_code'] === null ? undefined : Number(row['exit_code']),
    rows: row['book_rows'] === null ? undefined : Number(row['book_rows']),
    settings: JSON.parse(String(row['settings'])) as Readonly<Record<string, unknown>>,
    isResumed: typeof row['resumes'] === 'number',
    summary: typeof row['summary'] === 'string' ? (JSON.parse(row['summary']) as StoredSummary) : undefined,
  };
}

/** What a run ends with by now: a person has settled rows of it. */
export function setExitCode(ledger: LedgerDb, run: number, exitCode: number): void {
  ledger.run('UPDATE runs SET exit_code = ? WHERE seq = ?', exitCode, run);
}

/** Where a run's reports are, or were. */
export function runDirectory(ledger: LedgerDb, run: number): string | undefined {
  const found = ledger.get('SELECT directory FROM runs WHERE seq = ?', run);
  return found === undefined ? undefined : String(found['directory']);
}
