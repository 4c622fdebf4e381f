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

/** Body of `customers.create`: what Google requires, and whatever else may be set. */
export interface NewCustomer extends CustomerChanges {
  readonly domain: string;
  readonly orgDisplayName: string;
  readonly orgPostalAddress: RemoteAddress;
}

/** Body of `customers.provisionCloudIdentity`; Google takes from the customer what is left out. */
export interface ProvisionRequest {
  readonly cloudIdentityInfo?: {
    readonly customerType?: 'DOMAIN' | 'TEAM';
    readonly alternateEmail?: string;
    /** E.164. */
    readonly phoneNumber?: string;
    /** BCP 47. */
    readonly languageCode?: string;
  };
  /** The first super admin. */
  readonly user?: { readonly email: string; readonly givenName: string; readonly familyName: string };
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

/** The settable fields of a Customer as the library takes them. */
interface CustomerBody {
  orgDisplayName?: string;
  orgPostalAddress?: Record<string, unknown>;
  primaryContactInfo?: Record<string, unknown>;
  alternateEmail?: string;
  languageCode?: string;
  correlationId?: string;
}

/** Named field by field, as above. */
export function patchBody(changes: CustomerChanges): CustomerBody {
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

/** Named field by field, as above. */
export function createBody(customer: NewCustomer): CustomerBody & { readonly domain: string } {
  return { domain: customer.domain, ...patchBody(customer) };
}

interface ProvisionBody {
  cloudIdentityInfo?: Record<string, string>;
  user?: Record<string, string>;
}

/** Named field by field, as above; never with `validateOnly`, which is not the request's to decide. */
export function provisionBody({ cloudIdentityInfo = {}, user }: ProvisionRequest): ProvisionBody {
  const { customerType, alternateEmail, phoneNumber, languageCode } = cloudIdentityInfo;
  const info = {
    ...(customerType === undefined ? {} : { customerType }),
    ...(alternateEmail === undefined ? {} : { alternateEmail }),
    ...(phoneNumber === undefined ? {} : { phoneNumber }),
    ...(languageCode === undefined ? {} : { languageCode }),
  };
  return {
    ...(Object.keys(info).length === 0 ? {} : { cloudIdentityInfo: info }),
    ...(user === undefined ? {} : { user: adminUser(user) }),
  };
}

function adminUser({
  email,
  givenName,
  familyName,
}: NonNullable<ProvisionRequest['user']>): Record<string, string> {
  return { email, givenName, familyName };
}
