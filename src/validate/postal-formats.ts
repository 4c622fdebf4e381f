/**
 * Forms of postal codes: `#` is a digit, `@` a letter, `-` and a blank stand for a separator that may be left
 * out, brackets for a part that may. Facts from Unicode CLDR's postalCodeData (release 26) and the Universal
 * Postal Union's "Addressing systems" sheets (https://www.upu.int/en/solutions/addressing).
 */
const FORMS: readonly (readonly [form: string, regions: string])[] = [
  ['#####[-####]', 'US PR VI GU AS MP FM MH PW SA'],
  [
    '#####',
    'DE FR IT ES FI AX EE HR ME RS BA UA MC SM VA TR TH MY ID KR KW EG DZ MA PK LK KE SN UY GT PE DO CU HN NI JO IQ MM NP ZM',
  ],
  ['#####', 'GP MQ GF RE YT BL MF PM NC PF WF'],
  ['### ##', 'SE CZ SK GR'],
  ['####', 'AT CH LI BE LU DK GL NO SJ HU BG SI AU NZ ZA PH BD CY GE AM TN MK AL PY LR NE AF GW CX CC NF'],
  ['#### @@', 'NL'],
  ['### ###', 'IN'],
  ['######', 'CN RU RO SG KZ KG TM UZ BY CO NG TJ EC'],
  ['###-####', 'JP'],
  ['####-###', 'PT'],
  ['##-###', 'PL'],
  ['#####-###', 'BR'],
  ['### ####', 'CL'],
  ['#####[##]', 'IL'],
  ['###', 'IS FO LS MG PG OM'],
  ['#####[#]', 'VN'],
  ['[@]####[@@@]', 'AR'],
  ['@@@ ####', 'MT'],
  ['@@ ####', 'BN'],
  ['[LV-]####', 'LV'],
  ['[LT-]#####', 'LT'],
  ['[MD-]####', 'MD'],
  ['[AD]###', 'AD'],
  ['[AZ ]####', 'AZ'],
  ['#####[-####]', 'MX CR'],
  ['####', 'SV HT MZ'],
  ['####[-@]', 'VE'],
];

/** Forms that the notation above cannot tell. */
const SPECIAL: readonly (readonly [pattern: RegExp, regions: string])[] = [
  [/^(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$/, 'GB GG JE IM'],
  [/^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d$/, 'CA'],
  [/^(?:D6W|[AC-FHKNPRTV-Y]\d\d) ?[0-9AC-FHKNPRTV-Y]{4}$/, 'IE'],
  [/^\d{3}(?:\d{2,3})?$/, 'TW'],
];

/** Where addresses do without one: no national system, or one that hardly anybody uses (IE). */
const WITHOUT: ReadonlySet<string> = new Set(
  (
    'AE AG AO AQ AW BF BI BJ BO BS BV BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GN GQ GY HK IE JM KI KM KN KP ' +
    'LC ML MO MR MW NR NU PA QA RW SB SC SL SO SR SS ST SX SY TD TF TG TK TL TO TV UG VU XK YE ZW'
  ).split(' '),
);

/** Where codes may start with 0, which a spreadsheet drops. */
const WITH_LEADING_ZEROS: ReadonlySet<string> = new Set(
  (
    'US PR VI DE FR IT ES FI AX VA MX TR UA MY KR DZ LK KE GT PE MM SK PL BR JP NO SJ DK AU NZ ZA CN RO SG KZ CO ' +
    'GE AM'
  ).split(' '),
);

export interface PostalFormat {
  readonly pattern: RegExp;
  /** Number of digits where the code is digits alone; else undefined. */
  readonly digits: number | undefined;
  /** An example of the form, for a hint. */
  readonly example: string;
}

const SPECIAL_EXAMPLES: Readonly<Record<string, string>> = { CA: 'K1A 0B1', IE: 'D02 AF30', TW: '106' };

const FORMATS: ReadonlyMap<string, PostalFormat> = new Map([
  ...FORMS.flatMap(([form, regions]) => entries(regions, () => compile(form))),
  ...SPECIAL.flatMap(([pattern, regions]) =>
    entries(regions, (region) => ({
      pattern,
      digits: undefined,
      example: SPECIAL_EXAMPLES[region] ?? 'SW1A 1AA',
    })),
  ),
]);

/** The form of a region's postal codes; undefined where none is known to us. */
export function postalFormat(region: string): PostalFormat | undefined {
  return FORMATS.get(region);
}

/** Whether addresses in the region have a postal code. */
export function hasPostalCodes(region: string): boolean {
  return !WITHOUT.has(region);
}

export function mayStartWithZero(region: string): boolean {
  return WITH_LEADING_ZEROS.has(region);
}

function entries(
  regions: string,
  format: (region: string) => PostalFormat,
): readonly (readonly [string, PostalFormat])[] {
  return regions.split(' ').map((region) => [region, format(region)] as const);
}

function compile(form: string): PostalFormat {
  const source = Array.from(form, patternOf).join('');
  const required = form.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/[ -]/g, '');
  return {
    pattern: new RegExp(`^${source}$`),
    digits: /^#+$/.test(required) ? required.length : undefined,
    example: exampleOf(form),
  };
}

function patternOf(character: string): string {
  switch (character) {
    case '#':
      return '\\d';
    case '@':
      return '[A-Z]';
    case ' ':
    case '-':
      return '[ -]?';
    case '[':
      return '(?:';
    case ']':
      return ')?';
    default:
      return character;
  }
}

/** The form with digits and letters in it, without the parts that may be left out. */
function exampleOf(form: string): string {
  let digit = 0;
  return form
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll('#', () => String(++digit % 10))
    .replaceAll('@', 'A');
}
