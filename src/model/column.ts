/** The columns of a book that have a meaning, in the order in which a template lists them. */
export const COLUMNS = [
  'id',
  'domain',
  'org_display_name',
  'region_code',
  'postal_code',
  'administrative_area',
  'locality',
  'address_line_1',
  'address_line_2',
  'address_line_3',
  'contact_first_name',
  'contact_last_name',
  'contact_title',
  'contact_email',
  'contact_phone',
  'alternate_email',
  'phone',
  'language_code',
  'customer_type',
  'admin_email',
  'admin_given_name',
  'admin_family_name',
  'primary_admin_email',
  'cloud_identity_id',
  'action',
  'overwrite',
  'auth_token',
  'auth_token_created',
  'channel_partner_id',
  'customer',
] as const;

export type ColumnName = (typeof COLUMNS)[number];

/** Every column but the secret one: what may be kept in the ledger. */
export type FieldColumn = Exclude<ColumnName, 'auth_token'>;

const KNOWN: ReadonlySet<string> = new Set(COLUMNS);

export function isColumnName(name: string): name is ColumnName {
  return KNOWN.has(name);
}
