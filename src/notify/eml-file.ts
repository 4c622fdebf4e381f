import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { outputFault } from '../model/output-fault.ts';
import { writeWholeFile } from '../reconcile/whole-file.ts';

/** Below the run directory. */
export const NOTIFICATIONS_FOLDER = 'notifications';

/** A key that is a file's name on every system: no capitals, which some take for small letters. */
const SAFE = /^[a-z0-9](?:[a-z0-9._-]{0,78}[a-z0-9])?$/;
/** Devices of Windows, with any ending. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;
const LONGEST_STEM = 60;

/**
 * The file of a key's mail: the key itself where that is safe on every system, otherwise what is readable of it, `~`,
 * which no safe key has, and a digest. Different keys have different files.
 */
export function emlName(key: string): string {
  if (SAFE.test(key) && !RESERVED.test(key)) return `${key}.eml`;
  const stem = key
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+/, '')
    .slice(0, LONGEST_STEM)
    .replace(/[-._]+$/, '');
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return `${stem === '' ? 'row' : stem}~${digest}.eml`.replace(RESERVED, (device) => `row-${device}`);
}

/**
 * Writes a mail below the run directory, whole or not at all, readable by its owner alone: it holds a customer's
 * addresses, and with `includePassword` more.
 *
 * @returns the path
 * @throws FatalError 73 or 74
 */
export async function writeEml(runDirectory: string, key: string, raw: Buffer): Promise<string> {
  const folder = join(runDirectory, NOTIFICATIONS_FOLDER);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw outputFault(folder, error);
  }
  const path = join(folder, emlName(key));
  await writeWholeFile(path, raw.toString('utf8'), 0o600);
  return path;
}
