import type { ApiFailure } from '../model/api-failure.ts';
import type { ColumnName } from '../model/column.ts';
import type { OnboardKind } from '../model/plan.ts';
import type { Cause } from '../model/row-ending.ts';
import { otherHint, verdict, type Verdict } from './verdict.ts';

/** Words of Google's messages and the columns that they are about; the first that is found counts. */
const COLUMN_OF_WORD: readonly (readonly [word: RegExp, column: ColumnName])[] = [
  [/alternate_?email/i, 'alternate_email'],
  [/postal_?code/i, 'postal_code'],
  [/country_?code/i, 'region_code'],
  [/organization_?name/i, 'org_display_name'],
  [/contact_?name/i, 'contact_last_name'],
  [/address_?line_?1/i, 'address_line_1'],
  [/primary_?admin/i, 'primary_admin_email'],
  [/phone/i, 'phone'],
  [/customer_?domain|domain name/i, 'domain'],
  [/given_?name/i, 'admin_given_name'],
  [/family_?name/i, 'admin_family_name'],
  [/recovery_?email/i, 'alternate_email'],
  [/primary_?email|user_?key/i, 'admin_email'],
  [/language/i, 'language_code'],
];

/**
 * Which outcome and which way on a refused step of an onboarding means (contract, section 5). Pure. A 409 is none of
 * these: it is looked into first.
 */
export function judgeOnboarding(kind: OnboardKind, failure: ApiFailure): Verdict {
  const column = columnIn(failure.message);
  if (failure.reason === 'domainCannotUseApis') return verdict('blocked', failure, 'domain', SHUT_OUT_HINT);
  switch (failure.code) {
    case 'PERMISSION_DENIED':
      return verdict('blocked', failure, deniedColumn(kind), deniedHint(kind));
    case 'ALREADY_EXISTS':
      return verdict('blocked', failure, kind === 'user' ? 'admin_email' : 'domain', TAKEN_HINT);
    case 'INVALID_ARGUMENT':
      return verdict('failed', failure, column ?? usualColumn(kind), invalidHint(kind));
    case 'NOT_FOUND':
      return verdict('failed', failure, column ?? usualColumn(kind), missingHint(kind));
    case 'FAILED_PRECONDITION':
      return verdict('failed', failure, column, preconditionHint(kind));
    default:
      return verdict('failed', failure, undefined, otherHint(failure));
  }
}

function columnIn(message: string): ColumnName | undefined {
  return COLUMN_OF_WORD.find(([word]) => word.test(message))?.[1];
}

const SHUT_OUT_HINT =
  'The customer has switched off reseller access to its Admin console: ask its super admin to switch it on, or to make the user.';

const TAKEN_HINT =
  'The address is taken: by an alias, a group, or an account with another Google product. Choose another admin_email, or free the address, then apply the book again.';

function usualColumn(kind: OnboardKind): ColumnName | undefined {
  if (kind === 'insert') return undefined;
  return kind === 'language' ? 'language_code' : 'admin_email';
}

function deniedColumn(kind: OnboardKind): ColumnName | undefined {
  return kind === 'user' ? 'admin_email' : undefined;
}

function deniedHint(kind: OnboardKind): string {
  switch (kind) {
    case 'insert':
      return 'Your account may not make this customer: check the reseller agreement, and whether the domain is with another reseller.';
    case 'user':
      return 'The domain of admin_email is no customer of yours, or the address is used with another Google product: check both; the customer itself is made, and the next run goes on from there.';
    case 'language':
    case 'admin':
      return 'The reseller admin may not manage this customer by the Directory API: check its role and the scopes; the next run goes on from there.';
  }
}

function invalidHint(kind: OnboardKind): string {
  return kind === 'insert'
    ? 'Correct the cell that Google names: postal code, a country that may be resold to, an alternate_email on another domain.'
    : 'Correct the cell that Google names; the customer itself is made, and the next run goes on from there.';
}

function missingHint(kind: OnboardKind): string {
  return kind === 'insert'
    ? 'Correct the cell that Google names and apply the book again.'
    : 'Google does not show the customer or its user: apply the book again in some minutes, it goes on from there.';
}

function preconditionHint(kind: OnboardKind): string {
  return kind === 'admin'
    ? 'Google has not finished making the user: apply the book again in some minutes, it goes on from there.'
    : 'Read what Google says, correct the row and apply it again.';
}

/** A new user that Google has not finished making when the time for it is over, or the run ends. */
export function incompleteUser({ code, reason, message }: ApiFailure): Cause {
  return {
    code,
    reason,
    column: 'admin_email',
    message: `the user is not complete at Google yet: ${message}`,
    hint: 'Apply the book again in some minutes: it goes on from there.',
  };
}

/** A 409 after a `users.insert` that was never answered, and Google does not show what has the address. */
export function addressUndecided({ code, reason, message }: ApiFailure): Cause {
  return {
    code,
    reason,
    column: 'admin_email',
    message: `a users.insert was sent and never answered, and the address is taken by something that Google does not show: ${message}`,
    hint: 'Look in the Admin console whether it is the user, an alias or a group; where it is not the user, free the address or choose another. Its password is in credentials.csv.',
  };
}

/** A 409 for an address where Google shows no user of the customer. */
export function addressTaken(failure: ApiFailure): Cause {
  return judgeOnboarding('user', { ...failure, code: 'ALREADY_EXISTS' }).cause;
}
