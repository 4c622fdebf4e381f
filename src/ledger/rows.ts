import type { Customer } from '../model/customer.ts';
import type { RowPlan } from '../model/plan.ts';
import type { ResultLine, RowEnding } from '../model/row-ending.ts';
import type { EarlierRow } from './earlier-rows.ts';
import type { DbRow, LedgerDb } from './ledger.ts';
import { inPages } from './pages.ts';
import { OF_ROW } from './steps.ts';

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
  /** What an earlier part of the run did for the row. */
  readonly earlier?: EarlierRow | undefined;
}

export interface StoredRow {
  readonly row: number;
  readonly line: number;
  readonly key: string;
  readonly contentHash: string;
  readonly customer: Customer;
  readonly hasToken: boolean;
  /** Calls made for the row alone before it was decided. */
  readonly calls: number;
  /** What an earlier part of the run did for it, and did not bring to its end. */
  readonly earlier: EarlierRow | undefined;
}

export interface PlannedRow extends StoredRow {
  readonly plan: RowPlan;
  readonly sealedToken: Uint8Array | undefined;
}

/** What a row came to when it was decided. */
export type Decided =
  | { readonly kind: 'planned'; readonly row: number; readonly plan: RowPlan }
  /** The snapshot does not settle it: Google has to be asked. */
  | { readonly kind: 'open'; readonly row: number }
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
                           action, state, ending, outcome, earlier)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
        row.earlier === undefined ? null : JSON.stringify(row.earlier),
      );
    }
  });
}

/** The channel partners that rows still to be decided name. */
export function namedPartners(ledger: LedgerDb, run: number): readonly string[] {
  return partnersWhere(ledger, run, `state = 'read'`);
}

/** The channel partners that rows name, whatever has become of them. */
export function allPartners(ledger: LedgerDb, run: number): readonly string[] {
  return partnersWhere(ledger, run, 'true');
}

/** The channel partners under which earlier runs left a create without learning of its end. */
export function openPartners(ledger: LedgerDb, run: number): readonly string[] {
  return ledger
    .all(
      `SELECT DISTINCT r.partner FROM steps s JOIN rows r USING (run, row)
       WHERE s.run < ? AND s.state IN ('intent', 'in-doubt') AND s.kind = 'create' AND r.partner IS NOT NULL`,
      run,
    )
    .map((row) => String(row['partner']));
}

function partnersWhere(ledger: LedgerDb, run: number, condition: string): readonly string[] {
  return ledger
    .all(
      `SELECT DISTINCT partner FROM rows WHERE run = ? AND ${condition} AND partner IS NOT NULL ORDER BY partner`,
      run,
    )
    .map((row) => String(row['partner']));
}

/** Up to `count` valid rows after row `after` that are not decided yet: not looked at (`read`), or left `open`. */
export function undecidedRows(
  ledger: LedgerDb,
  run: number,
  after: number,
  count: number,
  state: 'read' | 'open' = 'read',
  family?: RowFamily,
): readonly StoredRow[] {
  return ledger
    .all(
      `SELECT * FROM rows WHERE run = ? AND row > ? AND state = ?
         ${ofFamily(family, "json_extract(customer, '$.action')")} ORDER BY row LIMIT ?`,
      run,
      after,
      state,
      count,
    )
    .map(toStoredRow);
}

export function countInState(ledger: LedgerDb, run: number, state: 'read' | 'open' | 'planned'): number {
  return Number(ledger.get('SELECT count(*) AS n FROM rows WHERE run = ? AND state = ?', run, state)?.['n']);
}

/** Counts calls that were made for a row before it was decided. */
export function addCalls(ledger: LedgerDb, run: number, row: number, calls: number): void {
  ledger.run('UPDATE rows SET calls = calls + ? WHERE run = ? AND row = ?', calls, run, row);
}

