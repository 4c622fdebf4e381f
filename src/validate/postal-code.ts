import type { Problem } from '../model/customer.ts';
import type { CellContext } from './cell-check.ts';
import { mayStartWithZero, postalFormat, type PostalFormat } from './postal-formats.ts';
import { fault } from './rules.ts';

/** What a code of a country whose form we do not know may look like. */
const ANYWHERE = /^[A-Z0-9][A-Z0-9 -]{0,15}$/;
/** How many zeros a spreadsheet may have dropped: Holtsville, NY, is 00501. */
const LOST_ZEROS = 2;

/** A postal code of the row's region, in capitals; of any form where the region is not known or has no codes. */
export function checkPostalCode(value: string, context: CellContext): string | Problem {
  const { region } = context;
  const format = region === undefined ? undefined : postalFormat(region);
  if (format?.pattern.test(value) === true) return value;
  const code = value.toUpperCase().replaceAll(/\s+/g, ' ');
  if (format === undefined || region === undefined) {
    return ANYWHERE.test(code) ? code : wrongForm(context, value, undefined);
  }
  if (format.pattern.test(code)) return code;
  const repaired = mayStartWithZero(region) ? withZeros(code, format) : undefined;
  if (repaired !== undefined) {
    const message = `The postal code ${context.show(value)} lost its leading zero; one of ${region} is longer.`;
    return fault(
      'postal_code.leading_zero',
      'postal_code',
      message,
      `Write ${repaired}, and format the column as text.`,
    );
  }
  return wrongForm(context, value, format);
}

function withZeros(code: string, format: PostalFormat): string | undefined {
  const { digits } = format;
  const found = /^(\d+)(-\d{4})?$/.exec(code);
  const [, number = '', addition = ''] = found ?? [];
  if (digits === undefined || number === '' || number.length >= digits) return undefined;
  if (number.length < digits - LOST_ZEROS) return undefined;
  const repaired = number.padStart(digits, '0') + addition;
  return format.pattern.test(repaired) ? repaired : undefined;
}

function wrongForm(context: CellContext, value: string, format: PostalFormat | undefined): Problem {
  const { region } = context;
  const shown = context.show(value);
  const message =
    region === undefined
      ? `The postal code ${shown} does not look like one.`
      : `The postal code ${shown} does not have the form of one of ${region}.`;
  return fault('postal_code.format', 'postal_code', message, hint(value, format));
}

/** `D-10115` is 10115: countries before a code are for envelopes. */
function hint(value: string, format: PostalFormat | undefined): string {
  if (format === undefined) return 'Write letters and digits only.';
  const bare = value.toUpperCase().replace(/^[A-Z]{1,3}[- ]+/, '');
  return bare !== value.toUpperCase() && format.pattern.test(bare)
    ? `Write ${bare}.`
    : `Write it like ${format.example}.`;
}
