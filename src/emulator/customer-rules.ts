import type { FieldViolation } from './errors.ts';
import type { Provisioning } from './operation-store.ts';
import type { ContactInfo, CustomerBody, PostalAddress } from './resources.ts';
import type { Switches } from './world-schema.ts';

const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i;
const EMAIL = /^[^\s@"<>]+@([^\s@]+)$/;

/** Territories without postal codes, as far as the Universal Postal Union lists none for them. */
const NO_POSTAL_CODE: ReadonlySet<string> = new Set(
  (
    'AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GQ GY HK JM KI KM KN KP LC ' +
    'ML MO MR MW NR NU PA QA RW SB SC SL SR SS ST SX SY TD TG TL TO TT TV UG VU WS YE ZW'
  ).split(' '),
);

export function isDomain(text: string): boolean {
  return DOMAIN.test(text);
}

/** The domain of an e-mail address; undefined for what is none. */
export function domainOf(email: string): string | undefined {
  return EMAIL.exec(email)?.[1];
}

/**
 * Everything wrong with the written fields of a customer. Fields not in `written` (top-level names) are left
 * alone, so that a customer that Google holds incomplete can still be patched.
 */
export function customerViolations(
  customer: CustomerBody,
  written: ReadonlySet<string>,
  switches: Switches,
): readonly FieldViolation[] {
  const found: FieldViolation[] = [];
  const { domain = '', primaryContactInfo, orgPostalAddress } = customer;
  if (written.has('orgDisplayName')) found.push(...required('org_display_name', customer.orgDisplayName));
  if (written.has('orgPostalAddress')) found.push(...addressViolations(orgPostalAddress, switches));
  if (written.has('domain') && !isDomain(domain)) found.push(violation('domain', 'must be a domain name'));
  if (written.has('domain') || written.has('primaryContactInfo')) {
    found.push(...contactViolations(primaryContactInfo, domain));
  }
  if (written.has('domain') || written.has('alternateEmail')) {
    found.push(...alternateEmailViolations(customer.alternateEmail, domain));
  }
  if (written.has('languageCode')) found.push(...languageViolations('language_code', customer.languageCode));
  return found;
}

/** Everything wrong with what is to be provisioned for a customer of that domain. */
export function provisioningViolations(
  { info, user }: Provisioning,
  domain: string,
): readonly FieldViolation[] {
  return [
    ...(isDomain(domain) ? [] : [violation('customer', 'must have a domain')]),
    ...adminViolations(user.email ?? '', info.customerType === 'TEAM' ? undefined : domain),
    ...required('user.given_name', user.givenName),
    ...required('user.family_name', user.familyName),
    ...alternateEmailViolations(info.alternateEmail, domain, 'cloud_identity_info.alternate_email'),
    ...languageViolations('cloud_identity_info.language_code', info.languageCode),
  ];
}

/** `domain` is where the address must be; undefined for anywhere. */
function adminViolations(email: string, domain: string | undefined): readonly FieldViolation[] {
  const field = 'user.email';
  if (email === '') return required(field, email);
  const at = domainOf(email);
  if (at === undefined) return [violation(field, 'must be an e-mail address')];
  if (domain === undefined || sameDomain(at, domain)) return [];
  return [violation(field, "must be on the customer's domain")];
}

function addressViolations(
  address: PostalAddress | undefined,
  switches: Switches,
): readonly FieldViolation[] {
  if (address === undefined) return required('org_postal_address', undefined);
  const { regionCode = '', postalCode, addressLines = [], revision = 0 } = address;
  const found = [...languageViolations('org_postal_address.language_code', address.languageCode)];
  if (!/^[A-Z]{2}$/.test(regionCode)) {
    found.push(violation('org_postal_address.region_code', 'must be a region such as DE'));
  }
  if (needsPostalCode(regionCode, switches)) {
    found.push(...required('org_postal_address.postal_code', postalCode));
  }
  if (addressLines.length === 0) found.push(...required('org_postal_address.address_lines', undefined));
  if (revision !== 0) found.push(violation('org_postal_address.revision', 'must be 0'));
  return found;
}

function needsPostalCode(regionCode: string, switches: Switches): boolean {
  if (switches.postalCodeRequired === 'where-used') return !NO_POSTAL_CODE.has(regionCode);
  return switches.postalCodeRequired === 'always';
}

function contactViolations(contact: ContactInfo | undefined, domain: string): readonly FieldViolation[] {
  const email = contact?.email ?? '';
  if (email === '') return [];
  const at = domainOf(email);
  const field = 'primary_contact_info.email';
  if (at === undefined) return [violation(field, 'must be an e-mail address')];
  return sameDomain(at, domain) ? [] : [violation(field, "must be on the customer's domain")];
}

function alternateEmailViolations(
  email: string | undefined,
  domain: string,
  field = 'alternate_email',
): readonly FieldViolation[] {
  if (email === undefined || email === '') return [];
  const at = domainOf(email);
  if (at === undefined) return [violation(field, 'must be an e-mail address')];
  return sameDomain(at, domain) ? [violation(field, "must not be on the customer's domain")] : [];
}

function languageViolations(field: string, code: string | undefined): FieldViolation[] {
  if (code === undefined || code === '') return [];
  try {
    Intl.getCanonicalLocales(code);
    return [];
  } catch {
    return [violation(field, 'must be a BCP-47 language')];
  }
}

function required(field: string, value: string | undefined): readonly FieldViolation[] {
  return value === undefined || value === '' ? [violation(field, 'is required')] : [];
}

function violation(field: string, what: string): FieldViolation {
  return { field, description: `${field} ${what}.` };
}

export function sameDomain(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
