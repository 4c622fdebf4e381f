/** What we read of a Customer of the Reseller API v1. */
export interface ResellerCustomer {
  /** Google Workspace customer ID, which is also the Channel API's `cloudIdentityId`. */
  readonly customerId: string;
  readonly customerDomain?: string | undefined;
  /** `domain` or `team`. */
  readonly customerType?: string | undefined;
  readonly alternateEmail?: string | undefined;
  readonly organizationName?: string | undefined;
  /** The first admin of a team. */
  readonly primaryAdminEmail?: string | undefined;
  /** The customer's Admin console, as Google gives it: perhaps a host alone. */
  readonly resourceUiUrl?: string | undefined;
  /**
   * Whether the record is whole. Of a customer that Google itself or another reseller manages only id, domain and type
   * come back (https://developers.google.com/workspace/admin/reseller/v1/how-tos/retrieve-update-customers).
   */
  readonly isOurs: boolean;
}
