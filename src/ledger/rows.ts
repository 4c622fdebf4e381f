import type { Customer } from '../model/customer.ts';
import type { RowPlan } from '../model/plan.ts';
import type { ResultLine, RowEnding } from '../model/row-ending.ts';
import type { DbRow, LedgerDb } from './ledger.ts';

/** A row as it was read: valid (with its customer) or already ended (invalid). */
export interface NewRow {
  readonly row: number;
  readonly line: number;
  readonly key: string;
  /** Everything in the row that matters, the token included; stored only as a salted hash. */
  readonly content: string;
  readonly customer: Customer | undefined;
  readonly action: string;
  readonly tokenCreated: string | undefined;
  readonly sealedToken: Uint8Array | undefined;
  readonly ending: RowEnding | undefined;
}

export interface StoredRow {
  readonly row: number;
  readonly line: number;
  readonly key: string;
  readonly contentHash: string;
  readonly customer: Customer;
  readonly hasToken: boolean;
}

export interface PlannedRow extends StoredRow {
  readonly plan: RowPlan;
  readonly sealedToken: Uint8Array | undefined;
}

/** What a row came to when it was decided. */
export type Decided =
  | { readonly kind: 'planned'; readonly row: number; readonly plan: RowPlan }
  | {
      readonly kind: 'ended';
      readonly row: number;
      readonly plan: RowPlan | undefined;
      readonly ending: RowEnding;
    };

/** Sorts behind every date: rows without a dated token come after those whose token runs out. */
const NO_DATE = '~';

