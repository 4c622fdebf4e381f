import type { ApiResult } from '../model/api-failure.ts';
import type { Operation } from '../model/operation.ts';
import type { PartnerLink } from '../model/partner-link.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { CloudIdentityAccount, CustomerPage } from './answers.ts';
import type { CustomerChanges, ImportRequest, NewCustomer, ProvisionRequest } from './channel-requests.ts';
import type { CustomerFilter } from './customer-filter.ts';
import type { CallContext } from './method.ts';
import type { PartnerLinkPage } from './partner-link-answers.ts';

/**
 * What is read of the Cloud Channel API. Resource names are given whole: `accounts/C012345`. A name that no method
 * takes is `refused` as INVALID_ARGUMENT without a call.
 */
export interface ChannelReader {
  /** @param parent the account, or one of its channel partner links */
  listCustomers(
    parent: string,
    pageToken: string | undefined,
    context?: CallContext,
  ): Promise<ApiResult<CustomerPage>>;
  /**
   * Every customer that has the domain or the Cloud Identity ID, of all pages. Google's index lags some seconds
   * behind its customers: what is not found may yet be there, so that this never settles a write in doubt.
   * A filter without a value is refused without a call.
   *
   * @param parent the account, or one of its channel partner links
   */
  findCustomers(
    parent: string,
    filter: CustomerFilter,
    context?: CallContext,
  ): Promise<ApiResult<readonly RemoteCustomer[]>>;
  getCustomer(name: string, context?: CallContext): Promise<ApiResult<RemoteCustomer>>;
  /** Cloud Identities of a domain, or of one team admin on it; empty where there is none. */
  checkCloudIdentityAccounts(
    account: string,
    query: { readonly domain: string; readonly primaryAdminEmail?: string },
    context?: CallContext,
  ): Promise<ApiResult<readonly CloudIdentityAccount[]>>;
  /** How far a long-running operation is; one that failed is a value too, not a failure of the call. */
  getOperation(name: string, context?: CallContext): Promise<ApiResult<Operation>>;
  /** Partners of a distributor; an account that is none has none, or is refused. */
  listPartnerLinks(
    account: string,
    pageToken: string | undefined,
    context?: CallContext,
  ): Promise<ApiResult<PartnerLinkPage>>;
  getPartnerLink(name: string, context?: CallContext): Promise<ApiResult<PartnerLink>>;
  /**
   * Asks Google whether it would provision the customer's Cloud Identity; changes nothing, whatever is given.
   * A no is a failure of class `refused`, also where Google says it in an operation that ended with an error.
   *
   * @param customer under the account, as Google names every customer
   */
  validateProvision(
    customer: string,
    request: ProvisionRequest,
    context?: CallContext,
  ): Promise<ApiResult<true>>;
}

/**
 * What is written through the Cloud Channel API. Import and patch may safely be sent again. Create and provision may
 * not: Google takes no key that would tell a second request from the first, so that they are sent once more only
 * after an answer which says that nothing was done.
 */
export interface ChannelWriter {
  /** @param parent the account, or one of its channel partner links */
  importCustomer(
    parent: string,
    request: ImportRequest,
    context?: CallContext,
  ): Promise<ApiResult<RemoteCustomer>>;
  /** @param parent the account, or one of its channel partner links */
  createCustomer(
    parent: string,
    customer: NewCustomer,
    context?: CallContext,
  ): Promise<ApiResult<RemoteCustomer>>;
  /**
   * Sets the fields that the mask names; one that the body does not have is cleared.
   *
   * @param updateMask top-level fields of the body that are to change; without any, nothing is sent
   */
  patchCustomer(
    name: string,
    body: CustomerChanges,
    updateMask: readonly string[],
    context?: CallContext,
  ): Promise<ApiResult<RemoteCustomer>>;
  /**
   * Begins to make the customer's Cloud Identity and its first super admin; the operation tells how that ends.
   *
   * @param customer under the account, as Google names every customer
   */
  provisionCloudIdentity(
    customer: string,
    request: ProvisionRequest,
    context?: CallContext,
  ): Promise<ApiResult<Operation>>;
}
