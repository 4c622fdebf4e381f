import type { Customer, Fields } from '../model/customer.ts';
import type { RowPlan } from '../model/plan.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { RowEnding } from '../model/row-ending.ts';
import type { DbRow, LedgerDb } from './ledger.ts';
import { inPages } from './pages.ts';

/** A row of a run that overwrote something. */
export interface OverwrittenRow {
  readonly row: number;
  readonly line: number;
  readonly key: string;
  /** The channel partner that the row named. */
  readonly partner: string | undefined;
  /** Resource name. */
  readonly customer: string;
}

/** A step of an earlier run that overwrote a customer. */
export interface WrittenStep {
  /** What Google had before the step. */
  readonly before: RemoteCustomer;
  /** Top-level fields that the step wrote; undefined where that is not known. */
  readonly mask: readonly string[] | undefined;
  /** Hash of those fields as Google confirmed them; undefined where that is not known. */
  readonly afterHash: string | undefined;
}

/** An import that overwrote a customer. */
export interface WrittenImport extends WrittenStep {
  /** The customer as the import left it: what the patch after it found. Undefined where it came to no patch. */
  readonly left: RemoteCustomer | undefined;
  /** Resource name of the customer that Google answered with; undefined where the answer never came. */
  readonly customer: string | undefined;
}

/** What one row of an earlier run wrote over: by an import, by a patch, or by a patch after an import. */
export interface WrittenRow {
  readonly row: number;
  readonly key: string;
  readonly import: WrittenImport | undefined;
  readonly patch: WrittenStep | undefined;
  /** What the book said; undefined where the run was an undo itself. */
  readonly book: Fields | undefined;
}

/** One field, or one part of an address or contact, that is not what it was. */
export interface FieldChange {
  /** As the API names it: `orgDisplayName`, `orgPostalAddress.postalCode`. */
  readonly field: string;
  /** Undefined where Google has nothing now. */
  readonly now: unknown;
  /** Undefined where Google had nothing before. */
  readonly back: unknown;
}

/** What was decided for one row of an undo: a plan of one patch, or of none. */
export interface UndoPlan extends RowPlan {
  readonly outcome: 'planned' | 'unchanged' | 'blocked';
  readonly changes: readonly FieldChange[];
  /** What an import changed and no patch takes back. */
  readonly stays?: readonly FieldChange[] | undefined;
}

const OVERWROTE = `s.before_image IS NOT NULL AND s.state <> 'failed' AND s.kind IN ('patch', 'import')`;

/** The latest runs that updated customers, with how many; latest first. */
export function latestUpdates(
  ledger: LedgerDb,
  count: number,
): readonly { readonly id: string; readonly customers: number }[] {
  return ledger
    .all(
      `SELECT r.id, count(DISTINCT s.row) AS customers FROM steps s JOIN runs r ON r.seq = s.run
       WHERE ${OVERWROTE} GROUP BY r.seq ORDER BY r.seq DESC LIMIT ?`,
      count,
    )
    .map((row) => ({ id: String(row['id']), customers: Number(row['customers']) }));
}

/** How many rows of a run overwrote something. */
export function countOverwritten(ledger: LedgerDb, run: number): number {
  const found = ledger.get(
    `SELECT count(DISTINCT s.row) AS n FROM steps s WHERE s.run = ? AND ${OVERWROTE}`,
    run,
  );
  return Number(found?.['n']);
}

/** How many rows of a run are known to have overwritten something. */
export function countConfirmed(ledger: LedgerDb, run: number): number {
  const found = ledger.get(
    `SELECT count(DISTINCT s.row) AS n FROM steps s WHERE s.run = ? AND s.state = 'done' AND ${OVERWROTE}`,
    run,
  );
  return Number(found?.['n']);
}

/** The rows of a run that overwrote something, in the book's order. */
export function* overwrittenRows(ledger: LedgerDb, run: number): Generator<OverwrittenRow> {
  const rows = inPages((after, count) =>
    ledger.all(
      `SELECT s.row, r.line, r.key, r.partner, max(json_extract(s.before_image, '$.name')) AS customer
       FROM steps s JOIN rows r USING (run, row)
       WHERE s.run = ? AND s.row > ? AND ${OVERWROTE} GROUP BY s.row ORDER BY s.row LIMIT ?`,
      run,
      after,
      count,
    ),
  );
  for (const row of rows) {
    yield {
      row: Number(row['row']),
      line: Number(row['line']),
      key: String(row['key']),
      partner: row['partner'] === null ? undefined : String(row['partner']),
      customer: String(row['customer']),
    };
  }
}

