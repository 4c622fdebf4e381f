import type {
  CustomerChanges,
  ImportRequest,
  NewCustomer,
  ProvisionRequest,
} from '../google/channel-requests.ts';
import type { ColumnName } from '../model/column.ts';
import type { Customer, Fields } from '../model/customer.ts';
import type { Difference, StepPlan } from '../model/plan.ts';
import type { RemoteAddress, RemoteContact, RemoteCustomer } from '../model/remote-customer.ts';
import { LINE_COLUMNS, overlaidLines } from './address-lines.ts';

/** The one identity that an import sends. */
export type ImportIdentity =
  { readonly domain: string } | { readonly cloudIdentityId: string } | { readonly primaryAdminEmail: string };

/** Type `domain`: Cloud Identity ID, else domain; type `team`: Cloud Identity ID, else the admin, never the domain. */
export function importIdentity(customer: Customer): ImportIdentity | undefined {
  const {
    cloud_identity_id: cloudIdentityId,
    domain,
    primary_admin_email: primaryAdminEmail,
  } = customer.fields;
  if (cloudIdentityId !== undefined) return { cloudIdentityId };
  if (customer.type === 'team') return primaryAdminEmail === undefined ? undefined : { primaryAdminEmail };
  return domain === undefined ? undefined : { domain };
}

/** The account, or the channel partner link that the row names. */
export function parentOf(account: string, customer: Customer): string {
  const partner = customer.fields.channel_partner_id;
  return partner === undefined ? `accounts/${account}` : `accounts/${account}/channelPartnerLinks/${partner}`;
}

export function importRequest(
  customer: Customer,
  step: Extract<StepPlan, { kind: 'import' }>,
  authToken: string | undefined,
): ImportRequest {
  const identity = importIdentity(customer);
  if (identity === undefined) throw new Error('a row without an identity was planned as an import');
  const partner = customer.fields.channel_partner_id;
  return {
    ...identity,
    ...(authToken === undefined ? {} : { authToken }),
    overwriteIfExists: step.overwriteIfExists,
    ...(partner === undefined ? {} : { channelPartnerId: partner }),
    ...(step.customer === undefined ? {} : { customer: step.customer }),
  };
}

/** A new customer: everything that the row has. `orgDisplayName`, domain and address are there: such rows are checked. */
export function newCustomer({ fields }: Customer): NewCustomer {
  const contact = overlaidContact(fields, undefined);
  return {
    domain: fields.domain ?? '',
    orgDisplayName: fields.org_display_name ?? '',
    orgPostalAddress: overlaidAddress(fields, undefined),
    ...(Object.keys(contact).length === 0 ? {} : { primaryContactInfo: contact }),
    ...(fields.alternate_email === undefined ? {} : { alternateEmail: fields.alternate_email }),
    ...(fields.language_code === undefined ? {} : { languageCode: fields.language_code }),
    ...(fields.id === undefined ? {} : { correlationId: fields.id }),
  };
}

const CUSTOMER_TYPES = { domain: 'DOMAIN', team: 'TEAM' } as const;

/** What provisioning takes from the row; Google uses the customer's own data for the rest. */
export function provisionRequest({ fields, type }: Customer): ProvisionRequest {
  const identity = {
    ...(fields.customer_type === undefined ? {} : { customerType: CUSTOMER_TYPES[type] }),
    ...(fields.alternate_email === undefined ? {} : { alternateEmail: fields.alternate_email }),
    ...(fields.phone === undefined ? {} : { phoneNumber: fields.phone }),
    ...(fields.language_code === undefined ? {} : { languageCode: fields.language_code }),
  };
  const { admin_email: email, admin_given_name: givenName, admin_family_name: familyName } = fields;
  return {
    ...(Object.keys(identity).length === 0 ? {} : { cloudIdentityInfo: identity }),
    ...(email === undefined
      ? {}
      : { user: { email, givenName: givenName ?? '', familyName: familyName ?? '' } }),
  };
}

/** A patch: the settable fields that change, and the mask that names just these. */
export interface PatchRequest {
  readonly body: CustomerChanges;
  readonly updateMask: readonly string[];
}

const ADDRESS_COLUMNS = {
  postal_code: 'postalCode',
  administrative_area: 'administrativeArea',
  locality: 'locality',
} as const;

const CONTACT_COLUMNS = {
  contact_first_name: 'firstName',
  contact_last_name: 'lastName',
  contact_title: 'title',
  contact_email: 'email',
  contact_phone: 'phone',
} as const;

