import type { Problem } from '../model/customer.ts';

/** One thing that is checked. */
interface Rule {
  /** Stable; also the name of its section in the documentation. */
  readonly id: string;
  /** Our name of the column, or what it applies to where that is more than one. */
  readonly column: string;
  readonly summary: string;
}

/** Every rule, in the order in which the documentation lists them. */
export const RULES = [
  {
    id: 'row.empty',
    column: 'whole row',
    summary: 'A row has at least one filled cell, notes under _ columns aside.',
  },
  { id: 'row.ragged', column: 'whole row', summary: 'A row has as many cells as the header has columns.' },
  { id: 'row.stray_quote', column: 'whole row', summary: 'No text follows a closing quotation mark.' },
  { id: 'row.key', column: 'whole row', summary: 'A row has something by which it is known.' },
  { id: 'row.duplicate_key', column: 'whole row', summary: 'No two rows have the same key.' },
  {
    id: 'row.identity',
    column: 'domain, primary_admin_email',
    summary: 'A row names the customer that its action is about.',
  },
  {
    id: 'cell.control_character',
    column: 'every column',
    summary: 'Cells hold text, no control characters.',
  },
  { id: 'cell.too_long', column: 'every column', summary: 'A cell has at most 10,000 characters.' },
  {
    id: 'cell.scientific_notation',
    column: 'numbers and ids',
    summary: 'No number was turned into 4.9E+10 by a spreadsheet.',
  },
  {
    id: 'cell.required',
    column: 'every column',
    summary: "The columns that the row's action needs are filled.",
  },
  {
    id: 'text.too_long',
    column: 'text columns',
    summary: 'Names, places and address lines have at most 255 characters.',
  },
  {
    id: 'text.invisible',
    column: 'text columns, admin names',
    summary: 'A filled cell holds something that can be seen.',
  },
  {
    id: 'contact_name.too_long',
    column: 'contact names',
    summary: 'The names of the contact have at most 255 characters together (onboard).',
  },
  {
    id: 'name.too_long',
    column: 'admin names',
    summary: "An admin's names have at most 40 characters each.",
  },
  {
    id: 'name.characters',
    column: 'admin names',
    summary: "An admin's names hold no angle brackets.",
  },
  { id: 'email.syntax', column: 'e-mail columns', summary: 'An e-mail address is one plain address.' },
  { id: 'phone.syntax', column: 'phone, contact_phone', summary: 'A phone number consists of digits.' },
  {
    id: 'phone.national',
    column: 'phone, contact_phone',
    summary: 'A phone number starts with + and its country.',
  },
  {
    id: 'phone.impossible',
    column: 'phone, contact_phone',
    summary: 'A phone number has a known country and a possible length.',
  },
  {
    id: 'phone.not_in_use',
    column: 'phone',
    summary:
      'A number that is possible, but in no range that is in use, is warned about: Google drops it silently.',
  },
  { id: 'action.unknown', column: 'action', summary: 'The action is one that channelbook knows.' },
  { id: 'action.contradiction', column: 'action', summary: 'No cell contradicts the action.' },
  { id: 'overwrite.unknown', column: 'overwrite', summary: 'The overwrite policy is never, safe or always.' },
  { id: 'customer_type.unknown', column: 'customer_type', summary: 'The customer type is domain or team.' },
  { id: 'domain.syntax', column: 'domain', summary: 'A domain is spelled like one.' },
  { id: 'domain.email', column: 'domain', summary: 'A domain is no e-mail address.' },
  { id: 'domain.url', column: 'domain', summary: 'A domain is no web address.' },
  { id: 'domain.ip', column: 'domain', summary: 'A domain is no IP address.' },
  {
    id: 'domain.public_suffix',
    column: 'domain',
    summary: 'A domain is more than a public suffix such as co.uk.',
  },
  { id: 'domain.unknown_suffix', column: 'domain', summary: 'A domain ends in a public suffix that exists.' },
  { id: 'domain.duplicate', column: 'domain', summary: 'No two rows of type domain have the same domain.' },
  { id: 'region_code.unknown', column: 'region_code', summary: 'A region is an ISO 3166-1 alpha-2 code.' },
  { id: 'postal_code.format', column: 'postal_code', summary: "A postal code has its country's form." },
  { id: 'postal_code.leading_zero', column: 'postal_code', summary: 'A postal code kept its leading zeros.' },
  { id: 'language_code.unknown', column: 'language_code', summary: 'A language is a BCP 47 tag.' },
  {
    id: 'alternate_email.own_domain',
    column: 'alternate_email',
    summary: "The alternate address is not on the customer's own domain.",
  },
  {
    id: 'alternate_email.admin',
    column: 'alternate_email',
    summary: "The alternate address is not the admin's own.",
  },
  {
    id: 'contact_email.other_domain',
    column: 'contact_email',
    summary: "The contact's address is on the customer's domain.",
  },
  {
    id: 'admin_email.other_domain',
    column: 'admin_email',
    summary: "The admin's address is on the customer's domain.",
  },
  {
    id: 'admin_email.user_name',
    column: 'admin_email',
    summary: 'What stands before the @ is a user name that Google takes (type domain).',
  },
  {
    id: 'admin_email.reserved',
    column: 'admin_email',
    summary: 'The user name is not abuse or postmaster (type domain).',
  },
  {
    id: 'admin_email.duplicate',
    column: 'admin_email',
    summary: 'No two rows make the same first user.',
  },
  {
    id: 'admin_email.unused',
    column: 'admin_email',
    summary: 'An admin of a team to onboard is warned about: no user is made for a team.',
  },
  {
    id: 'admin.incomplete',
    column: 'admin names',
    summary: 'An admin has an address, a given name and a family name.',
  },
  {
    id: 'primary_admin_email.other_domain',
    column: 'primary_admin_email',
    summary: "A team's admin is on the team's domain, where that is filled (onboard).",
  },
  {
    id: 'primary_admin_email.duplicate',
    column: 'primary_admin_email',
    summary: 'No two teams to onboard have the same admin.',
  },
  {
    id: 'cloud_identity_id.syntax',
    column: 'cloud_identity_id',
    summary: 'A Cloud Identity ID is a C with letters and digits.',
  },
  {
    id: 'cloud_identity_id.account',
    column: 'cloud_identity_id',
    summary: "A Cloud Identity ID is not the reseller's own account.",
  },
  {
    id: 'cloud_identity_id.duplicate',
    column: 'cloud_identity_id',
    summary: 'No two rows have the same Cloud Identity.',
  },
  {
    id: 'channel_partner_id.syntax',
    column: 'channel_partner_id',
    summary: 'A channel partner is named by its Cloud Identity ID.',
  },
  {
    id: 'channel_partner_id.account',
    column: 'channel_partner_id',
    summary: "A channel partner is not the reseller's own account.",
  },
  {
    id: 'channel_partner_id.required',
    column: 'channel_partner_id',
    summary: 'With requireChannelPartner every row names its partner, but for those to onboard.',
  },
  {
    id: 'customer.syntax',
    column: 'customer',
    summary: 'A customer is a resource name, accounts/A/customers/C.',
  },
  { id: 'customer.other_account', column: 'customer', summary: "A customer is one of the run's account." },
  {
    id: 'customer.unused',
    column: 'customer',
    summary: 'A customer named by a team to onboard is warned about: it is not used.',
  },
  {
    id: 'auth_token.characters',
    column: 'auth_token',
    summary: 'A token has no blanks, line breaks or control characters.',
  },
  { id: 'auth_token.repeated', column: 'auth_token', summary: 'The token stands in its own cell only.' },
  {
    id: 'auth_token_created.syntax',
    column: 'auth_token_created',
    summary: "The token's date is an ISO 8601 date.",
  },
  {
    id: 'auth_token_created.future',
    column: 'auth_token_created',
    summary: "The token's date is not in the future.",
  },
  {
    id: 'auth_token_created.expired',
    column: 'auth_token_created',
    summary: 'A token older than 14 days is warned about.',
  },
  {
    id: 'auth_token.unused',
    column: 'auth_token',
    summary: 'A token in a row to onboard is warned about: onboard takes over nobody.',
  },
] as const satisfies readonly Rule[];

export type RuleId = (typeof RULES)[number]['id'];

/** Message and hint in plain ASCII, but for what they show of a cell: reports are written in the book's encoding. */
export function fault(rule: RuleId, column: string | undefined, message: string, hint: string): Problem {
  return { rule, column, message, hint };
}
