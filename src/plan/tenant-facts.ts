import type { NewTenant, SentNames, TenantIdentity } from '../ledger/tenants.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { Customer } from '../model/customer.ts';
import type { DirectoryUser } from '../model/directory-user.ts';
import type { ResellerCustomer } from '../model/reseller-customer.ts';
import { comparableAddress, emailDomain } from '../validate/email-address.ts';
import { collapse } from './text-forms.ts';

/**
 * What the Reseller API has for a row that is to be onboarded.
 *
 * - `free`: nothing; a customer may be made.
 * - `ours`: a customer of this reseller.
 * - `foreign`: one that Google itself or another reseller manages.
 * - `denied`: one that we may not see.
 * - `teams`: several teams on the domain, of which none is told.
 */
export type TenantLook =
  | { readonly kind: 'free' }
  | { readonly kind: 'ours'; readonly customer: ResellerCustomer }
  | { readonly kind: 'foreign'; readonly customer: ResellerCustomer }
  | { readonly kind: 'denied'; readonly failure: ApiFailure }
  | { readonly kind: 'teams' };

/**
 * What the Directory API has at the address of the row's admin.
 *
 * - `there`: a user.
 * - `absent`: none, or one that is not yet complete: Google does not tell these apart.
 * - `denied`: nothing that we may see.
 */
export type UserLook =
  | { readonly kind: 'there'; readonly user: DirectoryUser }
  | { readonly kind: 'absent' }
  | { readonly kind: 'denied'; readonly failure: ApiFailure };

export type UsersLook = 'some' | 'none' | 'unknown';

/** What earlier runs of ours did for the row's customer. */
export interface OwnWork {
  readonly customerId: string;
  readonly domain: string;
  readonly language: string | undefined;
  /** Its first user, in comparable form: ours, or found there. */
  readonly adminEmail: string | undefined;
  /** Whether `users.insert` of ours was sent for that user. */
  readonly isUserSent: boolean;
  /** The names that were sent with it; they tell it from a user that somebody else makes there. */
  readonly sentNames: SentNames | undefined;
  /** Whether Google said no to it. */
  readonly isUserRefused: boolean;
  /** Whether that user is known to be there. */
  readonly isUserMade: boolean;
  /** Whether it was made so lately that Google may not show it yet. */
  readonly isUserFresh: boolean;
  readonly isAdmin: boolean;
}

/** What is known of a row that is to be onboarded. Undefined is what nobody has asked yet. */
export interface OnboardFacts {
  readonly tenant: TenantLook | undefined;
  /** The customer that an insert of ours made, looked up by its ID, where its domain led to nothing. */
  readonly ownTenant: TenantLook | undefined;
  readonly user: UserLook | undefined;
  /** Whether the tenant has any user; `unknown` where Google refuses to say. */
  readonly hasUsers: UsersLook | undefined;
  /** Undefined where no insert of ours is known to have made the customer. */
  readonly own: OwnWork | undefined;
  /** The customer that was made for a row of the same key, where that is another one than the row names now. */
  readonly ofKey: OwnWork | undefined;
  /** The row as an insert for this customer was sent for it whose answer never came: it may have been edited since. */
  readonly sentInsert: Customer | undefined;
  /** Whether one was sent for the row's key, and for another customer than the row names now. */
  readonly isKeyInDoubt: boolean;
}

/** Of a row about which nobody has asked yet, and for which nothing was ever sent. */
export const NOTHING_KNOWN: OnboardFacts = {
  tenant: undefined,
  ownTenant: undefined,
  user: undefined,
  hasUsers: undefined,
  own: undefined,
  ofKey: undefined,
  sentInsert: undefined,
  isKeyInDoubt: false,
};

/** The domain that an insert of the row names: of a team that names none, that of its admin's address. */
export function onboardDomain({ fields }: Customer): string {
  return fields.domain ?? emailDomain(fields.primary_admin_email ?? '') ?? '';
}

/** Address of the first user, in the form in which it is compared. */
export function adminAddress({ fields }: Customer): string {
  return comparableAddress(fields.admin_email ?? '');
}

