import { createHmac } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { earlierRows } from '../../src/ledger/earlier-rows.ts';
import { createLedgerDb, type LedgerDb } from '../../src/ledger/ledger.ts';
import { openLedgerFile } from '../../src/ledger/open.ts';
import { partsBefore, startPart } from '../../src/ledger/parts.ts';
import { findRuns, listRuns } from '../../src/ledger/runs.ts';
import { MIGRATIONS } from '../../src/ledger/schema.ts';
import { openCreates } from '../../src/ledger/steps.ts';
import { isResumable } from '../../src/resumable.ts';
import { aCustomer } from '../builders.ts';

const SALT = 'ab'.repeat(32);
const AT = '2026-01-02T03:04:05.000Z';
const ENDING = { outcome: 'done', action: 'create', causes: [], attempts: 1, calls: 1, changedFields: [] };

function hashed(content: string): string {
  return createHmac('sha256', SALT).update(content).digest('hex').slice(0, 32);
}

/** A ledger as a version left it whose process was killed: of two rows one is done, and one create was sent. */
function leftBy(version: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'channelbook-old-')), 'a.sqlite');
  const db = new DatabaseSync(path);
  for (const sql of MIGRATIONS.slice(0, version)) db.exec(sql);
  db.exec(`PRAGMA user_version = ${version}`);
  db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)').run('salt', SALT);
  db.prepare(
    `INSERT INTO runs (seq, id, command, state, book_path, book_name, directory, settings, started_at)
     VALUES (1, 'old', 'apply', 'applying', '/b.csv', 'b.csv', '/runs/old', '{"action":"auto","allow":{}}', ?)`,
  ).run(AT);
  const row = db.prepare(
    `INSERT INTO rows (run, row, line, key, content_hash, customer, action, state, ending, outcome)
     VALUES (1, ?, ?, ?, ?, ?, 'create', ?, ?, ?)`,
  );
  const customer = JSON.stringify(aCustomer({ id: 'a' }));
  row.run(1, 2, 'a', hashed('content a'), customer, 'ended', JSON.stringify(ENDING), 'done');
  db.prepare(
    `INSERT INTO applied (key, identity, content_hash, customer, run, at) VALUES ('a', 'i', ?, 'S1', 1, ?)`,
  ).run(hashed('content a'), AT);
  row.run(2, 3, 'b', hashed('content b'), customer, 'planned', null, null);
  db.prepare(
    `INSERT INTO steps (run, row, step, kind, attempt, state, request_hash, begun_at)
     VALUES (1, 2, 0, 'create', 1, 'intent', 'x', ?)`,
  ).run(AT);
  db.close();
  return path;
}

function opened(path: string): LedgerDb {
  const ledger = createLedgerDb(openLedgerFile(path));
  onTestFinished(ledger.close);
  return ledger;
}

describe.each(MIGRATIONS.slice(1).map((_, index) => index + 1))('a ledger of schema %i', (version) => {
  it('is migrated where it is opened, and its interrupted run can be resumed', () => {
    const ledger = opened(leftBy(version));
    const [run] = listRuns(ledger, 10);
    if (run === undefined) throw new Error('the run is lost');

    const part = startPart(ledger, run, { ...run, settings: {} });
    const rows = earlierRows(ledger, part);

    expect([run.id, run.state, run.exitCode, isResumable(run)]).toEqual(['old', 'applying', undefined, true]);
    expect(openCreates(ledger, part).map(({ key }) => key)).toEqual(['b']);
    expect([rows.find('a', 'content a')?.ending, rows.find('a', 'other')]).toEqual([ENDING, undefined]);
    expect(rows.find('b', 'content b')?.earlier.work).toMatchObject({ open: 'create', startedAt: AT });
    rows.drop();
  });
});

describe('the parts of a resumed run', () => {
  it('share the name that users know: the last has it, those before have a number behind it', () => {
    const ledger = opened(leftBy(MIGRATIONS.length));
    const [first] = listRuns(ledger, 10);
    if (first === undefined) throw new Error('the run is lost');

    startPart(ledger, first, { ...first, settings: {} });
    const [second] = listRuns(ledger, 10);
    if (second === undefined) throw new Error('the second part is lost');
    const last = startPart(ledger, second, { ...second, settings: {} });

    expect(listRuns(ledger, 10).map(({ seq, id }) => [seq, id])).toEqual([[last, 'old']]);
    expect(partsBefore(ledger, last)).toEqual([second.seq, first.seq]);
    expect(['old', 'old.1', 'old.2', 'ol'].map((name) => findRuns(ledger, name, '/')[0]?.seq)).toEqual([
      last,
      first.seq,
      second.seq,
      last,
    ]);
  });
});
