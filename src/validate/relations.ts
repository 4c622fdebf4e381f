import type { FieldColumn } from '../model/column.ts';
import type { Problem } from '../model/customer.ts';
import type { Draft, RowCheck } from './draft.ts';
import { emailDomain } from './email-address.ts';
import { checkRequired } from './required.ts';
import { fault } from './rules.ts';

/** Checks of a row's cells against each other, in the order in which their problems are told. */
export const ROW_CHECKS: readonly RowCheck[] = [
  checkRequired,
  checkContradictions,
  checkAlternateEmail,
  checkOwnEmails,
  checkAdmin,
];

/** A Cloud Identity or a token is for customers that exist: a row cannot ask for both. */
function checkContradictions({ action, typed }: Draft): readonly Problem[] {
  if (action !== 'create') return [];
  const hint = 'Set the action to import or auto, or empty the cell.';
  const problems: Problem[] = [];
  if (typed.cloud_identity_id !== undefined) {
    const message = 'The action create makes a new customer, but cloud_identity_id names one that exists.';
    problems.push(fault('action.contradiction', 'cloud_identity_id', message, hint));
  }
  if (typed.auth_token !== undefined) {
    const message = 'The action create makes a new customer, but auth_token is for one that exists.';
    problems.push(fault('action.contradiction', 'auth_token', message, hint));
  }
  return problems;
}

/** Google mails it when the domain does not work: it cannot be on that domain or below it. */
function checkAlternateEmail({ fields, show }: Draft): readonly Problem[] {
  const { domain, alternate_email: address } = fields;
  if (domain === undefined || address === undefined) return [];
  // Spelled alike but for an IDN, which an address may hold in either form.
  if (!domain.includes('xn--') && !address.toLowerCase().endsWith(domain)) return [];
  const host = emailDomain(address);
  if (host !== domain && host?.endsWith(`.${domain}`) !== true) return [];
  const message = `alternate_email ${show(address)} is on the customer's own domain.`;
  const hint = `Write an address outside of ${domain}.`;
  return [fault('alternate_email.own_domain', 'alternate_email', message, hint)];
}

/** Of a domain customer; a team's people may be anywhere. */
function checkOwnEmails(draft: Draft): readonly Problem[] {
  if (draft.type !== 'domain') return [];
  return [
    ...onDomain(draft, 'contact_email', 'contact_email.other_domain'),
    ...onDomain(draft, 'admin_email', 'admin_email.other_domain'),
  ];
}

function onDomain(
  { fields, show }: Draft,
  column: FieldColumn,
  rule: 'contact_email.other_domain' | 'admin_email.other_domain',
): readonly Problem[] {
  const { domain, [column]: address } = fields;
  if (domain === undefined || address === undefined) return [];
  if (address.toLowerCase().endsWith(`@${domain}`) || emailDomain(address) === domain) return [];
  const message = `${column} ${show(address)} is not on the customer's domain ${show(domain)}.`;
  return [fault(rule, column, message, `Write an address that ends in @${domain}.`)];
}

/** An admin is an address with both names; without an address there is none (contract, section 2). */
function checkAdmin({ action, typed }: Draft): readonly Problem[] {
  // There, the admin is required as a whole, and each empty cell is told already.
  if (action === 'provision' || typed.admin_email === undefined) return [];
  return (['admin_given_name', 'admin_family_name'] as const)
    .filter((column) => typed[column] === undefined)
    .map((column) =>
      fault(
        'admin.incomplete',
        column,
        `The row has an admin_email, but ${column} is empty.`,
        `Fill ${column}, or empty admin_email.`,
      ),
    );
}
