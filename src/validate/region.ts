import countries from 'i18n-iso-countries/index.js';
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };
import type { Problem } from '../model/customer.ts';
import type { CellContext } from './cell-check.ts';
import { fault } from './rules.ts';

/** Codes that people write although ISO 3166-1 has another. */
const MISTAKEN: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR' };

const ALPHA2: ReadonlySet<string> = new Set(Object.keys(countries.getAlpha2Codes()));

let hasNames = false;

/** An ISO 3166-1 alpha-2 code, in capitals. */
export function checkRegion(value: string, context: CellContext): string | Problem {
  const code = value.toUpperCase();
  if (ALPHA2.has(code)) return code;
  const right = regionMeant(value);
  return fault(
    'region_code.unknown',
    'region_code',
    `The region ${context.show(value)} is no ISO 3166-1 alpha-2 code.`,
    right === undefined ? 'Write a code of two letters, such as US, DE or GB.' : `Write ${right}.`,
  );
}

/** The code that an English country name, an alpha-3 or a numeric code stands for. */
function regionMeant(value: string): string | undefined {
  const code = value.toUpperCase();
  if (Object.hasOwn(MISTAKEN, code)) return MISTAKEN[code];
  if (code.length === 3) {
    const two = /^\d{3}$/.test(code) ? countries.numericToAlpha2(code) : countries.alpha3ToAlpha2(code);
    if (two !== undefined) return two;
  }
  if (!hasNames) countries.registerLocale(english);
  hasNames = true;
  return countries.getAlpha2Code(value, 'en') ?? countries.getSimpleAlpha2Code(value, 'en');
}
