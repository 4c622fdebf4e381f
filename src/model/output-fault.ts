import { EXIT, FatalError } from './fatal.ts';

/** The disk itself fails; everything else is a place that cannot be written. */
const DISK_ERRORS = new Set(['ENOSPC', 'EIO', 'EDQUOT', 'EFBIG']);

export function outputFault(path: string, cause: unknown): FatalError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isDisk = code !== undefined && DISK_ERRORS.has(code);
  return new FatalError(
    isDisk ? EXIT.disk : EXIT.cannotWrite,
    isDisk ? 'output.disk' : 'output.cannot_write',
    `${path} cannot be written: ${message}`,
    isDisk
      ? 'Free space or repair the disk, then type the same command again: what is done is known.'
      : 'Check the folder and its permissions, or name another with --out.',
    { cause },
  );
}
