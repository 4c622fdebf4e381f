import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { outputFault } from '../model/output-fault.ts';
import { neutralise, unneutralise } from '../model/spreadsheet-cell.ts';

const COLUMNS = ['key', 'domain', 'admin_email', 'temporary_password'] as const;

/** Whose password it is. */
export interface CredentialOwner {
  readonly key: string;
  readonly domain: string;
  readonly adminEmail: string;
}

/** A run's credentials.csv: the one place where passwords are (contract, section 8). Mode 0600. */
export interface CredentialsFile {
  /** The password that the file has for this user. */
  find(owner: CredentialOwner): string | undefined;
  /**
   * Writes a password down; it is on the disk when this returns, so that Google never has one that nobody knows.
   *
   * @throws FatalError 73 or 74
   */
  add(owner: CredentialOwner, password: string): void;
  /** Takes a password out again that no user has. @throws FatalError 73 or 74 */
  withdraw(owner: CredentialOwner): void;
}

/** @param directory of the run; the file is made with the first password */
export function credentialsFile(directory: string): CredentialsFile {
  const path = join(directory, CREDENTIALS_FILE);
  let isOpen = false;
  return {
    find: (owner) => orFatal(path, () => readRecords(path).find((record) => isOf(record, owner))?.[3]),
    add(owner, password) {
      orFatal(path, () => {
        const record = [neutralise(owner.key), owner.domain, neutralise(owner.adminEmail), password];
        append(path, stringify(isOpen ? [record] : [...headerFor(path), record]));
        isOpen = true;
      });
    },
    withdraw(owner) {
      orFatal(path, () => {
        const kept = readRecords(path).filter((record) => !isOf(record, owner));
        if (kept.length === 0) {
          rmSync(path, { force: true });
          isOpen = false;
          return;
        }
        const temporary = `${path}.tmp`;
        writeFileSync(temporary, stringify([[...COLUMNS], ...kept.map(neutralised)]), {
          mode: 0o600,
          flush: true,
        });
        renameSync(temporary, path);
      });
    },
  };
}

export const CREDENTIALS_FILE = 'credentials.csv';

/** The password that an earlier run's file has; undefined where it never had it, or the file is gone or damaged by now. */
export function passwordIn(directory: string, owner: CredentialOwner): string | undefined {
  try {
    return credentialsFile(directory).find(owner);
  } catch {
    return undefined; // whoever needs it is told that it is lost
  }
}

function headerFor(path: string): readonly (readonly string[])[] {
  return readText(path) === '' ? [COLUMNS] : [];
}

function append(path: string, text: string): void {
  const file = openSync(path, 'a', 0o600);
  try {
    // A line that is cut off by a full disk is none: what cannot be written whole throws before anything is sent.
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; from += writeSync(file, bytes, from));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function readRecords(path: string): readonly (readonly string[])[] {
  const records = parse(readText(path), { relax_column_count: true });
  return records
    .slice(1)
    .filter((record) => record.length === COLUMNS.length)
    .map(([key = '', domain = '', email = '', password = '']) => [
      unneutralise(key),
      domain,
      unneutralise(email),
      password,
    ]);
}

function neutralised([
  key = '',
  domain = '',
  email = '',
  password = '',
]: readonly string[]): readonly string[] {
  return [neutralise(key), domain, neutralise(email), password];
}

/** Keys may have been edited since: a user is known by its address, and the domain by the user. */
function isOf([, , email = '']: readonly string[], { adminEmail }: CredentialOwner): boolean {
  return email.toLowerCase() === adminEmail.toLowerCase();
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** No user is made without its password written down: what cannot be written ends the run before anything is sent. */
function orFatal<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw outputFault(path, cause);
  }
}
