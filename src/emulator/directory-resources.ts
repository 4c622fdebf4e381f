import { z } from 'zod';

/*
 * The messages of Directory API v1 that the emulator reads and answers, field by field as in Google's discovery document.
 */

const postalAddressSchema = z.strictObject({
  contactName: z.string().optional(),
  organizationName: z.string().optional(),
  addressLine1: z.string().optional(),
  addressLine2: z.string().optional(),
  addressLine3: z.string().optional(),
  locality: z.string().optional(),
  region: z.string().optional(),
  postalCode: z.string().optional(),
  countryCode: z.string().optional(),
});

/** `Customer`. */
export const directoryCustomerSchema = z.strictObject({
  kind: z.string().optional(),
  id: z.string().optional(),
  etag: z.string().optional(),
  customerDomain: z.string().optional(),
  alternateEmail: z.string().optional(),
  phoneNumber: z.string().optional(),
  language: z.string().optional(),
  customerCreationTime: z.string().optional(),
  postalAddress: postalAddressSchema.optional(),
});
export type DirectoryCustomerBody = z.output<typeof directoryCustomerSchema>;

/** `UserLanguage`. */
export const userLanguageSchema = z.strictObject({
  languageCode: z.string().optional().describe('Code of the language.'),
  customLanguage: z.string().optional().describe('Language without a code.'),
  preference: z.enum(['preferred', 'not_preferred']).optional().describe('Whether the user prefers it.'),
});

/** `UserName`. */
const userNameSchema = z.strictObject({
  givenName: z.string().optional(),
  familyName: z.string().optional(),
  fullName: z.string().optional(),
  displayName: z.string().optional(),
});

const anything = z.unknown().optional();

/** Fields of a user that callers cannot set; in requests they are read and dropped. */
const userOutputOnly = {
  kind: anything,
  id: anything,
  etag: anything,
  customerId: anything,
  isAdmin: anything,
  isDelegatedAdmin: anything,
  isEnforcedIn2Sv: anything,
  isEnrolledIn2Sv: anything,
  isMailboxSetup: anything,
  agreedToTerms: anything,
  aliases: anything,
  nonEditableAliases: anything,
  creationTime: anything,
  deletionTime: anything,
  lastLoginTime: anything,
  suspensionReason: anything,
  thumbnailPhotoEtag: anything,
  thumbnailPhotoUrl: anything,
};

/** Fields of a user that the emulator gives back as it got them. */
const userOther = {
  addresses: anything,
  archived: anything,
  customSchemas: anything,
  emails: anything,
  externalIds: anything,
  gender: anything,
  guestAccountInfo: anything,
  ims: anything,
  includeInGlobalAddressList: anything,
  ipWhitelisted: anything,
  isGuestUser: anything,
  keywords: anything,
  locations: anything,
  notes: anything,
  organizations: anything,
  phones: anything,
  posixAccounts: anything,
  relations: anything,
  sshPublicKeys: anything,
  websites: anything,
};

/** `User` as `users.insert` reads it. */
export const newUserSchema = z.strictObject({
  primaryEmail: z.string().optional(),
  name: userNameSchema.optional(),
  password: z.string().optional(),
  hashFunction: z.string().optional(),
  changePasswordAtNextLogin: z.boolean().optional(),
  recoveryEmail: z.string().optional(),
  recoveryPhone: z.string().optional(),
  orgUnitPath: z.string().optional(),
  suspended: z.boolean().optional(),
  languages: z.array(userLanguageSchema).optional(),
  ...userOutputOnly,
  ...userOther,
});
export type NewUser = z.output<typeof newUserSchema>;

const OTHER_FIELDS: ReadonlySet<string> = new Set(Object.keys(userOther));

/** The fields of a request that the emulator gives back as it got them; undefined for none. */
export function otherFields(body: NewUser): Readonly<Record<string, unknown>> | undefined {
  const fields = Object.entries(body).filter(([field]) => OTHER_FIELDS.has(field));
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

/** `UserMakeAdmin`. */
export const makeAdminSchema = z.strictObject({ status: z.boolean().optional() });
