import { z } from 'zod';

/*
 * The messages of Cloud Channel API v1 that the emulator reads and answers, field by field as in Google's
 * discovery document. World files are written in the same messages.
 */

/** `google.type.PostalAddress`. */
export const postalAddressSchema = z
  .strictObject({
    revision: z.int().optional().describe('Schema revision; Google knows only 0.'),
    regionCode: z.string().optional().describe('CLDR region, in practice ISO 3166-1 alpha-2, such as DE.'),
    languageCode: z.string().optional().describe('BCP-47 language in which the address is written.'),
    postalCode: z.string().optional().describe('Postal code, where the country has them.'),
    sortingCode: z.string().optional().describe('Country-specific sorting code, such as CEDEX.'),
    administrativeArea: z.string().optional().describe('State, province or prefecture.'),
    locality: z.string().optional().describe('City or town.'),
    sublocality: z.string().optional().describe('District or neighbourhood.'),
    addressLines: z.array(z.string()).optional().describe('Street lines in the order of the envelope.'),
    recipients: z.array(z.string()).optional().describe('Recipients at the address.'),
    organization: z.string().optional().describe('Organization at the address.'),
  })
  .describe('google.type.PostalAddress.');
export type PostalAddress = z.output<typeof postalAddressSchema>;

/** `google.cloud.channel.v1.ContactInfo`. */
export const contactInfoSchema = z
  .strictObject({
    firstName: z.string().optional().describe('Given name.'),
    lastName: z.string().optional().describe('Family name.'),
    displayName: z.string().optional().describe('Output only at Google: first and last name.'),
    email: z.string().optional().describe("Address on the customer's own domain."),
    title: z.string().optional().describe('Position in the organization.'),
    phone: z.string().optional().describe('Telephone number.'),
  })
  .describe('google.cloud.channel.v1.ContactInfo.');
export type ContactInfo = z.output<typeof contactInfoSchema>;

export const customerTypeSchema = z.enum(['DOMAIN', 'TEAM']);
export type CustomerType = z.output<typeof customerTypeSchema>;

const eduDataSchema = z
  .strictObject({
    instituteType: z.enum(['K12', 'UNIVERSITY']).optional().describe('Kind of institute.'),
    instituteSize: z
      .enum([
        'SIZE_1_100',
        'SIZE_101_500',
        'SIZE_501_1000',
        'SIZE_1001_2000',
        'SIZE_2001_5000',
        'SIZE_5001_10000',
        'SIZE_10001_OR_MORE',
      ])
      .optional()
      .describe('Size of the institute.'),
    website: z.string().optional().describe('Web address of the institute.'),
  })
  .describe('google.cloud.channel.v1.EduData.');

/** `google.cloud.channel.v1.CloudIdentityInfo`. */
export const cloudIdentityInfoSchema = z
  .strictObject({
    customerType: customerTypeSchema.optional().describe('DOMAIN or TEAM.'),
    primaryDomain: z.string().optional().describe('Output only at Google: primary domain.'),
    isDomainVerified: z.boolean().optional().describe('Never returned inside a customer.'),
    alternateEmail: z.string().optional().describe('Address on another domain.'),
    phoneNumber: z.string().optional().describe('Telephone number of the Cloud Identity.'),
    languageCode: z.string().optional().describe('BCP-47 language of the Cloud Identity.'),
    adminConsoleUri: z.string().optional().describe("Output only at Google: the customer's Admin console."),
    eduData: eduDataSchema.optional().describe('Set for institutes of education.'),
  })
  .describe('google.cloud.channel.v1.CloudIdentityInfo.');
export type CloudIdentityInfo = z.output<typeof cloudIdentityInfoSchema>;

/** `google.cloud.channel.v1.Customer`. */
export const customerSchema = z
  .strictObject({
    name: z
      .string()
      .optional()
      .describe('accounts/ACCOUNT/customers/ID; one is made up where it is missing.'),
    orgDisplayName: z.string().optional().describe('Name of the organization.'),
    orgPostalAddress: postalAddressSchema.optional().describe('Address of the organization.'),
    primaryContactInfo: contactInfoSchema.optional().describe('Primary contact.'),
    alternateEmail: z.string().optional().describe("Secondary address, not on the customer's domain."),
    domain: z.string().optional().describe('Primary domain; of a team, the domain of its addresses.'),
    createTime: z.string().optional().describe('Output only at Google: RFC 3339 time of creation.'),
    updateTime: z.string().optional().describe('Output only at Google: RFC 3339 time of the last change.'),
    cloudIdentityId: z.string().optional().describe('Output only at Google: ID of the Cloud Identity.'),
    languageCode: z.string().optional().describe('BCP-47 language of the customer.'),
    cloudIdentityInfo: cloudIdentityInfoSchema
      .optional()
      .describe('Output only at Google: set where there is a Cloud Identity.'),
    channelPartnerId: z.string().optional().describe('Cloud Identity ID of the channel partner.'),
    correlationId: z.string().optional().describe("The reseller's own ID of the customer."),
    customerAttestationState: z
      .enum(['EXEMPT', 'NON_EXEMPT_AND_INFO_VERIFIED'])
      .optional()
      .describe('Only needed to sell Google Cloud.'),
  })
  .describe('google.cloud.channel.v1.Customer.');
