import type { RemoteCustomer } from './remote-customer.ts';

/** One customer at Google with the channel partner that it is under, if any. */
export interface Candidate {
  readonly customer: RemoteCustomer;
  readonly partner: string | undefined;
}

/** What Google has for each identifier of a row; undefined where the row does not give the identifier. */
export interface Matches {
  readonly customer: readonly Candidate[] | undefined;
  readonly cloud_identity_id: readonly Candidate[] | undefined;
  readonly id: readonly Candidate[] | undefined;
  readonly domain: readonly Candidate[] | undefined;
  /** The customer that an earlier run of ours got for this key and identity. */
  readonly ledger: readonly Candidate[] | undefined;
}
