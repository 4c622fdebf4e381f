import { z } from 'zod';

import { codeOfNumber } from './errors.ts';
import { directorySwitches, resellerSwitches } from './legacy-switches.ts';
import {
  adminUserSchema,
  channelPartnerLinkSchema,
  cloudIdentityInfoSchema,
  contactInfoSchema,
  customerSchema,
  customerTypeSchema,
  postalAddressSchema,
} from './resources.ts';
import { worldResellerCustomerSchema, worldUserSchema } from './world-tenants.ts';
import { whenSchema } from './world-when.ts';

/** A code by its name or by its gRPC number; read as the name. */
const codeSchema = z
  .union([z.string().regex(/^[A-Z_]+$/), z.int().min(1).max(16)], 'must be a code such as UNAVAILABLE, or 14')
  .transform((code) => (typeof code === 'number' ? codeOfNumber(code) : code));

const resourceTimes = {
  createTime: whenSchema.optional().describe('Creation: ISO, or relative such as -30d, the default.'),
  updateTime: whenSchema
    .optional()
    .describe('Last change: ISO, or relative; that of the creation by default.'),
};

const transferTokenSchema = z
  .strictObject({
    token: z.string().min(1).describe("Transfer token that the customer's super admin made."),
    createdAt: whenSchema
      .default('-0d')
      .describe('When it was made: an ISO date or time, or relative to the start, such as -10d.'),
  })
  .describe('A transfer token of a Cloud Identity.');

/** A Google Workspace or Cloud Identity account that exists, whoever sells to it. */
export const identitySchema = z
  .strictObject({
    cloudIdentityId: z.string().min(1).describe('Workspace customer ID, such as C01abc234.'),
    domain: z.string().min(1).describe('Primary domain; of a team, the domain of its addresses.'),
    customerType: customerTypeSchema
      .default('DOMAIN')
      .describe('DOMAIN, or TEAM for an e-mail-verified team; several teams may share a domain.'),
    primaryAdminEmail: z.string().optional().describe('Address of the first super admin.'),
    orgDisplayName: z.string().optional().describe('Name of the organization.'),
    orgPostalAddress: postalAddressSchema.optional().describe('Address of the organization.'),
    primaryContactInfo: contactInfoSchema.optional().describe('Primary contact.'),
    alternateEmail: z.string().optional().describe('Address on another domain.'),
    phoneNumber: z.string().optional().describe('Telephone number.'),
    languageCode: z.string().optional().describe('BCP-47 language.'),
    tokens: z.array(transferTokenSchema).default([]).describe('Transfer tokens that its super admin made.'),
    consent: z
      .boolean()
      .default(false)
      .describe('The customer gave purchase consent: it may be imported without a token.'),
    importable: z
      .boolean()
      .default(true)
      .describe('False: this reseller may not import it, whatever the token.'),
    deleted: z.boolean().default(false).describe('True: the account was deleted; imports answer NOT_FOUND.'),
    subscribed: z
      .boolean()
      .optional()
      .describe(
        'It has subscriptions with this reseller. Default: whether a customer is linked at the start.',
      ),
    channelPartnerId: z.string().optional().describe('Cloud Identity ID of the partner that serves it.'),
    domainVerified: z.boolean().default(false).describe('Whether its primary domain was verified.'),
    resourceUiUrl: z.string().optional().describe('Address of its Admin console in the Reseller API.'),
    createTime: whenSchema.optional().describe('Creation: ISO, or relative such as -30d, the default.'),
  })
  .describe('A Cloud Identity that exists at Google, whoever sells to it.');
export type Identity = z.output<typeof identitySchema>;

const worldLinkSchema = channelPartnerLinkSchema
  .extend(resourceTimes)
  .describe('A channel partner link, as Google returns it.');

