import type { Problem } from '../model/customer.ts';
import type { Show } from './show.ts';

/** What a check of one cell may know of the row and the run. */
export interface CellContext {
  readonly show: Show;
  /** The row's region, valid and in capitals, where it has one. */
  readonly region: string | undefined;
  /** The reseller's account id, `C012345`, where it is known. */
  readonly account: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The normalised value of a filled cell, or what is wrong with it. `column` is our name of the cell's column. */
export type CellCheck = (value: string, context: CellContext, column: string) => string | Problem;
