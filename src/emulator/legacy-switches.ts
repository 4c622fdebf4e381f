import { z } from 'zod';

/** What Google leaves unspecified about the Reseller API; the README tells more of each. */
export const resellerSwitches = {
  resellerForeign: z
    .enum(['record', 'forbidden'])
    .default('record')
    .describe("Reading a customer that is not this reseller's: three fields, or 403."),
  resellerOneTeamByDomain: z
    .enum(['record', 'invalid'])
    .default('record')
    .describe('Reading by domain where a single team has it: its record, or 400 as for several.'),
  resellerTeamDomainRequired: z.boolean().default(false).describe('A new team needs customerDomain, too.'),
  resellerTeamAlternateEmail: z
    .enum(['accept', 'refuse'])
    .default('accept')
    .describe('A new team with an alternateEmail, which it does not need.'),
  resellerIneligibleCountries: z
    .array(z.string())
    .default(['CU', 'IR', 'KP', 'SY'])
    .describe('Country codes in which Google allows no resale.'),
  resellerConflictReason: z
    .enum(['conflict', 'duplicate', 'alreadyExists'])
    .default('conflict')
    .describe('Reason of the 409 where the customer exists.'),
  resellerDomainOverTeams: z
    .enum(['conflict', 'allow'])
    .default('conflict')
    .describe('A new customer of type domain where teams have the domain.'),
  resellerOverQuota: z
    .enum(['quotaExceeded', 'backendError'])
    .default('quotaExceeded')
    .describe('Over quota of the Reseller API: 429 quotaExceeded, or 503 backendError.'),
};

/** What Google leaves unspecified about the Directory API; the README tells more of each. */
export const directorySwitches = {
  userWindowMs: z
    .int()
    .min(0)
    .default(1000)
    .describe('How long after its creation a user is not complete, in milliseconds of the clock.'),
  userWindowAnswer: z
    .enum(['412', '404', '403', 'mixed'])
    .default('412')
    .describe('What calls about an incomplete user get; mixed: these three in turn.'),
  userWindowReads: z
    .boolean()
    .default(true)
    .describe('Whether users.get of an incomplete user fails, too, not only makeAdmin.'),
  usersPerDomainSecond: z
    .int()
    .min(1)
    .nullable()
    .default(10)
    .describe('Users that may be created per domain and second of the clock; null for no limit.'),
  makeAdminStatus: z
    .literal([200, 204])
    .default(200)
    .describe('Status of the empty answer of users.makeAdmin.'),
  directoryOverQuota: z
    .enum(['userRateLimitExceeded', 'rateLimitExceeded'])
    .default('userRateLimitExceeded')
    .describe('Over quota of the Directory API: 403 userRateLimitExceeded, or 429 rateLimitExceeded.'),
};