const worldCustomerSchema = customerSchema
  .extend({
    ...resourceTimes,
    listedUnder: z
      .string()
      .optional()
      .describe('ID of the partner link under which it is listed. Default: its channelPartnerId.'),
  })
  .describe('A customer of the reseller, as Google returns it, with the partner link it is listed under.');

/** A rule that makes calls fail. `faults.ts` tells what each part does. */
export const faultSchema = z
  .strictObject({
    id: z.string().optional().describe('Name by which the request log tells which rule struck.'),
    method: z
      .string()
      .default('*')
      .describe('API method such as customers.import, directory.users.get or token; * for every method.'),
    domain: z.string().optional().describe('Only calls about this domain.'),
    name: z.string().optional().describe('Only calls about the resource, or below the parent, of this name.'),
    contains: z.string().optional().describe('Only calls whose query or body contains this text.'),
    nth: z.int().min(1).default(1).describe('The first matching call that is struck.'),
    every: z.int().min(1).default(1).describe('From then on every so many matching calls.'),
    count: z.int().min(1).nullable().default(1).describe('How many calls are struck; null for no end.'),
    do: z
      .enum(['answer', 'reset', 'silence', 'truncate', 'delay', 'fail-operation', 'stall-operation'])
      .default('answer')
      .describe(
        'Answer an error, reset the connection, never answer, cut the answer short, only be late, or let the operation that the call starts fail or never end.',
      ),
    operationMs: z
      .int()
      .min(0)
      .optional()
      .describe(
        'How long the operation takes, by the clock. Default: provisionDelayMs, and without end for stall-operation.',
      ),
    afterEffect: z
      .boolean()
      .default(false)
      .describe('True: the call takes effect first, and fails only then.'),
    delayMs: z.int().min(0).default(0).describe('Real milliseconds before the fault shows.'),
    status: z
      .int()
      .min(200)
      .max(599)
      .optional()
      .describe('HTTP status of the answer. Default: that of the code.'),
    code: codeSchema
      .optional()
      .describe(
        'Canonical code such as UNAVAILABLE, or its gRPC number. Default: that of the status, else UNAVAILABLE; of fail-operation INTERNAL.',
      ),
    message: z.string().optional().describe('Message of the error.'),
    reason: z
      .string()
      .optional()
      .describe('Reason in the legacy format and in ErrorInfo; the error of an OAuth answer.'),
    details: z
      .array(z.looseObject({}))
      .optional()
      .describe('google.rpc messages, with @type, added to the error.'),
    format: z
      .enum(['status', 'legacy', 'text', 'html', 'oauth'])
      .optional()
      .describe(
        'How the error is written. Default: oauth for token, legacy for the Reseller and Directory APIs, otherwise status.',
      ),
    body: z.string().optional().describe('Body of the answer, sent as it is.'),
    retryAfterSeconds: z.number().min(0).optional().describe('Sends Retry-After.'),
    retryAfterAs: z.enum(['seconds', 'date']).default('seconds').describe('How Retry-After is written.'),
    retryInfoSeconds: z.number().min(0).optional().describe('Adds google.rpc.RetryInfo to the details.'),
    echo: z
      .boolean()
      .default(false)
      .describe('Repeats the request body and the bearer token in the message, as a careless server might.'),
  })
  .describe('A rule that makes calls fail.');
export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;

const limitSchema = z.int().min(0).nullable();

/** Calls per 60 s per bucket; null is no limit. Numbers: https://docs.cloud.google.com/channel/docs/quotas. */
export const quotasSchema = z
  .strictObject({
    'channel.list': limitSchema.default(24).describe('Listing customers.'),
    'channel.operations': limitSchema.default(600).describe('operations.get.'),
    'channel.other': limitSchema.default(120).describe('Every other method of the Channel API, together.'),
    directory: limitSchema.default(2400).describe('Directory API.'),
    reseller: limitSchema.default(60).describe('Reseller API; Google publishes no number.'),
  })
  .describe('Calls per sliding 60 seconds and bucket; null for no limit.');
