import type { DbRow } from './ledger.ts';

const PAGE = 1000;

/**
 * Walks a long result in pages: no statement stays open while something else is awaited, and memory stays bounded.
 *
 * @param page up to `count` records whose `row` is after `after`, in its order; those of one row must fit into one page
 */
export function* inPages(page: (after: number, count: number) => readonly DbRow[]): Generator<DbRow> {
  let after = 0;
  for (;;) {
    const rows = page(after, PAGE);
    const whole = rows.length === PAGE ? withoutLastRow(rows) : rows;
    yield* whole;
    const last = whole.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = rowNumber(last);
  }
}

/** The records of the last row of a full page may go on in the next one. */
function withoutLastRow(rows: readonly DbRow[]): readonly DbRow[] {
  const last = rows.at(-1);
  const end = last === undefined ? 0 : rowNumber(last);
  return rows.filter((row) => rowNumber(row) < end);
}

function rowNumber(row: DbRow): number {
  return Number(row['row']);
}
