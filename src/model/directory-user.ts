/** What we read of a User of the Directory API v1. */
export interface DirectoryUser {
  readonly primaryEmail: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** Google Workspace customer ID of the tenant. */
  readonly customerId?: string | undefined;
  /** A super admin. */
  readonly isAdmin: boolean;
  /** The user has signed in once and accepted the terms. */
  readonly agreedToTerms: boolean;
}
