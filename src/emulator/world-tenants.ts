import { z } from 'zod';

import { userLanguageSchema } from './directory-resources.ts';
import { resellerCustomerSchema } from './reseller-resources.ts';
import { whenSchema } from './world-when.ts';

/** A customer of the Reseller API, with what that API does not tell. */
export const worldResellerCustomerSchema = resellerCustomerSchema
  .extend({
    customerId: z.string().min(1).describe('Workspace customer ID.'),
    customerDomain: z.string().min(1).describe('Primary domain; of a team, the domain of its addresses.'),
    customerType: z.enum(['domain', 'team']).default('domain').describe('domain or team.'),
    customerDomainVerified: z.boolean().default(false).describe('Whether the domain was verified.'),
    resourceUiUrl: z.string().optional().describe("Address of the customer's Admin console."),
    language: z.string().optional().describe('Language of the tenant, such as es; en where it is missing.'),
    createTime: whenSchema.optional().describe('Creation: ISO, or relative such as -30d, the default.'),
    ours: z.boolean().default(true).describe('False: it exists, and belongs to Google or another reseller.'),
  })
  .describe('A customer of the Reseller API.');
export type ResellerCustomerSeed = z.output<typeof worldResellerCustomerSchema>;

/** A user of the Directory API. */
export const worldUserSchema = z
  .strictObject({
    primaryEmail: z.string().describe('Primary address.'),
    id: z.string().optional().describe('Unique ID; one is made up where it is missing.'),
    customerId: z
      .string()
      .nullable()
      .optional()
      .describe(
        'Workspace customer ID of its tenant; by default that of its domain. null: an account outside every tenant.',
      ),
    name: z
      .strictObject({
        givenName: z.string().optional().describe('Given name.'),
        familyName: z.string().optional().describe('Family name.'),
      })
      .optional()
      .describe('Name of the user.'),
    aliases: z.array(z.string()).default([]).describe('Other addresses of the user.'),
    isAdmin: z.boolean().default(false).describe('Whether it is a super admin.'),
    suspended: z.boolean().default(false).describe('Whether it is suspended.'),
    agreedToTerms: z
      .boolean()
      .default(false)
      .describe('Whether it signed in for the first time and accepted the terms.'),
    changePasswordAtNextLogin: z
      .boolean()
      .default(false)
      .describe('Whether it has to change its password when it signs in.'),
    creationTime: whenSchema.optional().describe('Creation: ISO, or relative such as -30d, the default.'),
    lastLoginTime: whenSchema.optional().describe('Last sign-in: ISO, or relative; never by default.'),
    recoveryEmail: z.string().optional().describe('Recovery address.'),
    recoveryPhone: z.string().optional().describe('Recovery telephone number, E.164.'),
    orgUnitPath: z.string().default('/').describe('Organizational unit.'),
    languages: z.array(userLanguageSchema).optional().describe('Languages of the user.'),
  })
  .describe('A user of the Directory API.');
export type UserSeed = z.output<typeof worldUserSchema>;
