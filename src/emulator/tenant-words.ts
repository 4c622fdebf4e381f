import type { ContactInfo } from './resources.ts';
import type { ResellerAddress, ResellerCustomer, ResellerCustomerBody } from './reseller-resources.ts';
import type { Identity } from './world-schema.ts';
import type { ResellerCustomerSeed } from './world-tenants.ts';

/*
 * A Cloud Identity in the words of the Reseller API, and back. It is kept in the Channel API's words, so that all three
 * APIs tell one story: `contactName` is the first recipient of the address, `organizationName` the display name.
 */

/** Google's default (https://developers.google.com/workspace/admin/directory/v1/languages). */
const USUAL_LANGUAGE = 'en';

export function languageOf(identity: Pick<Identity, 'languageCode'>): string {
  return identity.languageCode ?? USUAL_LANGUAGE;
}

/** The full record of the Reseller API. */
export function resellerCustomerOf(identity: Identity): ResellerCustomer {
  const { primaryAdminEmail: primaryEmail } = identity;
  const address = addressOf(identity);
  return {
    ...briefCustomerOf(identity),
    customerDomainVerified: identity.domainVerified,
    postalAddress: address && { kind: 'customers#address', ...address },
    alternateEmail: identity.alternateEmail,
    phoneNumber: identity.phoneNumber,
    primaryAdmin:
      identity.customerType === 'TEAM' && primaryEmail !== undefined ? { primaryEmail } : undefined,
    resourceUiUrl: identity.resourceUiUrl ?? `https://admin.google.com/${identity.domain}`,
  };
}

/** What the Reseller API tells of a customer that is not this reseller's. */
export function briefCustomerOf(identity: Identity): ResellerCustomer {
  return {
    kind: 'reseller#customer',
    customerId: identity.cloudIdentityId,
    customerDomain: identity.domain,
    customerType: identity.customerType === 'TEAM' ? 'team' : 'domain',
  };
}

/** An address as the Reseller and the Directory API tell it. */
export type TenantAddress = Omit<ResellerAddress, 'kind'>;

/** Undefined where no address is known. */
export function addressOf(identity: Identity): TenantAddress | undefined {
  const { orgPostalAddress: address, orgDisplayName, primaryContactInfo } = identity;
  if (address === undefined) return undefined;
  const [addressLine1, addressLine2, ...more] = address.addressLines ?? [];
  return {
    contactName: address.recipients?.[0] ?? nameOf(primaryContactInfo) ?? orgDisplayName,
    organizationName: orgDisplayName ?? address.organization,
    addressLine1,
    addressLine2,
    addressLine3: more.length === 0 ? undefined : more.join(', '),
    locality: address.locality,
    region: address.administrativeArea,
    postalCode: address.postalCode,
    countryCode: address.regionCode,
  };
}

/** The identity with what the body says of it; what the body leaves out stays. */
export function withResellerData(
  identity: Identity,
  body: Pick<ResellerCustomerBody, 'alternateEmail' | 'phoneNumber' | 'postalAddress'>,
): Identity {
  const { alternateEmail = identity.alternateEmail, phoneNumber = identity.phoneNumber } = body;
  return withAddress({ ...identity, alternateEmail, phoneNumber }, body.postalAddress);
}

/** The identity with an address of the Reseller or the Directory API; without one as it is. */
export function withAddress(identity: Identity, address: TenantAddress | undefined): Identity {
  if (address === undefined) return identity;
  const lines = [address.addressLine1, address.addressLine2, address.addressLine3];
  return {
    ...identity,
    orgDisplayName: address.organizationName,
    orgPostalAddress: {
      ...identity.orgPostalAddress,
      recipients: [address.contactName].filter(isFilled),
      addressLines: lines.filter(isFilled),
      locality: address.locality,
      administrativeArea: address.region,
      postalCode: address.postalCode,
      regionCode: address.countryCode,
    },
  };
}

/** The Cloud Identity of a customer of the Reseller API that exists at the start. */
export function identityOfReseller(customer: ResellerCustomerSeed): Identity {
  const bare: Identity = {
    cloudIdentityId: customer.customerId,
    domain: customer.customerDomain,
    customerType: customer.customerType === 'team' ? 'TEAM' : 'DOMAIN',
    primaryAdminEmail: customer.primaryAdmin?.primaryEmail,
    languageCode: customer.language,
    domainVerified: customer.customerDomainVerified,
    resourceUiUrl: customer.resourceUiUrl,
    createTime: customer.createTime,
    ...UNCLAIMED,
  };
  return withResellerData(bare, customer);
}

/** What holds for an identity of which nobody said otherwise. */
export const UNCLAIMED = {
  tokens: [],
  consent: false,
  importable: true,
  deleted: false,
} satisfies Partial<Identity>;

function nameOf(contact: ContactInfo | undefined): string | undefined {
  const name = [contact?.firstName, contact?.lastName].filter(isFilled).join(' ');
  return name === '' ? undefined : name;
}

function isFilled(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