export function insertRows(ledger: LedgerDb, run: number, rows: readonly NewRow[]): void {
  ledger.transaction(() => {
    for (const row of rows) {
      ledger.run(
        `INSERT INTO rows (run, row, line, key, content_hash, customer, partner, token_created, sealed_token,
                           action, state, ending, outcome)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        run,
        row.row,
        row.line,
        row.key,
        ledger.hash(row.content),
        row.customer === undefined ? null : JSON.stringify(row.customer),
        row.customer?.fields.channel_partner_id ?? null,
        row.sealedToken === undefined ? NO_DATE : (row.tokenCreated ?? NO_DATE),
        row.sealedToken ?? null,
        row.action,
        row.ending === undefined ? 'read' : 'ended',
        row.ending === undefined ? null : JSON.stringify(row.ending),
        row.ending?.outcome ?? null,
      );
    }
  });
}

/** The channel partners that rows still to be decided name. */
export function namedPartners(ledger: LedgerDb, run: number): readonly string[] {
  return ledger
    .all(
      `SELECT DISTINCT partner FROM rows WHERE run = ? AND state = 'read' AND partner IS NOT NULL ORDER BY partner`,
      run,
    )
    .map((row) => String(row['partner']));
}

/** Up to `count` valid rows after row `after` that are not decided yet. */
export function undecidedRows(
  ledger: LedgerDb,
  run: number,
  after: number,
  count: number,
): readonly StoredRow[] {
  return ledger
    .all(
      `SELECT * FROM rows WHERE run = ? AND row > ? AND state = 'read' ORDER BY row LIMIT ?`,
      run,
      after,
      count,
    )
    .map(toStoredRow);
}

export function storeDecisions(ledger: LedgerDb, run: number, decisions: readonly Decided[]): void {
  ledger.transaction(() => {
    for (const decided of decisions) {
      const plan = decided.plan === undefined ? null : JSON.stringify(decided.plan);
      if (decided.kind === 'planned') {
        ledger.run(
          `UPDATE rows SET state = 'planned', plan = ?, action = ? WHERE run = ? AND row = ?`,
          plan,
          decided.plan.action,
          run,
          decided.row,
        );
      } else {
        ledger.run(
          `UPDATE rows SET state = 'ended', plan = ?, action = ?, ending = ?, outcome = ?, sealed_token = NULL
           WHERE run = ? AND row = ?`,
          plan,
          decided.ending.action,
          JSON.stringify(decided.ending),
          decided.ending.outcome,
          run,
          decided.row,
        );
      }
    }
  });
}

/** A place in the order in which rows are applied: tokens that run out first, then the book's order. */
export interface ApplyPosition {
  readonly tokenCreated: string;
  readonly row: number;
}

export const APPLY_START: ApplyPosition = { tokenCreated: '', row: 0 };

/** Up to `count` planned rows after `position`, in the order in which they are to be applied. */
export function plannedRows(
  ledger: LedgerDb,
  run: number,
  position: ApplyPosition,
  count: number,
): readonly { readonly planned: PlannedRow; readonly position: ApplyPosition }[] {
  return ledger
    .all(
      `SELECT * FROM rows WHERE run = ? AND state = 'planned' AND (token_created, row) > (?, ?)
       ORDER BY token_created, row LIMIT ?`,
      run,
      position.tokenCreated,
      position.row,
      count,
    )
    .map((row) => ({
      planned: toPlannedRow(row),
      position: { tokenCreated: String(row['token_created']), row: Number(row['row']) },
    }));
}

export function plannedCount(ledger: LedgerDb, run: number): number {
  return Number(ledger.get(`SELECT count(*) AS n FROM rows WHERE run = ? AND state = 'planned'`, run)?.['n']);
}

/** How many planned rows there are of each action, with whether they overwrite. */
export function plannedActions(ledger: LedgerDb, run: number): Readonly<Record<string, number>> {
  const rows = ledger.all(
    `SELECT action, count(*) AS n FROM rows WHERE run = ? AND state = 'planned' GROUP BY action`,
    run,
  );
  return Object.fromEntries(rows.map((row) => [String(row['action']), Number(row['n'])]));
}

export function endRow(ledger: LedgerDb, run: number, row: number, ending: RowEnding): void {
  ledger.run(
    `UPDATE rows SET state = 'ended', ending = ?, outcome = ?, sealed_token = NULL WHERE run = ? AND row = ?`,
    JSON.stringify(ending),
    ending.outcome,
    run,
    row,
  );
}

/** Leaves a row for the settling at the end; `ending` is what it would be if nothing more were learnt. */
export function doubtRow(ledger: LedgerDb, run: number, row: number, ending: RowEnding): void {
  ledger.run(
    `UPDATE rows SET state = 'in-doubt', ending = ? WHERE run = ? AND row = ?`,
    JSON.stringify(ending),
    run,
    row,
  );
}

export function rowsInDoubt(
  ledger: LedgerDb,
  run: number,
): readonly { readonly planned: PlannedRow; readonly ending: RowEnding }[] {
  return ledger
    .all(`SELECT * FROM rows WHERE run = ? AND state = 'in-doubt' ORDER BY row`, run)
    .map((row) => ({
      planned: toPlannedRow(row),
      ending: JSON.parse(String(row['ending'])) as RowEnding,
    }));
}

/** Ends every row that has no outcome yet, each with what `endingOf` makes of its action. */
export function endOpenRows(
  ledger: LedgerDb,
  run: number,
  endingOf: (action: string, doubt: RowEnding | undefined) => RowEnding,
): void {
  const chunk = 1000;
  let after = 0;
  for (;;) {
    const open = ledger.all(
      `SELECT row, action, state, ending FROM rows WHERE run = ? AND row > ? AND state <> 'ended'
       ORDER BY row LIMIT ?`,
      run,
      after,
      chunk,
    );
    if (open.length === 0) return;
    after = Number(open.at(-1)?.['row']);
    ledger.transaction(() => {
      for (const row of open) {
        const doubt =
          row['state'] === 'in-doubt' ? (JSON.parse(String(row['ending'])) as RowEnding) : undefined;
        endRow(ledger, run, Number(row['row']), endingOf(String(row['action']), doubt));
      }
    });
  }
}

/** Every row of a run that has ended, in the book's order. */
export function* resultLines(ledger: LedgerDb, run: number): Generator<ResultLine> {
  const rows = ledger.iterate(
    'SELECT row, line, key, ending FROM rows WHERE run = ? AND ending IS NOT NULL ORDER BY row',
    run,
  );
  for (const row of rows) {
    yield {
      row: Number(row['row']),
      line: Number(row['line']),
      key: String(row['key']),
      ending: JSON.parse(String(row['ending'])) as RowEnding,
    };
  }
}

/** The plan of every row that was decided, in the book's order. */
export function* planLines(
  ledger: LedgerDb,
  run: number,
): Generator<{ readonly row: number; readonly line: number; readonly key: string; readonly plan: RowPlan }> {
  const rows = ledger.iterate(
    'SELECT row, line, key, plan FROM rows WHERE run = ? AND plan IS NOT NULL ORDER BY row',
    run,
  );
  for (const row of rows) {
    yield {
      row: Number(row['row']),
      line: Number(row['line']),
      key: String(row['key']),
      plan: JSON.parse(String(row['plan'])) as RowPlan,
    };
  }
}

/** Makes `rowsByContent` fast; not kept up all the time, since only an edited book needs it. */
export function indexByContent(ledger: LedgerDb): void {
  ledger.db.exec('CREATE INDEX IF NOT EXISTS rows_by_content ON rows (run, content_hash)');
}

/** The rows of a run that ended in error and had this content. */
export function rowsByContent(ledger: LedgerDb, run: number, content: string): readonly number[] {
  return ledger
    .all(
      `SELECT row FROM rows WHERE run = ? AND content_hash = ?
       AND outcome IN ('invalid', 'blocked', 'failed', 'ambiguous', 'unprocessed')`,
      run,
      ledger.hash(content),
    )
    .map((row) => Number(row['row']));
}

export function hasErrorRows(ledger: LedgerDb, run: number): boolean {
  const found = ledger.get(
    `SELECT 1 FROM rows WHERE run = ? AND outcome IN ('invalid', 'blocked', 'failed', 'ambiguous', 'unprocessed') LIMIT 1`,
    run,
  );
  return found !== undefined;
}

export function countRows(ledger: LedgerDb, run: number): number {
  return Number(ledger.get('SELECT count(*) AS n FROM rows WHERE run = ?', run)?.['n']);
}

function toStoredRow(row: DbRow): StoredRow {
  return {
    row: Number(row['row']),
    line: Number(row['line']),
    key: String(row['key']),
    contentHash: String(row['content_hash']),
    customer: JSON.parse(String(row['customer'])) as Customer,
    hasToken: row['sealed_token'] !== null,
  };
}

function toPlannedRow(row: DbRow): PlannedRow {
  return {
    ...toStoredRow(row),
    plan: JSON.parse(String(row['plan'])) as RowPlan,
    sealedToken: row['sealed_token'] instanceof Uint8Array ? row['sealed_token'] : undefined,
  };
}
