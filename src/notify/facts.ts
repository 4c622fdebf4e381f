/** What one notification is made of. */
export interface NotificationFacts {
  /** The row's key; names the file. */
  readonly key: string;
  readonly type: 'domain' | 'team';
  /** Google's id of the customer; with the domain it makes the mail's id, so it is the same when a mail is retried. */
  readonly customerId: string;
  readonly domain: string;
  readonly organization: string;
  readonly contactName: string | undefined;
  /** The first user, who is super administrator; of a team its primary admin. */
  readonly adminEmail: string | undefined;
  readonly alternateEmail: string | undefined;
  readonly contactEmail: string | undefined;
  /** `resourceUiUrl` as Google gave it. */
  readonly signInUrl: string | undefined;
  /** The temporary password where this run knows it. Only gets into the mail with `includePassword`. */
  readonly password: string | undefined;
}
