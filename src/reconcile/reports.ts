import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createBookWriter, type BookWriter } from '../book/book-writer.ts';
import { openCsvWriter } from '../book/csv-writer.ts';
import { ERROR_OUTCOMES } from '../model/outcome.ts';
import type { BookHeader, BookRow } from '../model/book.ts';
import { outputFault } from '../model/output-fault.ts';
import type { ResultLine } from '../model/row-ending.ts';
import { ERROR_COLUMNS, RESULT_COLUMNS, errorRecord, resultRecord } from './result-record.ts';
import type { Tally } from './tally.ts';

/** results.csv and errors.csv under way: both appear whole at `commit`, or not at all. */
export interface RowReports {
  /** Adds a row; `book` is what stood in the book, wanted for rows that go to errors.csv. */
  add(line: ResultLine, book: BookRow | undefined): Promise<void>;
  /** Lines written to results.csv. */
  readonly lines: () => number;
  /** Puts the files in place and returns their names. */
  commit(): Promise<readonly string[]>;
  discard(): Promise<void>;
}

const RESULTS_FORMAT = { delimiter: ',', encoding: 'utf-8', bom: false, newline: '\n', mode: 0o644 } as const;

async function removeReport(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error: unknown) => {
    throw outputFault(path, error);
  });
}

/** Whether a row goes to errors.csv. */
export function isErrorLine({ ending }: ResultLine): boolean {
  return ERROR_OUTCOMES.has(ending.outcome) && ending.leftOut !== true;
}

/**
 * Opens the temporary files of both reports.
 *
 * @param header how the book is written; undefined where it could not be read at all: then no errors.csv
 * @throws FatalError 73 or 74
 */
export async function openRowReports(
  directory: string,
  header: BookHeader | undefined,
  tally: Tally,
): Promise<RowReports> {
  const results = await openCsvWriter(join(directory, 'results.csv'), RESULTS_FORMAT);
  await results.write(RESULT_COLUMNS);
  let errors: BookWriter | undefined;
  let lines = 0;
  return {
    async add(line, book) {
      tally.add(line);
      lines += 1;
      await results.write(resultRecord(line));
      if (header === undefined || book === undefined || !isErrorLine(line)) return;
      errors ??= await createBookWriter(
        join(directory, 'errors.csv'),
        header,
        ERROR_COLUMNS,
        '_error_message',
        0o600,
      );
      await errors.write(book, errorRecord(line));
    },
    lines: () => lines,
    async commit() {
      await results.commit();
      await errors?.commit();
      // Of an earlier part of the run: its rows are well by now.
      if (errors === undefined && header !== undefined) await removeReport(join(directory, 'errors.csv'));
      return errors === undefined ? ['results.csv'] : ['results.csv', 'errors.csv'];
    },
    async discard() {
      await results.discard();
      await errors?.discard();
    },
  };
}
