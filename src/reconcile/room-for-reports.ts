import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { outputFault } from '../model/output-fault.ts';

/** What the reports say of a row beside its cells, generously. */
const BYTES_OF_A_ROW = 1_000;
/** summary.json, the headers, the last lines of the log. */
const BYTES_OF_A_RUN = 16_384;
const BLOCK = Buffer.alloc(65_536, '\n');

/**
 * Proves before the first write at Google that the run directory takes files, and as much as the reports may come to:
 * a file of that size is written there and removed again.
 *
 * @param bookBytes of the book, whose cells errors.csv repeats
 * @throws FatalError 73 or 74
 */
export async function proveRoomForReports(directory: string, rows: number, bookBytes: number): Promise<void> {
  const path = join(directory, '.reports.tmp');
  try {
    const file = await open(path, 'w', 0o600);
    try {
      let left = BYTES_OF_A_RUN + rows * BYTES_OF_A_ROW + bookBytes;
      for (; left > 0; left -= BLOCK.length) await file.appendFile(BLOCK.subarray(0, left));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw outputFault(directory, error);
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}
