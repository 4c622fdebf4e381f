import {
  getCountries,
  getCountryCallingCode,
  Metadata,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';

/**
 * Whether the number, E.164, is in a range that its country has given out, by libphonenumber's own check. The
 * ranges change by the month, so that a "no" is a reason to look, not a proof.
 */
export function isPhoneInUse(number: string): boolean {
  // That check compiles a dozen patterns a number, and takes longer than all others of a row together.
  return isInKnownRange(number) || parsePhoneNumberFromString(number)?.isValid() === true;
}

/** The ranges of all countries that share a calling code. */
interface Ranges {
  readonly inUse: readonly RegExp[];
  /** How numbers of countries start that are told by that; what is in use there is left to the library. */
  readonly leading: RegExp | undefined;
}

const CALLING_CODE_DIGITS = [1, 2, 3] as const;

function isInKnownRange(number: string): boolean {
  for (const digits of CALLING_CODE_DIGITS) {
    const ranges = rangesOf(number.slice(1, 1 + digits));
    if (ranges === undefined) continue;
    const national = number.slice(1 + digits);
    return ranges.leading?.test(national) !== true && ranges.inUse.some((range) => range.test(national));
  }
  return false;
}

const known = new Map<string, Ranges>();
let countriesByCallingCode: ReadonlyMap<string, readonly Country[]> | undefined;

type Country = ReturnType<typeof getCountries>[number];

function rangesOf(callingCode: string): Ranges | undefined {
  const ranges = known.get(callingCode);
  if (ranges !== undefined) return ranges;
  countriesByCallingCode ??= Map.groupBy(getCountries(), (country) => getCountryCallingCode(country));
  const countries = countriesByCallingCode.get(callingCode);
  if (countries === undefined) return undefined;
  const compiled = compile(countries);
  known.set(callingCode, compiled);
  return compiled;
}

/** What the library's plans can tell beside what its types say; without it, its own check is asked. */
interface Plan {
  leadingDigits?(): string | number | undefined;
  nationalNumberPattern?(): string;
  type?(name: string): { pattern?(): string | number | undefined } | undefined;
}

function compile(countries: readonly Country[]): Ranges {
  const metadata = new Metadata();
  const plans = countries.map((country): Plan => {
    metadata.selectNumberingPlan(country);
    return metadata.numberingPlan ?? {};
  });
  const leading = plans.flatMap((plan) => filled(plan.leadingDigits?.()));
  return {
    inUse: plans.flatMap(inUse),
    leading: leading.length === 0 ? undefined : new RegExp(`^(?:${leading.join('|')})`),
  };
}

const TYPES = [
  'FIXED_LINE',
  'MOBILE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
] as const;

/** One pattern for a country: a national number of any type. */
function inUse(plan: Plan): readonly RegExp[] {
  const types = TYPES.flatMap((type) => filled(plan.type?.(type)?.pattern?.()));
  const national = plan.nationalNumberPattern?.();
  if (national === undefined || types.length === 0) return [];
  return [new RegExp(`^(?=(?:${national})$)(?:${types.join('|')})$`)];
}

/** The library keeps 0, or nothing, in place of a pattern that it lacks. */
function filled(pattern: string | number | undefined): readonly string[] {
  return typeof pattern === 'string' && pattern !== '' ? [pattern] : [];
}
