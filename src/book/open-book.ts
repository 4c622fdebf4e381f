import type { RequestedAction } from '../model/action.ts';
import type { BookDigest, BookHeader } from '../model/book.ts';
import type { Problem } from '../model/customer.ts';
import type { ColumnMapping } from './column-names.ts';
import { openBookFile, type BookFile } from './book-file.ts';
import { decodedText } from './decode.ts';
import { encodingOf } from './encoding.ts';
import { findHeader, type HeaderRecord } from './header-record.ts';
import { headerWarnings } from './header-warnings.ts';
import { toHeader } from './header.ts';
import type { ReadRow } from './read-row.ts';
import { createRecordScanner, type ScannedRecords } from './record-scanner.ts';
import { splitRecords, toRow } from './split-records.ts';

/** A book whose header was read. */
export interface OpenBook {
  readonly header: BookHeader;
  /** About the header: unknown columns (all of them in one), columns without a name, mappings without a column. */
  readonly warnings: readonly Problem[];
  /**
   * The rows in order, some hundreds at a time, in bounded memory; may be read once.
   *
   * @throws FatalError where the rest cannot be read, and when the file changed while it was read
   */
  batches(): AsyncIterable<readonly ReadRow[]>;
  /** Of the whole file; call it when `batches` came to its end. */
  digest(): BookDigest;
  close(): Promise<void>;
}

export interface OpenBookOptions {
  /** WHATWG label of the encoding, where the file has no byte order mark; UTF-8 when left out. */
  readonly encoding?: string | undefined;
  /** The user's column names and ours. */
  readonly columns: ColumnMapping;
  /** Action of rows that name none; decides which columns the header must have. */
  readonly action: RequestedAction;
}

/**
 * Opens a book and reads its header.
 *
 * @throws FatalError 66 when there is no such file, 65 when it is not a file or cannot be understood, 64 for an
 * unknown encoding
 */
export async function openBook(path: string, options: OpenBookOptions): Promise<OpenBook> {
  const file = await openBookFile(path);
  try {
    return await readHeader(file, options);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readHeader(file: BookFile, options: OpenBookOptions): Promise<OpenBook> {
  const { path } = file;
  const encoding = encodingOf(path, await file.readAt(0), options.encoding);
  const text = decodedText(file, file.chunks(), encoding);
  const { head, record } = await readHead(path, text, options.columns);
  const header = toHeader(path, record, encoding, options.columns, options.action);
  let rows = 0;

  async function* batches(): AsyncGenerator<readonly ReadRow[]> {
    try {
      for await (const batch of rowsAfterHeader(path, head, text, record)) {
        rows += batch.length;
        yield batch;
      }
    } catch (error) {
      // A file that changes under the reader is broken in its own way: that is what to say.
      await file.assertUnchanged();
      throw error;
    }
    await file.assertUnchanged();
  }

  return {
    header,
    warnings: headerWarnings(header, options.columns),
    batches,
    digest: () => ({ ...file.digest(), rows }),
    close: () => file.close(),
  };
}

interface Head {
  /** Everything read so far, the header in it. */
  readonly head: Buffer;
  readonly record: HeaderRecord;
}

async function readHead(
  path: string,
  text: AsyncGenerator<Buffer, void, undefined>,
  mapping: ColumnMapping,
): Promise<Head> {
  let head: Buffer = Buffer.alloc(0);
  for (;;) {
    const next = await text.next();
    if (next.done !== true) head = Buffer.concat([head, next.value]);
    const record = findHeader(path, head, next.done === true, mapping);
    if (record !== undefined) return { head, record };
  }
}

async function* rowsAfterHeader(
  path: string,
  head: Buffer,
  text: AsyncIterable<Buffer>,
  header: HeaderRecord,
): AsyncGenerator<readonly ReadRow[]> {
  const { delimiter } = header;
  const scanner = createRecordScanner(path, delimiter);
  let rows = 0;
  let skip = 1;

  function toRows(scanned: ScannedRecords): readonly ReadRow[] {
    const batch: ReadRow[] = [];
    splitRecords(path, scanned, delimiter).forEach((record, index) => {
      if (skip > 0) skip--;
      else batch.push(toRow(scanned, index, record, ++rows));
    });
    return batch;
  }

  const first = toRows(scanner.push(head));
  if (first.length > 0) yield first;
  for await (const piece of text) {
    const batch = toRows(scanner.push(piece));
    if (batch.length > 0) yield batch;
  }
  const last = toRows(scanner.end());
  if (last.length > 0) yield last;
}
