import { describe, expect, it } from 'vitest';
import type { CheckedRow } from '../../src/model/customer.ts';
import { checkAll, checkOne, ONBOARD, ONBOARD_TEAM, problemsOf, rulesOf, type Cells } from './a-row.ts';

/** `rule column` of every warning. */
function warningsOf(checked: CheckedRow): readonly string[] {
  return checked.warnings.map(({ rule, column }) => `${rule} ${column ?? '-'}`);
}

describe('createValidator, a domain to onboard', () => {
  it.each<readonly [string, Cells, readonly string[]]>([
    ['nothing else', {}, []],
    [
      'what only the Channel API knows',
      { contact_email: 'a@a.com', contact_title: 'CTO', contact_phone: '+493012345678' },
      [],
    ],
    ['the Cloud Identity that it ended in', { cloud_identity_id: 'C01abc234' }, []],
    ['a channel partner', { channel_partner_id: 'C0partner' }, ['action.contradiction channel_partner_id']],
    [
      'a customer that exists',
      { customer: 'accounts/C0reseller/customers/S1' },
      ['action.contradiction customer'],
    ],
    ['no admin name', { admin_given_name: '' }, ['cell.required admin_given_name']],
    ['no alternate address', { alternate_email: '' }, ['cell.required alternate_email']],
    [
      'no contact',
      { contact_first_name: '', contact_last_name: '' },
      ['cell.required contact_first_name', 'cell.required contact_last_name'],
    ],
    ['no postal code', { postal_code: '' }, ['cell.required postal_code']],
    [
      'no region and no postal code',
      { region_code: '', postal_code: '' },
      ['cell.required region_code', 'cell.required postal_code'],
    ],
    ['a postal code of another country', { region_code: 'NL' }, ['postal_code.format postal_code']],
    ['a region of no country', { region_code: 'UK' }, ['region_code.unknown region_code']],
    [
      'a name that cannot be seen',
      { admin_family_name: '\u200b\u2060' },
      ['text.invisible admin_family_name'],
    ],
    ['a braille blank for a contact', { contact_last_name: '\u2800' }, ['text.invisible contact_last_name']],
    ['a full stop for a name', { admin_family_name: '.' }, []],
    ['a name of 40 characters', { admin_given_name: 'x'.repeat(40) }, []],
    ['a name of 41 characters', { admin_given_name: 'x'.repeat(41) }, ['name.too_long admin_given_name']],
    ['an impossible phone number', { phone: '+493' }, ['phone.impossible phone']],
    ['a language of the Directory API', { language_code: 'zh-TW' }, []],
    [
      'every part of the address too long',
      { org_display_name: 'x'.repeat(256), address_line_3: 'x'.repeat(256), locality: 'x'.repeat(256) },
      ['text.too_long org_display_name', 'text.too_long locality', 'text.too_long address_line_3'],
    ],
    [
      'every fault at once',
      {
        domain: 'www.a.com',
        region_code: 'US',
        postal_code: '2139',
        phone: '123',
        alternate_email: 'x@A.com',
        admin_email: 'a+b@b.com',
        channel_partner_id: 'C0partner',
      },
      [
        'postal_code.leading_zero postal_code',
        'phone.national phone',
        'action.contradiction channel_partner_id',
        'alternate_email.own_domain alternate_email',
        'admin_email.other_domain admin_email',
        'admin_email.user_name admin_email',
      ],
    ],
  ])('with %s', (_, cells, rules) => {
    expect(rulesOf(checkOne({ ...ONBOARD, ...cells }))).toEqual(rules);
  });

  it.each([
    [127, 127, []],
    [127, 128, ['contact_name.too_long contact_last_name']],
    [128, 127, ['contact_name.too_long contact_first_name']],
  ])('joins contact names of %i and %i characters with a blank', (first, last, rules) => {
    const names = { contact_first_name: 'x'.repeat(first), contact_last_name: 'y'.repeat(last) };
    expect(rulesOf(checkOne({ ...ONBOARD, ...names }))).toEqual(rules);
    expect(rulesOf(checkOne({ ...ONBOARD, ...names, action: 'import' }))).toEqual([]);
  });

  it('names the team that it may be, where only its admin is filled', () => {
    const row = { ...ONBOARD, admin_email: '', primary_admin_email: 'jo@a.com' };
    expect(problemsOf(checkOne(row))).toEqual([
      {
        rule: 'cell.required',
        column: 'admin_email',
        message: 'The action onboard needs admin_email, which is empty.',
        hint: 'Fill admin_email, or set customer_type to team if primary_admin_email is right.',
      },
    ]);
  });

  it('needs no channel partner, also where the config demands one of the others', () => {
    const rows: readonly Cells[] = [ONBOARD, { action: 'import', domain: 'b.com' }];
    expect(checkAll(rows, { requireChannelPartner: true }).map(rulesOf)).toEqual([
      [],
      ['channel_partner_id.required channel_partner_id'],
    ]);
  });
});

