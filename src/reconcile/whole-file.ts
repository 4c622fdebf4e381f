import { open, rename, rm } from 'node:fs/promises';
import { outputFault } from '../model/output-fault.ts';

/**
 * Writes a file that appears whole or not at all: a temporary file beside it, synced, then renamed.
 *
 * @throws FatalError 73 or 74
 */
export async function writeWholeFile(
  path: string,
  chunks: Iterable<string> | string,
  mode = 0o644,
): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w', mode);
    try {
      // appendFile goes on until every byte is written; write may stop short of it on a full disk.
      for (const chunk of typeof chunks === 'string' ? [chunks] : chunks) await file.appendFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw outputFault(path, error);
  }
}
