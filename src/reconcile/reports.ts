import { join } from 'node:path';
import { createCsvWriter, type CsvWriter } from '../book/csv-writer.ts';
import { ERROR_OUTCOMES } from '../model/outcome.ts';
import type { BookHeader } from '../model/book.ts';
import type { ResultLine } from '../model/row-ending.ts';
import { ERROR_COLUMNS, RESULT_COLUMNS, errorRecord, resultRecord } from './result-record.ts';
import type { Tally } from './tally.ts';

/** results.csv and errors.csv under way: both appear whole at `commit`, or not at all. */
export interface RowReports {
  /** Adds a row; `cells` are the book's own, wanted for rows that go to errors.csv. */
  add(line: ResultLine, cells: readonly string[] | undefined): Promise<void>;
  /** Lines written to results.csv. */
  readonly lines: () => number;
  /** Puts the files in place and returns their names. */
  commit(): Promise<readonly string[]>;
  discard(): Promise<void>;
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
  const results = await createCsvWriter(join(directory, 'results.csv'), {
    delimiter: ',',
    encoding: 'utf-8',
    bom: false,
    newline: '\n',
    mode: 0o644,
  });
  await results.write(RESULT_COLUMNS);
  let errors: CsvWriter | undefined;
  const kept = header === undefined ? [] : keptColumns(header);
  let lines = 0;

  async function openErrors(bookHeader: BookHeader): Promise<CsvWriter> {
    const writer = await createCsvWriter(join(directory, 'errors.csv'), { ...bookHeader, mode: 0o600 });
    await writer.write([...kept.map((index) => bookHeader.columns[index]?.name ?? ''), ...ERROR_COLUMNS]);
    return writer;
  }

  return {
    async add(line, cells) {
      tally.add(line);
      lines += 1;
      await results.write(resultRecord(line));
      if (header === undefined || cells === undefined || !isErrorLine(line)) return;
      errors ??= await openErrors(header);
      await errors.write([...kept.map((index) => cells[index] ?? ''), ...withSurplus(line, cells, header)]);
    },
    lines: () => lines,
    async commit() {
      await results.commit();
      await errors?.commit();
      return errors === undefined ? ['results.csv'] : ['results.csv', 'errors.csv'];
    },
    async discard() {
      await results.discard();
      await errors?.discard();
    },
  };
}

/** Every column of the book but those that an earlier errors.csv added. */
function keptColumns(header: BookHeader): readonly number[] {
  const ours: readonly string[] = ERROR_COLUMNS;
  return header.columns.flatMap(({ name }, index) => (ours.includes(name) ? [] : [index]));
}

/** The cells of a ragged row beyond the header have no column: they stand in the message, so that none is lost. */
function withSurplus(line: ResultLine, cells: readonly string[], header: BookHeader): readonly string[] {
  const record = errorRecord(line);
  const surplus = cells.slice(header.columns.length);
  if (surplus.length === 0) return record;
  const message = ERROR_COLUMNS.indexOf('_error_message');
  const text = `${record[message] ?? ''} Cells beyond the header: ${JSON.stringify(surplus)}`;
  return record.map((cell, index) => (index === message ? text : cell));
}
