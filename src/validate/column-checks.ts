import type { FieldColumn } from '../model/column.ts';
import type { Problem } from '../model/customer.ts';
import type { CellCheck } from './cell-check.ts';
import { checkDomain } from './domain-name.ts';
import { checkEmail } from './email-address.ts';
import { checkChannelPartnerId, checkCloudIdentityId, checkCustomerName } from './google-ids.ts';
import { checkLanguage } from './language.ts';
import { checkPhone } from './phone-number.ts';
import { checkPostalCode } from './postal-code.ts';
import { checkRegion } from './region.ts';
import { fault } from './rules.ts';
import { checkAdminName, checkText } from './text.ts';
import { checkTokenDate } from './token-date.ts';

/** Columns whose cells are words of ours; they are read before anything else (`words.ts`). */
type WordColumn = 'action' | 'overwrite' | 'customer_type';

/** How each column is checked, one entry per column; `region_code` comes before what depends on it. */
export const COLUMN_CHECKS: Readonly<Record<Exclude<FieldColumn, WordColumn>, CellCheck>> = {
  region_code: checkRegion,
  id: notScientific(checkText),
  domain: checkDomain,
  org_display_name: checkText,
  postal_code: notScientific(checkPostalCode),
  administrative_area: checkText,
  locality: checkText,
  address_line_1: checkText,
  address_line_2: checkText,
  address_line_3: checkText,
  contact_first_name: checkText,
  contact_last_name: checkText,
  contact_title: checkText,
  contact_email: checkEmail,
  contact_phone: notScientific(checkPhone),
  alternate_email: checkEmail,
  phone: notScientific(checkPhone),
  language_code: checkLanguage,
  admin_email: checkEmail,
  admin_given_name: checkAdminName,
  admin_family_name: checkAdminName,
  primary_admin_email: checkEmail,
  cloud_identity_id: notScientific(checkCloudIdentityId),
  channel_partner_id: notScientific(checkChannelPartnerId),
  customer: checkCustomerName,
  auth_token_created: checkTokenDate,
};

export type CheckedColumn = keyof typeof COLUMN_CHECKS;

/** `4.9E+10`, and `4,9E+10` where the spreadsheet's language has a decimal comma. */
const SCIENTIFIC = /^\d(?:[.,]\d+)?E\+\d+$/i;

function notScientific(check: CellCheck): CellCheck {
  return (value, context, column) =>
    SCIENTIFIC.test(value) ? scientific(column, context.show(value)) : check(value, context, column);
}

function scientific(column: string, shown: string): Problem {
  const message = `A spreadsheet turned ${column} into ${shown}; its digits are lost.`;
  const hint = 'Enter the value again with the column formatted as text.';
  return fault('cell.scientific_notation', column, message, hint);
}