/** What tells the row's customer from any other that an insert of ours makes. */
export function tenantIdentity(customer: Customer): TenantIdentity {
  const { type, fields } = customer;
  return {
    type,
    domain: onboardDomain(customer),
    primaryAdmin: type === 'team' ? comparableAddress(fields.primary_admin_email ?? '') : undefined,
  };
}

/** A customer that an insert of the row made, as the ledger keeps it. */
export function newTenant(customer: Customer, customerId: string, consoleUrl: string | undefined): NewTenant {
  return { ...tenantIdentity(customer), customerId, key: customer.key, consoleUrl };
}

/** What the row's customer is looked up by. */
export function lookUpName(customer: Customer, own: OwnWork | undefined): string {
  if (customer.type === 'domain') return onboardDomain(customer);
  return own?.customerId ?? customer.fields.cloud_identity_id ?? onboardDomain(customer);
}

/** Several teams share the domain; https://developers.google.com/workspace/admin/reseller/v1/how-tos/retrieve-update-customers. */
const SEVERAL_TEAMS = /multiple teams exist|linked to one or more email verified customers/i;

/** What a look-up that failed means; undefined where it says nothing about the row. */
export function tenantOfFailure(failure: ApiFailure): TenantLook | undefined {
  if (failure.class !== 'refused') return undefined;
  if (SEVERAL_TEAMS.test(failure.message)) return { kind: 'teams' };
  if (failure.code === 'NOT_FOUND') return { kind: 'free' };
  return failure.code === 'PERMISSION_DENIED' ? { kind: 'denied', failure } : undefined;
}

export function tenantOf(customer: ResellerCustomer): TenantLook {
  return { kind: customer.isOurs ? 'ours' : 'foreign', customer };
}

/** Google answers 404, 403 or 412 for minutes after a user was made (Directory API v1, "Users: insert"). */
export function userOfFailure(failure: ApiFailure): UserLook | undefined {
  if (failure.class !== 'refused') return undefined;
  switch (failure.code) {
    case 'NOT_FOUND':
    case 'FAILED_PRECONDITION':
      return { kind: 'absent' };
    case 'PERMISSION_DENIED':
      return { kind: 'denied', failure };
    default:
      return undefined;
  }
}

/** Whether a record at Google can be what an insert made: nothing in it contradicts the row that it was sent for. */
export function fitsInsert(customer: Customer, remote: ResellerCustomer): boolean {
  const { org_display_name: name, alternate_email: alternate } = customer.fields;
  return (
    isAlike(onboardDomain(customer), remote.customerDomain) &&
    isAlike(customer.type, remote.customerType) &&
    isAlike(name, remote.organizationName) &&
    isAlike(alternate, remote.alternateEmail) &&
    // Teams share domains and may share names: nothing but its admin tells whose it is.
    (customer.type === 'domain' || isTeamOf(customer, remote))
  );
}

/** Whether a team at Google is the one whose admin the row names. */
export function isTeamOf({ fields }: Customer, { primaryAdminEmail }: ResellerCustomer): boolean {
  if (primaryAdminEmail === undefined) return false;
  return comparableAddress(primaryAdminEmail) === comparableAddress(fields.primary_admin_email ?? '');
}

/** What one side does not say contradicts nothing. */
function isAlike(ours: string | undefined, theirs: string | undefined): boolean {
  return ours === undefined || theirs === undefined || folded(ours) === folded(theirs);
}

function folded(text: string): string {
  return collapse(text).toLowerCase();
}

/** Whether a user at Google is the one that the row names: at the very address, in the very tenant. */
export function isNamedUser(
  customer: Customer,
  user: DirectoryUser,
  customerId: string | undefined,
): boolean {
  if (comparableAddress(user.primaryEmail) !== adminAddress(customer)) return false;
  return user.customerId === undefined || customerId === undefined || user.customerId === customerId;
}

/**
 * Whether it bears the names of the row, or those that were sent for it; Google may leave them out just after it was made.
 */
export function hasRowsNames(
  { fields }: Customer,
  { givenName, familyName }: DirectoryUser,
  sent: SentNames | undefined,
): boolean {
  const isRows = isAlike(fields.admin_given_name, givenName) && isAlike(fields.admin_family_name, familyName);
  if (isRows || sent === undefined) return isRows;
  return isAlike(sent.givenName, givenName) && isAlike(sent.familyName, familyName);
}
