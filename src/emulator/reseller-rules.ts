import { domainOf, isDomain, sameDomain } from './customer-rules.ts';
import { invalid, required } from './legacy-errors.ts';
import type { LegacyFault } from './legacy-errors.ts';
import type { ResellerAddress, ResellerCustomerBody } from './reseller-resources.ts';
import type { Switches } from './world-schema.ts';

/*
 * What the Reseller API asks of a customer:
 * https://developers.google.com/workspace/admin/reseller/reference/rest/v1/customers
 */

const MAX_ADDRESS_FIELD = 255;
const NEEDED_IN_ADDRESS = ['contactName', 'organizationName', 'postalCode', 'countryCode'] as const;
/** E.164 has 15 digits at most; numbers of fewer than seven are nobody's. */
const PLAUSIBLE_DIGITS = /^[1-9]\d{6,14}$/;

/** Everything wrong with a customer that is to be made. */
export function newCustomerFaults(body: ResellerCustomerBody, switches: Switches): readonly LegacyFault[] {
  return [
    ...(body.customerType === 'team' ? teamFaults(body, switches) : domainFaults(body)),
    ...addressFaults(body.postalAddress, switches),
  ];
}

/** Everything wrong with the fields of a customer on that domain that a patch writes. */
export function writtenFaults(
  body: Pick<ResellerCustomerBody, 'alternateEmail' | 'postalAddress'>,
  domain: string,
  switches: Switches,
): readonly LegacyFault[] {
  return [
    ...alternateEmailFaults(body.alternateEmail, domain),
    ...(body.postalAddress === undefined ? [] : addressFaults(body.postalAddress, switches)),
  ];
}

/** The number as Google keeps it; undefined for one that it drops without a word. */
export function keptPhoneNumber(phoneNumber: string | undefined): string | undefined {
  if (phoneNumber?.startsWith('+') !== true) return undefined;
  const digits = phoneNumber.slice(1).replace(/[\s().\-/]/g, '');
  return PLAUSIBLE_DIGITS.test(digits) ? phoneNumber : undefined;
}

/** The domain of a new customer: of a team without one that of its admin's address. */
export function domainOfNew({ customerType, customerDomain, primaryAdmin }: ResellerCustomerBody): string {
  if (filled(customerDomain)) return customerDomain.toLowerCase();
  return customerType === 'team' ? (domainOf(primaryAdmin?.primaryEmail ?? '') ?? '') : '';
}

function domainFaults({ customerDomain, alternateEmail }: ResellerCustomerBody): readonly LegacyFault[] {
  if (!filled(customerDomain)) return [missing('customerDomain')];
  return [
    ...customerDomainFaults(customerDomain),
    ...(filled(alternateEmail) ? [] : [missing('alternateEmail')]),
    ...alternateEmailFaults(alternateEmail, customerDomain),
  ];
}

function teamFaults(body: ResellerCustomerBody, switches: Switches): readonly LegacyFault[] {
  const { customerDomain, alternateEmail, primaryAdmin: { primaryEmail } = {} } = body;
  if (!filled(primaryEmail)) return [missing('primaryAdmin.primaryEmail')];
  const domain = domainOf(primaryEmail);
  if (domain === undefined) return [wrong('primaryAdmin.primaryEmail', 'Email address is not valid')];
  return [
    ...teamDomainFaults(customerDomain, domain, switches),
    ...(filled(alternateEmail) && switches.resellerTeamAlternateEmail === 'refuse'
      ? [wrong('alternateEmail', 'A team has no alternate email address')]
      : alternateEmailFaults(alternateEmail, domain)),
  ];
}

function teamDomainFaults(
  customerDomain: string | undefined,
  domain: string,
  switches: Switches,
): readonly LegacyFault[] {
  if (!filled(customerDomain)) return switches.resellerTeamDomainRequired ? [missing('customerDomain')] : [];
  if (sameDomain(customerDomain, domain)) return customerDomainFaults(customerDomain);
  return [wrong('customerDomain', 'Domain differs from that of the primary email address')];
}

function customerDomainFaults(domain: string): readonly LegacyFault[] {
  if (isDomain(domain) && !/^www\./i.test(domain)) return [];
  return [wrong('customerDomain', 'Domain name is not valid')];
}

function alternateEmailFaults(email: string | undefined, domain: string): readonly LegacyFault[] {
  if (!filled(email)) return [];
  const at = domainOf(email);
  if (at === undefined) return [wrong('alternateEmail', 'Email address is not valid')];
  if (isDomain(at) && !sameDomain(at, domain)) return [];
  return [wrong('alternateEmail', 'Email address contains invalid domain name')];
}

function addressFaults(address: ResellerAddress = {}, switches: Switches): readonly LegacyFault[] {
  const { countryCode } = address;
  const long = Object.entries(address).filter(([, value = '']) => value.length > MAX_ADDRESS_FIELD);
  return [
    ...NEEDED_IN_ADDRESS.filter((field) => !filled(address[field])).map((field) =>
      missing(`postalAddress.${field}`),
    ),
    ...long.map(([field]) => wrong(`postalAddress.${field}`, `Longer than ${MAX_ADDRESS_FIELD} characters`)),
    ...(filled(countryCode) ? countryFaults(countryCode, switches) : []),
  ];
}

function countryFaults(code: string, switches: Switches): readonly LegacyFault[] {
  const field = 'postalAddress.countryCode';
  if (!/^[A-Z]{2}$/i.test(code)) return [wrong(field, 'Country code is not valid')];
  if (!switches.resellerIneligibleCountries.includes(code.toUpperCase())) return [];
  return [wrong(field, 'Country is not eligible for resale')];
}

function missing(field: string): LegacyFault {
  return required(`resource.${field} - Required field is missing`);
}

function wrong(field: string, what: string): LegacyFault {
  return invalid(`resource.${field} - ${what}`);
}

function filled(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}
