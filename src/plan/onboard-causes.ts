import type { ApiFailure } from '../model/api-failure.ts';
import type { DirectoryUser } from '../model/directory-user.ts';
import type { ResellerCustomer } from '../model/reseller-customer.ts';
import type { Cause } from '../model/row-ending.ts';
import type { OwnWork, UserLook } from './tenant-facts.ts';

/** The sentences for rows that onboarding holds back, each with what a person can do. */

/** Also for a 403 and for a 409 of an insert: Google lets nobody look into what another reseller has. */
export function foreignTenant(customerId: string | undefined, failure?: ApiFailure): Cause {
  const which = customerId === undefined ? '' : ` (${customerId})`;
  const said = failure === undefined ? '' : `: ${failure.message}`;
  return {
    code: failure?.code ?? 'policy.foreign_customer',
    reason: failure?.reason,
    column: 'auth_token',
    message: `the domain has a Google account${which} that this reseller does not manage${said}; transfer the subscriptions first`,
    hint: "Ask the customer's super admin for a transfer token, put it into auth_token, set the action to import and transfer the subscriptions; onboard is for new customers.",
  };
}

export function tenantGone(customerId: string): Cause {
  return {
    code: 'policy.customer_gone',
    column: 'domain',
    message: `an earlier run made ${customerId} for this row, and Google no longer has it`,
    hint: 'Remove the row: nothing is made twice for one row. If the customer is to be made anew, do it in the Partner Sales Console.',
  };
}

export function tenantMoved({ customerId, customerDomain }: ResellerCustomer): Cause {
  return {
    code: 'policy.other_domain',
    column: 'domain',
    message: `an earlier run made ${customerId} for this row, and its domain is ${customerDomain ?? 'unknown'} by now`,
    hint: 'Correct the domain and the addresses of the row.',
  };
}

export function teamsOnDomain(): Cause {
  return {
    code: 'policy.teams_on_domain',
    column: 'domain',
    message: 'one or more teams (e-mail-verified customers) exist on this domain',
    hint: 'A domain customer cannot be made beside them: have the team verify the domain, or set customer_type to team.',
  };
}

/** An insert of a team without an answer, on a domain whose teams Google does not tell apart. */
export function insertUndecided(): Cause {
  return {
    code: 'policy.insert_undecided',
    column: 'domain',
    message:
      'an insert was sent for this row and never answered; several teams are on the domain, and Google does not tell which',
    hint: 'Look for the team in the Partner Sales Console; if it is there, put its customer ID into cloud_identity_id.',
  };
}

export function anotherTenant(named: string, { customerId }: ResellerCustomer): Cause {
  return {
    code: 'policy.contradicting_identifiers',
    column: 'cloud_identity_id',
    message: `Google's customer on this domain is ${customerId}, the row names ${named}`,
    hint: 'Correct cloud_identity_id or domain, or clear the one that is wrong.',
  };
}

export function otherTenantType(wanted: string, { customerId, customerType }: ResellerCustomer): Cause {
  return {
    code: 'policy.other_type',
    column: 'customer_type',
    message: `Google's customer ${customerId} is of type ${customerType ?? 'unknown'}, the row is of type ${wanted}`,
    hint: 'Correct customer_type, or the domain where it is another customer.',
  };
}

export function otherTeam({ customerId }: ResellerCustomer): Cause {
  return {
    code: 'policy.unnamed_team',
    column: 'cloud_identity_id',
    message: `Google has a team (${customerId}) on this domain and does not tell its admin`,
    hint: 'If that is the team, put its customer ID into cloud_identity_id; otherwise make the new one in the Partner Sales Console.',
  };
}

/** No user is made in a tenant that no insert of ours made. */
export function adminMissing(customerId: string, user: Exclude<UserLook, { readonly kind: 'there' }>): Cause {
  const why = user.kind === 'denied' ? `may not be looked at (${user.failure.message})` : 'is not there';
  return {
    code: 'policy.admin_missing',
    reason: user.kind === 'denied' ? user.failure.reason : undefined,
    column: 'admin_email',
    message: `the customer (${customerId}) is yours but was not made by this program, and its admin ${why}`,
    hint: 'Make the admin in the Admin console, or correct admin_email: this program makes users only in customers that it made.',
  };
}

