import type { ApiFailure } from '../model/api-failure.ts';
import { assertNever } from '../model/assert-never.ts';
import type { Customer } from '../model/customer.ts';
import type { DirectoryUser } from '../model/directory-user.ts';
import type { OnboardKind, OnboardStep, RowPlan, Tenant } from '../model/plan.ts';
import type { Cause } from '../model/row-ending.ts';
import type { ResellerCustomer } from '../model/reseller-customer.ts';
import {
  accessSwitchedOff,
  adminGone,
  adminMissing,
  adminNotSuper,
  anotherAdmin,
  anotherTenant,
  foreignTenant,
  insertUndecided,
  keyInDoubt,
  languageTooLate,
  madeForKey,
  userWasThere,
  notShownYet,
  noSuchTenant,
  notTheAdmin,
  otherTenantType,
  otherFirstUser,
  otherTeam,
  shutOut,
  teamsOnDomain,
  tenantGone,
  tenantMoved,
} from './onboard-causes.ts';
import {
  adminAddress,
  fitsInsert,
  hasRowsNames,
  isNamedUser,
  isTeamOf,
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
  const { tenant, own, ofKey } = facts;
  if (own === undefined && ofKey !== undefined)
    return blocked(madeForKey(ofKey), { customerId: ofKey.customerId });
  if (own === undefined && facts.isKeyInDoubt) return settled('ambiguous', undefined, [keyInDoubt()]);
  if (tenant === undefined) return { kind: 'tenant', customer: lookUpName(customer, own) };
  switch (tenant.kind) {
    case 'free':
      return own === undefined ? decideFree(customer) : decideGone(customer, own, facts);
    case 'foreign':
      return blocked(foreignTenant(tenant.customer.customerId), tenantRef(tenant.customer));
    case 'denied':
      return own === undefined
        ? blocked(foreignTenant(undefined, tenant.failure))
        : decideDenied(customer, own, tenant.failure);
    case 'teams':
      return customer.type === 'domain' ? blocked(teamsOnDomain()) : decideAmongTeams(customer, facts);
    case 'ours':
      return decideOurs(customer, tenant.customer, facts);
    default:
      return assertNever(tenant);
  }
}

/** A row that names a customer ID is about one that exists: another is never made for it. */
function decideFree(customer: Customer): OnboardDecision {
  const { cloud_identity_id: named } = customer.fields;
  return named === undefined ? inserting(customer) : blocked(noSuchTenant(named));
}

function inserting(customer: Customer): OnboardDecision {
  const users: readonly OnboardKind[] = customer.type === 'team' ? [] : ['user', 'admin'];
  return act(['insert', ...languageStep(customer), ...users], undefined);
}

/** Made by us, and not to be seen any more: the customer has shut us out, which it may. */
function decideDenied(customer: Customer, own: OwnWork, failure: ApiFailure): OnboardDecision {
  const tenant = { customerId: own.customerId };
  const isWhole = customer.type === 'team' || own.isAdmin;
  return isWhole ? notSeen(tenant) : blocked(shutOut(failure), tenant);
}

/** Google does not tell teams of one domain apart; its admin, where it is a user already, does. */
function decideAmongTeams(customer: Customer, { user, sentInsert }: OnboardFacts): OnboardDecision {
  if (sentInsert !== undefined) return settled('ambiguous', undefined, [insertUndecided()]);
  if (user === undefined) return { kind: 'user', email: customer.fields.primary_admin_email ?? '' };
  if (user.kind !== 'there') return inserting(customer);
  const { customerId, agreedToTerms } = user.user;
  const tenant = customerId === undefined ? undefined : { customerId, hasAgreed: agreedToTerms };
  return settled('unchanged', tenant, []);
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
  const isMadeByUs = isOwn || (facts.sentInsert !== undefined && fitsInsert(facts.sentInsert, remote));
  // A team that has verified its domain is of type domain from then on.
  if (!isMadeByUs && remote.customerType !== undefined && remote.customerType !== customer.type)
    return blocked(otherTenantType(customer.type, remote), tenantRef(remote));
  if (customer.type === 'team')
    return isMadeByUs ? decideMadeTeam(customer, remote, facts) : decideTeam(customer, remote);
  return isMadeByUs ? decideMade(customer, remote, facts) : decideFound(customer, remote, facts);
}

/** Ours, and not made by an insert of ours: it is the row's where its admin, or the row, says so. */
function decideTeam(customer: Customer, remote: ResellerCustomer): OnboardDecision {
  const has = remote.primaryAdminEmail;
  if (customer.fields.cloud_identity_id !== undefined || isTeamOf(customer, remote))
    return settled('unchanged', tenantRef(remote), []);
  return has === undefined ? blocked(otherTeam(remote), tenantRef(remote)) : inserting(customer);
}

