import { statSync } from 'node:fs';
import { csvText, openCsvWriter, type CsvFormat } from '../book/csv-writer.ts';
import { usageFault } from '../config/load.ts';
import type { ExportOutput } from '../run-export.ts';

/** Characters that may wait in memory before they are written. */
const PENDING_LIMIT = 64 * 1024;

/**
 * @param encoding of the user's books, as the config has it: where that is another one, a byte order mark tells the
 * reader that this file is UTF-8
 */
export function exportFormat(encoding: string | undefined): CsvFormat {
  const isUsual = encoding === undefined || /^utf-?8$/i.test(encoding);
  return { delimiter: ',', encoding: 'utf-8', bom: !isUsual, newline: '\n', mode: 0o600 };
}

/**
 * A file that appears whole or not at all.
 *
 * @throws FatalError 64 where the name is that of something else than a file, 73 or 74 as `openCsvWriter`
 */
export async function fileOutput(file: string, format: CsvFormat): Promise<ExportOutput> {
  // The file takes the place of what has its name: never that of a device or a directory.
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) {
    throw usageFault(`--to ${file} is no file`, 'Name a file, or leave --to out for standard output.');
  }
  return { ...(await openCsvWriter(file, format)), file, isClosed: () => false };
}

/** Standard output; a reader that has enough and closes it is no fault. Other faults are the terminal's to tell. */
export function streamOutput(stream: NodeJS.WriteStream, format: CsvFormat): ExportOutput {
  let pending: (readonly string[])[] = [];
  let waiting = 0;
  let start = format.bom ? '\ufeff' : '';
  let isClosed = false;
  stream.on('error', () => {
    isClosed = true;
  });

  async function flush(): Promise<void> {
    const text = start + csvText(pending, format);
    start = '';
    pending = [];
    waiting = 0;
    if (!isClosed) await written(stream, text);
  }

  return {
    file: undefined,
    isClosed: () => isClosed,
    async write(record) {
      pending.push(record);
      for (const cell of record) waiting += cell.length + 1;
      if (waiting >= PENDING_LIMIT) await flush();
    },
    commit: flush,
    discard: () => Promise.resolve(),
  };
}

function written(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => {
      // The error, if any, is emitted behind this.
      setImmediate(resolve);
    });
  });
}