export function adminNotSuper(): Cause {
  return {
    code: 'policy.admin_missing',
    column: 'admin_email',
    message: 'the customer is yours but was not made by this program, and the user is no super admin',
    hint: 'Make the user a super admin in the Admin console, or correct admin_email.',
  };
}

/** Somebody else has the address: as another user's alias, in another tenant, or under another name. */
export function notTheAdmin(user: DirectoryUser): Cause {
  return {
    code: 'policy.other_user',
    column: 'admin_email',
    message: `the address belongs to another user or is an alias${user.customerId === undefined ? '' : ` (customer ${user.customerId})`}`,
    hint: 'Look at the user in the Admin console; then correct admin_email and the names, so that the row means that user, or choose another address.',
  };
}

/** One row has one customer, as long as the ledger lives, whatever is edited in it. */
export function madeForKey({ customerId, domain }: OwnWork): Cause {
  return {
    code: 'policy.other_domain',
    column: 'id',
    message: `an earlier run made ${customerId} (${domain}) for this key, and the row names another customer by now`,
    hint: 'Give the new customer a row and an id of its own; or correct the row so that it names the customer that was made.',
  };
}

export function noSuchTenant(named: string): Cause {
  return {
    code: 'policy.no_such_customer',
    column: 'cloud_identity_id',
    message: `the row names the customer ${named}, and Google has none on this domain`,
    hint: 'Correct the ID or the domain; or clear cloud_identity_id, so that a new customer is made.',
  };
}

/** Two first users of ours in one customer would be one too many. */
export function otherFirstUser(): Cause {
  return {
    code: 'policy.other_user',
    column: 'admin_email',
    message:
      'a first user was made, or may have been, for this customer at another address than the row names by now',
    hint: 'Put the first address back and apply the book, so that it is finished; other users are made in the Admin console.',
  };
}

export function keyInDoubt(): Cause {
  return {
    code: 'policy.insert_undecided',
    column: 'id',
    message:
      'an insert was sent for this key and another domain, and what came of it could not be found out yet',
    hint: 'Apply the book again later, or look for that customer in the Partner Sales Console; then give the new one an id of its own.',
  };
}

/** A customer that we made and that no longer lets us in, before it was whole. */
export function shutOut({ code, reason, message }: ApiFailure): Cause {
  return {
    code,
    reason,
    column: 'domain',
    message: `an earlier run made this customer, and Google no longer lets this account see it: ${message}`,
    hint: 'The customer may have switched off reseller access: ask its admin, or finish in the Admin console what is missing.',
  };
}

/** A team whose insert is answered with 409: its admin's address is taken, or the team is there. */
export function teamTaken(failure: ApiFailure): Cause {
  return {
    code: failure.code,
    reason: failure.reason,
    column: 'primary_admin_email',
    message: `Google has this team already, or its admin's address: ${failure.message}`,
    hint: 'Look for the team in the Partner Sales Console; if it is yours, put its customer ID into cloud_identity_id.',
  };
}

/** Notes for rows that go on all the same. */

export function languageTooLate(language: string, isUnknown = false): string {
  const why = isUnknown
    ? 'Google does not let this account see whether the customer has users'
    : 'the customer has users already';
  return `the language was not changed to ${language}: ${why}, and it counts for new ones only`;
}

export function notShownYet(): string {
  return 'onboarded a short while ago; Google does not show its user yet';
}

export function adminGone(): string {
  return 'the user that was made is gone: the customer may have removed or renamed it; it is not made again';
}

export function anotherAdmin(): string {
  return 'this customer was onboarded with another first user; who else is to be its admin is for the customer to say';
}

export function userWasThere(): string {
  return 'the user was there already and was not made by this program: its password is in no credentials.csv';
}

export function accessSwitchedOff(): string {
  return 'onboarded earlier; the customer no longer lets the reseller look at its users';
}