export function storeDecisions(ledger: LedgerDb, run: number, decisions: readonly Decided[]): void {
  ledger.transaction(() => {
    for (const decided of decisions) {
      if (decided.kind === 'open') {
        ledger.run(`UPDATE rows SET state = 'open' WHERE run = ? AND row = ?`, run, decided.row);
        continue;
      }
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

/** Rows of the Channel API, or those that are onboarded: each family waits for quotas of its own. */
export const ROW_FAMILIES = ['channel', 'onboard'] as const;
export type RowFamily = (typeof ROW_FAMILIES)[number];

export const APPLY_START: ApplyPosition = { tokenCreated: '', row: 0 };

/** Up to `count` planned rows after `position`, in the order in which they are to be applied. */
export function plannedRows(
  ledger: LedgerDb,
  run: number,
  position: ApplyPosition,
  count: number,
  family?: RowFamily,
): readonly { readonly planned: PlannedRow; readonly position: ApplyPosition }[] {
  return ledger
    .all(
      `SELECT * FROM rows WHERE run = ? AND state = 'planned' AND (token_created, row) > (?, ?) ${ofFamily(family, 'action')}
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

/** @param action the column or expression that tells a row's action */
function ofFamily(family: RowFamily | undefined, action: string): string {
  if (family === undefined) return '';
  return family === 'onboard' ? `AND ${action} = 'onboard'` : `AND ${action} <> 'onboard'`;
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

/** Takes a row back that was found to be as before its write in doubt: it is to be written, and nothing is in doubt. */
export function reopenRow(ledger: LedgerDb, run: number, row: number): void {
  ledger.run(`UPDATE rows SET state = 'planned', ending = NULL WHERE run = ? AND row = ?`, run, row);
}

/** Leaves a row to its operation; `ending` is what it would be if its end were never learnt. */
export function waitRow(ledger: LedgerDb, run: number, row: number, ending: RowEnding): void {
  ledger.run(
    `UPDATE rows SET state = 'waiting', ending = ? WHERE run = ? AND row = ?`,
    JSON.stringify(ending),
    run,
    row,
  );
}

export interface DoubtfulRow {
  readonly planned: PlannedRow;
  readonly ending: RowEnding;
  /** Place of the step whose answer never came. */
  readonly step: number;
}

/** Up to `count` rows after row `after` with a write in doubt. */
export function rowsInDoubt(
  ledger: LedgerDb,
  run: number,
  after: number,
  count: number,
): readonly DoubtfulRow[] {
  return ledger
    .all(
      `SELECT r.*, (SELECT min(s.step) FROM steps s
                    WHERE s.run = r.run AND s.row = r.row AND s.state = 'in-doubt') AS step
       FROM rows r WHERE r.run = ? AND r.row > ? AND r.state = 'in-doubt' ORDER BY r.row LIMIT ?`,
      run,
      after,
      count,
    )
    .map((row) => ({
      planned: toPlannedRow(row),
      ending: parseEnding(row['ending']),
      step: Number(row['step'] ?? -1),
    }));
}

/** Ends every row that has no outcome yet, each as `endingOf` says. */
export function endOpenRows(ledger: LedgerDb, run: number, endingOf: (open: OpenRow) => RowEnding): void {
  const open = inPages((after, count) =>
    ledger.all(
      `SELECT row, state, action, ending, ${PROGRESS} FROM rows r
         WHERE run = ? AND row > ? AND state <> 'ended' ORDER BY row LIMIT ?`,
      run,
      after,
      count,
    ),
  );
  ledger.transaction(() => {
    for (const row of open) endRow(ledger, run, Number(row['row']), endingOf(toOpenRow(row)));
  });
}

/**
 * Every row of a run, in the book's order, with how it ended.
 *
 * @param endingOf how a row that has not ended is to be reported
 */
export function* resultLines(
  ledger: LedgerDb,
  run: number,
  endingOf: (open: OpenRow) => RowEnding,
): Generator<ResultLine> {
  const rows = inPages((after, count) =>
    ledger.all(
      `SELECT row, line, key, state, action, ending, ${PROGRESS} FROM rows r
         WHERE run = ? AND row > ? ORDER BY row LIMIT ?`,
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
      ending: row['state'] === 'ended' ? parseEnding(row['ending']) : endingOf(toOpenRow(row)),
    };
  }
}

/** A row that has not ended. */
export interface OpenRow {
  readonly action: string;
  /** What it would be if nothing more were learnt, where its write is in doubt. */
  readonly doubt: RowEnding | undefined;
  /** `unknown`: a write of it left, and its end was not written down; `begun`: all that left is known to be done. */
  readonly progress: 'none' | 'begun' | 'unknown';
  /** Sends of its writes, and all calls that are known to have been made for it. */
  readonly sends: number;
  readonly calls: number;
  /** Google Workspace customer ID that its insert brought. */
  readonly tenant: string | undefined;
}

/** What became of a row's steps: one whose end is not known counts more than those that are done. */
const PROGRESS = `calls, earlier, (SELECT sum(s.attempt) FROM steps s WHERE ${OF_ROW}) AS sends,
  (SELECT max(CASE s.state WHEN 'done' THEN 1 ELSE 2 END) FROM steps s
    WHERE ${OF_ROW} AND s.state IN ('intent', 'in-doubt', 'done')) AS progress,
  (SELECT s.detail FROM steps s WHERE ${OF_ROW} AND s.kind = 'insert' AND s.state = 'done') AS tenant`;
const PROGRESSES = ['none', 'begun', 'unknown'] as const;

/** @param rank 1 where all that left is known to be done, 2 where an end is not known; null where nothing left */
export function progressOf(rank: DbRow[string] | undefined): OpenRow['progress'] {
  return PROGRESSES[Number(rank ?? 0)] ?? 'unknown';
}

function toOpenRow(row: DbRow): OpenRow {
  const isWaiting = row['state'] === 'in-doubt' || row['state'] === 'waiting';
  const sends = Number(row['sends'] ?? 0);
  const planned = String(row['action']);
  return {
    // Until it is decided anew, a row is about what was begun for it.
    action: row['state'] === 'planned' ? planned : (earlierOf(row)?.work?.action ?? planned),
    doubt: isWaiting ? parseEnding(row['ending']) : undefined,
    progress: progressOf(row['progress']),
    sends,
    calls: Number(row['calls']) + sends,
    tenant: typeof row['tenant'] === 'string' ? row['tenant'] : undefined,
  };
}

function earlierOf(row: DbRow): EarlierRow | undefined {
  return typeof row['earlier'] === 'string' ? (JSON.parse(row['earlier']) as EarlierRow) : undefined;
}

function parseEnding(json: DbRow[string] | undefined): RowEnding {
  return JSON.parse(String(json)) as RowEnding;
}

/** Rows of a run that did not end well, by what they said; for a book that was edited since. */
export interface ContentIndex {
  /** The rows that had this content. */
  find(content: string): readonly number[];
  drop(): void;
}

export function indexByContent(ledger: LedgerDb, run: number): ContentIndex {
  const { db } = ledger;
  db.exec(`CREATE TEMP TABLE rows_by_content (content_hash TEXT, row INTEGER, PRIMARY KEY (content_hash, row))
    STRICT, WITHOUT ROWID`);
  db.prepare('INSERT INTO rows_by_content SELECT content_hash, row FROM rows WHERE run = ?').run(run);
  const select = db.prepare('SELECT row FROM rows_by_content WHERE content_hash = ?');
  return {
    find: (content) => select.all(ledger.hash(content)).map((row) => Number(row['row'])),
    drop() {
      db.exec('DROP TABLE IF EXISTS temp.rows_by_content');
    },
  };
}

/** Whether any row has ended badly or has not ended: only then does the book have to be read again. */
export function hasErrorRows(ledger: LedgerDb, run: number): boolean {
  const found = ledger.get(
    `SELECT 1 FROM rows WHERE run = ? AND (state <> 'ended' OR
       outcome IN ('invalid', 'blocked', 'failed', 'ambiguous', 'unprocessed')) LIMIT 1`,
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
    calls: Number(row['calls']),
    earlier: earlierOf(row),
  };
}

function toPlannedRow(row: DbRow): PlannedRow {
  return {
    ...toStoredRow(row),
    plan: JSON.parse(String(row['plan'])) as RowPlan,
    sealedToken: row['sealed_token'] instanceof Uint8Array ? row['sealed_token'] : undefined,
  };
}

/** Adds something to know to a row that has ended. */
export function addNote(ledger: LedgerDb, run: number, row: number, note: string): void {
  ledger.run(
    `UPDATE rows SET ending = json_set(ending, '$.note',
       iif(json_extract(ending, '$.note') IS NULL, '', json_extract(ending, '$.note') || ' | ') || ?)
     WHERE run = ? AND row = ? AND state = 'ended'`,
    note,
    run,
    row,
  );
}
