import { commitIntent } from '../ledger/steps.ts';
import {
  closeOpenInserts,
  confirmTenantAdmin,
  confirmTenantUser,
  forgetTenantUser,
  intendTenantUser,
  knownTenant,
  identityText,
  losePassword,
  openInserts,
  refuseTenantUser,
  sentFor,
  setTenantLanguage,
  storeTenant,
  tenantById,
} from '../ledger/tenants.ts';
import type { CallContext } from '../google/method.ts';
import { assertNever } from '../model/assert-never.ts';
import type { ApiResult } from '../model/api-failure.ts';
import type { Customer } from '../model/customer.ts';
import type { OnboardKind } from '../model/plan.ts';
import type { Cause } from '../model/row-ending.ts';
import type { ResellerCustomer } from '../model/reseller-customer.ts';
import { lookAtTenant, lookAtUser } from '../plan/ask-onboarding.ts';
import { foreignTenant, insertUndecided, notTheAdmin } from '../plan/onboard-causes.ts';
import { newResellerCustomer, newUser, sentAddress } from '../plan/onboard-requests.ts';
import {
  adminAddress,
  fitsInsert,
  hasRowsNames,
  isNamedUser,
  lookUpName,
  newTenant,
  tenantIdentity,
} from '../plan/tenant-facts.ts';
import { PASSWORD_LOST, knownUser, passwordFor, withdrawPassword } from './onboard-password.ts';
import { addToNote, endStep, stepPlace, timestamp, type RowDeps, type RowRun } from './row-state.ts';

/** What Google has confirmed of a step: by its answer, or by a look-up. */
export type Confirmed =
  | { readonly kind: 'insert'; readonly customer: ResellerCustomer }
  | { readonly kind: 'language' | 'user' | 'admin' };

/** What a look-up shows of a step that was sent without a certain answer. */
export type Seen =
  | { readonly kind: 'done'; readonly confirmed: Confirmed }
  | { readonly kind: 'absent' }
  /** Google has something else in its place. */
  | { readonly kind: 'other'; readonly cause: Cause }
  | { readonly kind: 'unknown'; readonly cause: Cause | undefined };

/**
 * What an earlier try of the step was sent for, where it may have had its effect without our knowing. Asked before the
 * step's own intent, which takes the place of an earlier one.
 */
export function sentBefore(run: RowRun, kind: OnboardKind, deps: RowDeps): Customer | undefined {
  const { customer, key } = run.row;
  if (run.doubted === run.step) return customer;
  if (kind === 'insert') {
    const identity = tenantIdentity(customer);
    return sentFor(openInserts(deps.ledger, deps.run, key, identity), identity);
  }
  return kind === 'user' && userSentMs(run, deps) !== undefined ? customer : undefined;
}

/** When `users.insert` was first sent for the row's user without our having heard that it is there. */
export function userSentMs(run: RowRun, deps: RowDeps): number | undefined {
  const known = knownUser(run, deps);
  return known?.userMs === undefined && known?.isUserRefused === false ? known.userSentMs : undefined;
}

/** Sends one step; its intent is committed right before each attempt leaves. */
export function sendStep(
  run: RowRun,
  kind: OnboardKind,
  signal: AbortSignal,
  deps: RowDeps,
): Promise<ApiResult<Confirmed>> {
  const { resellerWriter, directoryWriter } = deps.onboarding;
  const { customer } = run.row;
  function context(request: unknown): CallContext {
    return {
      signal,
      // What is begun goes before what is not: a customer without its admin is of no use.
      priority: run.step,
      onSend: () => {
        intend(run, kind, request, deps);
      },
    };
  }
  switch (kind) {
    case 'insert': {
      const request = newResellerCustomer(customer);
      return mapped(resellerWriter.insertCustomer(request, context(request)), (made) => ({
        kind,
        customer: made,
      }));
    }
    case 'language': {
      const language = customer.fields.language_code ?? '';
      return mapped(directoryWriter.setLanguage(tenantId(run), language, context({ language })), () => ({
        kind,
      }));
    }
    case 'user': {
      const password = passwordFor(run, deps);
      const user = newUser(customer, password);
      return mapped(directoryWriter.insertUser(user, context({ ...user, password: undefined })), () => ({
        kind,
      }));
    }
    case 'admin': {
      const email = adminEmail(run);
      return mapped(directoryWriter.makeAdmin(email, context({ email, status: true })), () => ({ kind }));
    }
    default:
      return assertNever(kind);
  }
}

