import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { isPhoneInUse } from '../../src/validate/phone-in-use.ts';

/** Digits that look random and are the same in every run. */
function digits(seed: number, count: number): string {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String(state >>> 16).slice(-1);
  }).join('');
}

describe('isPhoneInUse', () => {
  it.each([
    ['+493012345678', true],
    ['+14155552671', true],
    ['+390612345678', true],
    ['+447911123456', true],
    ['+80012345678', true],
    ['+12000000000', false],
    ['+15555550100', false],
    ['+447700900123', false],
    ['+499999999999', false],
  ])('%s: %j', (number, expected) => {
    expect(isPhoneInUse(number)).toBe(expected);
  });

  it("agrees with the library's own check on numbers of every country, in use and not", () => {
    const numbers = getCountries().flatMap((country, at) =>
      Array.from({ length: 200 }, (_, index) => {
        const seed = at * 1000 + index;
        return `+${getCountryCallingCode(country)}${digits(seed, 6 + (index % 6))}`;
      }),
    );
    const right = numbers.map((number) => parsePhoneNumberFromString(number)?.isValid() === true);
    expect(numbers.filter((number, index) => isPhoneInUse(number) !== right[index])).toEqual([]);
    expect(right.filter((isValid) => isValid).length).toBeGreaterThan(1000);
    expect(right.filter((isValid) => !isValid).length).toBeGreaterThan(1000);
  });
});