describe('createValidator, the admin of a domain', () => {
  it.each([
    ['admin@a.com', []],
    ["O'Neil_x-1.b@A.com", []],
    ['_x-@a.com', []],
    [`${'x'.repeat(64)}@a.com`, []],
    [`${'x'.repeat(65)}@a.com`, ['email.syntax']],
    ['.x@a.com', ['email.syntax']],
    ['x.@a.com', ['email.syntax']],
    ['x..y@a.com', ['email.syntax']],
    ['x<y@a.com', ['email.syntax']],
    ['jö@a.com', ['email.syntax']],
    ['x+y@a.com', ['admin_email.user_name']],
    ['x=y@a.com', ['admin_email.user_name']],
    ['x&y@a.com', ['admin_email.user_name']],
    ['x%y@a.com', ['admin_email.user_name']],
    ['x!@a.com', ['admin_email.user_name']],
    ['Abuse@a.com', ['admin_email.reserved']],
    ['postmaster@a.com', ['admin_email.reserved']],
    ['postmaster1@a.com', []],
    ['admin@mail.a.com', ['admin_email.other_domain']],
    ['admin@www.a.com', ['admin_email.other_domain']],
    ['admin@xa.com', ['admin_email.other_domain']],
  ])('%s is told %j', (address, rules) => {
    const told = problemsOf(checkOne({ ...ONBOARD, admin_email: address })).map(({ rule }) => rule);
    expect(told).toEqual(rules);
  });

  it.each([
    ['WWW.A.com', 'admin@a.com', []],
    ['mail.a.com', 'admin@mail.a.com', []],
    ['mail.a.com', 'admin@a.com', ['admin_email.other_domain']],
    ['bücher.de', 'admin@BÜCHER.de', []],
    ['bücher.de', 'admin@xn--bcher-kva.de', []],
    ['xn--bcher-kva.de', 'admin@bücher.de', []],
    ['bücher.de', 'admin@buecher.de', ['admin_email.other_domain']],
  ])('of the domain %s, %s is told %j', (domain, address, rules) => {
    const told = problemsOf(checkOne({ ...ONBOARD, domain, admin_email: address })).map(({ rule }) => rule);
    expect(told).toEqual(rules);
  });

  it('says which character is wrong, and what to use', () => {
    expect(problemsOf(checkOne({ ...ONBOARD, admin_email: 'jo+x@a.com' }))).toEqual([
      {
        rule: 'admin_email.user_name',
        column: 'admin_email',
        message: 'The user name of admin_email "jo+x@a.com" holds "+", which Google does not take.',
        hint: 'Use letters, digits, hyphens, underscores, apostrophes and single dots before the @.',
      },
    ]);
  });

  it.each<readonly [string, Cells, readonly string[]]>([
    ['of a row that makes a user', { action: 'auto' }, ['admin_email.user_name admin_email']],
    ['of a row that makes none', { action: 'import' }, []],
    ['of a team', { action: 'auto', customer_type: 'team', domain: '', cloud_identity_id: 'C0abc' }, []],
  ])('minds the user name %s', (_, cells, rules) => {
    expect(rulesOf(checkOne({ ...ONBOARD, admin_email: 'jo+x@a.com', ...cells }))).toEqual(rules);
  });

  it('leaves other addresses the characters of any address', () => {
    const row = { ...ONBOARD, contact_email: 'jo+x@a.com', alternate_email: 'jo=x@b.com' };
    expect(rulesOf(checkOne(row))).toEqual([]);
  });
});

describe('createValidator, the alternate address', () => {
  it.each<readonly [Cells, readonly string[]]>([
    [{ alternate_email: 'X@A.COM' }, ['alternate_email.own_domain']],
    [{ alternate_email: 'x@sub.A.com' }, ['alternate_email.own_domain']],
    [{ alternate_email: 'x@ａ.com' }, ['alternate_email.own_domain']],
    [{ alternate_email: 'admin@a.com' }, ['alternate_email.own_domain']],
    [{ alternate_email: 'x@a.com.de' }, []],
    [{ domain: 'www.sub.a.com', admin_email: 'x@sub.a.com', alternate_email: 'x@a.com' }, []],
    [
      { alternate_email: 'x@b.com', admin_email: 'X@b.com' },
      ['alternate_email.admin', 'admin_email.other_domain'],
    ],
    [{ action: 'import', alternate_email: 'x@b.com', admin_email: '' }, []],
  ])('%j is told %j', (cells, rules) => {
    const told = problemsOf(checkOne({ ...ONBOARD, ...cells })).map(({ rule }) => rule);
    expect(told).toEqual(rules);
  });
});

