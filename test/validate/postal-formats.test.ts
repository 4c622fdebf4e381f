import countries from 'i18n-iso-countries/index.js';
import { describe, expect, it } from 'vitest';
import { hasPostalCodes, mayStartWithZero, postalFormat } from '../../src/validate/postal-formats.ts';

const REGIONS = Object.keys(countries.getAlpha2Codes());

describe('postalFormat', () => {
  it('gives an example that has its own form', () => {
    const formats = REGIONS.map((region) => postalFormat(region)).filter((format) => format !== undefined);
    expect(formats.filter(({ pattern, example }) => !pattern.test(example))).toEqual([]);
    expect(formats.length).toBeGreaterThan(120);
  });

  it('has no form for a country without postal codes, but for Ireland, where they are not needed', () => {
    const both = REGIONS.filter((region) => postalFormat(region) !== undefined && !hasPostalCodes(region));
    expect(both).toEqual(['IE']);
  });

  it('knows the number of digits wherever leading zeros can be lost', () => {
    const unknown = REGIONS.filter((region) => mayStartWithZero(region)).filter(
      (region) => postalFormat(region)?.digits === undefined,
    );
    expect(unknown).toEqual([]);
  });
});
