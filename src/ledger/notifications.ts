import type { Customer } from '../model/customer.ts';
import type { DbRow, LedgerDb } from './ledger.ts';

/** A row whose new customer has yet to be told. */
export interface PendingNotification {
  readonly row: number;
  readonly customer: Customer;
  readonly customerId: string;
  readonly outcome: string;
}

/**
 * Rows that ended well, about a customer that an insert of ours made, whose onboarding is whole and whose message was
 * neither written nor sent, or failed. One that was only written, no mail server being set, stays written.
 */
const PENDING = `rows r JOIN tenants t ON t.customer_id = json_extract(r.ending, '$.cloudIdentityId')
  WHERE r.run = ? AND r.state = 'ended' AND r.outcome IN ('done', 'unchanged')
    AND json_extract(r.customer, '$.action') = 'onboard'
    AND (t.type = 'team' OR t.admin_at IS NOT NULL)
    AND (t.notified IS NULL OR t.notified = 'failed')`;

const COLUMNS = 'r.row, r.customer, r.outcome, t.customer_id';

/** Up to `count` of them after row `after`. */
export function pendingNotifications(
  ledger: LedgerDb,
  run: number,
  after: number,
  count: number,
): readonly PendingNotification[] {
  return ledger
    .all(`SELECT ${COLUMNS} FROM ${PENDING} AND r.row > ? ORDER BY r.row LIMIT ?`, run, after, count)
    .map(toPending);
}

export function pendingNotification(
  ledger: LedgerDb,
  run: number,
  row: number,
): PendingNotification | undefined {
  const found = ledger.get(`SELECT ${COLUMNS} FROM ${PENDING} AND r.row = ?`, run, row);
  return found === undefined ? undefined : toPending(found);
}

/** Whether a run has rows whose customers may have to be told. */
export function hasOnboarding(ledger: LedgerDb, run: number): boolean {
  const found = ledger.get(
    `SELECT 1 FROM rows WHERE run = ? AND json_extract(customer, '$.action') = 'onboard'
       AND (state = 'planned' OR outcome IN ('done', 'unchanged')) LIMIT 1`,
    run,
  );
  return found !== undefined;
}

function toPending(row: DbRow): PendingNotification {
  return {
    row: Number(row['row']),
    customer: JSON.parse(String(row['customer'])) as Customer,
    customerId: String(row['customer_id']),
    outcome: String(row['outcome']),
  };
}