/** A team's first admin is Google's to invite: what may be missing is the language, which goes before any user. */
function decideMadeTeam(customer: Customer, remote: ResellerCustomer, facts: OnboardFacts): OnboardDecision {
  const tenant = tenantRef(remote);
  return languageFirst(customer, tenant, facts, {
    withIt: () => act(['language'], tenant),
    without: (note) => settled('unchanged', tenant, [], note),
  });
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
  if (user === undefined) return { kind: 'user', email: customer.fields.admin_email ?? '' };
  const isSame = own?.adminEmail !== undefined && own.adminEmail === adminAddress(customer);
  if (user.kind === 'there') {
    const tenant = tenantRef(remote, user.user);
    // Onboarded once: whom the customer makes an admin after that is its own affair.
    if (own?.isAdmin === true && !isSame && !user.user.isAdmin) return adminChanged(tenant, customer, own);
    if (own !== undefined && isOtherUser(customer, own)) return blocked(otherFirstUser(), tenant);
    return decideUser(customer, tenant, user.user, { own, isSent: isSame && own.isUserSent });
  }
  const tenant = tenantRef(remote);
  if (own?.isAdmin === true && user.kind === 'denied') return notSeen(tenant);
  if (own?.isAdmin === true && isSame && own.isUserFresh)
    return settled('unchanged', tenant, [], notShownYet());
  if (own?.isAdmin === true) return adminChanged(tenant, customer, isSame ? undefined : own);
  if (own !== undefined && isOtherUser(customer, own)) return blocked(otherFirstUser(), tenant);
  // Made a while ago, and not complete yet.
  if (isSame && own.isUserMade) return act(['admin'], tenant, lateLanguage(customer, own));
  return missingUser(customer, tenant, facts);
}

/** Another first user was made for this customer, or may have been: two of ours would be one too many. */
function isOtherUser(customer: Customer, own: OwnWork): boolean {
  if (own.isAdmin || own.adminEmail === undefined || own.adminEmail === adminAddress(customer)) return false;
  return own.isUserMade || (own.isUserSent && !own.isUserRefused);
}

/** @param work what earlier runs did (`own`), and whether `users.insert` of ours was sent for this very user (`isSent`) */
function decideUser(
  customer: Customer,
  tenant: Tenant,
  user: DirectoryUser,
  { own, isSent }: { readonly own: OwnWork | undefined; readonly isSent: boolean },
): OnboardDecision {
  const isNamed = isNamedUser(customer, user, tenant.customerId);
  if (!isNamed || !hasRowsNames(customer, user, isSent ? own?.sentNames : undefined))
    return blocked(notTheAdmin(user), tenant);
  const note = joined(isSent ? undefined : userWasThere(), lateLanguage(customer, own));
  return user.isAdmin ? settled('unchanged', tenant, [], note) : act(['admin'], tenant, note);
}

function joined(...notes: readonly (string | undefined)[]): string | undefined {
  const said = notes.filter((note) => note !== undefined);
  return said.length === 0 ? undefined : said.join(' | ');
}

function missingUser(customer: Customer, tenant: Tenant, facts: OnboardFacts): OnboardDecision {
  return languageFirst(customer, tenant, facts, {
    withIt: () => act(['language', 'user', 'admin'], tenant),
    without: (note) => act(['user', 'admin'], tenant, note),
  });
}

/** Whether the language is still to be set: only where the row names one, and while there is no user at all. */
function languageFirst(
  { fields }: Customer,
  { customerId }: Tenant,
  { own, hasUsers }: OnboardFacts,
  ways: { readonly withIt: () => OnboardDecision; readonly without: (note?: string) => OnboardDecision },
): OnboardDecision {
  const { language_code: language } = fields;
  if (language === undefined || own?.language === language) return ways.without();
  if (hasUsers === undefined) return { kind: 'users', customerId };
  // Where Google does not let us see whether there are users, there may be: the language goes before any or not at all.
  return hasUsers === 'none'
    ? ways.withIt()
    : ways.without(languageTooLate(language, hasUsers === 'unknown'));
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

/**
 * What the customer does with its users is its own affair: told, and never made again.
 *
 * @param own what was made, where the row names another user by now
 */
function adminChanged(tenant: Tenant, { fields }: Customer, own: OwnWork | undefined): OnboardDecision {
  const book = fields.admin_email ?? '';
  return {
    kind: 'settled',
    outcome: 'skipped',
    plan: {
      ...planOf('none', [], tenant, own === undefined ? adminGone() : anotherAdmin()),
      differences: [{ column: 'admin_email', book, google: own?.adminEmail, weight: 'ordinary' }],
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