/** Which top-level field of the customer a column stands in; undefined for those that are never patched. */
function topLevelField(column: ColumnName): keyof PatchRequest['body'] | undefined {
  if (column === 'org_display_name') return 'orgDisplayName';
  if (column === 'alternate_email') return 'alternateEmail';
  if (column === 'language_code') return 'languageCode';
  if (column === 'id') return 'correlationId';
  if (column === 'region_code' || column in ADDRESS_COLUMNS || LINE_COLUMNS.some((line) => line === column))
    return 'orgPostalAddress';
  if (column in CONTACT_COLUMNS) return 'primaryContactInfo';
  return undefined;
}

/**
 * The narrowest patch that brings Google to the book, or undefined where nothing can be patched. Address and
 * contact go whole: Google's value overlaid with the filled cells. Domain and region are never patched.
 */
export function patchRequest(
  fields: Fields,
  remote: RemoteCustomer,
  found: readonly Difference[],
): PatchRequest | undefined {
  const patchable = found.filter(({ weight }) => weight === 'ordinary');
  const mask = new Set(patchable.flatMap(({ column }) => topLevelField(column) ?? []));
  if (mask.size === 0) return undefined;
  const body = {
    ...(mask.has('orgDisplayName') ? { orgDisplayName: fields.org_display_name ?? '' } : {}),
    ...(mask.has('orgPostalAddress') ? { orgPostalAddress: overlaidAddress(fields, remote) } : {}),
    ...(mask.has('primaryContactInfo') ? { primaryContactInfo: overlaidContact(fields, remote) } : {}),
    ...(mask.has('alternateEmail') ? { alternateEmail: fields.alternate_email ?? '' } : {}),
    ...(mask.has('languageCode') ? { languageCode: fields.language_code ?? '' } : {}),
    ...(mask.has('correlationId') ? { correlationId: fields.id ?? '' } : {}),
  };
  return { body, updateMask: [...mask] };
}

function overlaidAddress(fields: Fields, remote: RemoteCustomer | undefined): RemoteAddress {
  const address: Record<string, unknown> = { ...remote?.orgPostalAddress };
  for (const [column, key] of Object.entries(ADDRESS_COLUMNS)) {
    const cell = fields[column as keyof typeof ADDRESS_COLUMNS];
    if (cell !== undefined) address[key] = cell;
  }
  const lines = overlaidLines(fields, remote?.orgPostalAddress);
  if (lines.length > 0) address['addressLines'] = lines;
  // An address that Google has not yet needs its region, the one field that Google requires of every address.
  if (remote?.orgPostalAddress?.regionCode === undefined && fields.region_code !== undefined) {
    address['regionCode'] = fields.region_code;
  }
  return address;
}

function overlaidContact(fields: Fields, remote: RemoteCustomer | undefined): RemoteContact {
  const contact: Record<string, unknown> = { ...remote?.primaryContactInfo };
  delete contact['displayName']; // output only
  for (const [column, key] of Object.entries(CONTACT_COLUMNS)) {
    const cell = fields[column as keyof typeof CONTACT_COLUMNS];
    if (cell !== undefined) contact[key] = cell;
  }
  return contact;
}

/** The column that an import takes its identity from. */
export function identityColumn(customer: Customer): ColumnName | undefined {
  const identity = importIdentity(customer);
  if (identity === undefined) return undefined;
  if ('cloudIdentityId' in identity) return 'cloud_identity_id';
  return 'domain' in identity ? 'domain' : 'primary_admin_email';
}

/** The identity as one text, for the ledger: `domain:acme.com`. */
export function identityText(customer: Customer): string | undefined {
  const column = identityColumn(customer);
  return column === undefined || column === 'auth_token'
    ? undefined
    : `${column}:${customer.fields[column] ?? ''}`;
}

/** What the ledger knows a key's customer by: its import identity, else the domain that it was created with. */
export function linkText(customer: Customer): string | undefined {
  const { domain } = customer.fields;
  return identityText(customer) ?? (domain === undefined ? undefined : `domain:${domain}`);
}

/** The masked fields of a customer as one text, to notice that somebody has changed them since. */
export function maskedText(remote: RemoteCustomer, mask: readonly string[]): string {
  const fields: Readonly<Record<string, unknown>> = { ...remote };
  return JSON.stringify([...mask].sort().map((field) => [field, sorted(fields[field])]));
}

/** The same value with its keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value ?? null;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, sorted(field)]),
  );
}
