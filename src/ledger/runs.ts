import type { BookDigest } from '../model/book.ts';
import type { RunRecord, RunState } from '../model/run-record.ts';
import type { DbRow, LedgerDb } from './ledger.ts';

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

function toRunRecord(row: DbRow): RunRecord {
  return {
    seq: Number(row['seq']),
    id: String(row['id']),
    command: String(row['command']),
    state: String(row['state']) as RunState,
    bookPath: String(row['book_path']),
    bookName: String(row['book_name']),
    directory: String(row['directory']),
    startedAt: String(row['started_at']),
    finishedAt: row['finished_at'] === null ? undefined : String(row['finished_at']),
    exitCode: row['exit_code'] === null ? undefined : Number(row['exit_code']),
    rows: row['book_rows'] === null ? undefined : Number(row['book_rows']),
  };
}

/** Where a run's reports are, or were. */
export function runDirectory(ledger: LedgerDb, run: number): string | undefined {
  const found = ledger.get('SELECT directory FROM runs WHERE seq = ?', run);
  return found === undefined ? undefined : String(found['directory']);
}
