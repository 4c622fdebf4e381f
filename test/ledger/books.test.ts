import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lastBook, storeBook } from '../../src/ledger/books.ts';
import { createLedgerDb } from '../../src/ledger/ledger.ts';
import { openLedgerFile } from '../../src/ledger/open.ts';

describe('lastBook', () => {
  it('is the one that was stored last under the name', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'channelbook-books-')), 'a.sqlite');
    const ledger = createLedgerDb(openLedgerFile(path));
    onTestFinished(ledger.close);
    storeBook(ledger, 'customers.csv', 10, 1, '2026-01-01T00:00:00.000Z');
    storeBook(ledger, 'teams.csv', 3, 2, '2026-01-02T00:00:00.000Z');
    storeBook(ledger, 'customers.csv', 9, 3, '2026-01-03T00:00:00.000Z');

    const found = ['customers.csv', 'teams.csv', 'Customers.csv'].map((name) => lastBook(ledger, name));

    expect(found).toEqual([
      { rows: 9, run: 3, at: '2026-01-03T00:00:00.000Z' },
      { rows: 3, run: 2, at: '2026-01-02T00:00:00.000Z' },
      undefined,
    ]);
  });
});
