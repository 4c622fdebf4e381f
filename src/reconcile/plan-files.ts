import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerDb } from '../ledger/ledger.ts';
import { partsBefore } from '../ledger/parts.ts';
import { customerByName } from '../ledger/remote.ts';
import { rowDecisions } from '../ledger/row-decisions.ts';
import { beforeImages } from '../ledger/steps.ts';
import { toPlanLine } from '../plan/plan-line.ts';
import { writeWholeFile } from './whole-file.ts';

const UNDO_FILE = 'undo.ndjson';

/** Characters that are written at once. */
const CHUNK = 65_536;

/**
 * plan.ndjson: one decided row a line, with its differences field by field; rows that were left out or not come to
 * have none. Returns the file's name, or nothing where there is no line.
 *
 * @param account id without `accounts/`
 */
export async function writePlan(
  directory: string,
  ledger: LedgerDb,
  run: number,
  account: string,
): Promise<readonly string[]> {
  function* lines(): Generator<string> {
    for (const decision of rowDecisions(ledger, run)) {
      // A row that an earlier part of the run brought to its end was planned there.
      const line = toPlanLine({ ...decision, plan: decision.plan ?? decision.earlier?.plan }, account);
      if (line !== undefined) yield `${JSON.stringify(line)}\n`;
    }
  }
  return writeUnlessEmpty(join(directory, 'plan.ndjson'), 'plan.ndjson', inChunks(lines()));
}

/**
 * undo.ndjson before the first write: what Google has of every customer that the plan overwrites, so that it is on the
 * disk whatever becomes of this process. `writeUndo` puts what was overwritten in its place.
 */
export async function writePlannedUndo(directory: string, ledger: LedgerDb, run: number): Promise<void> {
  function* lines(): Generator<string> {
    for (const { row, key, plan } of rowDecisions(ledger, run)) {
      const [step] = plan?.steps.filter(({ kind }) => kind === 'patch' || kind === 'import') ?? [];
      const remote = plan?.customer === undefined ? undefined : customerByName(ledger, plan.customer);
      if (step === undefined || remote === undefined) continue;
      const image = { row, key, kind: step.kind, state: 'planned', before: remote.customer };
      yield `${JSON.stringify(image)}\n`;
    }
  }
  await writeUnlessEmpty(join(directory, UNDO_FILE), UNDO_FILE, inChunks(lines()));
}

/** undo.ndjson: what Google had before this run overwrote it; none where it overwrote nothing. Returns the file's name. */
export async function writeUndo(
  directory: string,
  ledger: LedgerDb,
  run: number,
): Promise<readonly string[]> {
  function* lines(): Generator<string> {
    for (const part of [...partsBefore(ledger, run).toReversed(), run])
      for (const image of beforeImages(ledger, part)) yield `${JSON.stringify(image)}\n`;
  }
  const files = await writeUnlessEmpty(join(directory, UNDO_FILE), UNDO_FILE, inChunks(lines()));
  if (files.length === 0) await rm(join(directory, UNDO_FILE), { force: true });
  return files;
}

function* inChunks(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

async function writeUnlessEmpty(
  path: string,
  name: string,
  chunks: Generator<string>,
): Promise<readonly string[]> {
  const first = chunks.next();
  if (first.done === true) return [];
  await writeWholeFile(path, prepend(first.value, chunks), 0o600);
  return [name];
}

function* prepend(first: string, rest: Iterable<string>): Generator<string> {
  yield first;
  yield* rest;
}
