import type { DbRow } from './ledger.ts';

const PAGE = 1000;

/**
 * Walks a long result in pages: no statement stays open while something else is awaited, and memory stays bounded.
 *
 * @param page up to `count` rows whose place is after `after`, in order; the rows of one place must fit into one page
 * @param placeOf the place of a row, from 1
 */
export function* inPages(
  page: (after: number, count: number) => readonly DbRow[],
  placeOf: (row: DbRow) => number,
): Generator<DbRow> {
  let after = 0;
  for (;;) {
    const rows = page(after, PAGE);
    const whole = rows.length === PAGE ? withoutLastPlace(rows, placeOf) : rows;
    yield* whole;
    const last = whole.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = placeOf(last);
  }
}

/** The last place of a full page may go on in the next one. */
function withoutLastPlace(rows: readonly DbRow[], placeOf: (row: DbRow) => number): readonly DbRow[] {
  const last = rows.at(-1);
  const end = last === undefined ? 0 : placeOf(last);
  return rows.filter((row) => placeOf(row) < end);
}
