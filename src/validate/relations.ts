import type { RequestedAction } from '../model/action.ts';
import type { ColumnName } from '../model/column.ts';
import type { Problem } from '../model/customer.ts';
import { checkAdmin, firstUser, onboardsTeam } from './admin.ts';
import type { Draft, RowCheck } from './draft.ts';
import { BEYOND_ASCII } from './domain-name.ts';
import { comparableAddress, emailDomain, isOnDomain } from './email-address.ts';
import { checkRequired } from './required.ts';
import { fault } from './rules.ts';
import { TEXT_LIMIT } from './text.ts';

/** Checks of a row's cells against each other, in the order in which their problems are told. */
export const ROW_CHECKS: readonly RowCheck[] = [
  checkRequired,
  checkContradictions,
  checkContactName,
  checkAlternateEmail,
  checkOwnEmails,
  checkTeamAdmin,
  checkAdmin,
];

const TAKES_ONE_OVER = 'Set the action to import or auto, or empty the cell.';

/** Cells that say the contrary of what the action does. */
const CONTRADICTIONS: Readonly<
  Partial<Record<RequestedAction, readonly (readonly [column: ColumnName, why: string, hint: string])[]>>
> = {
  create: [
    [
      'cloud_identity_id',
      'makes a new customer, but cloud_identity_id names one that exists',
      TAKES_ONE_OVER,
    ],
    ['auth_token', 'makes a new customer, but auth_token is for one that exists', TAKES_ONE_OVER],
  ],
  // A cloud_identity_id is none: it is what onboarding ended in, and people paste results into their book.
  onboard: [
    [
      'channel_partner_id',
      'uses the Reseller API, which knows no channel partners, but channel_partner_id names one',
      'Set the action to create or auto, or empty the cell.',
    ],
    ['customer', 'makes a new customer, but customer names one that exists', TAKES_ONE_OVER],
  ],
};

function checkContradictions(draft: Draft): readonly Problem[] {
  const { action, typed } = draft;
  const contradictions = CONTRADICTIONS[action];
  if (contradictions === undefined) return [];
  return contradictions
    .filter(([column]) => typed[column] !== undefined)
    .filter(([column]) => column !== 'customer' || !onboardsTeam(draft))
    .map(([column, why, hint]) =>
      fault('action.contradiction', column, `The action ${action} ${why}.`, hint),
    );
}

/** Onboarding sends both names in one field of the address, which has the limit of each of its fields. */
function checkContactName({ action, fields }: Draft): readonly Problem[] {
  if (action !== 'onboard') return [];
  const { contact_first_name: first = '', contact_last_name: last = '' } = fields;
  const { length } = `${first} ${last}`;
  if (length <= TEXT_LIMIT) return [];
  const message = `contact_first_name and contact_last_name have ${length} characters together, more than ${TEXT_LIMIT}.`;
  const column = first.length > last.length ? 'contact_first_name' : 'contact_last_name';
  return [fault('contact_name.too_long', column, message, `Shorten them to ${TEXT_LIMIT} characters.`)];
}

/**
 * Google mails it when the domain does not work: it cannot be on that domain or below it. Nor is it of use where
 * it is the address of the user whom it is to help.
 */
function checkAlternateEmail(draft: Draft): readonly Problem[] {
  const { fields, show } = draft;
  const { alternate_email: address } = fields;
  if (address === undefined) return [];
  const domain = domainToBe(draft);
  if (domain !== undefined && isOnOrBelow(address, domain)) {
    const message = `alternate_email ${show(address)} is on the customer's own domain.`;
    const hint = `Write an address outside of ${domain}.`;
    return [fault('alternate_email.own_domain', 'alternate_email', message, hint)];
  }
  const user = firstUser(draft);
  if (user?.length !== address.length || comparableAddress(user) !== comparableAddress(address)) return [];
  const message = `alternate_email ${show(address)} is the address of the admin, too.`;
  return [
    fault(
      'alternate_email.admin',
      'alternate_email',
      message,
      'Write an address that the admin has elsewhere.',
    ),
  ];
}

/** The customer's domain, also where a team to be onboarded does not name it: it is that of its admin. */
function domainToBe(draft: Draft): string | undefined {
  const { domain, primary_admin_email: admin } = draft.fields;
  if (domain !== undefined || admin === undefined || !onboardsTeam(draft)) return domain;
  return emailDomain(admin);
}

function isOnOrBelow(address: string, domain: string): boolean {
  // Spelled alike but for characters beyond ASCII, of which several forms stand for one domain.
  const maybe =
    domain.includes('xn--') || address.toLowerCase().endsWith(domain) || BEYOND_ASCII.test(address);
  if (!maybe) return false;
  const host = emailDomain(address);
  return host === domain || host?.endsWith(`.${domain}`) === true;
}

/** Of a domain customer; a team's people may be anywhere. */
function checkOwnEmails(draft: Draft): readonly Problem[] {
  if (draft.type !== 'domain') return [];
  return [
    ...onDomain(draft, 'contact_email', 'contact_email.other_domain'),
    ...onDomain(draft, 'admin_email', 'admin_email.other_domain'),
  ];
}

/** A team is named by the domain of its admin's address, who proves by a mail there that it is theirs. */
function checkTeamAdmin(draft: Draft): readonly Problem[] {
  if (!onboardsTeam(draft)) return [];
  return onDomain(draft, 'primary_admin_email', 'primary_admin_email.other_domain');
}

function onDomain(
  { fields, show }: Draft,
  column: 'contact_email' | 'admin_email' | 'primary_admin_email',
  rule: `${typeof column}.other_domain`,
): readonly Problem[] {
  const { domain, [column]: address } = fields;
  if (domain === undefined || address === undefined || isOnDomain(address, domain)) return [];
  const message = `${column} ${show(address)} is not on the customer's domain ${show(domain)}.`;
  return [fault(rule, column, message, `Write an address that ends in @${domain}.`)];
}
