import type { BookRow } from '../model/book.ts';

/** A row as the reader hands it on: with what only the reader can tell about it. */
export interface ReadRow extends BookRow {
  /** True where text follows a closing quotation mark, so that cells may not be what their writer meant. */
  readonly strayQuote?: boolean;
}
