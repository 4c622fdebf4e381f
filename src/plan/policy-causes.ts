import type { ApiFailure } from '../model/api-failure.ts';
import type { Customer } from '../model/customer.ts';
import type { Difference } from '../model/plan.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { Cause } from '../model/row-ending.ts';
import type { Link } from './link.ts';

/** The sentences for rows that our own policy holds back, each with what a person can do. */

export function severalMatches(link: Extract<Link, { kind: 'several' }>): Cause {
  return {
    code: 'policy.several_matches',
    column: link.column,
    message: `${link.names.length} customers at Google match this row's ${link.column}: ${link.names.join(', ')}`,
    hint: 'Name the right one in the customer column, or its cloud_identity_id; merge or close the others at Google.',
  };
}

export function contradictingIdentifiers(link: Extract<Link, { kind: 'contradiction' }>): Cause {
  const what =
    link.columns.length > 1
      ? `${link.columns.join(' and ')} name different customers at Google`
      : `the customer found at Google is not the one that ${link.columns.join()} names`;
  return {
    code: 'policy.contradicting_identifiers',
    column: link.columns.at(-1),
    message: `${what}: ${[...new Set(link.names)].join(', ')}`,
    hint: 'Correct the identifier that is wrong, or clear the cell, so that the row names one customer.',
  };
}

export function missingPartnerLink(customer: Customer): Cause {
  return {
    code: 'policy.no_partner_link',
    column: 'channel_partner_id',
    message: `the account has no channel partner link ${customer.fields.channel_partner_id ?? ''} that it may use`,
    hint: "Check the partner's Cloud Identity ID, or invite the partner in the Partner Sales Console first.",
  };
}

export function differentPartner(wanted: string, has: string | undefined): Cause {
  return {
    code: 'policy.other_partner',
    column: 'channel_partner_id',
    message: `the customer is ${has === undefined ? 'not under a channel partner' : `under channel partner ${has}`}, the book says ${wanted}`,
    hint: 'A customer changes its partner by a transfer, not by this program: correct the book or transfer it.',
  };
}

export function differentCorrelation(difference: Difference): Cause {
  return {
    code: 'policy.other_correlation_id',
    column: 'id',
    message: `Google's customer carries correlationId ${difference.google ?? ''}, the book's id is ${difference.book}`,
    hint: 'Make sure that both are the same customer; then correct the id, or set overwrite to always.',
  };
}

/** Also for an import after which Google still contradicts the book. */
export function criticalDifference(
  customer: Customer,
  remote: RemoteCustomer,
  found: readonly Difference[],
): Cause {
  const critical = found.filter((difference) => difference.weight === 'critical');
  const parts = critical.map(
    ({ column, book, google }) => `${column} is ${google ?? 'empty'} at Google and ${book} in the book`,
  );
  if (critical.length === 0) {
    parts.push(
      `${remote.name} has no Cloud Identity, the book says ${customer.fields.cloud_identity_id ?? ''}`,
    );
  }
  return {
    code: 'policy.critical_difference',
    column: critical[0]?.column ?? 'cloud_identity_id',
    message: parts.join('; '),
    hint: 'Correct the book, or set overwrite to always: Google then takes the data of the Cloud Identity.',
  };
}

export function stillDifferent(
  customer: Customer,
  remote: RemoteCustomer,
  found: readonly Difference[],
): Cause {
  const cause = criticalDifference(customer, remote, found);
  return {
    ...cause,
    code: 'policy.still_different',
    message: `imported, and still ${cause.message}`,
    hint: 'The Cloud Identity itself says so: correct the book, or have the customer change it at Google.',
  };
}

/** Creating a customer for a row that names one which is not there would make a second one of it. */
export function noSuchCustomer(name: string): Cause {
  return {
    code: 'policy.no_such_customer',
    column: 'customer',
    message: `Google has no customer ${name} that this account can see`,
    hint: 'Correct the name, or clear the cell so that the row is matched by its other identifiers.',
  };
}

export function nothingToProvision(): Cause {
  return {
    code: 'policy.no_customer',
    column: 'action',
    message: 'a Cloud Identity is provisioned for a customer that exists, and this row matches none',
    hint: 'Set the action to auto or create, or name the customer in the customer column.',
  };
}

export function severalIdentities(ids: readonly string[]): Cause {
  return {
    code: 'policy.several_identities',
    column: 'cloud_identity_id',
    message: `Google knows ${ids.length} Cloud Identities on this domain: ${ids.join(', ')}`,
    hint: 'Name the right one in cloud_identity_id; a team may name its primary_admin_email instead.',
  };
}

export function otherIdentity(named: string, ids: readonly string[]): Cause {
  return {
    code: 'policy.contradicting_identifiers',
    column: 'cloud_identity_id',
    message: `the Cloud Identity on this domain is ${ids.join(' or ')}, the row names ${named}`,
    hint: 'Correct cloud_identity_id or domain, or clear the one that is wrong.',
  };
}

/** A team is never imported by its domain, which it may share. */
export function unnamedTeam(id: string | undefined): Cause {
  return {
    code: 'policy.unnamed_team',
    column: 'cloud_identity_id',
    message: `Google knows a Cloud Identity${id === undefined ? '' : ` (${id})`} on this domain, and a team is not imported by its domain`,
    hint: 'If that is the team, name it in cloud_identity_id or primary_admin_email.',
  };
}

/** Two rows of one team would make it twice. */
export function sameNewTeam(row: number): Cause {
  return {
    code: 'policy.same_team',
    column: 'org_display_name',
    message: `row ${row} of the book creates a team of the same name on the same domain`,
    hint: 'Keep one of the two rows, or give the teams different names.',
  };
}

/** Teams may share a domain, so that only its name tells that a team may be there already. */
export function namesake(names: readonly string[]): Cause {
  return {
    code: 'policy.same_team',
    column: 'customer',
    message: `Google has a customer of that name on that domain: ${names.join(', ')}`,
    hint: 'If it is the one, name it in the customer column; otherwise give the two different names.',
  };
}

/** Two rows that mean one customer would overwrite each other for ever. */
export function sameCustomer(customer: string, row: number): Cause {
  return {
    code: 'policy.same_customer',
    message: `row ${row} of the book is about the same customer at Google, ${customer}`,
    hint: 'Keep one of the two rows, or correct the identifier that is wrong.',
  };
}

/** Google would not answer the question that decides what the row needs; nothing was written for it. */
export function notLookedUp({ code, reason, message }: ApiFailure): Cause {
  return {
    code,
    reason,
    column: code === 'INVALID_ARGUMENT' ? 'domain' : undefined,
    message: `what Google has for this row could not be asked: ${message}`,
    hint: 'Check the row; nothing was written for it, and the next run asks again.',
  };
}

/** A person said that the write took effect, and Google does not show it: a second one could make a second customer. */
export function saidDoneButUnseen(run: string, key: string): Cause {
  return {
    code: 'policy.said_done',
    message: `a person settled this write of run ${run} as done, and Google does not show what it made`,
    hint: `If it took no effect after all: channelbook settle ${run} ${key} --as not-done, then apply the book again.`,
  };
}
