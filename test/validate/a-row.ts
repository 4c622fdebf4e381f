import type { ReadRow } from '../../src/book/read-row.ts';
import type { BookHeader } from '../../src/model/book.ts';
import { isColumnName } from '../../src/model/column.ts';
import type { CheckedRow, Problem } from '../../src/model/customer.ts';
import { createValidator, type ValidateOptions } from '../../src/validate/validator.ts';

/** Cells by column; unknown columns may be among them. */
export type Cells = Readonly<Record<string, string>>;

export const NOW = Date.parse('2026-11-20T12:00:00Z');

export function aHeader(names: readonly string[]): BookHeader {
  return {
    columns: names.map((name) => ({ name, column: isColumnName(name) ? name : undefined })),
    delimiter: ',',
    encoding: 'utf-8',
    bom: false,
    newline: '\n',
  };
}

function options(header: BookHeader, changes: Partial<ValidateOptions>): ValidateOptions {
  return {
    header,
    action: 'import',
    overwrite: 'never',
    requireChannelPartner: false,
    now: NOW,
    account: 'accounts/C0reseller',
    ...changes,
  };
}

/** Checks rows of a book with all their columns, one after the other; line 2 is the first. */
export function checkAll(rows: readonly Cells[], changes: Partial<ValidateOptions> = {}): CheckedRow[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const header = aHeader(names);
  const check = createValidator(options(header, changes));
  return rows.map((row, index) =>
    check({ row: index + 1, line: index + 2, cells: names.map((name) => row[name] ?? '') }),
  );
}

export function checkOne(row: Cells, changes: Partial<ValidateOptions> = {}): CheckedRow {
  const [checked] = checkAll([row], changes);
  if (checked === undefined) throw new Error('no row');
  return checked;
}

/** A row as the reader hands it on, under a header of these names. */
export function checkRead(names: readonly string[], row: Partial<ReadRow>): CheckedRow {
  return createValidator(options(aHeader(names), {}))({ row: 1, line: 2, cells: [], ...row });
}

export function problemsOf(checked: CheckedRow): readonly Problem[] {
  return checked.kind === 'invalid' ? checked.problems : [];
}

/** `rule column` of every problem. */
export function rulesOf(checked: CheckedRow): readonly string[] {
  return problemsOf(checked).map(({ rule, column }) => `${rule} ${column ?? '-'}`);
}

/** A row with every column filled and nothing wrong. */
export const FULL_ROW: Cells = {
  id: 'crm-1',
  domain: 'example.com',
  org_display_name: 'Example GmbH',
  region_code: 'DE',
  postal_code: '10115',
  administrative_area: 'Berlin',
  locality: 'Berlin',
  address_line_1: 'Invalidenstr. 1',
  address_line_2: 'Hof 2',
  address_line_3: 'links',
  contact_first_name: 'Jo',
  contact_last_name: 'Doe',
  contact_title: 'CTO',
  contact_email: 'jo@example.com',
  contact_phone: '+493012345678',
  alternate_email: 'jo@example.org',
  phone: '+493012345678',
  language_code: 'de',
  customer_type: 'domain',
  admin_email: 'admin@example.com',
  admin_given_name: 'Ada',
  admin_family_name: 'Min',
  primary_admin_email: 'boss@example.net',
  cloud_identity_id: 'C01abc234',
  action: 'import',
  overwrite: 'safe',
  auth_token: 'T0ken-Secret-1234',
  auth_token_created: '2026-11-15',
  channel_partner_id: 'C0partner',
  customer: 'accounts/C0reseller/customers/S1',
};

/** A customer of type `domain` to onboard: what the action needs, and nothing else. */
export const ONBOARD: Cells = {
  action: 'onboard',
  domain: 'a.com',
  org_display_name: 'A',
  region_code: 'DE',
  postal_code: '10115',
  contact_first_name: 'Jo',
  contact_last_name: 'Doe',
  alternate_email: 'jo@b.com',
  admin_email: 'admin@a.com',
  admin_given_name: 'Ada',
  admin_family_name: 'Min',
};

/** A team to onboard. */
export const ONBOARD_TEAM: Cells = {
  action: 'onboard',
  customer_type: 'team',
  org_display_name: 'A',
  region_code: 'DE',
  postal_code: '10115',
  contact_first_name: 'Jo',
  contact_last_name: 'Doe',
  primary_admin_email: 'jo@a.com',
};
