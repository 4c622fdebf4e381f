import type { Action } from './action.ts';
import type { FieldColumn } from './column.ts';

/** One write that a row needs. */
export type StepPlan =
  | {
      readonly kind: 'import';
      readonly overwriteIfExists: boolean;
      /** Resource name of the customer that receives the Cloud Identity's data. */
      readonly customer: string | undefined;
    }
  /** A new customer with everything that the row has. */
  | { readonly kind: 'create' }
  /** What differs from the book, once the steps before it are done. */
  | { readonly kind: 'patch' }
  | {
      readonly kind: 'provision';
      /** Name of the operation that an earlier run began and that is waited for instead of beginning another. */
      readonly operation: string | undefined;
      /** True where an earlier run sent one whose answer never came: it may be at work. */
      readonly inDoubt?: true | undefined;
    };
export type StepKind = StepPlan['kind'];

/** One cell of the book that Google's customer contradicts. */
export interface Difference {
  readonly column: FieldColumn;
  readonly book: string;
  /** Undefined where Google has nothing. */
  readonly google: string | undefined;
  /** `ordinary` fields may be patched; `critical` ones (domain, region) only an import can change. */
  readonly weight: 'ordinary' | 'critical';
}

/** What will be done for one row, decided and committed before anything is sent. */
export interface RowPlan {
  readonly action: Action;
  readonly steps: readonly StepPlan[];
  readonly differences: readonly Difference[];
  /** Resource name of the linked customer, where there is one. */
  readonly customer: string | undefined;
}