async function mapped<T>(
  result: Promise<ApiResult<T>>,
  confirmedBy: (value: T) => Confirmed,
): Promise<ApiResult<Confirmed>> {
  const ended = await result;
  return ended.kind === 'failed' ? ended : { ...ended, value: confirmedBy(ended.value) };
}

function intend(run: RowRun, kind: OnboardKind, request: unknown, deps: RowDeps): void {
  const { ledger } = deps;
  const at = timestamp(deps);
  run.attempts += 1;
  ledger.transaction(() => {
    const { customer } = run.row;
    if (kind === 'insert') closeOpenInserts(ledger, deps.run, tenantIdentity(customer), at);
    if (kind === 'user') {
      run.wasRefused ||= tenantById(ledger, tenantId(run))?.isUserRefused === true;
      intendTenantUser(ledger, tenantId(run), sentUser(run), deps.run, at);
    }
    commitIntent(ledger, {
      ...stepPlace(run, run.step, deps),
      kind,
      request,
      customer: kind === 'insert' ? identityText(tenantIdentity(customer)) : tenantId(run),
      before: undefined,
      mask: undefined,
      at,
    });
  });
  run.begun = true;
  run.intended = run.step;
}

function sentUser({ row, password }: RowRun): Parameters<typeof intendTenantUser>[2] {
  const { admin_given_name: givenName = '', admin_family_name: familyName = '' } = row.customer.fields;
  return {
    email: adminAddress(row.customer),
    names: { givenName, familyName },
    isPasswordLost: password?.isLost === true,
  };
}

/** A user was found that an earlier try made, and no file has the password of that try any more. */
function dropLostPassword(run: RowRun, deps: RowDeps): void {
  const id = tenantId(run);
  if (tenantById(deps.ledger, id)?.isPasswordLost !== true) return;
  losePassword(deps.ledger, id);
  withdrawPassword(run, deps);
  addToNote(run, PASSWORD_LOST);
}

/**
 * Writes down that a step is done, with what the next run has to know of it.
 *
 * @param isFound by a look-up, not by the answer to the send
 */
export function confirmStep(run: RowRun, confirmed: Confirmed, deps: RowDeps, isFound = false): void {
  const { ledger } = deps;
  const { customer } = run.row;
  const at = timestamp(deps);
  if (confirmed.kind === 'insert') {
    const { customerId, resourceUiUrl: consoleUrl } = confirmed.customer;
    run.tenant = { customerId, consoleUrl, hasAgreed: undefined };
  }
  if (confirmed.kind === 'language') run.changed.push('language_code');
  run.mayBeThere = undefined;
  run.pollMs = undefined;
  if (confirmed.kind === 'user' && isFound) dropLostPassword(run, deps);
  const id = tenantId(run);
  ledger.transaction(() => {
    endStep(run, 'done', id, deps);
    switch (confirmed.kind) {
      case 'insert': {
        storeTenant(ledger, newTenant(customer, id, run.tenant?.consoleUrl), deps.run, at);
        return;
      }
      case 'language':
        setTenantLanguage(ledger, id, customer.fields.language_code ?? '');
        return;
      case 'user':
        confirmTenantUser(ledger, id, adminAddress(customer), at);
        return;
      case 'admin':
        confirmTenantAdmin(ledger, id, at);
        return;
      default:
        assertNever(confirmed);
    }
  });
}

/** Writes down that a step, earlier tries included, certainly had no effect. A password that no user has is taken out. */
export function refuseStep(run: RowRun, kind: OnboardKind, code: string, deps: RowDeps): void {
  deps.ledger.transaction(() => {
    endStep(run, 'failed', code, deps);
    if (kind === 'user') forgetTenantUser(deps.ledger, tenantId(run), adminAddress(run.row.customer));
  });
  run.mayBeThere = undefined;
  if (kind === 'user') withdrawPassword(run, deps);
}

/**
 * Google said no to a user in a way that has been seen to have its effect all the same, and does not show it yet: what was
 * sent is remembered, and its password stands.
 */
export function refuseUser(run: RowRun, code: string, deps: RowDeps): void {
  deps.ledger.transaction(() => {
    endStep(run, 'failed', code, deps);
    refuseTenantUser(deps.ledger, tenantId(run));
  });
}

