import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { ledgerPath } from '../../src/ledger/open.ts';
import { ACCOUNT, aWorld, anIdentity } from '../emulator/harness.ts';
import { aBook, newWorkplace, type Workplace } from '../run-cli.ts';
import { applying, domains, google, writes } from './against-google.ts';
import type { BadDisk } from './bad-disk.ts';

const PRELOAD = new URL('./bad-disk.ts', import.meta.url).href;

interface BadPlace extends Workplace {
  /** From now on the disk fails so. */
  break(how: BadDisk): void;
  repair(): void;
}

function badPlace(): BadPlace {
  const place = newWorkplace({ NODE_OPTIONS: `--import=${PRELOAD}` });
  const quotas = { 'channel.list': 60_000, 'channel.other': 60_000 };
  place.write('channelbook.config.json', JSON.stringify({ quotas, settleSeconds: 0 }));
  return {
    ...place,
    break(how) {
      place.write('bad-disk.json', JSON.stringify(how));
    },
    repair() {
      rmSync(join(place.path, 'bad-disk.json'));
    },
  };
}

function pathOfLedger(place: Workplace, apiUrl: string): string {
  return ledgerPath(join(place.path, 'state', 'channelbook'), apiUrl, ACCOUNT);
}

function integrity(path: string): unknown {
  const db = new DatabaseSync(path, { readOnly: true });
  const found = db.prepare('PRAGMA integrity_check').all();
  db.close();
  return found;
}

const WHOLE = [{ integrity_check: 'ok' }];
const THREE = domains(3).map((domain) => ({ domain }));
const world = aWorld({ identities: domains(3).map((domain) => anIdentity({ domain })) });

/** What a run left that was not there yet when the reports were begun. */
function halves(place: Workplace): readonly string[] {
  return readdirSync(place.runs().at(-1) ?? '').filter((name) => name.endsWith('.tmp'));
}

describe('a disk that fails', () => {
  it('under the ledger while a long book is read: 74, nothing is sent, what was read is reported', async () => {
    const emulator = await google(world);
    const place = badPlace();
    const note = 'x'.repeat(200);
    // Those of the schema, the lock and the run, and two blocks of the book.
    const faulty = Array.from({ length: 1_500 }, (_, index) => ({
      domain: `no domain ${index}`,
      note,
    }));
    place.write('book.csv', aBook([...faulty, ...THREE]));
    place.break({ transactions: 5 });

    const full = await place.run(...applying(emulator, 'book.csv'));
    const lines = place.results().length;
    const errors = place.report('errors.csv').split('\n').length;
    const sent = writes(emulator).length;
    place.repair();
    const again = await place.run(...applying(emulator, 'book.csv'));

    expect([full.exitCode, sent, lines > 0 && lines < 1_503, errors]).toEqual([74, 0, true, lines + 2]);
    expect(full.stderr).toMatch(/the ledger .* failed: database or disk is full\n {2}Free space/);
    expect([again.exitCode, place.summary().outcomes]).toEqual([1, { done: 3, invalid: 1_500 }]);
    expect(integrity(pathOfLedger(place, emulator.url))).toEqual(WHOLE);
  });

  it('under the ledger while rows are applied: nothing is sent without its intent, and the next run goes on', async () => {
    const emulator = await google(world);
    const place = badPlace();
    place.write('book.csv', aBook(THREE));
    place.break({ intents: 2 });

    const failed = await place.run(...applying(emulator, 'book.csv', '--concurrency', '1'));
    const sent = writes(emulator).length;
    const afterwards = integrity(pathOfLedger(place, emulator.url));
    place.repair();
    const again = await place.run(...applying(emulator, 'book.csv'));

    expect([failed.exitCode, sent, afterwards]).toEqual([74, 2, WHOLE]);
    expect(failed.stderr).not.toContain('internal error');
    expect([again.exitCode, emulator.customers().length]).toEqual([0, 3]);
  });

  it.each([
    ['under plan.ndjson', 'plan.ndjson'],
    ['where the reports will be', '.reports.tmp'],
  ])('%s before the first write: 74, and nothing is sent', async (_where, file) => {
    const emulator = await google(world);
    const place = badPlace();
    place.write('book.csv', aBook(THREE));
    place.break({ file });

    const { exitCode, stderr } = await place.run(...applying(emulator, 'book.csv'));

    expect([exitCode, writes(emulator)]).toEqual([74, []]);
    expect(stderr).toMatch(/runs\/.* cannot be written: ENOSPC.*\n {2}Free space/);
  });

  it('under results.csv at the end: 74, no half of a report, and the next run finds everything done', async () => {
    const emulator = await google(world);
    const place = badPlace();
    place.write('book.csv', aBook(THREE));
    place.break({ file: 'results.csv' });

    const failed = await place.run(...applying(emulator, 'book.csv'));
    const left = halves(place);
    place.repair();
    const again = await place.run(...applying(emulator, 'book.csv'));

    expect([failed.exitCode, left, writes(emulator).length]).toEqual([74, [], 3]);
    expect([again.exitCode, place.summary().outcomes]).toEqual([0, { unchanged: 3 }]);
  });
});

describe('a ledger with a damaged page in its middle', () => {
  it('ends the command with 74 before anything is asked or sent', async () => {
    const emulator = await google(world);
    const place = badPlace();
    place.write('book.csv', aBook(THREE));
    await place.run(...applying(emulator, 'book.csv', '--limit', '1'));
    const before = emulator.requests.length;
    const path = pathOfLedger(place, emulator.url);
    const db = new DatabaseSync(path, { readOnly: true });
    const page = Number(
      db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'tenants'").get()?.['rootpage'],
    );
    db.close();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(4_096, 0xa5), 0, 4_096, (page - 1) * 4_096);
    closeSync(file);

    const { exitCode, stderr } = await place.run(...applying(emulator, 'book.csv'));

    expect([exitCode, emulator.requests.length]).toEqual([74, before]);
    expect(stderr).toContain(`the ledger ${path} is damaged`);
    expect(stderr).toContain('move it away and type the same command again');
  });
});
