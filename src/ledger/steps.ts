import type { Customer } from '../model/customer.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { LedgerDb } from './ledger.ts';
import { inPages } from './pages.ts';

/**
 * Which steps `s` are of a row `r`: those at its own place, and where it is one of a resumed run those that an earlier part
 * wrote for it.
 */
export const OF_ROW = `((s.run = r.run AND s.row = r.row) OR
  (s.run = json_extract(r.earlier, '$.part') AND s.row = json_extract(r.earlier, '$.row')))`;

/** A write that is about to be sent. */
export interface Intent {
  readonly run: number;
  readonly row: number;
  /** Place of the step in the row's plan, from 0. */
  readonly step: number;
  readonly kind: string;
  /** The request without its secrets. */
  readonly request: unknown;
  /** Resource name or ID of the customer that is written to, where there is one already. */
  readonly customer: string | undefined;
  /** What Google had before, where the step overwrites. */
  readonly before: RemoteCustomer | undefined;
  /** Top-level fields that a patch writes. */
  readonly mask: readonly string[] | undefined;
  readonly at: string;
}

/** Commits an intent; only then may its request leave. */
export function commitIntent(ledger: LedgerDb, intent: Intent): void {
  ledger.run(
    `INSERT INTO steps (run, row, step, kind, attempt, state, request_hash, before_image, customer, mask, begun_at)
     VALUES (?, ?, ?, ?, 1, 'intent', ?, ?, ?, ?, ?)
     ON CONFLICT (run, row, step) DO UPDATE SET attempt = steps.attempt + 1, state = 'intent',
       request_hash = excluded.request_hash, begun_at = excluded.begun_at, ended_at = NULL, detail = NULL`,
    intent.run,
    intent.row,
    intent.step,
    intent.kind,
    ledger.hash(JSON.stringify(intent.request)),
    intent.before === undefined ? null : JSON.stringify(intent.before),
    intent.customer ?? null,
    intent.mask === undefined ? null : JSON.stringify(intent.mask),
    intent.at,
  );
}

/**
 * Writes down how a step ended.
 *
 * @param detail a customer's or operation's name, or an error code
 * @param after the fields that a patch wrote, as Google confirmed them; kept as a hash
 */
export function closeStep(
  ledger: LedgerDb,
  step: { readonly run: number; readonly row: number; readonly step: number },
  state: 'done' | 'failed' | 'in-doubt',
  detail: string | undefined,
  at: string,
  after?: string,
): void {
  ledger.run(
    `UPDATE steps SET state = ?, detail = ?, ended_at = ?, after_hash = coalesce(?, after_hash)
     WHERE run = ? AND row = ? AND step = ?`,
    state,
    detail ?? null,
    at,
    after === undefined ? null : ledger.hash(after),
    step.run,
    step.row,
    step.step,
  );
}

/** A create that an earlier run sent without learning of its end. */
export interface OpenCreate {
  readonly run: number;
  readonly row: number;
  readonly key: string;
  readonly customer: Customer;
}

export function openCreates(ledger: LedgerDb, run: number): readonly OpenCreate[] {
  return ledger
    .all(
      `SELECT s.run, s.row, r.key, r.customer FROM steps s JOIN rows r USING (run, row)
       WHERE s.run < ? AND s.state IN ('intent', 'in-doubt') AND s.kind = 'create' AND r.customer IS NOT NULL`,
      run,
    )
    .map((row) => ({
      run: Number(row['run']),
      row: Number(row['row']),
      key: String(row['key']),
      customer: JSON.parse(String(row['customer'])) as Customer,
    }));
}

/** Whether earlier runs left an import open: only a whole listing tells what came of it. */
export function hasOpenImports(ledger: LedgerDb, run: number): boolean {
  const found = ledger.get(
    `SELECT 1 FROM steps WHERE run < ? AND state IN ('intent', 'in-doubt') AND kind = 'import' LIMIT 1`,
    run,
  );
  return found !== undefined;
}

/** Resource names of the customers for which earlier runs left a patch or a provisioning open. */
export function openlyWritten(ledger: LedgerDb, run: number): readonly string[] {
  const rows = ledger.all(
    `SELECT DISTINCT customer FROM steps WHERE run < ? AND state IN ('intent', 'in-doubt')
       AND kind IN ('patch', 'provision') AND customer IS NOT NULL ORDER BY customer`,
    run,
  );
  return rows.map((row) => String(row['customer']));
}

/**
 * Closes the steps that earlier runs left open, and returns how many there were. Their look-up comes before: a whole
 * listing for creates and imports, `customers.get` for patches; then their rows are decided anew.
 *
 * A provisioning stays open until its customer has a Cloud Identity or another one is sent: no listing shows that one
 * is not at work. An insert stays open until its own look-up has told, or another one is sent.
 *
 * @param unsettled creates of which the listing could not tell
 */
export function closeEarlierSteps(
  ledger: LedgerDb,
  run: number,
  unsettled: readonly Pick<OpenCreate, 'run' | 'row'>[],
  at: string,
): number {
  return ledger.run(
    `UPDATE steps SET state = 'superseded', detail = 'settled by a later run', ended_at = ?
     WHERE run < ? AND state IN ('intent', 'in-doubt') AND kind <> 'insert' AND
       (kind <> 'provision' OR customer IS NULL OR customer IN
         (SELECT name FROM remote_customers WHERE cloud_identity_id IS NOT NULL)) AND
       (kind <> 'create' OR (run, row) NOT IN
         (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)))`,
    at,
    run,
    JSON.stringify(unsettled.map((open) => [open.run, open.row])),
  );
}

