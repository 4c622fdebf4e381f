import {
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';
import type { Problem } from '../model/customer.ts';
import type { CellContext } from './cell-check.ts';
import { fault } from './rules.ts';

/** E.164 without anything else: at most 15 digits (ITU-T E.164). */
const PLAIN = /^\+[1-9][0-9]{5,14}$/;
const PHONE_CHARACTERS = /^[+()0-9 ./\u00a0-]+$/;
const CALLING_CODE_DIGITS = [1, 2, 3] as const;

/** An E.164 number; spaces, dots, hyphens and brackets are taken out of one that starts with +. */
export function checkPhone(value: string, context: CellContext, column: string): string | Problem {
  // Numbers written plainly are most of a book, and parsing one costs as much as reading a whole row.
  if (PLAIN.test(value) && hasPossibleLength(value)) return value;
  if (!PHONE_CHARACTERS.test(value)) {
    const hint =
      'Write one number as digits with + and the country first, like +4930123456, without an extension.';
    return fault('phone.syntax', column, `${column} is no phone number: ${context.show(value)}.`, hint);
  }
  if (!value.startsWith('+')) {
    const message = `${column} does not start with + and the country: ${context.show(value)}.`;
    return fault('phone.national', column, message, e164Hint(value, context.region));
  }
  const number = parsed(value);
  if (number !== undefined) return number;
  const message = `${column} has no country that exists, or too few or too many digits: ${context.show(value)}.`;
  return fault('phone.impossible', column, message, 'Correct the number; it must be like +4930123456.');
}

/** Numbers that have been parsed; a switchboard's stands in many rows. */
const seen = new Map<string, string | undefined>();
const SEEN_LIMIT = 1000;

/** The E.164 form of a number that starts with +, undefined where it is impossible. */
function parsed(value: string): string | undefined {
  if (seen.has(value)) return seen.get(value);
  if (seen.size >= SEEN_LIMIT) seen.clear();
  const number = parsePhoneNumberFromString(value);
  const plain = number?.isPossible() === true ? number.number : undefined;
  seen.set(value, plain);
  return plain;
}

function e164Hint(value: string, region: string | undefined): string {
  const country = region !== undefined && isSupportedCountry(region) ? region : undefined;
  const international = value.startsWith('00') ? `+${value.slice(2)}` : value;
  const number =
    country === undefined
      ? parsePhoneNumberFromString(international)
      : parsePhoneNumberFromString(international, country);
  if (number?.isPossible() !== true) return 'Write it like +4930123456.';
  return international === value
    ? `Write ${number.number} if it is a number of ${region ?? 'that country'}.`
    : `Write ${number.number}.`;
}

function hasPossibleLength(number: string): boolean {
  const lengths = possibleLengths();
  for (const digits of CALLING_CODE_DIGITS) {
    const possible = lengths.get(number.slice(1, 1 + digits));
    if (possible !== undefined) return possible.has(number.length - 1 - digits);
  }
  return false;
}

let lengthsByCallingCode: ReadonlyMap<string, ReadonlySet<number>> | undefined;

/**
 * How many digits may follow each calling code in every country that has it; other numbers take the slow way.
 * No calling code is the start of another.
 */
function possibleLengths(): ReadonlyMap<string, ReadonlySet<number>> {
  if (lengthsByCallingCode !== undefined) return lengthsByCallingCode;
  const lengths = new Map<string, ReadonlySet<number>>();
  const metadata = new Metadata();
  for (const country of getCountries()) {
    metadata.selectNumberingPlan(country);
    const code = getCountryCallingCode(country);
    const here = new Set(metadata.numberingPlan?.possibleLengths() ?? []);
    lengths.set(code, lengths.get(code)?.intersection(here) ?? here);
  }
  lengthsByCallingCode = lengths;
  return lengths;
}
