import type { RunRecord } from '../model/run-record.ts';
import type { LedgerDb } from './ledger.ts';
import { insertRun, runBySeq, type NewRun } from './runs.ts';

/**
 * A resumed run goes on in a new part: a run of its own for every table, under the id that users know. The part before
 * keeps what it did, under that id with a number behind it, and is an earlier run like any other to whatever settles
 * doubts.
 *
 * @returns number of the new part
 */
export function startPart(ledger: LedgerDb, before: RunRecord, run: Omit<NewRun, 'id'>): number {
  return ledger.transaction(() => {
    const number = partsBefore(ledger, before.seq).length + 1;
    ledger.run(
      `UPDATE runs SET id = ?, state = iif(state = 'finished', state, 'stopped') WHERE seq = ?`,
      `${before.id}.${number}`,
      before.seq,
    );
    const seq = insertRun(ledger, { ...run, id: before.id });
    ledger.run('UPDATE runs SET resumes = ? WHERE seq = ?', before.seq, seq);
    ledger.run('UPDATE runs SET resumed_by = ? WHERE seq = ?', seq, before.seq);
    return seq;
  });
}

/** The numbers of the earlier parts of a run, latest first. */
export function partsBefore(ledger: LedgerDb, run: number): readonly number[] {
  const parts: number[] = [];
  for (let part = before(ledger, run); part !== undefined; part = before(ledger, part)) parts.push(part);
  return parts;
}

function before(ledger: LedgerDb, run: number): number | undefined {
  const part = ledger.get('SELECT resumes FROM runs WHERE seq = ?', run)?.['resumes'];
  return typeof part === 'number' ? part : undefined;
}

/**
 * The part that a run's reports are about, under the name of the run: the last that read its book to the end. One that was
 * cut off before that knows only some of the rows.
 */
export function reportedPart(ledger: LedgerDb, run: RunRecord): RunRecord {
  if (run.rows !== undefined) return run;
  const parts = partsBefore(ledger, run.seq).flatMap((seq) => runBySeq(ledger, seq) ?? []);
  const whole = parts.find(({ rows }) => rows !== undefined);
  return whole === undefined ? run : { ...whole, id: run.id };
}

/** The last part of the run that an earlier part belongs to. */
export function lastPart(ledger: LedgerDb, run: number): number {
  let last = run;
  for (;;) {
    const next = ledger.get('SELECT resumed_by FROM runs WHERE seq = ?', last)?.['resumed_by'];
    if (typeof next !== 'number') return last;
    last = next;
  }
}
