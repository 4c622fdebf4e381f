import { appendFileSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { credentialsFile, passwordIn } from '../../src/apply/credentials-file.ts';
import { temporaryPassword } from '../../src/apply/temporary-password.ts';

function aDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'channelbook-credentials-'));
}

const ada = { key: '1', domain: 'a.example', adminEmail: 'ada@a.example' };
const bob = { key: '=2', domain: 'b.example', adminEmail: 'bob@b.example' };

describe('credentials.csv', () => {
  it('holds a line for each password, is its owner’s alone, and neutralises what a spreadsheet would run', () => {
    const directory = aDirectory();
    const file = credentialsFile(directory);
    const path = join(directory, 'credentials.csv');

    file.add(ada, 'a#1,x"');
    file.add(bob, 'B-2');

    expect(readFileSync(path, 'utf8')).toBe(
      'key,domain,admin_email,temporary_password\n1,a.example,ada@a.example,"a#1,x"""\n\'=2,b.example,bob@b.example,B-2\n',
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect([file.find(ada), passwordIn(directory, bob)]).toEqual(['a#1,x"', 'B-2']);
  });

  it('is gone on with by another run of the program', () => {
    const directory = aDirectory();
    credentialsFile(directory).add(ada, 'one');
    credentialsFile(directory).add(bob, 'two');

    expect(readFileSync(join(directory, 'credentials.csv'), 'utf8').trim().split('\n')).toHaveLength(3);
  });

  it('knows a user by the address, whatever the key is by now', () => {
    const directory = aDirectory();
    credentialsFile(directory).add(ada, 'one');

    expect(passwordIn(directory, { ...ada, key: 'other', adminEmail: 'ADA@a.example' })).toBe('one');
  });

  it('takes a password out that no user has, and leaves the others', () => {
    const directory = aDirectory();
    const file = credentialsFile(directory);
    file.add(ada, 'one');
    file.add(bob, 'two');

    file.withdraw(ada);

    expect([file.find(ada), file.find(bob)]).toEqual([undefined, 'two']);
    expect(statSync(join(directory, 'credentials.csv')).mode & 0o777).toBe(0o600);
  });

  it('knows no password where the file is gone, or a line is cut off', () => {
    const directory = aDirectory();
    expect(passwordIn(directory, ada)).toBeUndefined();
    credentialsFile(directory).add(bob, 'two');
    appendFileSync(join(directory, 'credentials.csv'), '1,a.example,ada@a');

    expect([passwordIn(directory, ada), passwordIn(directory, bob)]).toEqual([undefined, 'two']);
  });

  it('ends the run where it cannot be written', () => {
    const directory = join(aDirectory(), 'none');

    expect(() => {
      credentialsFile(directory).add(ada, 'one');
    }).toThrow(expect.objectContaining({ exitCode: 73 }));
  });
});

describe('temporaryPassword', () => {
  it('has 20 ASCII characters of every kind, the first a letter or digit, and never comes twice', () => {
    const passwords = Array.from({ length: 2_000 }, temporaryPassword);

    expect(new Set(passwords).size).toBe(2_000);
    const odd = passwords.filter(
      (password) =>
        !/^[A-Za-z0-9][!-~]{19}$/.test(password) ||
        ![/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/].every((kind) => kind.test(password)),
    );
    expect(odd).toEqual([]);
  });
});
