import { assertNever } from '../model/assert-never.ts';
import type { Customer } from '../model/customer.ts';
import type { DirectoryUser } from '../model/directory-user.ts';
import type { OnboardKind, OnboardStep, RowPlan, Tenant } from '../model/plan.ts';
import type { Cause } from '../model/row-ending.ts';
import type { ResellerCustomer } from '../model/reseller-customer.ts';
import {
  accessSwitchedOff,
  adminMissing,
  adminNotSuper,
  anotherTenant,
  foreignTenant,
  insertUndecided,
  languageTooLate,
  userWasThere,
  notTheAdmin,
  otherTenantType,
  otherTeam,
  teamsOnDomain,
  tenantGone,
  tenantMoved,
} from './onboard-causes.ts';
import {
  fitsInsert,
  hasRowsNames,
  isNamedUser,
  lookUpName,
  onboardDomain,
  type OnboardFacts,
  type OwnWork,
} from './tenant-facts.ts';

/** What a row that is to be onboarded comes to: an end, work, or a question for Google. */
export type OnboardDecision =
  | { readonly kind: 'act'; readonly plan: RowPlan }
  | OnboardQuestion
  | {
      readonly kind: 'settled';
      readonly outcome: 'unchanged' | 'skipped' | 'blocked' | 'ambiguous';
      readonly plan: RowPlan;
      readonly causes: readonly Cause[];
    };

/**
 * What Google has to be asked before such a row can be decided.
 *
 * - `tenant`: which customer it has, by the Reseller API.
 * - `own`: whether it still has the one that an insert of ours made, by its ID.
 * - `user`: whether the row's admin is there, by the Directory API.
 * - `users`: whether the tenant has any user.
 */
export type OnboardQuestion =
  | { readonly kind: 'tenant'; readonly customer: string }
  | { readonly kind: 'own'; readonly customerId: string }
  | { readonly kind: 'user'; readonly email: string }
  | { readonly kind: 'users'; readonly customerId: string };

/**
 * Decides one row (contract, section 3, `onboard`). Pure.
 *
 * Free → all steps. Ours, and an insert of ours made it → the steps that are missing. Ours otherwise → `unchanged` where
 * the row's admin is there and is one. Everything else → `blocked`: no user is made in a tenant that we did not make.
 */
export function decideOnboard(customer: Customer, facts: OnboardFacts): OnboardDecision {
  const { tenant } = facts;
  if (tenant === undefined) return { kind: 'tenant', customer: lookUpName(customer, facts.own) };
  switch (tenant.kind) {
    case 'free':
      return facts.own === undefined ? inserting(customer) : decideGone(customer, facts.own, facts);
    case 'foreign':
      return blocked(foreignTenant(tenant.customer.customerId), tenantRef(tenant.customer));
    case 'denied':
      return blocked(foreignTenant(undefined, tenant.failure));
    case 'teams':
      if (customer.type === 'domain') return blocked(teamsOnDomain());
      return facts.isInsertInDoubt
        ? settled('ambiguous', undefined, [insertUndecided()])
        : inserting(customer);
    case 'ours':
      return decideOurs(customer, tenant.customer, facts);
    default:
      return assertNever(tenant);
  }
}

function inserting(customer: Customer): OnboardDecision {
  if (customer.type === 'team') return act(['insert'], undefined);
  return act(['insert', ...languageStep(customer), 'user', 'admin'], undefined);
}

/**
 * Google has nothing on the domain, and an insert of ours made a customer there once: its ID goes on leading to it when its
 * domain was changed, or when the look-up by domain lags. Nothing is made twice for one row.
 */
function decideGone(customer: Customer, own: OwnWork, facts: OnboardFacts): OnboardDecision {
  const { ownTenant } = facts;
  if (lookUpName(customer, own) === own.customerId) return blocked(tenantGone(own.customerId));
  if (ownTenant === undefined) return { kind: 'own', customerId: own.customerId };
  if (ownTenant.kind !== 'ours') return blocked(tenantGone(own.customerId));
  const { customer: remote } = ownTenant;
  const hasMoved = remote.customerDomain?.toLowerCase() !== onboardDomain(customer);
  return hasMoved ? blocked(tenantMoved(remote), tenantRef(remote)) : decideOurs(customer, remote, facts);
}

function languageStep({ fields }: Customer): readonly OnboardKind[] {
  return fields.language_code === undefined ? [] : ['language'];
}

function decideOurs(customer: Customer, remote: ResellerCustomer, facts: OnboardFacts): OnboardDecision {
  const { cloud_identity_id: named } = customer.fields;
  const isOwn = facts.own?.customerId === remote.customerId;
  if (named !== undefined && named !== remote.customerId)
    return blocked(anotherTenant(named, remote), tenantRef(remote));
  const isMadeByUs = isOwn || (facts.isInsertInDoubt && fitsInsert(customer, remote));
  // A team that has verified its domain is of type domain from then on.
  if (!isMadeByUs && remote.customerType !== undefined && remote.customerType !== customer.type)
    return blocked(otherTenantType(customer.type, remote), tenantRef(remote));
  if (customer.type === 'team') return decideTeam(customer, remote, isMadeByUs);
  return isMadeByUs ? decideMade(customer, remote, facts) : decideFound(customer, remote, facts);
}

