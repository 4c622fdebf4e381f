import type { LedgerDb } from './ledger.ts';

/** An operation that was begun for a row; kept until its end is known, over runs. */
export interface BegunOperation {
  readonly name: string;
  /** Resource name of the customer that it is for. */
  readonly customer: string;
  readonly key: string;
  readonly run: number;
  readonly row: number;
}

/** Writes an operation down; before it is asked after for the first time. */
export function storeOperation(ledger: LedgerDb, operation: BegunOperation, at: string): void {
  ledger.run(
    `INSERT INTO operations (name, customer, key, run, row, state, begun_at) VALUES (?, ?, ?, ?, ?, 'running', ?)
     ON CONFLICT (name) DO UPDATE SET run = excluded.run, row = excluded.row, state = 'running'`,
    operation.name,
    operation.customer,
    operation.key,
    operation.run,
    operation.row,
    at,
  );
}

/** `gone`: Google no longer knows it. */
export function endOperation(
  ledger: LedgerDb,
  name: string,
  state: 'done' | 'failed' | 'gone',
  at: string,
): void {
  ledger.run('UPDATE operations SET state = ?, ended_at = ? WHERE name = ?', state, at, name);
}

/** When an operation was begun, as epoch milliseconds; undefined for one that is not known. */
export function begunAtMs(ledger: LedgerDb, name: string): number | undefined {
  const found = ledger.get('SELECT begun_at FROM operations WHERE name = ?', name);
  return found === undefined ? undefined : Date.parse(String(found['begun_at']));
}

/** The operations whose end is not known, by the customer's resource name. */
export function runningOperations(ledger: LedgerDb): ReadonlyMap<string, string> {
  const rows = ledger.all(`SELECT customer, name FROM operations WHERE state = 'running' ORDER BY begun_at`);
  return new Map(rows.map((row) => [String(row['customer']), String(row['name'])]));
}

/** Ends the operations whose customer has its Cloud Identity by now, as the snapshot shows. */
export function endSeenOperations(ledger: LedgerDb, at: string): void {
  ledger.run(
    `UPDATE operations SET state = 'done', ended_at = ? WHERE state = 'running' AND customer IN
       (SELECT name FROM remote_customers WHERE cloud_identity_id IS NOT NULL)`,
    at,
  );
}
