import type { CustomerType } from '../model/action.ts';
import type { Customer } from '../model/customer.ts';
import type { DbRow, LedgerDb } from './ledger.ts';

/** A customer that an insert of ours made, with how far its onboarding has come. Addresses are in comparable form. */
export interface KnownTenant {
  readonly customerId: string;
  /** Of the row that it was made for. */
  readonly key: string;
  readonly domain: string;
  readonly consoleUrl: string | undefined;
  /** Language that was set before there was any user. */
  readonly language: string | undefined;
  /** Of its first user, whom `users.insert` of ours was sent for, or who was found there; of a team its primary admin. */
  readonly adminEmail: string | undefined;
  /** When `users.insert` was first sent for that user, as epoch milliseconds; undefined where somebody else made it. */
  readonly userSentMs: number | undefined;
  /** Number of the run whose credentials.csv has the password. */
  readonly passwordRun: number | undefined;
  /** Since when that user is known to be there, as epoch milliseconds. */
  readonly userMs: number | undefined;
  readonly isAdmin: boolean;
}

/** A customer that an insert of ours has just made, or is found to have made. */
export interface NewTenant extends TenantIdentity {
  readonly customerId: string;
  readonly key: string;
  readonly consoleUrl: string | undefined;
}

/** What tells one new customer from another: of type `domain` its domain, of a team, which may share one, its admin. */
export interface TenantIdentity {
  readonly type: CustomerType;
  readonly domain: string;
  /** Of a team; in comparable form. */
  readonly primaryAdmin: string | undefined;
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
    tenant.domain,
    tenant.consoleUrl ?? null,
    tenant.primaryAdmin ?? null,
    run,
    at,
  );
}

/**
 * The customer that an insert of ours made for this identity, whatever the row's key is by now.
 *
 * @param named `cloud_identity_id` of the row, which tells a team whose admin has changed
 */
export function knownTenant(
  ledger: LedgerDb,
  { type, domain, primaryAdmin }: TenantIdentity,
  named: string | undefined,
): KnownTenant | undefined {
  const row =
    type === 'domain'
      ? ledger.get(`SELECT * FROM tenants WHERE domain = ? AND type = 'domain'`, domain)
      : ledger.get(
          `SELECT * FROM tenants WHERE type = 'team' AND (admin_email = ? OR customer_id = ?)
           ORDER BY customer_id = ? DESC LIMIT 1`,
          primaryAdmin ?? '',
          named ?? '',
          named ?? '',
        );
  return row === undefined ? undefined : toTenant(row);
}

