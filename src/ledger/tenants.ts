import type { CustomerType } from '../model/action.ts';
import type { Customer } from '../model/customer.ts';
import type { DbRow, LedgerDb } from './ledger.ts';

/** A customer that an insert of ours made, with how far its onboarding has come. */
export interface KnownTenant {
  readonly customerId: string;
  readonly key: string;
  readonly type: CustomerType;
  readonly domain: string;
  readonly consoleUrl: string | undefined;
  /** Language that was set before there was any user. */
  readonly language: string | undefined;
  /** Whom `users.insert` was sent for, whatever came of it. */
  readonly adminEmail: string | undefined;
  /** Number of the run whose credentials.csv has the password. */
  readonly passwordRun: number | undefined;
  /** Since when that user is known to be there, as epoch milliseconds. */
  readonly userMs: number | undefined;
  readonly isAdmin: boolean;
  readonly notified: 'written' | 'sent' | 'failed' | undefined;
}

/** A customer that an insert of ours has just made, or is found to have made. */
export interface NewTenant {
  readonly customerId: string;
  readonly key: string;
  readonly type: CustomerType;
  readonly domain: string;
  readonly consoleUrl: string | undefined;
  /** The first admin of a team, whom Google invites; of a `domain` customer the user that is made says. */
  readonly primaryAdminEmail: string | undefined;
}

export function storeTenant(ledger: LedgerDb, tenant: NewTenant, run: number, at: string): void {
  ledger.run(
    `INSERT INTO tenants (customer_id, key, type, domain, console_url, admin_email, run, inserted_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (customer_id) DO UPDATE SET key = excluded.key,
       console_url = coalesce(excluded.console_url, console_url)`,
    tenant.customerId,
    tenant.key,
    tenant.type,
    tenant.domain.toLowerCase(),
    tenant.consoleUrl ?? null,
    tenant.primaryAdminEmail?.toLowerCase() ?? null,
    run,
    at,
  );
}

/**
 * The customer that an insert of ours made for this row, whatever its key is by now: a `domain` customer is known by its
 * domain, a team, which may share its domain, by its admin.
 */
export function knownTenant(ledger: LedgerDb, { type, fields }: Customer): KnownTenant | undefined {
  const row =
    type === 'domain'
      ? ledger.get(`SELECT * FROM tenants WHERE domain = ? AND type = 'domain'`, fields.domain ?? '')
      : ledger.get(
          `SELECT * FROM tenants WHERE type = 'team' AND (admin_email = ? OR customer_id = ?)
           ORDER BY customer_id = ? DESC LIMIT 1`,
          fields.primary_admin_email?.toLowerCase() ?? '',
          fields.cloud_identity_id ?? '',
          fields.cloud_identity_id ?? '',
        );
  return row === undefined ? undefined : toTenant(row);
}

export function tenantById(ledger: LedgerDb, customerId: string): KnownTenant | undefined {
  const row = ledger.get('SELECT * FROM tenants WHERE customer_id = ?', customerId);
  return row === undefined ? undefined : toTenant(row);
}

export function setTenantLanguage(ledger: LedgerDb, customerId: string, language: string): void {
  ledger.run('UPDATE tenants SET language = ? WHERE customer_id = ?', language, customerId);
}

/** Before `users.insert` is sent: from then on the user may be there, with the password of that run. */
export function intendTenantUser(ledger: LedgerDb, customerId: string, email: string, run: number): void {
  ledger.run(
    `UPDATE tenants SET admin_email = ?, password_run = ?, user_at = NULL, admin_at = NULL WHERE customer_id = ?`,
    email,
    run,
    customerId,
  );
}

/** `users.insert` was refused: no user is there by our doing. */
export function forgetTenantUser(ledger: LedgerDb, customerId: string): void {
  ledger.run('UPDATE tenants SET admin_email = NULL, password_run = NULL WHERE customer_id = ?', customerId);
}

/** The user is there; where `users.insert` of ours did not make it, with a password that we do not know. */
export function confirmTenantUser(ledger: LedgerDb, customerId: string, email: string, at: string): void {
  ledger.run(
    `UPDATE tenants SET user_at = ?, password_run = iif(admin_email = ?, password_run, NULL), admin_email = ?
     WHERE customer_id = ?`,
    at,
    email,
    email,
    customerId,
  );
}

