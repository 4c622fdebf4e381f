import type { RemoteAddress, RemoteContact } from '../model/remote-customer.ts';

/** Body of `customers.import` (`ImportCustomerRequest`): exactly one identity. */
export type ImportRequest = (
  { readonly domain: string } | { readonly cloudIdentityId: string } | { readonly primaryAdminEmail: string }
) & {
  /** The customer's transfer token; a secret. */
  readonly authToken?: string;
  readonly overwriteIfExists: boolean;
  /** Cloud Identity ID of the channel partner. */
  readonly channelPartnerId?: string;
  /** Resource name of the customer that receives the Cloud Identity's data. */
  readonly customer?: string;
};

/** The fields of a Customer that may be set; everything else is output only or needs a method of its own. */
export interface CustomerChanges {
  readonly orgDisplayName?: string;
  readonly orgPostalAddress?: RemoteAddress;
  readonly primaryContactInfo?: RemoteContact;
  readonly alternateEmail?: string;
  readonly languageCode?: string;
  readonly correlationId?: string;
}

/** Named field by field: nothing that the method does not know can slip in. */
export function importBody(request: ImportRequest): Readonly<Record<string, string | boolean>> {
  const { authToken, channelPartnerId, customer, overwriteIfExists } = request;
  return {
    ...identityOf(request),
    ...(authToken === undefined ? {} : { authToken }),
    overwriteIfExists,
    ...(channelPartnerId === undefined ? {} : { channelPartnerId }),
    ...(customer === undefined ? {} : { customer }),
  };
}

function identityOf(request: ImportRequest): Readonly<Record<string, string>> {
  if ('cloudIdentityId' in request) return { cloudIdentityId: request.cloudIdentityId };
  if ('primaryAdminEmail' in request) return { primaryAdminEmail: request.primaryAdminEmail };
  return { domain: request.domain };
}

interface PatchBody {
  orgDisplayName?: string;
  orgPostalAddress?: Record<string, unknown>;
  primaryContactInfo?: Record<string, unknown>;
  alternateEmail?: string;
  languageCode?: string;
  correlationId?: string;
}

/** Named field by field, as above. */
export function patchBody(changes: CustomerChanges): PatchBody {
  const {
    orgDisplayName,
    orgPostalAddress,
    primaryContactInfo,
    alternateEmail,
    languageCode,
    correlationId,
  } = changes;
  return {
    ...(orgDisplayName === undefined ? {} : { orgDisplayName }),
    ...(orgPostalAddress === undefined ? {} : { orgPostalAddress: { ...orgPostalAddress } }),
    ...(primaryContactInfo === undefined ? {} : { primaryContactInfo: settableContact(primaryContactInfo) }),
    ...(alternateEmail === undefined ? {} : { alternateEmail }),
    ...(languageCode === undefined ? {} : { languageCode }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

/** `displayName` is output only: Google makes it of the names. */
function settableContact(contact: RemoteContact): Record<string, unknown> {
  return Object.fromEntries(Object.entries(contact).filter(([field]) => field !== 'displayName'));
}
