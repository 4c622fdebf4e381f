import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { outputFault } from './output-fault.ts';

/** A run's name, which sorts by time: `20261122-181757-3f9a2c`, in UTC. */
export function newRunId(now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${randomBytes(3).toString('hex')}`;
}

/** @throws FatalError 73 when the directory cannot be made */
export function makeRunDirectory(out: string, runId: string): string {
  const path = resolve(join(out, runId));
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw outputFault(path, error);
  }
  return path;
}