describe('createValidator, a team to onboard', () => {
  it.each<readonly [string, Cells, readonly string[]]>([
    ['nothing else', {}, []],
    ['the domain of its admin', { domain: 'WWW.a.com' }, []],
    ['another domain', { domain: 'b.com' }, ['primary_admin_email.other_domain primary_admin_email']],
    [
      'a domain above',
      { domain: 'a.com', primary_admin_email: 'jo@mail.a.com' },
      ['primary_admin_email.other_domain primary_admin_email'],
    ],
    ['an admin with any characters', { primary_admin_email: 'jo+x@a.com' }, []],
    ['no admin', { primary_admin_email: '' }, ['cell.required primary_admin_email']],
    ['an alternate address elsewhere', { alternate_email: 'jo@b.com' }, []],
    [
      'an alternate address on the domain of its admin',
      { alternate_email: 'al@A.com' },
      ['alternate_email.own_domain alternate_email'],
    ],
    ['a channel partner', { channel_partner_id: 'C0partner' }, ['action.contradiction channel_partner_id']],
    ['the Cloud Identity that it ended in', { cloud_identity_id: 'C01abc234' }, []],
  ])('with %s', (_, cells, rules) => {
    expect(rulesOf(checkOne({ ...ONBOARD_TEAM, ...cells }))).toEqual(rules);
  });

  it('is a team without saying so, also with the Cloud Identity that it ended in', () => {
    for (const cloud_identity_id of ['', 'C01abc234']) {
      const checked = checkOne({ ...ONBOARD_TEAM, customer_type: '', cloud_identity_id });
      expect(checked).toMatchObject({ kind: 'valid', customer: { type: 'team' } });
    }
    const other = checkOne({
      ...ONBOARD_TEAM,
      customer_type: '',
      cloud_identity_id: 'C01abc234',
      action: 'auto',
    });
    expect(other).toMatchObject({ kind: 'valid', customer: { type: 'domain' } });
  });
});

describe('createValidator, what onboarding does not use', () => {
  const admin = { admin_email: 'x+y@elsewhere.com', admin_given_name: '', admin_family_name: '' };
  it.each<readonly [string, Cells, readonly string[]]>([
    ['a token', { ...ONBOARD, auth_token: 'x' }, ['auth_token.unused auth_token']],
    [
      'a token long expired',
      { ...ONBOARD, auth_token: 'x', auth_token_created: '2020-01-01' },
      ['auth_token.unused auth_token'],
    ],
    ['an admin of a domain', ONBOARD, []],
    [
      'an admin of a team, however it is filled',
      { ...ONBOARD_TEAM, ...admin },
      ['admin_email.unused admin_email'],
    ],
    ['names of no admin', { ...ONBOARD_TEAM, admin_given_name: 'Ada' }, []],
    [
      'a customer of a team',
      { ...ONBOARD_TEAM, customer: 'accounts/C0reseller/customers/S1' },
      ['customer.unused customer'],
    ],
    [
      'contacts',
      { ...ONBOARD_TEAM, contact_email: 'x@c.com', contact_title: 'CTO', contact_phone: '+12000000000' },
      [],
    ],
    ['a stopgap for a postal code', { ...ONBOARD, region_code: 'AE', postal_code: '00000' }, []],
    ['a phone number in no range', { ...ONBOARD, phone: '+1 (200) 000-0000' }, ['phone.not_in_use phone']],
    ['a phone number', { ...ONBOARD, phone: '+1 (415) 555-2671' }, []],
    ['the phone number of an import', { action: 'import', domain: 'a.com', phone: '+12000000000' }, []],
    [
      'the phone number of a provisioning',
      { ...ONBOARD, action: 'provision', phone: '+12000000000' },
      ['phone.not_in_use phone'],
    ],
    ['the phone number of a row to skip', { action: 'skip', domain: 'a.com', phone: '+12000000000' }, []],
    [
      'no postal code of a create',
      { ...ONBOARD, action: 'create', address_line_1: 'x', region_code: 'AE', postal_code: '' },
      [],
    ],
  ])('%s: the row is valid', (_, row, warnings) => {
    const checked = checkOne(row);
    expect(rulesOf(checked)).toEqual([]);
    expect(warningsOf(checked)).toEqual(warnings);
  });

  it('warns of a token with the way to use it', () => {
    expect(checkOne({ ...ONBOARD, auth_token: 'x' }).warnings).toEqual([
      {
        rule: 'auth_token.unused',
        column: 'auth_token',
        message: 'The token is not used: the action onboard makes a new customer and takes over nobody.',
        hint: 'Set the action to import to take over a customer that exists.',
      },
    ]);
  });

  it('asks for a postal code in every country, as Google does, and proposes one where some are written', () => {
    const hints = ['AE', 'IE', 'DE'].map((region_code) => {
      const checked = checkOne({ ...ONBOARD, region_code, postal_code: '' });
      return checked.kind === 'invalid' ? checked.problems.map(({ rule, hint }) => [rule, hint]) : [];
    });
    expect(hints).toEqual([
      [
        [
          'cell.required',
          'Google asks for one in every country: write what the post takes where there is none, such as 00000.',
        ],
      ],
      [['cell.required', 'Google asks for one in every country: write the code, like D02 AF30.']],
      [['cell.required', 'Fill postal_code.']],
    ]);
  });
});

