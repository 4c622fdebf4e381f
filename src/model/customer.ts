import type { CustomerType, OverwritePolicy, RequestedAction } from './action.ts';
import type { FieldColumn } from './column.ts';

/** Normalised cells of a row, filled ones only: an empty cell is no opinion. */
export type Fields = Readonly<Partial<Record<FieldColumn, string>>>;

/** A row of the book that passed validation. Holds no secret. */
export interface Customer {
  /** `id`, else domain, Cloud Identity ID or primary admin address (see `rowKey`). */
  readonly key: string;
  readonly type: CustomerType;
  /** The row's own action, else the run's. */
  readonly action: RequestedAction;
  /** The row's own policy, else the run's. */
  readonly overwrite: OverwritePolicy;
  readonly fields: Fields;
}

/** One fault, or one warning, of one row. */
export interface Problem {
  /** Stable id of the rule, e.g. `domain.public_suffix`; a section of the documentation has its name. */
  readonly rule: string;
  /** Our name of the column; undefined where the fault is the row's as a whole. */
  readonly column: string | undefined;
  /** One sentence saying what is wrong. */
  readonly message: string;
  /** One sentence saying what to do. */
  readonly hint: string;
}

export type CheckedRow =
  | {
      readonly kind: 'valid';
      readonly customer: Customer;
      /** The transfer token; a secret. */
      readonly authToken: string | undefined;
      readonly warnings: readonly Problem[];
    }
  | {
      readonly kind: 'invalid';
      /** As far as it can be told; may be empty. */
      readonly key: string;
      readonly action: RequestedAction;
      readonly overwrite: OverwritePolicy;
      /** At least one; every fault of the row. */
      readonly problems: readonly Problem[];
      readonly warnings: readonly Problem[];
    };
