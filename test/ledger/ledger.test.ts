import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { claimCustomer, dropClaims, isVainOverwrite, storeVainOverwrite } from '../../src/ledger/claims.ts';
import { createLedgerDb, type LedgerDb } from '../../src/ledger/ledger.ts';
import { openLedgerFile } from '../../src/ledger/open.ts';
import { inPages } from '../../src/ledger/pages.ts';
import { openSendHistory } from '../../src/ledger/sends.ts';
import { FatalError } from '../../src/model/fatal.ts';

function path(): string {
  return join(mkdtempSync(join(tmpdir(), 'channelbook-ledger-')), 'a.sqlite');
}

function ledger(): LedgerDb {
  const opened = createLedgerDb(openLedgerFile(path()));
  onTestFinished(opened.close);
  return opened;
}

describe('createLedgerDb', () => {
  it('keeps all of a transaction or nothing', () => {
    const db = ledger();

    expect(() =>
      db.transaction(() => {
        claimCustomer(db, 1, 'S1', 1);
        throw new Error('in the middle');
      }),
    ).toThrow('in the middle');

    expect(claimCustomer(db, 1, 'S1', 2)).toBe(2);
  });

  it('writes nothing once its guard says that the lock is lost, and still reads', () => {
    const db = ledger();
    claimCustomer(db, 1, 'S1', 1);
    db.setGuard(() => {
      throw new FatalError(75, 'lock.lost', 'lost', 'again');
    });

    expect(() => claimCustomer(db, 1, 'S2', 1)).toThrow(expect.objectContaining({ code: 'lock.lost' }));
    expect(db.all('SELECT customer FROM claims')).toEqual([{ customer: 'S1' }]);
  });

  it('hashes the same content differently in each ledger', () => {
    expect(ledger().hash('token-1')).not.toBe(ledger().hash('token-1'));
  });
});

describe('claimCustomer', () => {
  it('gives a customer to the first row of a run, and to another one in the next run', () => {
    const db = ledger();
    const claims = [
      claimCustomer(db, 1, 'S1', 4),
      claimCustomer(db, 1, 'S1', 2),
      claimCustomer(db, 2, 'S1', 2),
    ];
    dropClaims(db, 2);

    expect([claims, claimCustomer(db, 2, 'S1', 9)]).toEqual([[4, 4, 2], 9]);
  });
});

describe('isVainOverwrite', () => {
  it('holds for the same row content and the same state of Google only', () => {
    const db = ledger();
    storeVainOverwrite(db, 'k', 'content', 'AT');

    expect([
      isVainOverwrite(db, 'k', 'content', 'AT'),
      isVainOverwrite(db, 'k', 'edited', 'AT'),
      isVainOverwrite(db, 'k', 'content', 'DE'),
      isVainOverwrite(db, 'other', 'content', 'AT'),
    ]).toEqual([true, false, false, false]);
  });
});

describe('inPages', () => {
  it.each([0, 1, 999, 1000, 1001, 2500])('yields every one of %i rows once, in order', (count) => {
    const rows = Array.from({ length: count }, (_, index) => ({ row: index + 1 }));

    const seen = [...inPages((after, most) => rows.filter(({ row }) => row > after).slice(0, most))];

    expect(seen).toEqual(rows);
  });

  it('keeps the rows of one place together across a page', () => {
    const rows = Array.from({ length: 1500 }, (_, index) => ({
      row: Math.floor(index / 3) + 1,
      step: index % 3,
    }));

    const seen = [...inPages((after, most) => rows.filter(({ row }) => row > after).slice(0, most))];

    expect(seen).toEqual(rows);
  });
});

describe('openSendHistory', () => {
  it('hands the sends of the last minute on to the next run, and forgets old ones', () => {
    const file = path();
    const first = openSendHistory(file, 1_000_000);
    first.record('channel.other', 900_000);
    first.record('channel.other', 999_000.4);
    first.record('channel.list', 999_500);
    first.close();

    const second = openSendHistory(file, 1_050_000);
    onTestFinished(second.close);

    expect([second.recent('channel.other', 940_000), second.recent('channel.other', 0)]).toEqual([
      [999_000],
      [999_000],
    ]);
  });

  it('is made anew where the file was damaged', () => {
    const file = path();
    writeFileSync(file.replace('.sqlite', '.sends.sqlite'), 'no database at all '.repeat(200));

    const history = openSendHistory(file, 0);
    onTestFinished(history.close);

    expect(history.recent('reseller', 0)).toEqual([]);
  });
});
