import { meaning, type ColumnMapping } from '../book/column-names.ts';
import { cleanCell } from '../book/split-records.ts';
import type { BookHeader } from '../model/book.ts';
import type { FieldColumn } from '../model/column.ts';
import { EXIT, FatalError } from '../model/fatal.ts';

/** What Google can say of a customer, in the order of a book's columns. */
export const EXPORT_COLUMNS = [
  'id',
  'domain',
  'org_display_name',
  'region_code',
  'postal_code',
  'administrative_area',
  'locality',
  'address_line_1',
  'address_line_2',
  'address_line_3',
  'contact_first_name',
  'contact_last_name',
  'contact_title',
  'contact_email',
  'contact_phone',
  'alternate_email',
  'language_code',
  'customer_type',
  'cloud_identity_id',
  'channel_partner_id',
  'customer',
  'action',
] as const satisfies readonly FieldColumn[];

export type ExportColumn = (typeof EXPORT_COLUMNS)[number];

/** Filled cells of a row to be. */
export type ExportCells = Readonly<Partial<Record<ExportColumn, string>>>;

/** The header that the validator is told: it goes by our names. */
export const EXPORT_HEADER: BookHeader = {
  columns: EXPORT_COLUMNS.map((column) => ({ name: column, column })),
  delimiter: ',',
  encoding: 'utf-8',
  bom: false,
  newline: '\n',
};

/**
 * The header as it is written: the user's own names where the config maps them, so that the same config reads the
 * file back.
 *
 * @throws FatalError 78 where the config gives the name of a column to another one, and leaves it none
 */
export function headerNames(mapping: ColumnMapping): readonly string[] {
  return EXPORT_COLUMNS.map((column) => {
    const names = [...Object.keys(mapping), column];
    const name = names.find((candidate) => meaning(cleanCell(candidate), mapping) === column);
    if (name !== undefined) return name;
    throw new FatalError(
      EXIT.config,
      'config',
      `"columns" gives the name "${column}" to ${mapping[column] ?? 'another column'}, so that ${column} has none`,
      `Map another name to ${column} too, or take "${column}" out of "columns".`,
    );
  });
}

/** A row's cells in the order of the header; empty where there is nothing to say. */
export function inOrder(cells: ExportCells): readonly string[] {
  return EXPORT_COLUMNS.map((column) => cells[column] ?? '');
}
