import { z } from 'zod';

/*
 * The messages of Reseller API v1 that the emulator reads and answers, field by field as in Google's discovery document.
 */

/** `Address`; each field has at most 255 characters. */
export const resellerAddressSchema = z
  .strictObject({
    kind: z.string().optional().describe('customers#address.'),
    contactName: z.string().optional().describe('Name of the contact.'),
    organizationName: z.string().optional().describe('Name of the organization.'),
    addressLine1: z.string().optional().describe('First line of the address.'),
    addressLine2: z.string().optional().describe('Second line of the address.'),
    addressLine3: z.string().optional().describe('Third line of the address.'),
    locality: z.string().optional().describe('City or town.'),
    region: z.string().optional().describe('State, province or prefecture.'),
    postalCode: z.string().optional().describe('Postal code.'),
    countryCode: z.string().optional().describe('ISO 3166-1 alpha-2 code of the country.'),
  })
  .describe('Address in the words of the Reseller API.');
export type ResellerAddress = z.output<typeof resellerAddressSchema>;

const primaryAdminSchema = z
  .strictObject({ primaryEmail: z.string().optional().describe('Address of the first admin.') })
  .describe('First admin of a team.');

/** `Customer`. */
export const resellerCustomerSchema = z
  .strictObject({
    kind: z.string().optional().describe('reseller#customer.'),
    customerId: z.string().optional().describe('Workspace customer ID.'),
    customerDomain: z.string().optional().describe('Primary domain; of a team, the domain of its addresses.'),
    customerType: z
      .enum(['domain', 'team', 'customerTypeUnspecified'])
      .optional()
      .describe('domain or team.'),
    postalAddress: resellerAddressSchema.optional().describe('Address of the organization.'),
    alternateEmail: z.string().optional().describe('Address on another domain.'),
    phoneNumber: z.string().optional().describe('Telephone number with + and country code.'),
    primaryAdmin: primaryAdminSchema.optional().describe('First admin of a team.'),
    customerDomainVerified: z.boolean().optional().describe('Output only: whether the domain was verified.'),
    resourceUiUrl: z.string().optional().describe("Output only: address of the customer's Admin console."),
  })
  .describe('A customer of the Reseller API.');
export type ResellerCustomerBody = z.output<typeof resellerCustomerSchema>;

/** A customer as the Reseller API answers it. */
export interface ResellerCustomer extends ResellerCustomerBody {
  readonly kind: 'reseller#customer';
  readonly customerId: string;
  readonly customerDomain: string;
  readonly customerType: 'domain' | 'team';
}
