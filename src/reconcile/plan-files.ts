import { join } from 'node:path';
import type { LedgerDb } from '../ledger/ledger.ts';
import { planLines } from '../ledger/rows.ts';
import { beforeImages } from '../ledger/steps.ts';
import { writeWholeFile } from './whole-file.ts';

/** plan.ndjson: one decided row a line, with its differences field by field. Returns the file's name. */
export async function writePlan(
  directory: string,
  ledger: LedgerDb,
  run: number,
): Promise<readonly string[]> {
  function* lines(): Generator<string> {
    for (const { row, line, key, plan } of planLines(ledger, run)) {
      yield `${JSON.stringify({ row, line, key, ...plan })}\n`;
    }
  }
  return writeUnlessEmpty(join(directory, 'plan.ndjson'), 'plan.ndjson', lines());
}

/** undo.ndjson: what Google had before this run overwrote it. Returns the file's name. */
export async function writeUndo(
  directory: string,
  ledger: LedgerDb,
  run: number,
): Promise<readonly string[]> {
  function* lines(): Generator<string> {
    for (const image of beforeImages(ledger, run)) yield `${JSON.stringify(image)}\n`;
  }
  return writeUnlessEmpty(join(directory, 'undo.ndjson'), 'undo.ndjson', lines());
}

async function writeUnlessEmpty(
  path: string,
  name: string,
  lines: Generator<string>,
): Promise<readonly string[]> {
  const first = lines.next();
  if (first.done === true) return [];
  await writeWholeFile(path, prepend(first.value, lines), 0o600);
  return [name];
}

function* prepend(first: string, rest: Iterable<string>): Generator<string> {
  yield first;
  yield* rest;
}
