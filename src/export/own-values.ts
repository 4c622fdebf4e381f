import type { CustomerType } from '../model/action.ts';
import type { Fields } from '../model/customer.ts';
import { createLineTable } from '../validate/line-table.ts';
import { keyColumn, rowKey } from '../validate/row-key.ts';
import type { ExportColumn } from './columns.ts';

const RULES = ['row.duplicate_key', 'domain.duplicate', 'cloud_identity_id.duplicate'] as const;

/** The validator's rules about a row that repeats an earlier one. */
export const REPEATED_RULES: ReadonlySet<string> = new Set(RULES);

/** A cell that an earlier row has too, with the validator's rule for it. */
export interface RepeatedCell {
  readonly column: ExportColumn;
  readonly rule: (typeof RULES)[number];
}

/**
 * Remembers what names a customer in a book, as the validator does: the first row to have a key, a domain of type
 * `domain` or a Cloud Identity keeps it. A row may be shown again with fewer cells.
 */
export function createOwnValues(): (
  type: CustomerType,
  fields: Fields,
  row: number,
) => readonly RepeatedCell[] {
  const keys = createLineTable();
  const domains = createLineTable();
  const identities = createLineTable();

  return (type, fields, row) => {
    const { domain, cloud_identity_id: identity } = fields;
    const repeated: RepeatedCell[] = [];
    if (type === 'domain' && domain !== undefined && isTaken(domains.claim(domain, row), row)) {
      repeated.push({ column: 'domain', rule: 'domain.duplicate' });
    }
    if (identity !== undefined && isTaken(identities.claim(identity, row), row)) {
      repeated.push({ column: 'cloud_identity_id', rule: 'cloud_identity_id.duplicate' });
    }
    const column = keyColumn(type, fields);
    // An export has no cell of a team's admin: nothing else can be the key.
    if (column === undefined || column === 'primary_admin_email') return repeated;
    if (repeated.some((found) => found.column === column)) return repeated;
    return isTaken(keys.claim(rowKey(type, fields), row), row)
      ? [...repeated, { column, rule: 'row.duplicate_key' }]
      : repeated;
  };
}

function isTaken(holder: number | undefined, row: number): boolean {
  return holder !== undefined && holder !== row;
}
