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
  /** The names that were sent with it. */
  readonly sentNames: SentNames | undefined;
  /** Whether the last answer to it was a no that may have had its effect all the same. */
  readonly isUserRefused: boolean;
  /** Number of the run whose credentials.csv has the password. */
  readonly passwordRun: number | undefined;
  /** Whether an earlier password may hold that is in no file any more. */
  readonly isPasswordLost: boolean;
  /** Since when that user is known to be there, as epoch milliseconds. */
  readonly userMs: number | undefined;
  readonly isAdmin: boolean;
}

/** Names of a user as `users.insert` had them. */
export interface SentNames {
  readonly givenName: string;
  readonly familyName: string;
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
  sent: { readonly email: string; readonly names: SentNames; readonly isPasswordLost: boolean },
  run: number,
  at: string,
): void {
  ledger.run(
    `UPDATE tenants SET user_sent_at = iif(admin_email = ?2, coalesce(user_sent_at, ?4), ?4), admin_email = ?2,
       user_names = ?5, user_refused = NULL, password_run = ?3, password_lost = iif(?6, 1, password_lost),
       user_at = NULL, admin_at = NULL WHERE customer_id = ?1`,
    customerId,
    sent.email,
    run,
    at,
    JSON.stringify(sent.names),
    sent.isPasswordLost ? 1 : 0,
  );
}

/** `users.insert` was answered with a no that may have had its effect all the same: its password is kept. */
export function refuseTenantUser(ledger: LedgerDb, customerId: string): void {
  ledger.run('UPDATE tenants SET user_refused = 1 WHERE customer_id = ?', customerId);
}

/** `users.insert` was refused, and no earlier one can have had its effect: no user is there by our doing. */
export function forgetTenantUser(ledger: LedgerDb, customerId: string, email: string): void {
  ledger.run(
    `UPDATE tenants SET admin_email = NULL, password_run = NULL, user_sent_at = NULL, user_names = NULL,
       user_refused = NULL, password_lost = NULL WHERE customer_id = ? AND admin_email = ? AND user_at IS NULL`,
    customerId,
    email,
  );
}

/** Whatever password the user has, it is in no file of ours. */
export function losePassword(ledger: LedgerDb, customerId: string): void {
  ledger.run(
    'UPDATE tenants SET password_run = NULL, password_lost = NULL WHERE customer_id = ?',
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
  // Once onboarded, the first user is who it is.
  if (known?.isAdmin === true && known.adminEmail !== email) return;
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
  /** `identityText` of the customer that it was to make. */
  readonly identity: string;
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
  identity: TenantIdentity,
): readonly OpenInsert[] {
  return ledger
    .all(
      `SELECT s.customer AS identity, r.customer, max(s.begun_at) AS at FROM ${OPEN} AND (r.key = ?2 OR s.customer = ?3)
       GROUP BY s.customer`,
      run,
      key,
      identityText(identity),
    )
    .map(toOpenInsert);
}

/** The row that an insert for this very identity was sent for, where one of them was. */
export function sentFor(open: readonly OpenInsert[], identity: TenantIdentity): Customer | undefined {
  const wanted = identityText(identity);
  return open.find((insert) => insert.identity === wanted)?.customer;
}

/** All of them. */
export function allOpenInserts(ledger: LedgerDb, run: number): readonly OpenInsert[] {
  return ledger
    .all(
      `SELECT s.customer AS identity, r.customer, max(s.begun_at) AS at FROM ${OPEN} GROUP BY s.customer`,
      run,
    )
    .map(toOpenInsert);
}

/** The rows of this run that are to be onboarded and are still to be decided. */
export function onboardRows(ledger: LedgerDb, run: number): readonly Customer[] {
  return ledger
    .all(
      `SELECT customer FROM rows WHERE run = ? AND state = 'read' AND json_extract(customer, '$.action') = 'onboard'`,
      run,
    )
    .map((row) => JSON.parse(String(row['customer'])) as Customer);
}

/** Closes the inserts that earlier runs left open for an identity: what came of them is known, or another one is sent. */
export function closeOpenInserts(ledger: LedgerDb, run: number, identity: TenantIdentity, at: string): void {
  ledger.run(
    `UPDATE steps SET state = 'superseded', detail = 'settled by a later run', ended_at = ?
     WHERE run < ? AND state IN ('intent', 'in-doubt') AND kind = 'insert' AND customer = ?`,
    at,
    run,
    identityText(identity),
  );
}

/** What the steps table knows a new customer by: `domain:acme.com`, `team:gus@acme.com`. */
export function identityText({ type, domain, primaryAdmin }: TenantIdentity): string {
  return type === 'domain' ? `domain:${domain}` : `team:${primaryAdmin ?? ''}`;
}

function toOpenInsert(row: DbRow): OpenInsert {
  return {
    identity: String(row['identity']),
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
    sentNames:
      typeof row['user_names'] === 'string' ? (JSON.parse(row['user_names']) as SentNames) : undefined,
    isUserRefused: row['user_refused'] === 1,
    isPasswordLost: row['password_lost'] === 1,
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
