import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { refuseDamaged } from '../../src/ledger/damage.ts';
import { openLedgerFile } from '../../src/ledger/open.ts';
import { openSendHistory, sendsPath } from '../../src/ledger/sends.ts';
import { FatalError } from '../../src/model/fatal.ts';

const PAGE = 4096;

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'channelbook-damage-'));
}

/** A ledger that was used and closed: it has steps, one of them in doubt, and sends beside it. */
function aUsedLedger(): string {
  const path = join(folder(), 'a.sqlite');
  const { db } = openLedgerFile(path);
  const insert = db.prepare(
    `INSERT INTO steps (run, row, step, kind, attempt, state, request_hash, begun_at)
     VALUES (1, ?, 0, 'create', 1, ?, ?, '2026-01-02T00:00:00.000Z')`,
  );
  db.exec('BEGIN');
  for (let row = 1; row <= 500; row += 1) insert.run(row, row === 250 ? 'intent' : 'done', 'f'.repeat(32));
  db.exec('COMMIT');
  db.close();
  openSendHistory(path, 0).close();
  return path;
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

/** Opens a ledger as a command does, and looks at the whole of it. */
function use(path: string): void {
  const { db } = openLedgerFile(path);
  try {
    refuseDamaged(db, path);
  } finally {
    db.close();
  }
}

function refusal(path: string): FatalError {
  try {
    use(path);
  } catch (error) {
    if (error instanceof FatalError) return error;
    throw error;
  }
  throw new Error('the ledger was opened');
}

function sql(path: string, text: string): void {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  db.enableDefensive(false);
  db.exec(text);
  db.close();
}

function rootPageOf(path: string, name: string): number {
  const db = new DatabaseSync(path, { readOnly: true });
  const row = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name);
  db.close();
  return Number(row?.['rootpage']);
}

const DAMAGES: readonly (readonly [what: string, damage: (path: string) => void])[] = [
  [
    'that was cut in the middle',
    (path) => {
      truncateSync(path, Math.floor(statSync(path).size / 2));
    },
  ],
  [
    'that was cut within its first page',
    (path) => {
      truncateSync(path, 100);
    },
  ],
  [
    'that was cut to nothing',
    (path) => {
      truncateSync(path, 0);
    },
  ],
  [
    'whose first bytes are others',
    (path) => {
      overwrite(path, 0, Buffer.alloc(100, 0x5a));
    },
  ],
  [
    'that is all zeros',
    (path) => {
      writeFileSync(path, Buffer.alloc(statSync(path).size));
    },
  ],
  [
    'whose schema version is of a time before its tables',
    (path) => {
      overwrite(path, 60, Buffer.alloc(4));
    },
  ],
  [
    'that lost a page in its middle',
    (path) => {
      overwrite(path, (rootPageOf(path, 'steps') - 1) * PAGE, Buffer.alloc(PAGE));
    },
  ],
  [
    'that has garbage in its middle',
    (path) => {
      overwrite(path, (rootPageOf(path, 'applied') - 1) * PAGE, Buffer.alloc(PAGE, 0xa5));
    },
  ],
  [
    'that lost a table',
    (path) => {
      sql(path, 'DROP TABLE meta');
    },
  ],
  [
    'that lost its salt',
    (path) => {
      sql(path, 'DELETE FROM meta');
    },
  ],
  [
    'whose index of writes in doubt lost one of them',
    (path) => {
      sql(
        path,
        `PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, '''intent''', '''other''') WHERE name = 'steps_open'`,
      );
      sql(path, 'REINDEX steps_open');
      sql(
        path,
        `PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, '''other''', '''intent''') WHERE name = 'steps_open'`,
      );
    },
  ],
];

describe('a ledger', () => {
  it('that is whole is opened', () => {
    const path = aUsedLedger();

    expect(() => {
      use(path);
    }).not.toThrow();
  });

  it.each(DAMAGES)('%s is refused as damaged', (_what, damage) => {
    const path = aUsedLedger();
    damage(path);
    const before = readFileSync(path);

    const { exitCode, code, message, next } = refusal(path);

    expect([exitCode, code]).toEqual([74, 'ledger.damaged']);
    expect(message.startsWith(`the ledger ${path} is damaged: `)).toBe(true);
    expect(next).toContain('move it away and type the same command again');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('that is a directory is refused as no place for one', () => {
    const path = join(folder(), 'a.sqlite');
    mkdirSync(path);

    const { exitCode, code } = refusal(path);

    expect([exitCode, code]).toEqual([73, 'ledger.cannot_open']);
  });

  it('that is empty because it was never come to is made', () => {
    const path = join(folder(), 'a.sqlite');
    writeFileSync(path, '');

    expect(() => {
      use(path);
    }).not.toThrow();
  });

  it('whose journal is gone that held all its tables is damaged, and not new', () => {
    const path = join(folder(), 'a.sqlite');
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 0; CREATE TABLE t (x); DROP TABLE t');
    db.close();
    openSendHistory(path, 0).close();

    expect([statSync(path).size > 0, refusal(path).exitCode, refusal(path).code]).toEqual([
      true,
      74,
      'ledger.damaged',
    ]);
  });

  it('that was cut to nothing and then moved away is made anew', () => {
    const path = aUsedLedger();
    truncateSync(path, 0);
    expect(refusal(path).code).toBe('ledger.damaged');
    renameSync(path, `${path}.damaged`);

    expect(() => {
      use(path);
    }).not.toThrow();
  });
});

describe('openSendHistory', () => {
  it('makes a file anew that has garbage in its middle', () => {
    const path = aUsedLedger();
    const history = openSendHistory(path, 1_000);
    for (let at = 0; at < 300; at += 1) history.record('channel.other', at);
    history.close();
    overwrite(sendsPath(path), PAGE, Buffer.alloc(PAGE, 0xa5));

    const remade = openSendHistory(path, 1_000);
    remade.record('channel.other', 7);

    expect(remade.recent('channel.other', 0)).toEqual([7]);
    remade.close();
  });

  it('says where a directory is in the way', () => {
    const path = join(folder(), 'a.sqlite');
    mkdirSync(sendsPath(path));

    expect(() => openSendHistory(path, 0)).toThrow(expect.objectContaining({ exitCode: 73 }));
  });
});
