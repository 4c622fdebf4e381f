import type { NewUser } from '../google/directory.ts';
import type { NewResellerCustomer } from '../google/reseller.ts';
import type { Customer } from '../model/customer.ts';
import { emailDomain } from '../validate/email-address.ts';
import { onboardDomain } from './tenant-facts.ts';

/** A new customer of the Reseller API: everything that the row has and the API takes. */
export function newResellerCustomer(customer: Customer): NewResellerCustomer {
  const { fields, type } = customer;
  return {
    customerDomain: onboardDomain(customer),
    customerType: type,
    postalAddress: {
      contactName: contactName(customer),
      organizationName: fields.org_display_name ?? '',
      countryCode: fields.region_code ?? '',
      ...filled('postalCode', fields.postal_code),
      ...filled('region', fields.administrative_area),
      ...filled('locality', fields.locality),
      ...filled('addressLine1', fields.address_line_1),
      ...filled('addressLine2', fields.address_line_2),
      ...filled('addressLine3', fields.address_line_3),
    },
    ...filled('alternateEmail', fields.alternate_email),
    ...filled('phoneNumber', fields.phone),
    ...(type === 'team' ? { primaryAdmin: { primaryEmail: sentAddress(fields.primary_admin_email) } } : {}),
  };
}

/** Both names of the contact as one, which is how the Reseller API has it. */
export function contactName({ fields }: Customer): string {
  return [fields.contact_first_name, fields.contact_last_name].filter((name) => name !== undefined).join(' ');
}

/** The first user of a new customer. */
export function newUser({ fields }: Customer, password: string): NewUser {
  return {
    primaryEmail: sentAddress(fields.admin_email),
    name: { givenName: fields.admin_given_name ?? '', familyName: fields.admin_family_name ?? '' },
    password,
    changePasswordAtNextLogin: true,
    ...filled('recoveryEmail', fields.alternate_email),
  };
}

/** An address as it is sent: as it is typed, its domain as DNS has it. */
export function sentAddress(address = ''): string {
  const domain = emailDomain(address);
  return domain === undefined ? address : `${address.slice(0, address.lastIndexOf('@'))}@${domain}`;
}

function filled<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<K, string>>;
}
