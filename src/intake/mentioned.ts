import type { Mention } from '../ledger/mentions.ts';
import type { BookHeader, BookRow } from '../model/book.ts';
import type { ColumnName } from '../model/column.ts';
import type { CheckedRow } from '../model/customer.ts';
import { toHostname } from '../validate/domain-name.ts';
import { containsToken } from '../validate/token.ts';

const CUSTOMER_NAME = /^accounts\/[^/\s]+\/customers\/[^/\s]+$/;
/** As long as Cloud Identity IDs are, and shorter than any transfer token. */
const SHORT_CLOUD_IDENTITY_ID = /^C0[0-9a-z]{1,10}$/;

const TELLING_LENGTH = 8;

/**
 * What a row that ends at intake names, so that its customer at Google is no orphan: of a valid row its identifiers,
 * of any other its cells, read as well as can be. Never the row's token.
 */
export function mentionsOf(book: BookRow, header: BookHeader, checked: CheckedRow): readonly Mention[] {
  if (checked.kind === 'valid') return [checked.customer.fields];
  const surplus = book.cells.length - header.columns.length;
  if (surplus === 0) return [cellsOf(book, header, 0)];
  // Before the place where a cell too many or too few stands the columns count from the left, behind it from the right.
  return [0, surplus].map((shift) => onlyCertain(cellsOf(book, header, shift)));
}

function cellsOf({ cells }: BookRow, { columns }: BookHeader, shift: number): Mention {
  function cell(name: ColumnName): string | undefined {
    const index = columns.findIndex(({ column }) => column === name);
    return index < 0 ? undefined : cells[index + shift];
  }
  const token = cell('auth_token') ?? '';
  function open(name: ColumnName): string | undefined {
    const value = cell(name);
    return value === undefined || tells(value, token) ? undefined : value;
  }
  return {
    customer: open('customer'),
    cloud_identity_id: open('cloud_identity_id'),
    id: open('id'),
    domain: asDomain(open('domain')),
  };
}

/** A token that is shorter than any real one stands in other cells by chance. */
function tells(value: string, token: string): boolean {
  return value === token || (token.length >= TELLING_LENGTH && containsToken(value, token));
}

/** Of a ragged row nobody knows which cell is the token: nothing is kept that could be one. */
function onlyCertain({ customer, cloud_identity_id: identity, domain }: Mention): Mention {
  return {
    customer: customer !== undefined && CUSTOMER_NAME.test(customer) ? customer : undefined,
    cloud_identity_id:
      identity !== undefined && SHORT_CLOUD_IDENTITY_ID.test(identity) ? identity : undefined,
    domain: domain !== undefined && toHostname(domain) !== undefined ? domain : undefined,
  };
}

/** As a checked domain would be written: lower case, IDN as punycode, without `www.`. */
function asDomain(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const lower = text.toLowerCase();
  return (toHostname(lower) ?? lower).replace(/^www\.(?=[^.]+\.)/, '');
}
