import type { ApiFailure } from '../model/api-failure.ts';
import type { Customer } from '../model/customer.ts';
import type { ListDeps } from './list-customers.ts';

/** What of Google's is in the ledger now. */
export interface Snapshot {
  /** Customers in the ledger. */
  readonly customers: number;
  /** Whether that is every customer of the account and of the partner links: only then can one be missing. */
  readonly isComplete: boolean;
  /** Partner links that rows name and that the account may not use, each with Google's answer. */
  readonly missingPartners: ReadonlyMap<string, ApiFailure>;
  /** Rows that Google refused to look up, by their number, each with its answer. */
  readonly refusedRows: ReadonlyMap<number, ApiFailure>;
}

export interface SnapshotRequest {
  /** `--snapshot` */
  readonly mode: 'auto' | 'list' | 'lookup';
  /** Number of the run whose rows are to be found. */
  readonly run: number;
  /** Channel partners that rows name. */
  readonly partners: readonly string[];
  /** What the ledger knows a row's customer by, as a text; undefined where the row has no such thing. */
  readonly identityOf: (customer: Customer) => string | undefined;
  /** Rows looked up at a time. */
  readonly concurrency: number;
  /** So many first rows that Google refuses to look up end the run. */
  readonly commonCauseRows: number;
}

export interface SnapshotDeps extends ListDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called with how many rows were looked up, of how many. */
  readonly onLookUp: (rows: number, of: number) => void;
  /** Called with a sentence that the user should read. */
  readonly note: (text: string) => void;
}
