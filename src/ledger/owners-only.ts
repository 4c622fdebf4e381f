/** Files that `work` makes can be read and written by their owner alone. */
export function ownersOnly<T>(work: () => T): T {
  const previous = process.umask(0o077);
  try {
    return work();
  } finally {
    process.umask(previous);
  }
}
