import { describe, expect, it } from 'vitest';
import type { FieldColumn } from '../../src/model/column.ts';
import { checkOne, problemsOf, type Cells } from './a-row.ts';

/** The normalised cell, or `rule: hint`. */
function outcome(column: FieldColumn, value: string, others: Cells = {}): string | undefined {
  const checked = checkOne({ action: 'auto', id: '1', ...others, [column]: value });
  if (checked.kind === 'valid') return checked.customer.fields[column];
  return problemsOf(checked)
    .filter((problem) => problem.column === column)
    .map(({ rule, hint }) => `${rule}: ${hint}`)
    .join(' | ');
}

describe('checkDomain', () => {
  it.each([
    ['example.com', 'example.com'],
    ['EXAMPLE.co.uk.', 'example.co.uk'],
    ['www.example.com', 'example.com'],
    ['www.com', 'www.com'],
    ['www.co.uk', 'www.co.uk'],
    ['goog-test.reseller.com', 'goog-test.reseller.com'],
    ['müller.de', 'xn--mller-kva.de'],
    ['ÄÖ.com', 'xn--4ca0b.com'],
    ['foo.github.io', 'foo.github.io'],
    ['localhost', 'domain.syntax: Write the domain alone, like example.com.'],
    ['a_b.com', 'domain.syntax: Write the domain alone, like example.com.'],
    ['-a.com', 'domain.syntax: Write the domain alone, like example.com.'],
    ['a..com', 'domain.syntax: Write the domain alone, like example.com.'],
    [`${'a'.repeat(64)}.com`, 'domain.syntax: Write the domain alone, like example.com.'],
    [`${'a.'.repeat(130)}com`, 'domain.syntax: Write the domain alone, like example.com.'],
    ['jo@www.Example.com', "domain.email: Write example.com if that is the customer's domain."],
    ['jo@co.uk', 'domain.email: Write the domain alone, like example.com.'],
    [
      'https://user@www.example.com:8080/x?y',
      "domain.url: Write example.com if that is the customer's domain.",
    ],
    ['example.com/shop', "domain.url: Write example.com if that is the customer's domain."],
    ['10.0.0.1', 'domain.ip: Write the domain alone, like example.com.'],
    ['[::1]', 'domain.ip: Write the domain alone, like example.com.'],
    ['com', 'domain.syntax: Write the domain alone, like example.com.'],
    ['kobe.jp', "domain.public_suffix: Write the customer's own domain below it."],
    ['acme.example', 'acme.example'],
    ['acme.test', 'acme.test'],
    ['example.local', 'domain.unknown_suffix: Correct its ending; such a domain cannot be registered.'],
  ])('%s is %s', (value, expected) => {
    expect(outcome('domain', value)).toBe(expected);
  });
});

describe('checkEmail', () => {
  it.each([
    ['Jo.Doe+x@Example.co.uk', 'Jo.Doe+x@Example.co.uk'],
    ["o'neil@example.com", "o'neil@example.com"],
    ['jo@müller.de', 'jo@müller.de'],
    ['jo', 'email.syntax: Write it like name@example.com.'],
    ['jo@localhost', 'email.syntax: Write it like name@example.com.'],
    ['jo..x@example.com', 'email.syntax: Write it like name@example.com.'],
    ['jo x@example.com', 'email.syntax: Write it like name@example.com.'],
    [`${'x'.repeat(65)}@example.com`, 'email.syntax: Write it like name@example.com.'],
    ['Jo <jo@example.com>', 'email.syntax: Write the address alone, without a name, brackets or mailto:.'],
    ['jo@example.com; al@example.com', 'email.syntax: Write one address only.'],
  ])('%s is %s', (value, expected) => {
    expect(outcome('contact_email', value)).toBe(expected);
  });
});

describe('checkRegion', () => {
  it.each([
    ['us', 'US'],
    ['XK', 'XK'],
    ['UK', 'region_code.unknown: Write GB.'],
    ['DEU', 'region_code.unknown: Write DE.'],
    ['276', 'region_code.unknown: Write DE.'],
    ['germany', 'region_code.unknown: Write DE.'],
    ['United States', 'region_code.unknown: Write US.'],
    ['constructor', 'region_code.unknown: Write a code of two letters, such as US, DE or GB.'],
    ['ZZ', 'region_code.unknown: Write a code of two letters, such as US, DE or GB.'],
  ])('%s is %s', (value, expected) => {
    expect(outcome('region_code', value)).toBe(expected);
  });
});