export type QuotaLimits = z.output<typeof quotasSchema>;
export type Bucket = keyof QuotaLimits;
export const BUCKETS = Object.keys(quotasSchema.shape) as readonly Bucket[];

/** What Google leaves unspecified; the README tells more of each. */
export const switchesSchema = z
  .strictObject({
    latencyMs: z.int().min(0).default(0).describe('Real milliseconds before every answer.'),
    filterLagMs: z
      .int()
      .min(0)
      .default(3000)
      .describe('How far filtered lists lag behind writes, in milliseconds of the clock.'),
    listOverMaximum: z
      .enum(['coerce', 'refuse'])
      .default('coerce')
      .describe('A pageSize of customers over 50 is cut to 50, or refused.'),
    accountListsPartners: z
      .boolean()
      .default(true)
      .describe("The account's list includes the customers of its partner links."),
    overQuota: z
      .enum(['status', 'legacy', 'text'])
      .default('status')
      .describe(
        'Over quota: 429 as google.rpc.Status, 403 rateLimitExceeded in the legacy format, or 429 plain text.',
      ),
    overQuotaRetryAfter: z
      .enum(['none', 'seconds', 'date'])
      .default('none')
      .describe('Whether and how an over-quota answer has a Retry-After header.'),
    overQuotaRetryInfo: z
      .boolean()
      .default(true)
      .describe('Whether an over-quota answer of format status has google.rpc.RetryInfo.'),
    patchWithoutMask: z
      .enum(['populated', 'replace', 'refuse'])
      .default('populated')
      .describe('A patch without updateMask sets the fields in the body, or all fields, or is refused.'),
    patchCriticalFields: z
      .enum(['refuse', 'allow'])
      .default('refuse')
      .describe('A patch that changes domain or region of a customer with a Cloud Identity.'),
    postalCodeRequired: z
      .enum(['where-used', 'always', 'never'])
      .default('where-used')
      .describe('Which written addresses need a postal code.'),
    createDuplicateDomain: z
      .enum(['allow', 'ALREADY_EXISTS'])
      .default('allow')
      .describe('A create while a customer has the domain.'),
    provisionDelayMs: z
      .int()
      .min(0)
      .default(1000)
      .describe('How long a provisioning takes, in milliseconds of the clock.'),
    provisionAgain: z
      .enum(['ALREADY_EXISTS', 'FAILED_PRECONDITION', 'done'])
      .default('ALREADY_EXISTS')
      .describe('Provisioning a customer that has a Cloud Identity is refused, or answers a done operation.'),
    provisionWhileRunning: z
      .enum(['ABORTED', 'ALREADY_EXISTS', 'same', 'another'])
      .default('ABORTED')
      .describe(
        'Provisioning a customer whose provisioning runs is refused, answers that operation, or starts another.',
      ),
    validateOnlyAnswer: z
      .enum(['operation-done', 'operation-pending', 'empty'])
      .default('operation-done')
      .describe('What a valid provisioning with validateOnly answers.'),
    importSameData: z
      .enum(['keep', 'refresh'])
      .default('keep')
      .describe(
        'An import of a linked customer without conflict and overwrite keeps its data, or refreshes it.',
      ),
    importUnlinkedSameDomain: z
      .enum(['create', 'link', 'conflict'])
      .default('create')
      .describe(
        'An import while a customer without Cloud Identity has the domain makes another one, links it, or conflicts.',
      ),
    importTeamByDomain: z
      .enum(['INVALID_ARGUMENT', 'NOT_FOUND'])
      .default('INVALID_ARGUMENT')
      .describe('An import by a domain on which only teams exist.'),
    importPartnerRequired: z
      .boolean()
      .default(true)
      .describe('An identity with a channelPartnerId can be imported only for a partner.'),
    importLinkedWithoutToken: z
      .boolean()
      .default(true)
      .describe('An identity already linked to a customer can be imported again without a token.'),
    transferTokenDays: z
      .number()
      .min(0)
      .default(14)
      .describe('Days that a transfer token lasts; another page of Google says 30.'),
    acceptedTokens: z
      .array(z.string())
      .nullable()
      .default(null)
      .describe('The only access tokens accepted besides those minted here; null accepts any.'),
    expiredTokens: z.array(z.string()).default([]).describe('Access tokens answered with 401.'),
    accessTokenSeconds: z.number().min(0).default(3599).describe('Life of the access tokens minted here.'),
    subjects: z
      .array(z.string())
      .nullable()
      .default(null)
      .describe('Admins that a service account may act for; null for any.'),
    subjectRequired: z
      .boolean()
      .default(true)
      .describe('A service account that acts for nobody gets PERMISSION_DENIED.'),
    ...resellerSwitches,
    ...directorySwitches,
  })
  .describe('Behaviour that Google leaves unspecified, and the pace of the emulator.');
