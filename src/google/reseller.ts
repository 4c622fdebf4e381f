import type { ApiResult } from '../model/api-failure.ts';
import type { ResellerCustomer } from '../model/reseller-customer.ts';
import type { CallContext } from './method.ts';

/** The request of `customers.insert`, in Google's own words; what is empty is left out. */
export interface NewResellerCustomer {
  readonly customerDomain: string;
  readonly customerType: 'domain' | 'team';
  readonly postalAddress: {
    readonly contactName: string;
    readonly organizationName: string;
    readonly countryCode: string;
    readonly postalCode?: string;
    readonly region?: string;
    readonly locality?: string;
    readonly addressLine1?: string;
    readonly addressLine2?: string;
    readonly addressLine3?: string;
  };
  readonly alternateEmail?: string;
  readonly phoneNumber?: string;
  /** Of a team. */
  readonly primaryAdmin?: { readonly primaryEmail: string };
}

/** What is read of the Reseller API. It has no list; its answers do not lag. */
export interface ResellerReader {
  /**
   * A customer, whole where it is ours; a failure NOT_FOUND means that the domain is free.
   *
   * @param customer Google's customer ID, or a primary domain
   */
  getCustomer(customer: string, context?: CallContext): Promise<ApiResult<ResellerCustomer>>;
}

/** What is written through the Reseller API. */
export interface ResellerWriter {
  /**
   * Makes a customer. Must not be sent again while it may have had its effect: there is no key that would tell a second
   * request from the first.
   */
  insertCustomer(customer: NewResellerCustomer, context?: CallContext): Promise<ApiResult<ResellerCustomer>>;
}
