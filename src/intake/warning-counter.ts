import type { Problem } from '../model/customer.ts';
import type { WarningCount } from '../model/warning-count.ts';

/** Counts warnings by rule, so that a thousand rows with the same one are one line. */
export interface WarningCounter {
  add(problem: Problem, row: number | undefined): void;
  list(): readonly WarningCount[];
}

export function createWarningCounter(): WarningCounter {
  const counts = new Map<
    string,
    { rule: string; count: number; firstRow: number | undefined; message: string }
  >();
  return {
    add({ rule, column, message }, row) {
      // Warnings of the book as a whole differ in what they name; those of rows are counted together.
      const id = row === undefined ? `${rule}\u0000${column ?? ''}\u0000${message}` : rule;
      const known = counts.get(id);
      if (known === undefined) counts.set(id, { rule, count: 1, firstRow: row, message });
      else known.count += 1;
    },
    list: () => [...counts.values()],
  };
}