/** The last try had no effect, and an earlier one may have had it: the step stays in doubt, and its password stands. */
export function doubtStep(run: RowRun, code: string, deps: RowDeps): void {
  endStep(run, 'in-doubt', code, deps);
}

/** Looks up by means that do not lag whether a step in doubt has had its effect. */
export async function lookUpStep(run: RowRun, kind: OnboardKind, deps: RowDeps): Promise<Seen> {
  const signal = deps.stop.drained;
  switch (kind) {
    case 'insert':
      return lookUpInsert(run, deps, signal);
    case 'language': {
      const found = await deps.onboarding.directory.getLanguage(tenantId(run), { signal });
      run.calls += found.calls;
      if (found.kind === 'failed') return { kind: 'unknown', cause: undefined };
      return isSame(found.value, run.row.customer.fields.language_code)
        ? { kind: 'done', confirmed: { kind } }
        : { kind: 'absent' };
    }
    case 'user':
    case 'admin':
      return lookUpUser(run, kind, deps, signal);
    default:
      return assertNever(kind);
  }
}

async function lookUpInsert(run: RowRun, deps: RowDeps, signal: AbortSignal): Promise<Seen> {
  const { customer } = run.row;
  const look = await lookAtTenant(lookUpName(customer, undefined), deps.onboarding, signal);
  run.calls += look.calls;
  if (look.kind === 'failed') return { kind: 'unknown', cause: undefined };
  const tenant = look.value;
  switch (tenant.kind) {
    case 'free':
      return { kind: 'absent' };
    case 'teams':
      return customer.type === 'team' ? { kind: 'unknown', cause: insertUndecided() } : { kind: 'absent' };
    case 'foreign':
      return { kind: 'other', cause: foreignTenant(tenant.customer.customerId) };
    case 'denied':
      return { kind: 'other', cause: foreignTenant(undefined, tenant.failure) };
    case 'ours': {
      const { customer: remote } = tenant;
      if (fitsInsert(run.mayBeThere ?? customer, remote))
        return { kind: 'done', confirmed: { kind: 'insert', customer: remote } };
      return customer.type === 'team' && remote.primaryAdminEmail !== undefined
        ? { kind: 'absent' }
        : { kind: 'unknown', cause: undefined };
    }
    default:
      return assertNever(tenant);
  }
}

async function lookUpUser(
  run: RowRun,
  kind: 'user' | 'admin',
  deps: RowDeps,
  signal: AbortSignal,
): Promise<Seen> {
  const look = await lookAtUser(adminEmail(run), deps.onboarding, signal);
  run.calls += look.calls;
  if (look.kind === 'failed') return { kind: 'unknown', cause: undefined };
  const found = look.value;
  // Made a moment ago it may not be shown yet: that it is not there says nothing before its time.
  if (found.kind !== 'there') return { kind: 'absent' };
  const sent = tenantById(deps.ledger, tenantId(run))?.sentNames;
  const { customer } = run.row;
  const isIntended =
    isNamedUser(customer, found.user, tenantId(run)) &&
    (kind === 'admin' || hasRowsNames(customer, found.user, sent));
  if (!isIntended) return { kind: 'other', cause: notTheAdmin(found.user) };
  return kind === 'user' || found.user.isAdmin ? { kind: 'done', confirmed: { kind } } : { kind: 'absent' };
}

/** ID of the row's customer: a step behind the insert is never come to without it. */
export function tenantId({ tenant }: RowRun): string {
  if (tenant === undefined) throw new Error('an onboarding was begun for a customer that is not there');
  return tenant.customerId;
}

/** Address of the first user, as it is sent. */
export function adminEmail({ row }: RowRun): string {
  return sentAddress(row.customer.fields.admin_email);
}

/** The customer of a row that was begun before: by its plan, or by what the ledger has since. */
export function tenantOfRow(run: RowRun, deps: RowDeps): RowRun['tenant'] {
  if (run.row.plan.tenant !== undefined) return run.row.plan.tenant;
  const { customer } = run.row;
  const known = knownTenant(deps.ledger, tenantIdentity(customer), customer.fields.cloud_identity_id);
  return known && { customerId: known.customerId, consoleUrl: known.consoleUrl };
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a.toLowerCase() === b?.toLowerCase();
}
