import { chmodSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ledgerPath, openLedgerFile } from '../../src/ledger/open.ts';
import { MIGRATIONS } from '../../src/ledger/schema.ts';
import { FatalError } from '../../src/model/fatal.ts';

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'channelbook-ledger-'));
}

function refusal(work: () => unknown): FatalError {
  try {
    work();
  } catch (error) {
    if (error instanceof FatalError) return error;
  }
  throw new Error('the ledger was opened');
}

describe('openLedgerFile', () => {
  it('makes a ledger that only its owner can read, and keeps its salt', () => {
    const path = join(folder(), 'deep', 'a.sqlite');
    const first = openLedgerFile(path);
    first.db.close();

    const second = openLedgerFile(path);
    second.db.close();

    expect([second.salt, first.salt.length, (statSync(path).mode & 0o777).toString(8)]).toEqual([
      first.salt,
      64,
      '600',
    ]);
  });

  it('refuses a file that is no ledger, and says that nothing was sent', () => {
    const path = join(folder(), 'a.sqlite');
    writeFileSync(path, 'this is a text and no database, long enough to be looked at'.repeat(20));

    const refused = refusal(() => openLedgerFile(path));

    expect([refused.exitCode, refused.code, refused.next.startsWith('Nothing more was sent.')]).toEqual([
      74,
      'ledger.damaged',
      true,
    ]);
  });

  it('refuses a ledger of a newer version', () => {
    const path = join(folder(), 'a.sqlite');
    const { db } = openLedgerFile(path);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    db.close();

    expect(refusal(() => openLedgerFile(path)).code).toBe('ledger.too_new');
  });

  it('says where a ledger cannot be made', () => {
    const path = folder();
    writeFileSync(join(path, 'file'), '');
    chmodSync(path, 0o700);

    const refused = refusal(() => openLedgerFile(join(path, 'file', 'a.sqlite')));

    expect([refused.exitCode, refused.code]).toEqual([73, 'ledger.cannot_open']);
  });
});

describe('ledgerPath', () => {
  it('is one file for each address and account', () => {
    const paths = [
      ledgerPath('/s', undefined, 'C1'),
      ledgerPath('/s', undefined, 'C2'),
      ledgerPath('/s', 'http://127.0.0.1:80/a', 'C1'),
      ledgerPath('/s', 'http://127.0.0.1:80/a_', 'C1'),
    ];

    expect(new Set(paths).size).toBe(4);
    expect(ledgerPath('/s', 'HTTP://127.0.0.1/a/', 'C1')).toBe(paths[2]);
  });
});