/** A team's first admin is Google's to invite: there are no steps after the insert. */
function decideTeam(customer: Customer, remote: ResellerCustomer, isMadeByUs: boolean): OnboardDecision {
  const { primary_admin_email: admin, cloud_identity_id: named } = customer.fields;
  const has = remote.primaryAdminEmail;
  const isNamed = named !== undefined || has?.toLowerCase() === admin?.toLowerCase();
  if (isMadeByUs || isNamed) return settled('unchanged', tenantRef(remote), []);
  return has === undefined ? blocked(otherTeam(remote), tenantRef(remote)) : inserting(customer);
}

/** Ours, and not made by an insert of ours. */
function decideFound(customer: Customer, remote: ResellerCustomer, { user }: OnboardFacts): OnboardDecision {
  if (user === undefined) return { kind: 'user', email: customer.fields.admin_email ?? '' };
  if (user.kind !== 'there') return blocked(adminMissing(remote.customerId, user), tenantRef(remote));
  const tenant = tenantRef(remote, user.user);
  if (!isNamedUser(customer, user.user, remote.customerId)) return blocked(notTheAdmin(user.user), tenant);
  return user.user.isAdmin ? settled('unchanged', tenant, []) : blocked(adminNotSuper(), tenant);
}

/** Ours, and made by an insert of ours: what is missing is done. */
function decideMade(customer: Customer, remote: ResellerCustomer, facts: OnboardFacts): OnboardDecision {
  const { user, own } = facts;
  const { admin_email: email = '' } = customer.fields;
  if (user === undefined) return { kind: 'user', email };
  if (user.kind === 'there') return decideUser(customer, tenantRef(remote, user.user), user.user, own);
  const tenant = tenantRef(remote);
  const isMade = own?.isUserMade === true && own.adminEmail?.toLowerCase() === email.toLowerCase();
  if (isMade && own.isAdmin) return user.kind === 'denied' ? notSeen(tenant) : userGone(tenant, email);
  // Made a while ago, and not complete yet.
  if (isMade) return act(['admin'], tenant, lateLanguage(customer, own));
  return missingUser(customer, tenant, facts);
}

function decideUser(
  customer: Customer,
  tenant: Tenant,
  user: DirectoryUser,
  own: OwnWork | undefined,
): OnboardDecision {
  const wasSent = own?.adminEmail?.toLowerCase() === user.primaryEmail.toLowerCase();
  const isNamed = isNamedUser(customer, user, tenant.customerId);
  if (!isNamed || !(wasSent || hasRowsNames(customer, user))) return blocked(notTheAdmin(user), tenant);
  const note = joined(wasSent ? undefined : userWasThere(), lateLanguage(customer, own));
  return user.isAdmin ? settled('unchanged', tenant, [], note) : act(['admin'], tenant, note);
}

function joined(...notes: readonly (string | undefined)[]): string | undefined {
  const said = notes.filter((note) => note !== undefined);
  return said.length === 0 ? undefined : said.join(' | ');
}

function missingUser(customer: Customer, tenant: Tenant, facts: OnboardFacts): OnboardDecision {
  const { language_code: language } = customer.fields;
  const isSet = language !== undefined && facts.own?.language === language;
  if (language === undefined || isSet) return act(['user', 'admin'], tenant);
  if (facts.hasUsers === undefined) return { kind: 'users', customerId: tenant.customerId };
  return facts.hasUsers
    ? act(['user', 'admin'], tenant, languageTooLate(language))
    : act(['language', 'user', 'admin'], tenant);
}

/** A language that was not set before there were users is not set any more. */
function lateLanguage({ fields }: Customer, own: OwnWork | undefined): string | undefined {
  const { language_code: language } = fields;
  return language === undefined || own?.language === language ? undefined : languageTooLate(language);
}

/** It was there and was an admin; the customer may have shut us out since. */
function notSeen(tenant: Tenant): OnboardDecision {
  return settled('unchanged', tenant, [], accessSwitchedOff());
}

/** What the customer does with its users is its own affair: told, and never made again. */
function userGone(tenant: Tenant, email: string): OnboardDecision {
  return {
    kind: 'settled',
    outcome: 'skipped',
    plan: {
      ...planOf('none', [], tenant, undefined),
      differences: [{ column: 'admin_email', book: email, google: undefined, weight: 'ordinary' }],
    },
    causes: [],
  };
}

function tenantRef({ customerId, resourceUiUrl }: ResellerCustomer, user?: DirectoryUser): Tenant {
  return { customerId, consoleUrl: resourceUiUrl, hasAgreed: user?.agreedToTerms };
}

function planOf(
  action: RowPlan['action'],
  steps: readonly OnboardStep[],
  tenant: Tenant | undefined,
  note: string | undefined,
): RowPlan {
  return { action, steps, differences: [], customer: undefined, tenant, note };
}

function act(kinds: readonly OnboardKind[], tenant: Tenant | undefined, note?: string): OnboardDecision {
  const steps = kinds.map((kind) => ({ kind }));
  return { kind: 'act', plan: planOf('onboard', steps, tenant, note) };
}

function blocked(cause: Cause, tenant?: Tenant): OnboardDecision {
  return {
    kind: 'settled',
    outcome: 'blocked',
    plan: planOf('onboard', [], tenant, undefined),
    causes: [cause],
  };
}

function settled(
  outcome: 'unchanged' | 'ambiguous',
  tenant: Tenant | undefined,
  causes: readonly Cause[],
  note?: string,
): OnboardDecision {
  const action = outcome === 'unchanged' ? 'none' : 'onboard';
  return { kind: 'settled', outcome, plan: planOf(action, [], tenant, note), causes };
}