/** The customer that an insert of ours made for a row of this key, whatever the row says by now. */
export function tenantOfKey(ledger: LedgerDb, key: string): KnownTenant | undefined {
  const row = ledger.get('SELECT * FROM tenants WHERE key = ? ORDER BY inserted_at DESC LIMIT 1', key);
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
export function intendTenantUser(
  ledger: LedgerDb,
  customerId: string,
  email: string,
  run: number,
  at: string,
): void {
  ledger.run(
    `UPDATE tenants SET user_sent_at = iif(admin_email = ?2, coalesce(user_sent_at, ?4), ?4), admin_email = ?2,
       password_run = ?3, user_at = NULL, admin_at = NULL WHERE customer_id = ?1`,
    customerId,
    email,
    run,
    at,
  );
}

/** `users.insert` was refused, and no earlier one can have had its effect: no user is there by our doing. */
export function forgetTenantUser(ledger: LedgerDb, customerId: string): void {
  ledger.run(
    'UPDATE tenants SET admin_email = NULL, password_run = NULL, user_sent_at = NULL WHERE customer_id = ?',
    customerId,
  );
}

/** The user is there; where no `users.insert` of ours was sent for it, with a password that we do not know. */
export function confirmTenantUser(ledger: LedgerDb, customerId: string, email: string, at: string): void {
  ledger.run(
    `UPDATE tenants SET user_at = ?3,
       password_run = iif(admin_email = ?2 AND user_sent_at IS NOT NULL, password_run, NULL),
       user_sent_at = iif(admin_email = ?2, user_sent_at, NULL), admin_email = ?2 WHERE customer_id = ?1`,
    customerId,
    email,
    at,
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
  if (known?.adminEmail !== email || known.userMs === undefined)
    confirmTenantUser(ledger, customerId, email, at);
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

/** An insert of an earlier run without an answer, with the row that it was sent for. */
export interface OpenInsert {
  readonly customer: Customer;
  /** When the last one left, as epoch milliseconds. */
  readonly sentMs: number;
}

/** Inserts whose answer never came, of runs before this one. */
const OPEN = `steps s JOIN rows r USING (run, row)
  WHERE s.run < ?1 AND s.state IN ('intent', 'in-doubt') AND s.kind = 'insert' AND r.customer IS NOT NULL`;

/** Those that were sent for a row of this key, or for this identity: the latest of each identity. */
export function openInserts(
  ledger: LedgerDb,
  run: number,
  key: string,
  { type, domain, primaryAdmin }: TenantIdentity,
): readonly OpenInsert[] {
  return ledger
    .all(
      `SELECT r.customer, max(s.begun_at) AS at FROM ${OPEN} AND (r.key = ?2 OR
         json_extract(r.customer, '$.type') = ?3 AND ${IDENTITY} = ?4) GROUP BY ${IDENTITY}`,
      run,
      key,
      type,
      (type === 'domain' ? domain : (primaryAdmin ?? '')).toLowerCase(),
    )
    .map(toOpenInsert);
}

/** All of them. */
export function allOpenInserts(ledger: LedgerDb, run: number): readonly OpenInsert[] {
  return ledger
    .all(`SELECT r.customer, max(s.begun_at) AS at FROM ${OPEN} GROUP BY ${IDENTITY}`, run)
    .map(toOpenInsert);
}

/** Whether a row of this run that is still to be decided is about this new customer. */
export function hasOnboardRow(
  ledger: LedgerDb,
  run: number,
  { type, domain, primaryAdmin }: TenantIdentity,
): boolean {
  const found = ledger.get(
    `SELECT 1 FROM rows r WHERE r.run = ? AND r.state = 'read' AND json_extract(r.customer, '$.action') = 'onboard'
       AND json_extract(r.customer, '$.type') = ? AND ${IDENTITY} = ? LIMIT 1`,
    run,
    type,
    (type === 'domain' ? domain : (primaryAdmin ?? '')).toLowerCase(),
  );
  return found !== undefined;
}

/** Closes the inserts that earlier runs left open for an identity: what came of them is known, or another one is sent. */
export function closeOpenInserts(
  ledger: LedgerDb,
  run: number,
  { type, domain, primaryAdmin }: TenantIdentity,
  at: string,
): void {
  ledger.run(
    `UPDATE steps SET state = 'superseded', detail = 'settled by a later run', ended_at = ?2
     WHERE run < ?1 AND state IN ('intent', 'in-doubt') AND kind = 'insert' AND EXISTS
       (SELECT 1 FROM rows r WHERE r.run = steps.run AND r.row = steps.row
          AND json_extract(r.customer, '$.type') = ?3 AND ${IDENTITY} = ?4)`,
    run,
    at,
    type,
    (type === 'domain' ? domain : (primaryAdmin ?? '')).toLowerCase(),
  );
}

/** What stands in the cell that names a row's customer, as far as SQL can compare it. */
const IDENTITY = `lower(iif(json_extract(r.customer, '$.type') = 'team',
  json_extract(r.customer, '$.fields.primary_admin_email'), json_extract(r.customer, '$.fields.domain')))`;

function toOpenInsert(row: DbRow): OpenInsert {
  return {
    customer: JSON.parse(String(row['customer'])) as Customer,
    sentMs: Date.parse(String(row['at'])),
  };
}

function toTenant(row: DbRow): KnownTenant {
  return {
    customerId: String(row['customer_id']),
    key: String(row['key']),
    domain: String(row['domain']),
    consoleUrl: text(row['console_url']),
    language: text(row['language']),
    adminEmail: text(row['admin_email']),
    userSentMs: time(row['user_sent_at']),
    passwordRun: typeof row['password_run'] === 'number' ? row['password_run'] : undefined,
    userMs: time(row['user_at']),
    isAdmin: row['admin_at'] !== null,
  };
}

function text(value: DbRow[string] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function time(value: DbRow[string] | undefined): number | undefined {
  return typeof value === 'string' ? Date.parse(value) : undefined;
}
