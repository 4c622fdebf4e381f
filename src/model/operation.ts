import type { RemoteCustomer } from './remote-customer.ts';

/**
 * A long-running operation as Google answered it (google.longrunning.Operation).
 *
 * - `running`: not done yet; Google tells no progress.
 * - `done`: done without an error; `customer` is its response where that is a Channel Customer.
 * - `failed`: done with an error; `code` is the canonical name of its gRPC number.
 */
export type Operation =
  | { readonly state: 'running'; readonly name: string }
  | { readonly state: 'done'; readonly name: string; readonly customer: RemoteCustomer | undefined }
  | {
      readonly state: 'failed';
      readonly name: string;
      readonly error: { readonly code: string; readonly message: string };
    };