/** A look-up showed the user: what the ledger does not know of it yet is taken in. */
export function sawTenantUser(
  ledger: LedgerDb,
  customerId: string,
  email: string,
  isAdmin: boolean,
  at: string,
): void {
  const known = tenantById(ledger, customerId);
  const isSame = known?.adminEmail?.toLowerCase() === email.toLowerCase();
  if (!isSame || known.userMs === undefined) confirmTenantUser(ledger, customerId, email, at);
  if (isAdmin && known?.isAdmin !== true) confirmTenantAdmin(ledger, customerId, at);
}

export function confirmTenantAdmin(ledger: LedgerDb, customerId: string, at: string): void {
  ledger.run('UPDATE tenants SET admin_at = ? WHERE customer_id = ?', at, customerId);
}

/** What became of the message for a new customer. */
export function setNotified(
  ledger: LedgerDb,
  customerId: string,
  state: 'written' | 'sent' | 'failed',
  at: string,
): void {
  ledger.run('UPDATE tenants SET notified = ?, notified_at = ? WHERE customer_id = ?', state, at, customerId);
}

/** An insert that was sent without learning of its end. */
export interface OpenInsert {
  /** When the last one left, as epoch milliseconds. */
  readonly sentMs: number;
}

/** The insert of an earlier run for this row whose end is not known: of its domain, or of a team its admin. */
export function openInsert(ledger: LedgerDb, run: number, customer: Customer): OpenInsert | undefined {
  const row = ledger.get(
    `SELECT max(s.begun_at) AS at FROM steps s JOIN rows r USING (run, row)
     WHERE s.run < ? AND s.state IN ('intent', 'in-doubt') AND s.kind = 'insert'
       AND json_extract(r.customer, '$.type') = ? AND json_extract(r.customer, ?) = ?`,
    run,
    ...identityOf(customer),
  );
  const at = row?.['at'];
  return typeof at === 'string' ? { sentMs: Date.parse(at) } : undefined;
}

/** A row of an earlier run whose insert's end is not known, and that no row of this run stands for. */
export interface LeftInsert extends OpenInsert {
  readonly customer: Customer;
}

export function leftInserts(ledger: LedgerDb, run: number): readonly LeftInsert[] {
  return ledger
    .all(
      `SELECT r.customer, max(s.begun_at) AS at FROM steps s JOIN rows r USING (run, row)
       WHERE s.run < ?1 AND s.state IN ('intent', 'in-doubt') AND s.kind = 'insert' AND r.customer IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM rows n WHERE n.run = ?1 AND n.state = 'read' AND n.key = r.key
           AND json_extract(n.customer, '$.action') = 'onboard')
       GROUP BY r.key`,
      run,
    )
    .map((row) => ({
      customer: JSON.parse(String(row['customer'])) as Customer,
      sentMs: Date.parse(String(row['at'])),
    }));
}

/** Closes the inserts that earlier runs left open for a row: what came of them is known, or another one is sent. */
export function closeOpenInserts(ledger: LedgerDb, run: number, customer: Customer, at: string): void {
  ledger.run(
    `UPDATE steps SET state = 'superseded', detail = 'settled by a later run', ended_at = ?
     WHERE run < ? AND state IN ('intent', 'in-doubt') AND kind = 'insert' AND EXISTS
       (SELECT 1 FROM rows r WHERE r.run = steps.run AND r.row = steps.row
          AND json_extract(r.customer, '$.type') = ? AND json_extract(r.customer, ?) = ?)`,
    at,
    run,
    ...identityOf(customer),
  );
}

/** What tells one insert from another: type, the cell that names the customer, and what stands there. */
function identityOf({ type, fields }: Customer): readonly [string, string, string] {
  return type === 'domain'
    ? [type, '$.fields.domain', fields.domain ?? '']
    : [type, '$.fields.primary_admin_email', fields.primary_admin_email ?? ''];
}

function toTenant(row: DbRow): KnownTenant {
  const userAt = row['user_at'];
  return {
    customerId: String(row['customer_id']),
    key: String(row['key']),
    type: row['type'] === 'team' ? 'team' : 'domain',
    domain: String(row['domain']),
    consoleUrl: optional(row['console_url']),
    language: optional(row['language']),
    adminEmail: optional(row['admin_email']),
    passwordRun: typeof row['password_run'] === 'number' ? row['password_run'] : undefined,
    userMs: typeof userAt === 'string' ? Date.parse(userAt) : undefined,
    isAdmin: row['admin_at'] !== null,
    notified: optional(row['notified']) as KnownTenant['notified'],
  };
}

function optional(value: DbRow[string] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
