import type { CustomerType } from '../model/action.ts';
import type { Fields } from '../model/customer.ts';

type KeyColumn = 'id' | 'domain' | 'cloud_identity_id' | 'primary_admin_email' | 'customer';

/** Teams may share a domain, so that it comes last there. `customer` names rows that give nothing else. */
const KEY_COLUMNS: Readonly<Record<CustomerType, readonly KeyColumn[]>> = {
  domain: ['id', 'domain', 'cloud_identity_id', 'primary_admin_email', 'customer'],
  team: ['id', 'cloud_identity_id', 'primary_admin_email', 'domain', 'customer'],
};

/** The column that a row's key comes from; undefined where all of them are empty. */
export function keyColumn(type: CustomerType, cells: Fields): KeyColumn | undefined {
  return KEY_COLUMNS[type].find((column) => cells[column] !== undefined);
}

/** What a row is known by, from its normalised cells; empty where nothing identifies it. */
export function rowKey(type: CustomerType, cells: Fields): string {
  const column = keyColumn(type, cells);
  const cell = column === undefined ? '' : (cells[column] ?? '');
  return column === 'primary_admin_email' ? cell.toLowerCase() : cell;
}
