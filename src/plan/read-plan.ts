import { createReadStream } from 'node:fs';
import { EXIT, FatalError } from '../model/fatal.ts';
import { parsePlanLine, type PlanLine } from './plan-line.ts';

/** Characters; a row's own line is a few thousand at most. */
const LONGEST_LINE = 1_000_000;

/** A line of a plan with its number in the file; the first is 1. */
export interface NumberedLine {
  readonly number: number;
  readonly line: PlanLine;
}

/** Only tells whether a plan can be read. @throws FatalError 66 where it cannot */
export async function openPlan(path: string): Promise<void> {
  for await (const chunk of textChunks(path)) if (chunk !== '') return;
}

/**
 * Reads plan.ndjson from its start to its end, some lines at a time; memory does not grow with the file. Blank lines
 * and a byte order mark, which editors leave behind, are passed over.
 *
 * @throws FatalError 66 where there is no such file or it cannot be read, 65 with the line's number for a line that
 * is none of plan.ndjson
 */
export async function* readPlan(path: string): AsyncGenerator<readonly NumberedLine[]> {
  let read = 0;
  for await (const lines of textLines(path)) {
    const first = read + 1;
    read += lines.length;
    yield lines.flatMap((text, index) => {
      if (text.trim() === '') return [];
      const line = parsePlanLine(text);
      if (line === undefined) throw brokenLine(path, first + index, 'is no line of a plan.ndjson');
      return [{ number: first + index, line }];
    });
  }
}

/** All lines of a text file, in the groups in which they come from the disk. */
async function* textLines(path: string): AsyncGenerator<readonly string[]> {
  let rest = '';
  let read = 0;
  for await (const chunk of textChunks(path)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    read += lines.length;
    if (rest.length > LONGEST_LINE)
      throw brokenLine(path, read + 1, 'is too long for a line of a plan.ndjson');
    yield lines;
  }
  yield [rest];
}

async function* textChunks(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, { encoding: 'utf8' });
  let isFirst = true;
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      yield isFirst ? chunk.replace(/^\ufeff/, '') : chunk;
      isFirst = false;
    }
  } catch (error) {
    throw cannotRead(path, error);
  }
}

function cannotRead(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  const why = error.code === 'ENOENT' ? 'there is no such file' : error.code;
  return new FatalError(
    EXIT.noBook,
    'plan.no_file',
    `cannot read the plan ${path}: ${why}`,
    'Give --plan the plan.ndjson of the run directory that channelbook plan wrote.',
    { cause: error },
  );
}

/** A file that nothing can be held against. */
export function brokenLine(path: string, line: number, what: string): FatalError {
  return new FatalError(
    EXIT.bookUnreadable,
    'plan.unreadable',
    `${path}, line ${line}: ${what}`,
    'Give --plan the plan.ndjson that channelbook plan wrote, as it was written.',
  );
}
