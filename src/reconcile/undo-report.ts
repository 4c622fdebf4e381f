import { join } from 'node:path';
import type { LedgerDb } from '../ledger/ledger.ts';
import { undoPlans, type FieldChange, type UndoPlanRow, type WrittenRow } from '../ledger/undo.ts';
import { customerBefore, writtenFields } from '../undo/written.ts';
import type { Paint } from './final-table.ts';
import { fitLine, visible, type Piece } from './fit-line.ts';
import { writeWholeFile } from './whole-file.ts';

/** Rows whose changes are shown; the others are in plan.ndjson. */
const SHOWN_ROWS = 20;

/** Most columns that one value takes, so that the one beside it is seen as well. */
const VALUE_COLUMNS = 48;

/**
 * plan.ndjson of an undo: one row a line that was looked at, with what was decided and every field that was not what
 * it had been: `now` what Google had, `back` what was there before. `stays` are those that no patch takes back. Returns
 * the file's name, or nothing where there is no line.
 *
 * @throws FatalError 73 or 74
 */
export async function writeUndoPlan(
  directory: string,
  ledger: LedgerDb,
  run: number,
): Promise<readonly string[]> {
  const [first] = undoPlans(ledger, run);
  if (first === undefined) return [];
  await writeWholeFile(join(directory, 'plan.ndjson'), planLines(ledger, run), 0o600);
  return ['plan.ndjson'];
}

function* planLines(ledger: LedgerDb, run: number): Generator<string> {
  for (const { row, line, key, plan } of undoPlans(ledger, run)) {
    const { action, outcome, customer, changes, stays } = plan;
    yield `${JSON.stringify({ row, line, key, action, outcome, customer, changes, stays })}\n`;
  }
}

/**
 * What an undo is about to put back, before Google was asked: how many customers, and some of them with the fields.
 *
 * @param width columns of the terminal; no line is longer
 */
export function undoOutlook(
  run: { readonly id: string; readonly bookName: string },
  examples: readonly WrittenRow[],
  customers: number,
  paint: Paint,
  width: number,
): string {
  const title = `Run ${run.id} updated ${customers === 1 ? '1 customer' : `${customers} customers`} of ${visible(run.bookName)}`;
  const more = customers - examples.length;
  const lines: readonly (readonly Piece[])[] = [
    [['bold', title]],
    ...examples.map((row): readonly Piece[] => [`  ${visible(row.key)}  ${earlierValues(row)}`]),
    ...(more > 0 ? [[['dim', `  and ${more} more`] as const]] : []),
  ];
  return lines.map((line) => fitLine(line, width, paint)).join('\n');
}

function earlierValues(row: WrittenRow): string {
  const before = customerBefore(row);
  return writtenFields(row)
    .map((field) => {
      const value = before[field];
      return typeof value === 'object' ? field : `${field}: back to ${shown(value)}`;
    })
    .join('; ');
}

/**
 * What an undo would put back, row by row, a line for each field; empty where there is nothing.
 *
 * @param width columns of the terminal; no line is longer
 */
export function undoChanges(ledger: LedgerDb, run: number, paint: Paint, width: number): string {
  const lines: (readonly Piece[])[] = [];
  let rows = 0;
  for (const row of undoPlans(ledger, run)) {
    if (row.plan.changes.length === 0 && row.plan.stays === undefined) continue;
    rows += 1;
    if (rows <= SHOWN_ROWS) lines.push(...changeLines(row));
  }
  if (rows > SHOWN_ROWS) lines.push([['dim', `and ${rows - SHOWN_ROWS} more in plan.ndjson`]]);
  return lines.map((line) => fitLine(line, width, paint)).join('\n');
}

function changeLines({ row, key, plan }: UndoPlanRow): readonly (readonly Piece[])[] {
  const label = key === '' ? `row ${row}` : visible(key);
  const blocked = plan.outcome === 'blocked' ? (['red', '  blocked'] as const) : '';
  return [
    [['bold', label], blocked],
    ...plan.changes.map((change) => [`  ${changeText(change)}`]),
    ...(plan.stays ?? []).map((change) => [`  ${changeText(change)}`, ['red', '  stays'] as const]),
  ];
}

function changeText({ field, now, back }: FieldChange): string {
  return `${visible(field)}: ${shown(now)} -> ${shown(back)}`;
}

function shown(value: unknown): string {
  if (value === undefined || value === '') return '(empty)';
  return fitLine([visible(JSON.stringify(value))], VALUE_COLUMNS, (_, text) => text);
}