describe('createValidator, duplicates among rows to onboard', () => {
  const other = { ...ONBOARD, id: '2', domain: 'b.com', alternate_email: 'jo@c.com' };
  it.each<readonly [string, readonly Cells[], readonly (readonly string[])[]]>([
    [
      'the same domain, with other admins',
      [ONBOARD, { ...ONBOARD, domain: 'WWW.A.com', admin_email: 'al@a.com' }],
      [[], ['domain.duplicate domain']],
    ],
    [
      'the same first user, in another spelling',
      [
        { ...ONBOARD, id: '1', domain: 'bücher.de', admin_email: 'Admin@bücher.de' },
        { ...other, action: 'provision', domain: '', admin_email: 'admin@xn--bcher-kva.de' },
      ],
      [[], ['admin_email.duplicate admin_email']],
    ],
    [
      'a first user whose domain is faulty in the first row',
      [
        { ...ONBOARD, id: '1', domain: 'a.con' },
        { ...ONBOARD, id: '2' },
      ],
      [['domain.unknown_suffix domain'], ['admin_email.duplicate admin_email']],
    ],
    [
      'an admin whom one of the rows does not make',
      [
        { ...ONBOARD, id: '1' },
        {
          id: '2',
          action: 'import',
          cloud_identity_id: 'C0abc',
          domain: '',
          admin_email: 'admin@a.com',
          admin_given_name: 'A',
          admin_family_name: 'B',
        },
        { ...ONBOARD_TEAM, id: '3', admin_email: 'admin@a.com' },
      ],
      [[], [], []],
    ],
    [
      'teams with one admin, by their own keys',
      [
        { ...ONBOARD_TEAM, id: '1' },
        { ...ONBOARD_TEAM, id: '2', primary_admin_email: 'JO@A.com' },
        { ...ONBOARD_TEAM, id: '3', primary_admin_email: 'al@a.com' },
      ],
      [[], ['primary_admin_email.duplicate primary_admin_email'], []],
    ],
    [
      'teams with one admin, who is their key',
      [ONBOARD_TEAM, { ...ONBOARD_TEAM, primary_admin_email: 'JO@A.com' }],
      [[], ['primary_admin_email.duplicate primary_admin_email']],
    ],
    [
      'a team with the admin of one that exists',
      [
        { ...ONBOARD_TEAM, id: '1', action: 'import' },
        { ...ONBOARD_TEAM, id: '2' },
      ],
      [[], []],
    ],
  ])('%s', (_, rows, rules) => {
    expect(checkAll(rows).map(rulesOf)).toEqual(rules);
  });

  it('names the line of the first', () => {
    const rows = [ONBOARD_TEAM, { ...ONBOARD_TEAM, primary_admin_email: 'Jo@A.com' }];
    expect(checkAll(rows).map(problemsOf)).toEqual([
      [],
      [
        {
          rule: 'primary_admin_email.duplicate',
          column: 'primary_admin_email',
          message: 'primary_admin_email "Jo@A.com" is on line 2 already.',
          hint: 'Keep one of the two lines, or change primary_admin_email on one of them.',
        },
      ],
    ]);
  });
});
