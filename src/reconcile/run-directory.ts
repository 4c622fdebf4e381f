import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { outputFault } from '../model/output-fault.ts';

/**
 * A run's name, in UTC: `20261122-181757-2a39f4`. The first three digits of its last part are the milliseconds, so that
 * names sort by time within one second too; the last three are random.
 */
export function newRunId(now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const milliseconds = new Date(now).getUTCMilliseconds().toString(16).padStart(3, '0');
  return `${stamp}-${milliseconds}${randomBytes(2).toString('hex').slice(1)}`;
}

export function runDirectoryPath(out: string, runId: string): string {
  return resolve(join(out, runId));
}

/** @throws FatalError 73 when the directory cannot be made */
export function makeRunDirectory(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw outputFault(path, error);
  }
  return path;
}