export type CustomerBody = z.output<typeof customerSchema>;

/** A customer as the emulator keeps it: always named. */
export type Customer = Readonly<CustomerBody> & { readonly name: string };

/** `google.cloud.channel.v1.ChannelPartnerLink`. */
export const channelPartnerLinkSchema = z
  .strictObject({
    name: z
      .string()
      .optional()
      .describe('accounts/ACCOUNT/channelPartnerLinks/ID; follows from resellerCloudIdentityId.'),
    resellerCloudIdentityId: z.string().describe("The partner's Cloud Identity ID, which is the link's ID."),
    linkState: z
      .enum(['INVITED', 'ACTIVE', 'REVOKED', 'SUSPENDED'])
      .default('ACTIVE')
      .describe('State of the link; imports need ACTIVE.'),
    inviteLinkUri: z.string().optional().describe('Web page of the invitation.'),
    createTime: z.string().optional().describe('RFC 3339 time of creation.'),
    updateTime: z.string().optional().describe('RFC 3339 time of the last change.'),
    publicId: z.string().optional().describe('What a customer types to make a transfer token for the pair.'),
    channelPartnerCloudIdentityInfo: cloudIdentityInfoSchema
      .optional()
      .describe('Answered with view=FULL only.'),
  })
  .describe('google.cloud.channel.v1.ChannelPartnerLink.');
export type ChannelPartnerLink = z.output<typeof channelPartnerLinkSchema>;

/** `google.cloud.channel.v1.ImportCustomerRequest`. */
export const importRequestSchema = z.strictObject({
  domain: z.string().optional(),
  cloudIdentityId: z.string().optional(),
  primaryAdminEmail: z.string().optional(),
  authToken: z.string().optional(),
  overwriteIfExists: z.boolean().optional(),
  channelPartnerId: z.string().optional(),
  customer: z.string().optional(),
});
export type ImportRequest = z.output<typeof importRequestSchema>;

/** `google.cloud.channel.v1.AdminUser`. */
export const adminUserSchema = z
  .strictObject({
    email: z.string().optional().describe('Primary address of the first super admin.'),
    givenName: z.string().optional().describe('Given name.'),
    familyName: z.string().optional().describe('Family name.'),
  })
  .describe('google.cloud.channel.v1.AdminUser.');
export type AdminUser = z.output<typeof adminUserSchema>;

/** `google.cloud.channel.v1.ProvisionCloudIdentityRequest`. */
export const provisionRequestSchema = z.strictObject({
  cloudIdentityInfo: cloudIdentityInfoSchema.optional(),
  user: adminUserSchema.optional(),
  validateOnly: z.boolean().optional(),
});
export type ProvisionRequest = z.output<typeof provisionRequestSchema>;

/** `google.rpc.Status` as an operation carries it: `code` is the gRPC number. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details?: readonly object[] | undefined;
}

/** `google.longrunning.Operation`; done, it has `error` or `response`. */
export interface Operation {
  readonly name: string;
  readonly metadata: { readonly '@type': string; readonly operationType: 'PROVISION_CLOUD_IDENTITY' };
  readonly done: boolean;
  readonly error: RpcStatus | undefined;
  readonly response: ({ readonly '@type': string } & Customer) | undefined;
}

/** `google.cloud.channel.v1.CheckCloudIdentityAccountsExistRequest`. */
export const checkRequestSchema = z.strictObject({
  domain: z.string().optional(),
  primaryAdminEmail: z.string().optional(),
});

/** `google.cloud.channel.v1.CloudIdentityCustomerAccount`. */
export interface CloudIdentityCustomerAccount {
  readonly existing: boolean;
  readonly owned: boolean;
  readonly customerName: string | undefined;
  readonly customerCloudIdentityId: string;
  readonly customerType: CustomerType;
  readonly channelPartnerCloudIdentityId: string | undefined;
}

/** Fields of a customer that callers cannot set; in requests they are read and dropped. */
export const OUTPUT_ONLY_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'createTime',
  'updateTime',
  'cloudIdentityId',
  'cloudIdentityInfo',
]);