/** A row of an undo with what it takes back, and where its patch is in doubt what it is taken for. */
export interface RowToUndo {
  readonly written: WrittenRow;
  readonly doubt: RowEnding | undefined;
}

const STEP_COLUMNS = ['before_image', 'mask', 'after_hash', 'state', 'detail'] as const;

/** The columns of the import `i` and of the patch `p`, with those letters before their names. */
const STEPS = ['i', 'p'].flatMap((step) => STEP_COLUMNS.map((name) => `${step}.${name} AS ${step}_${name}`));

/**
 * Up to `count` rows of an undo after row `after`: those not looked at yet (`read`), or those whose patch is in doubt.
 *
 * @param source number of the run that is undone
 */
export function rowsToUndo(
  ledger: LedgerDb,
  run: number,
  source: number,
  state: 'read' | 'in-doubt',
  after: number,
  count: number,
): readonly RowToUndo[] {
  return ledger
    .all(
      `SELECT u.row, u.key, u.ending, b.customer AS book, ${STEPS.join(', ')}
       FROM rows u JOIN rows b ON b.run = ? AND b.row = u.row
         LEFT JOIN steps i ON i.run = b.run AND i.row = b.row AND i.kind = 'import' AND i.before_image IS NOT NULL
         LEFT JOIN steps p ON p.run = b.run AND p.row = b.row AND p.kind = 'patch' AND p.before_image IS NOT NULL
       WHERE u.run = ? AND u.state = ? AND u.row > ? ORDER BY u.row LIMIT ?`,
      source,
      run,
      state,
      after,
      count,
    )
    .map((row) => ({
      written: toWrittenRow(row),
      doubt: state === 'in-doubt' ? (JSON.parse(String(row['ending'])) as RowEnding) : undefined,
    }));
}

function toWrittenRow(row: DbRow): WrittenRow {
  const imported = toWrittenStep(row, 'i');
  const book = text(row['book']);
  return {
    row: Number(row['row']),
    key: String(row['key']),
    import: imported === undefined ? undefined : { ...imported, ...afterImport(row) },
    patch: toWrittenStep(row, 'p'),
    book: book === undefined ? undefined : (JSON.parse(book) as Customer).fields,
  };
}

/** A patch tells what the import before it left, also where Google refused the patch. */
function afterImport(row: DbRow): Pick<WrittenImport, 'left' | 'customer'> {
  const left = text(row['p_before_image']);
  const detail = text(row['i_detail']);
  const isName = row['i_state'] === 'done' && detail?.startsWith('accounts/') === true;
  return {
    left: left === undefined ? undefined : (JSON.parse(left) as RemoteCustomer),
    customer: isName ? detail : undefined,
  };
}

/** Undefined where there is no such step, or Google refused it. */
function toWrittenStep(row: DbRow, step: 'i' | 'p'): WrittenStep | undefined {
  const before = text(row[`${step}_before_image`]);
  if (before === undefined || row[`${step}_state`] === 'failed') return undefined;
  const mask = text(row[`${step}_mask`]);
  return {
    before: JSON.parse(before) as RemoteCustomer,
    mask: mask === undefined ? undefined : (JSON.parse(mask) as string[]),
    afterHash: text(row[`${step}_after_hash`]),
  };
}

function text(value: DbRow[string] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Writes down what was decided for a row; the first decision stands. */
export function storeUndoPlan(ledger: LedgerDb, run: number, row: number, plan: UndoPlan): void {
  ledger.run(
    'UPDATE rows SET plan = ? WHERE run = ? AND row = ? AND plan IS NULL',
    JSON.stringify(plan),
    run,
    row,
  );
}

export interface UndoPlanRow {
  readonly row: number;
  readonly line: number;
  readonly key: string;
  readonly plan: UndoPlan;
}

/** What an undo decided, in the book's order. */
export function* undoPlans(ledger: LedgerDb, run: number): Generator<UndoPlanRow> {
  const rows = inPages((after, count) =>
    ledger.all(
      `SELECT row, line, key, plan FROM rows WHERE run = ? AND row > ? AND plan IS NOT NULL
       ORDER BY row LIMIT ?`,
      run,
      after,
      count,
    ),
  );
  for (const row of rows) {
    yield {
      row: Number(row['row']),
      line: Number(row['line']),
      key: String(row['key']),
      plan: JSON.parse(String(row['plan'])) as UndoPlan,
    };
  }
}
