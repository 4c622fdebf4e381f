import { createHash } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nearest } from '../config/nearest.ts';
import { bookChanged, bookMissing, bookNotAFile, bookNotReadable, bookReadFailed } from './book-errors.ts';

/** Some hundreds of rows; what is in memory at a time is a small multiple of it. */
const CHUNK_BYTES = 64 * 1024;

/** One regular file, read through one descriptor. */
export interface BookFile {
  readonly path: string;
  /** Up to `CHUNK_BYTES` from `position` on; empty at the end. Does not count towards the digest. */
  readAt(position: number): Promise<Buffer>;
  /** All bytes from the start, hashed as they go by. To be read once. */
  chunks(): AsyncGenerator<Buffer, void, undefined>;
  /** Lower-case hex sha256 and number of the bytes that `chunks` gave. */
  digest(): { readonly sha256: string; readonly bytes: number };
  /** @throws FatalError `book.changed` when the file is no longer what it was when it was opened */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** @throws FatalError when there is no such file, it is no regular file, or it may not be read */
export async function openBookFile(path: string): Promise<BookFile> {
  const handle = await openHandle(path);
  try {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile()) throw bookNotAFile(path, kindOf(before));
    return bookFile(path, handle, before);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function bookFile(path: string, handle: FileHandle, before: BigIntStats): BookFile {
  const hash = createHash('sha256');
  let bytes = 0;
  let sha256: string | undefined;

  async function readAt(position: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    try {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, position);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      throw bookReadFailed(path, error);
    }
  }

  async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const chunk = await readAt(bytes);
      if (chunk.length === 0) return;
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }

  async function assertUnchanged(): Promise<void> {
    const after = await handle.stat({ bigint: true });
    const named = await stat(path, { bigint: true }).catch(() => undefined);
    const same =
      after.size === before.size &&
      after.mtimeNs === before.mtimeNs &&
      named?.ino === before.ino &&
      named.dev === before.dev;
    if (!same) throw bookChanged(path);
  }

  return {
    path,
    readAt,
    chunks,
    digest: () => ({ sha256: (sha256 ??= hash.digest('hex')), bytes }),
    assertUnchanged,
    close: () => handle.close(),
  };
}

async function openHandle(path: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK a named pipe that nobody writes to would hold us for ever.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw bookMissing(path, await similarFile(path));
    if (code === 'EISDIR') throw bookNotAFile(path, 'a directory');
    if (code === 'ENXIO' || code === 'ENODEV') throw bookNotAFile(path, 'a socket or device');
    throw bookNotReadable(path, error);
  }
}

async function similarFile(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const name = nearest(basename(path), names);
  return name === undefined ? undefined : join(folder, name);
}

function kindOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}