/** Resource names of the customers for which an earlier run sent a provisioning without learning of its end. */
export function provisionsInDoubt(ledger: LedgerDb, run: number): ReadonlySet<string> {
  const rows = ledger.all(
    `SELECT DISTINCT customer FROM steps
     WHERE run < ? AND state IN ('intent', 'in-doubt') AND kind = 'provision' AND customer IS NOT NULL`,
    run,
  );
  return new Set(rows.map((row) => String(row['customer'])));
}

/** Whether an earlier run sent a language for a customer without learning of its end; by Google's customer ID. */
export function isLanguageInDoubt(ledger: LedgerDb, run: number, customerId: string): boolean {
  const found = ledger.get(
    `SELECT 1 FROM steps
     WHERE run < ? AND state IN ('intent', 'in-doubt', 'superseded') AND kind = 'language' AND customer = ? LIMIT 1`,
    run,
    customerId,
  );
  return found !== undefined;
}

/** When the last provisioning left of which earlier runs have not heard, as epoch milliseconds. */
export function provisionDoubtMs(ledger: LedgerDb, run: number, customer: string): number | undefined {
  const row = ledger.get(
    `SELECT max(begun_at) AS at FROM steps
     WHERE run < ? AND state IN ('intent', 'in-doubt', 'superseded') AND kind = 'provision' AND customer = ?`,
    run,
    customer,
  );
  const at = row?.['at'];
  return typeof at === 'string' ? Date.parse(at) : undefined;
}

/** Closes the provisionings that earlier runs left open for a customer: another one takes their place. */
export function supersedeProvisions(ledger: LedgerDb, run: number, customer: string, at: string): void {
  ledger.run(
    `UPDATE steps SET state = 'superseded', detail = 'another one was sent', ended_at = ?
     WHERE run < ? AND state IN ('intent', 'in-doubt') AND kind = 'provision' AND customer = ?`,
    at,
    run,
    customer,
  );
}

/** When the last step of a run came into doubt that still is, as epoch milliseconds. */
export function lastDoubtMs(ledger: LedgerDb, run: number): number | undefined {
  const row = ledger.get(`SELECT max(ended_at) AS at FROM steps WHERE run = ? AND state = 'in-doubt'`, run);
  const at = row?.['at'];
  return typeof at === 'string' ? Date.parse(at) : undefined;
}

/** The fields that a patch was to write. */
export function writtenMask(
  ledger: LedgerDb,
  step: { readonly run: number; readonly row: number; readonly step: number },
): readonly string[] | undefined {
  const found = ledger.get(
    'SELECT mask FROM steps WHERE run = ? AND row = ? AND step = ?',
    step.run,
    step.row,
    step.step,
  );
  const mask = found?.['mask'];
  return typeof mask === 'string' ? (JSON.parse(mask) as string[]) : undefined;
}

/** When the last writes of earlier runs left whose effect may show later than a look now, as epoch milliseconds. */
export interface OpenWrites {
  /** Of a create, which only a whole listing settles; undefined where none is open. */
  readonly createMs: number | undefined;
  readonly provisionMs: number | undefined;
}

/** An intent is dated before it is on the disk, and its request leaves after that. */
const LEAVES_WITHIN_MS = 1_000;

export function lastOpenWrites(ledger: LedgerDb, run: number): OpenWrites {
  function last(kind: 'create' | 'provision'): number | undefined {
    const row = ledger.get(
      `SELECT max(begun_at) FILTER (WHERE state = 'intent') AS intended,
         max(ended_at) FILTER (WHERE state = 'in-doubt') AS doubted
       FROM steps WHERE run < ? AND state IN ('intent', 'in-doubt') AND kind = ?`,
      run,
      kind,
    );
    const intended = row?.['intended'];
    const doubted = row?.['doubted'];
    const times = [
      ...(typeof intended === 'string' ? [Date.parse(intended) + LEAVES_WITHIN_MS] : []),
      ...(typeof doubted === 'string' ? [Date.parse(doubted)] : []),
    ];
    return times.length === 0 ? undefined : Math.max(...times);
  }
  return { createMs: last('create'), provisionMs: last('provision') };
}

export interface BeforeImage {
  readonly row: number;
  readonly key: string;
  readonly kind: string;
  readonly state: string;
  readonly before: RemoteCustomer;
}

/** What the steps of a run overwrote, in the book's order. */
export function* beforeImages(ledger: LedgerDb, run: number): Generator<BeforeImage> {
  const rows = inPages((after, count) =>
    ledger.all(
      `SELECT s.row, r.key, s.kind, s.state, s.before_image FROM steps s JOIN rows r USING (run, row)
         WHERE s.run = ? AND s.row > ? AND s.before_image IS NOT NULL AND s.state <> 'failed'
         ORDER BY s.row, s.step LIMIT ?`,
      run,
      after,
      count,
    ),
  );
  for (const row of rows) {
    yield {
      row: Number(row['row']),
      key: String(row['key']),
      kind: String(row['kind']),
      state: String(row['state']),
      before: JSON.parse(String(row['before_image'])) as RemoteCustomer,
    };
  }
}