export type Switches = z.output<typeof switchesSchema>;

const worldOperationSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^operations\/[^\s?#]+$/, 'must be operations/ID')
      .describe('operations/ID.'),
    customer: z.string().describe('Name of the customer that is provisioned; the world has it.'),
    doneInMs: z
      .int()
      .min(0)
      .nullable()
      .default(0)
      .describe('When it is done, in milliseconds of the clock from the start; null for never.'),
    error: z
      .strictObject({
        code: codeSchema.default('INTERNAL').describe('Canonical code, or its gRPC number.'),
        message: z.string().default('The operation failed.').describe('Message of the error.'),
      })
      .optional()
      .describe('How it fails. Without it the customer gets a Cloud Identity, unless it has one.'),
    user: adminUserSchema.optional().describe('The first super admin; by default the primary contact.'),
    cloudIdentityInfo: cloudIdentityInfoSchema.optional().describe('What the Cloud Identity is given.'),
  })
  .describe('A provisioning that was started before.');
export type OperationSeed = z.output<typeof worldOperationSchema>;

const ACCOUNT = /^(accounts\/)?[^/\s]+$/;

/** A whole world file. */
export const worldSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Address of this schema, for editors.'),
    account: z
      .string()
      .regex(ACCOUNT, 'must be an account such as "C012345" or "accounts/C012345"')
      .describe("The reseller's account, such as C012345 or accounts/C012345."),
    identities: z.array(identitySchema).default([]).describe('Cloud Identities that exist at Google.'),
    customers: z.array(worldCustomerSchema).default([]).describe('Customers that the reseller has.'),
    partnerLinks: z.array(worldLinkSchema).default([]).describe('Channel partner links.'),
    resellerCustomers: z
      .array(worldResellerCustomerSchema)
      .default([])
      .describe('Customers as the Reseller API tells them, of this reseller and of others.'),
    users: z
      .array(worldUserSchema)
      .default([])
      .describe('Users as the Directory API tells them; their addresses are taken.'),
    groups: z.array(z.string()).default([]).describe('Addresses of groups, which no user can have.'),
    operations: z.array(worldOperationSchema).default([]).describe('Long-running operations.'),
    quotas: quotasSchema.prefault({}).describe('Calls per sliding 60 seconds and bucket.'),
    faults: z.array(faultSchema).default([]).describe('Rules that make calls fail, in order of precedence.'),
    switches: switchesSchema.prefault({}).describe('Behaviour that Google leaves unspecified.'),
  })
  .describe("The state of Google's side at the start of an emulator.");
/** A world with every default filled in. */
export type World = z.output<typeof worldSchema>;
/** A world as a file or test may write it. */
export type WorldInput = z.input<typeof worldSchema>;

/** The JSON Schema (draft 2020-12) of world files; `world.schema.json` holds what this returns. */
export function worldJsonSchema(): unknown {
  return { title: 'channelbook emulator world', ...z.toJSONSchema(worldSchema, { io: 'input' }) };
}
