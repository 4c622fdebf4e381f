import { nearest } from '../config/nearest.ts';
import { isIgnored, type BookColumn } from '../model/book.ts';
import { COLUMNS, isColumnName, type ColumnName } from '../model/column.ts';

/** What spreadsheets call our columns; only ever proposed to the user, never applied. */
const SYNONYMS: Readonly<Record<string, ColumnName>> = {
  account_name: 'org_display_name',
  address: 'address_line_1',
  address1: 'address_line_1',
  address2: 'address_line_2',
  address3: 'address_line_3',
  authorization_token: 'auth_token',
  channel_partner: 'channel_partner_id',
  city: 'locality',
  cloud_identity: 'cloud_identity_id',
  company: 'org_display_name',
  company_name: 'org_display_name',
  correlation_id: 'id',
  country: 'region_code',
  country_code: 'region_code',
  crm_id: 'id',
  customer_domain: 'domain',
  customer_name: 'org_display_name',
  email: 'contact_email',
  first_name: 'contact_first_name',
  language: 'language_code',
  last_name: 'contact_last_name',
  organisation: 'org_display_name',
  organization: 'org_display_name',
  organization_name: 'org_display_name',
  partner: 'channel_partner_id',
  partner_id: 'channel_partner_id',
  phone_number: 'phone',
  postcode: 'postal_code',
  primary_domain: 'domain',
  province: 'administrative_area',
  recovery_email: 'alternate_email',
  region: 'region_code',
  secondary_email: 'alternate_email',
  state: 'administrative_area',
  street: 'address_line_1',
  telephone: 'contact_phone',
  token: 'auth_token',
  token_date: 'auth_token_created',
  town: 'locality',
  transfer_token: 'auth_token',
  website: 'domain',
  workspace_id: 'cloud_identity_id',
  zip: 'postal_code',
  zip_code: 'postal_code',
};

/** Longer names than this share of slips are taken for something else. */
const NEAR_ENOUGH = 6;

/** The column that an unknown name may have been meant for, among those that are free. */
export function guessColumn(name: string, taken: ReadonlySet<string>): ColumnName | undefined {
  const plain = plainName(name);
  const guess = guessFrom(plain);
  return guess === undefined || taken.has(guess) ? undefined : guess;
}

function guessFrom(plain: string): ColumnName | undefined {
  if (isColumnName(plain)) return plain;
  const synonym = Object.hasOwn(SYNONYMS, plain) ? SYNONYMS[plain] : undefined;
  if (synonym !== undefined) return synonym;
  const near = plain.length >= NEAR_ENOUGH ? nearest(plain, COLUMNS) : undefined;
  return near !== undefined && isColumnName(near) ? near : undefined;
}

function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** The config that would map unknown names, e.g. `"columns": {"Primary Domain": "domain"}`; undefined for no guess. */
export function proposedMapping(
  names: readonly string[],
  alreadyKnown: ReadonlySet<string>,
): string | undefined {
  const taken = new Set(alreadyKnown);
  const mapping: Record<string, string> = {};
  for (const name of names) {
    const column = guessColumn(name, taken);
    if (column === undefined) continue;
    mapping[name] = column;
    taken.add(column);
  }
  return Object.keys(mapping).length === 0 ? undefined : `"columns": ${JSON.stringify(mapping)}`;
}

/** The user's column names and ours. */
export type ColumnMapping = Readonly<Record<string, string>>;

/** What a name of the header means: the config's word first, then the name itself, exactly. */
export function meaning(name: string, mapping: ColumnMapping): ColumnName | undefined {
  if (isIgnored(name)) return undefined;
  const column = Object.hasOwn(mapping, name) ? mapping[name] : name;
  return column !== undefined && isColumnName(column) ? column : undefined;
}

/** The names that mean nothing to us, of columns that are neither to be ignored nor without a name. */
export function unknownNames(columns: readonly BookColumn[]): readonly string[] {
  return columns
    .filter(({ name, column }) => column === undefined && name !== '' && !isIgnored(name))
    .map(({ name }) => name);
}
