import type { CustomerType, OverwritePolicy, RequestedAction } from '../model/action.ts';
import type { ColumnName, FieldColumn } from '../model/column.ts';
import type { Problem } from '../model/customer.ts';
import type { Show } from './show.ts';

/** A row between its cells and its verdict: what has been found out so far. */
export interface Draft {
  readonly line: number;
  /** Filled cells of columns that have a meaning, as typed. */
  readonly typed: Readonly<Partial<Record<ColumnName, string>>>;
  /** Normalised values of the cells that are right by themselves. */
  readonly fields: Readonly<Partial<Record<FieldColumn, string>>>;
  readonly action: RequestedAction;
  readonly overwrite: OverwritePolicy;
  readonly type: CustomerType;
  /** Columns in which a fault was found; what depends on them is not judged. */
  readonly faulty: ReadonlySet<string>;
  readonly show: Show;
}

/** What is wrong with a row as a whole, each cell being right by itself; empty where nothing is. */
export type RowCheck = (draft: Draft) => readonly Problem[];