describe('checkLanguage', () => {
  it.each([
    ['EN', 'en'],
    ['pt-br', 'pt-BR'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['en_US', 'language_code.unknown: Write en-US.'],
    ['German', 'language_code.unknown: Write de.'],
    ['xx', 'language_code.unknown: Write a tag such as en, de or pt-BR.'],
    ['e', 'language_code.unknown: Write a tag such as en, de or pt-BR.'],
  ])('%s is %s', (value, expected) => {
    expect(outcome('language_code', value)).toBe(expected);
  });
});

describe('checkPhone', () => {
  const form =
    'Write one number as digits with + and the country first, like +4930123456, without an extension.';
  it.each([
    ['+4930123456', 'DE', '+4930123456'],
    ['+1 (415) 555-2671', 'US', '+14155552671'],
    ['+80012345678', 'DE', '+80012345678'],
    ['030 123456', 'DE', 'phone.national: Write +4930123456 if it is a number of DE.'],
    ['(415) 555-2671', 'US', 'phone.national: Write +14155552671 if it is a number of US.'],
    ['(415) 555-2671', '', 'phone.national: Write it like +4930123456.'],
    ['0049 30 123456', 'US', 'phone.national: Write +4930123456.'],
    ['+14155552', 'US', 'phone.impossible: Correct the number; it must be like +4930123456.'],
    ['+1415555267199', 'US', 'phone.impossible: Correct the number; it must be like +4930123456.'],
    ['+123', 'US', 'phone.impossible: Correct the number; it must be like +4930123456.'],
    ['+14155552671 x5', 'US', `phone.syntax: ${form}`],
    ['+14155552671, +14155552672', 'US', `phone.syntax: ${form}`],
    ['4,9E+10', 'DE', 'cell.scientific_notation: Enter the value again with the column formatted as text.'],
  ])('%s in %s is %s', (value, region, expected) => {
    expect(outcome('phone', value, { region_code: region })).toBe(expected);
  });
});

describe('checkPostalCode', () => {
  function wrong(example: string): string {
    return `postal_code.format: Write it like ${example}.`;
  }
  function repaired(code: string): string {
    return `postal_code.leading_zero: Write ${code}, and format the column as text.`;
  }

  it.each([
    ['US', '02139', '02139'],
    ['US', '02139-4307', '02139-4307'],
    ['US', '2139', repaired('02139')],
    ['US', '501', repaired('00501')],
    ['US', '2139-4307', repaired('02139-4307')],
    ['US', '12', wrong('12345')],
    ['CA', 'k1a 0b1', 'K1A 0B1'],
    ['CA', 'K1A0B1', 'K1A0B1'],
    ['CA', 'D1A 0B1', wrong('K1A 0B1')],
    ['GB', 'sw1a 1aa', 'SW1A 1AA'],
    ['GB', 'M1 1AE', 'M1 1AE'],
    ['GB', '12345', wrong('SW1A 1AA')],
    ['IE', 'D02 AF30', 'D02 AF30'],
    ['IE', 'Dublin 2', wrong('D02 AF30')],
    ['DE', '01067', '01067'],
    ['DE', '1067', repaired('01067')],
    ['DE', 'D-10115', 'postal_code.format: Write 10115.'],
    ['FR', '1000', repaired('01000')],
    ['AT', '1010', '1010'],
    ['AT', '101', wrong('1234')],
    ['CH', '8001', '8001'],
    ['NL', '1012 ab', '1012 AB'],
    ['NL', '1012AB', '1012AB'],
    ['IT', '00118', '00118'],
    ['ES', '8001', repaired('08001')],
    ['PL', '00-950', '00-950'],
    ['PL', '00950', '00950'],
    ['SE', '111 22', '111 22'],
    ['PT', '1000-205', '1000-205'],
    ['BR', '01310-100', '01310-100'],
    ['BR', '1310100', repaired('01310100')],
    ['IN', '110 001', '110 001'],
    ['JP', '100-0001', '100-0001'],
    ['JP', '600001', repaired('0600001')],
    ['AU', '800', repaired('0800')],
    ['NO', '150', repaired('0150')],
    ['AE', '00000', '00000'],
    ['HK', 'none!', 'postal_code.format: Write letters and digits only.'],
    ['', '12345', '12345'],
    ['', '1.2E+10', 'cell.scientific_notation: Enter the value again with the column formatted as text.'],
  ])('%s %s is %s', (region, value, expected) => {
    expect(outcome('postal_code', value, { region_code: region })).toBe(expected);
  });
});

describe('checkCloudIdentityId', () => {
  const admin = 'Copy the customer ID that the Admin console shows under Account settings.';
  it.each([
    ['C01abc234', 'C01abc234'],
    ['C9', 'C9'],
    ['C', `cloud_identity_id.syntax: ${admin}`],
    ['c01abc234', `cloud_identity_id.syntax: ${admin}`],
    ['example.com', 'cloud_identity_id.syntax: Put a domain into the column domain.'],
    [
      'jo@example.com',
      "cloud_identity_id.syntax: Put a team's admin address into the column primary_admin_email.",
    ],
    [
      'accounts/C0reseller/customers/S1',
      'cloud_identity_id.syntax: Put a resource name into the column customer.',
    ],
    ['C0reseller', `cloud_identity_id.account: ${admin}`],
  ])('%s is %s', (value, expected) => {
    expect(outcome('cloud_identity_id', value)).toBe(expected);
  });
});

describe('checkCustomerName', () => {
  it('takes any account where the run has none', () => {
    const row = { customer: 'accounts/C9/customers/S1' };
    const options = { action: 'auto', account: undefined } as const;
    expect(checkOne(row, options)).toMatchObject({ kind: 'valid', customer: { fields: row } });
  });
});

describe('checkTokenDate', () => {
  it.each([
    ['2026-11-20', '2026-11-20'],
    ['2026-11-21', '2026-11-21'],
    ['2026-11-15T08:30:00Z', '2026-11-15T08:30:00.000Z'],
    ['2026-11-15 08:30', '2026-11-15T08:30:00.000Z'],
    ['2026-11-22', 'auth_token_created.future: Write the day on which the customer made the token.'],
    ['2026-02-30', 'auth_token_created.syntax: Write it as YYYY-MM-DD.'],
    ['2026-02-30T10:00', 'auth_token_created.syntax: Write it as YYYY-MM-DD.'],
    ['15.11.2026', 'auth_token_created.syntax: Write 2026-11-15 if that is the day.'],
    ['11/15/2026', 'auth_token_created.syntax: Write 2026-11-15 if that is the day.'],
    ['15/11/2026', 'auth_token_created.syntax: Write 2026-11-15 if that is the day.'],
    ['46341', 'auth_token_created.syntax: Write 2026-11-15 if that is the day.'],
    ['soon', 'auth_token_created.syntax: Write it as YYYY-MM-DD.'],
  ])('%s is %s', (value, expected) => {
    expect(outcome('auth_token_created', value)).toBe(expected);
  });

  it.each([
    ['2026-11-06', 0],
    ['2026-11-05', 1],
    ['2026-11-06T12:00:00Z', 0],
    ['2026-11-06T11:59:00Z', 1],
  ])('a token of %s has %i warnings', (date, count) => {
    const row = { domain: 'a.com', auth_token: 'x', auth_token_created: date };
    expect(checkOne(row).warnings.map(({ rule }) => rule)).toEqual(
      Array.from({ length: count }, () => 'auth_token_created.expired'),
    );
  });

  it('says nothing of a date without a token', () => {
    expect(checkOne({ domain: 'a.com', auth_token_created: '2020-01-01' }).warnings).toEqual([]);
  });
});

describe('readWords', () => {
  it('proposes the nearest word', () => {
    expect(problemsOf(checkOne({ domain: 'a.com', action: 'improt' }))).toEqual([
      {
        rule: 'action.unknown',
        column: 'action',
        message: 'action has no value "improt".',
        hint: 'Did you mean import? Write one of auto, import, create, provision, onboard, skip.',
      },
    ]);
  });
});

describe('createShow', () => {
  it('shortens long values and makes what does not print visible', () => {
    const [problem] = problemsOf(checkOne({ domain: `a\tb\n${'x'.repeat(100)}` }));
    expect(problem?.message).toBe(`The domain "a\\x09b\\x0a${'x'.repeat(50)}..." is not spelled like one.`);
  });
});
