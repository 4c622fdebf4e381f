import { open, rename } from 'node:fs/promises';
import { outputFault } from './output-fault.ts';

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
      for (const chunk of typeof chunks === 'string' ? [chunks] : chunks) await file.write(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    throw outputFault(path, error);
  }
}
