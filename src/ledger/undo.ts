import type { RowPlan } from '../model/plan.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { RowEnding } from '../model/row-ending.ts';
import type { DbRow, LedgerDb } from './ledger.ts';
import { inPages } from './pages.ts';

/** A run as undoing it needs it. */
export interface UndoTarget {
  readonly seq: number;
  readonly id: string;
  readonly bookPath: string;
  readonly bookName: string;
  readonly directory: string;
  /** Whether the run came to its end; one that was killed has not written its reports. */
  readonly isClosed: boolean;
}

/** A row of a run that overwrote something. */
export interface OverwrittenRow {
  readonly row: number;
  readonly line: number;
  readonly key: string;
  /** The channel partner that the row named. */
  readonly partner: string | undefined;
  /** Resource name. */
  readonly customer: string;
  /** Whether a patch overwrote it; where only an import did, nothing can be patched back. */
  readonly isPatched: boolean;
}

/** What a patch of an earlier run wrote over. */
export interface WrittenPatch {
  readonly row: number;
  readonly key: string;
  /** What Google had before that run. */
  readonly before: RemoteCustomer;
  /** Top-level fields that the patch wrote; undefined where that is not known. */
  readonly mask: readonly string[] | undefined;
  /** Hash of those fields as Google confirmed them; undefined where the answer never came. */
  readonly afterHash: string | undefined;
  /** Whether an import of the same row overwrote the customer too, before the patch. */
  readonly isImported: boolean;
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
}

const OVERWROTE = `s.before_image IS NOT NULL AND s.state <> 'failed' AND s.kind IN ('patch', 'import')`;

/**
 * The runs that a name may mean: the one with that id, or that directory; else those whose ids begin with it, latest
 * first.
 *
 * @param directory the name as an absolute path
 */
export function findRuns(ledger: LedgerDb, name: string, directory: string): readonly UndoTarget[] {
  const exact = ledger.all('SELECT * FROM runs WHERE id = ? OR directory = ?', name, directory);
  const found =
    exact.length > 0
      ? exact
      : ledger.all(
          `SELECT * FROM runs WHERE substr(id, 1, ?) = ? ORDER BY seq DESC LIMIT 10`,
          name.length,
          name,
        );
  return found.map((row) => ({
    seq: Number(row['seq']),
    id: String(row['id']),
    bookPath: String(row['book_path']),
    bookName: String(row['book_name']),
    directory: String(row['directory']),
    isClosed: row['state'] === 'finished' || row['state'] === 'stopped',
  }));
}

/** The latest runs that updated customers, with how many; latest first. */
export function latestUpdates(
  ledger: LedgerDb,
  count: number,
): readonly { readonly id: string; readonly customers: number }[] {
  return ledger
    .all(
      `SELECT r.id, count(*) AS customers FROM steps s JOIN runs r ON r.seq = s.run
       WHERE s.kind = 'patch' AND ${OVERWROTE} GROUP BY r.seq ORDER BY r.seq DESC LIMIT ?`,
      count,
    )
    .map((row) => ({ id: String(row['id']), customers: Number(row['customers']) }));
}

/** How many rows of a run a patch overwrote something of. */
export function countPatched(ledger: LedgerDb, run: number): number {
  const found = ledger.get(
    `SELECT count(DISTINCT s.row) AS n FROM steps s WHERE s.run = ? AND s.kind = 'patch' AND ${OVERWROTE}`,
    run,
  );
  return Number(found?.['n']);
}

/** The rows of a run that overwrote something, in the book's order. */
export function* overwrittenRows(ledger: LedgerDb, run: number): Generator<OverwrittenRow> {
  const rows = inPages((after, count) =>
    ledger.all(
      `SELECT s.row, r.line, r.key, r.partner, max(s.kind = 'patch') AS patched,
              max(json_extract(s.before_image, '$.name')) AS customer
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
      isPatched: Number(row['patched']) === 1,
    };
  }
}

/** A row of an undo with the patch that it takes back, and where it is in doubt what it is taken for. */
export interface RowToUndo {
  readonly patch: WrittenPatch;
  readonly doubt: RowEnding | undefined;
}

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
      `SELECT u.row, u.key, u.ending, s.before_image, s.mask, s.after_hash,
              EXISTS (SELECT 1 FROM steps i WHERE i.run = s.run AND i.row = s.row AND i.kind = 'import'
                      AND i.before_image IS NOT NULL AND i.state <> 'failed') AS imported
       FROM rows u JOIN steps s ON s.run = ? AND s.row = u.row AND s.kind = 'patch' AND ${OVERWROTE}
       WHERE u.run = ? AND u.state = ? AND u.row > ? ORDER BY u.row LIMIT ?`,
      source,
      run,
      state,
      after,
      count,
    )
    .map((row) => ({
      patch: toWrittenPatch(row),
      doubt: state === 'in-doubt' ? (JSON.parse(String(row['ending'])) as RowEnding) : undefined,
    }));
}

function toWrittenPatch(row: DbRow): WrittenPatch {
  return {
    row: Number(row['row']),
    key: String(row['key']),
    before: JSON.parse(String(row['before_image'])) as RemoteCustomer,
    mask: row['mask'] === null ? undefined : (JSON.parse(String(row['mask'])) as string[]),
    afterHash: row['after_hash'] === null ? undefined : String(row['after_hash']),
    isImported: Number(row['imported']) === 1,
  };
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
