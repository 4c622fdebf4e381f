import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Emulator } from '../src/emulator/server.ts';
import { google } from './cli/against-google.ts';
import { aWorld, ACCOUNT, anIdentity } from './emulator/harness.ts';
import { aDesk, type Desk } from './desk.ts';

const CONFIG = { quotas: { 'channel.list': 60_000, 'channel.other': 60_000 }, settleSeconds: 0 };
const BOOK = 'domain\na.example.com\n';

/** From now on the ledger refuses every statement that begins so, as a broken disk would. */
function refuse(start: string): { readonly end: () => void } {
  const prototype = DatabaseSync.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on whichever database it is asked of
  const whole = prototype.prepare;
  function end(): void {
    prototype.prepare = whole;
  }
  prototype.prepare = function prepare(this: DatabaseSync, sql: string) {
    if (sql.trimStart().startsWith(start)) {
      throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 10 });
    }
    return whole.call(this, sql);
  };
  onTestFinished(end);
  return { end };
}

async function aPlace(): Promise<{
  readonly emulator: Emulator;
  readonly desk: Desk;
  readonly book: string;
}> {
  const emulator = await google(aWorld({ identities: [anIdentity({ domain: 'a.example.com' })] }));
  const desk = aDesk(CONFIG, { account: ACCOUNT, apiUrl: emulator.url, action: 'import' });
  return { emulator, desk, book: desk.write('book.csv', BOOK) };
}

describe('a run whose end the ledger cannot be told', () => {
  it('is no success although every row is done, and is resumed without writing again', async () => {
    const { emulator, desk, book } = await aPlace();

    const broken = refuse('UPDATE runs SET state = ?, finished_at');
    const first = await desk.apply(book);
    const summary = JSON.parse(first.report('summary.json')?.toString() ?? '') as unknown;
    broken.end();
    const second = await desk.resume();

    expect(summary).toMatchObject({ exit_code: 74, outcomes: { done: 1 }, error: { code: 'ledger.disk' } });
    expect([first.exitCode, second.exitCode, second.directory]).toEqual([74, 0, first.directory]);
    expect(emulator.requests.filter(({ method }) => method === 'customers.import').length).toBe(1);
  });
});

describe('a resume that cannot begin', () => {
  it('leaves the reports of the run as they are', async () => {
    const { desk, book } = await aPlace();
    const broken = refuse('UPDATE runs SET state = ?, finished_at');
    const { directory = '' } = await desk.apply(book);
    broken.end();
    const before = readFileSync(join(directory, 'summary.json'), 'utf8');

    refuse('INSERT INTO runs');
    const { exitCode } = await desk.resume();

    expect([exitCode, readFileSync(join(directory, 'summary.json'), 'utf8')]).toEqual([74, before]);
  });
});
