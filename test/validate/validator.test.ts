import { describe, expect, it } from 'vitest';
import { checkAll, checkOne, checkRead, FULL_ROW, problemsOf, rulesOf, type Cells } from './a-row.ts';

describe('createValidator', () => {
  it('gives a valid row as a customer, normalised, without its token', () => {
    const row = {
      ...FULL_ROW,
      domain: 'WWW.Bücher.example.COM.',
      contact_email: 'Jo@bücher.example.com',
      admin_email: 'Admin@xn--bcher-kva.example.com',
      region_code: 'de',
      phone: '+49 (30) 12345-678',
      language_code: 'DE-at',
      action: 'IMPORT',
      overwrite: 'Safe',
      customer_type: 'Domain',
      auth_token_created: '2026-11-15T08:30+01:00',
      Notes: 'x',
    };
    const { auth_token: token, ...fields } = FULL_ROW;
    expect(checkOne(row)).toEqual({
      kind: 'valid',
      customer: {
        key: 'crm-1',
        type: 'domain',
        action: 'import',
        overwrite: 'safe',
        fields: {
          ...fields,
          domain: 'xn--bcher-kva.example.com',
          contact_email: 'Jo@bücher.example.com',
          admin_email: 'Admin@xn--bcher-kva.example.com',
          phone: '+493012345678',
          language_code: 'de-AT',
          auth_token_created: '2026-11-15T07:30:00.000Z',
        },
      },
      authToken: token,
      warnings: [],
    });
  });

  it('takes the action and policy of the run where a row names none, and leaves empty cells out', () => {
    expect(
      checkOne({ domain: 'a.com', action: '', locality: '' }, { action: 'auto', overwrite: 'always' }),
    ).toEqual({
      kind: 'valid',
      customer: {
        key: 'a.com',
        type: 'domain',
        action: 'auto',
        overwrite: 'always',
        fields: { domain: 'a.com' },
      },
      authToken: undefined,
      warnings: [],
    });
  });

  it('collects every fault of a row', () => {
    const row = {
      domain: 'https://a.com',
      region_code: 'Germany',
      postal_code: '1 0',
      phone: '4.9E+10',
      contact_email: 'x',
      overwrite: 'maybe',
      cloud_identity_id: 'C0\u0007',
      auth_token: 'a b',
    };
    expect(rulesOf(checkOne(row))).toEqual([
      'cell.control_character cloud_identity_id',
      'overwrite.unknown overwrite',
      'region_code.unknown region_code',
      'domain.url domain',
      'email.syntax contact_email',
      'cell.scientific_notation phone',
      'auth_token.characters auth_token',
    ]);
  });

  it('tells the key, action and policy of an invalid row as far as they can be told', () => {
    expect(checkOne({ domain: 'co.uk', action: 'auto', overwrite: 'safe' })).toMatchObject({
      kind: 'invalid',
      key: 'co.uk',
      action: 'auto',
      overwrite: 'safe',
    });
    expect(checkOne({ domain: 'a.com', action: 'x', overwrite: 'y' })).toMatchObject({
      key: 'a.com',
      action: 'import',
      overwrite: 'never',
    });
  });

  it.each([
    [['1'], 'The row has 1 cell, the header 2 columns.', 'Add the missing cells, empty ones too.'],
    [
      ['1', 'secret', 'x'],
      'The row has 3 cells, the header 2 columns.',
      'Quote cells that contain the delimiter, or remove the surplus ones.',
    ],
    [
      ['1', 'a\r2', 'x'],
      'The row has 3 cells, the header 2 columns.',
      'Some lines end with a carriage return alone; save the file with LF or CRLF line ends.',
    ],
  ])('judges nothing else of a ragged row and shows no cell of it: %j', (cells, message, hint) => {
    expect(checkRead(['id', 'auth_token'], { cells })).toEqual({
      kind: 'invalid',
      key: '',
      action: 'import',
      overwrite: 'never',
      problems: [{ rule: 'row.ragged', column: undefined, message, hint }],
      warnings: [],
    });
  });

  it('takes a row of delimiters for empty, however many', () => {
    for (const cells of [['', ''], [''], ['', '', '']]) {
      expect(rulesOf(checkRead(['id', 'domain'], { cells }))).toEqual(['row.empty -']);
    }
  });

  it('takes a row with nothing but notes for empty, and judges no note', () => {
    const header = ['_note', 'domain'];
    expect(rulesOf(checkRead(header, { cells: ['see the file', ''] }))).toEqual(['row.empty -']);
    expect(rulesOf(checkRead(header, { cells: ['see the file'] }))).toEqual(['row.ragged -']);
    expect(rulesOf(checkRead(header, { cells: ['bell\u0007', 'a.com'] }))).toEqual([]);
    expect(rulesOf(checkRead(header, { cells: ['x'.repeat(10_001), 'a.com'] }))).toEqual([]);
  });

  it('judges a row to be skipped by its key alone', () => {
    const rows = [
      { id: '1', action: 'skip', domain: 'co.uk', phone: 'x' },
      { id: '1', action: 'Skip', domain: '', phone: '' },
      { id: '', action: 'skip', domain: 'co.uk', phone: '' },
      { id: '1', action: 'import', domain: 'a.com', phone: '' },
    ];
    expect(checkAll(rows, { requireChannelPartner: false }).map(rulesOf)).toEqual([
      [],
      [],
      ['row.key -'],
      [],
    ]);
  });

  it('names the control character and its place, in unknown columns too', () => {
    const checked = checkOne({ domain: 'a.com', Notes: 'ab\u0085' });
    expect(problemsOf(checked)).toEqual([
      {
        rule: 'cell.control_character',
        column: 'Notes',
        message: 'Notes holds the control character U+0085 as its character 3.',
        hint: 'Remove it; typing the cell again is the surest way.',
      },
    ]);
    expect(rulesOf(checkOne({ domain: 'a.com', Notes: 'two\r\nlines\tand a tab' }))).toEqual([]);
  });
});

describe('createValidator, what a row needs', () => {
  const create = {
    domain: 'a.com',
    org_display_name: 'A',
    region_code: 'DE',
    postal_code: '10115',
    address_line_1: 'Weg 1',
  };
  const admin = { admin_email: 'admin@a.com', admin_given_name: 'A', admin_family_name: 'B' };
  const contact = { contact_first_name: 'A', contact_last_name: 'B' };

  it.each<readonly [string, Cells, readonly string[]]>([
    ['import', { domain: 'a.com' }, []],
    ['import', { cloud_identity_id: 'C0abc' }, []],
    ['import', { primary_admin_email: 'jo@a.com' }, []],
    ['import', { id: '1' }, ['row.identity domain']],
    ['import', { customer_type: 'domain', primary_admin_email: 'jo@a.com' }, ['row.identity domain']],
    ['import', { customer_type: 'team', primary_admin_email: 'jo@a.com' }, []],
    ['import', { customer_type: 'team', cloud_identity_id: 'C0abc' }, []],
    ['import', { customer_type: 'team', domain: 'a.com' }, ['row.identity primary_admin_email']],
    ['auto', { id: '1' }, []],
    ['auto', { customer: 'accounts/C0reseller/customers/S1' }, []],
    ['auto', { customer_type: 'team', domain: 'a.com' }, []],
    ['auto', { locality: 'Berlin' }, ['row.identity domain']],
    ['auto', { customer_type: 'team', locality: 'Berlin' }, ['row.identity primary_admin_email']],
    ['create', create, []],
    ['create', { ...create, region_code: 'AE', postal_code: '' }, []],
    ['create', { ...create, postal_code: '' }, ['cell.required postal_code']],
    [
      'create',
      { id: '1' },
      [
        'cell.required domain',
        'cell.required org_display_name',
        'cell.required region_code',
        'cell.required postal_code',
        'cell.required address_line_1',
      ],
    ],
    ['create', { ...create, cloud_identity_id: 'C0abc' }, ['action.contradiction cloud_identity_id']],
    ['create', { ...create, auth_token: 'x' }, ['action.contradiction auth_token']],
    ['provision', { domain: 'a.com', ...admin }, []],
    [
      'provision',
      { domain: 'a.com', admin_email: 'admin@a.com' },
      ['cell.required admin_given_name', 'cell.required admin_family_name'],
    ],
    ['onboard', { ...create, ...admin, ...contact, alternate_email: 'a@b.com' }, []],
    ['onboard', { ...create, ...admin, ...contact }, ['cell.required alternate_email']],
    [
      'onboard',
      { customer_type: 'team', primary_admin_email: 'jo@a.com', ...create, ...contact, domain: '' },
      [],
    ],
    ['onboard', { customer_type: 'team', ...create, ...contact }, ['cell.required primary_admin_email']],
    ['import', { domain: 'a.com', admin_given_name: 'A' }, []],
    [
      'import',
      { domain: 'a.com', admin_email: 'x@a.com' },
      ['admin.incomplete admin_given_name', 'admin.incomplete admin_family_name'],
    ],
    // A word that nobody understands leaves open what the row needs.
    ['import', { customer_type: 'tram', locality: 'x' }, ['customer_type.unknown customer_type']],
    ['import', { action: 'creat', locality: 'x' }, ['action.unknown action']],
  ])('with action %s: %j is told %j', (action, cells, rules) => {
    expect(rulesOf(checkOne({ action, ...cells }))).toEqual(rules);
  });

  it('proposes what to fill where an identity belongs to the other type', () => {
    const team = checkOne({ customer_type: 'team', domain: 'a.com' });
    expect(problemsOf(team)).toEqual([
      {
        rule: 'row.identity',
        column: 'primary_admin_email',
        message:
          'The action import of a customer of type team needs cloud_identity_id or primary_admin_email.',
        hint: 'Teams may share a domain: name the team by cloud_identity_id or primary_admin_email.',
      },
    ]);
  });

  it('knows an untyped row with nothing but an admin as a team', () => {
    const checked = checkOne({ primary_admin_email: 'Jo@A.com' });
    expect(checked).toMatchObject({
      kind: 'valid',
      customer: { key: 'jo@a.com', type: 'team', fields: { primary_admin_email: 'Jo@A.com' } },
    });
  });

  it.each<readonly [Cells, readonly string[]]>([
    [{ alternate_email: 'x@sub.a.com' }, ['alternate_email.own_domain alternate_email']],
    [{ alternate_email: 'x@A.COM' }, ['alternate_email.own_domain alternate_email']],
    [{ alternate_email: 'x@ba.com' }, []],
    [{ contact_email: 'x@sub.a.com' }, ['contact_email.other_domain contact_email']],
    [{ contact_email: 'X@A.com' }, []],
    [{ customer_type: 'team', cloud_identity_id: 'C0abc', contact_email: 'x@b.com' }, []],
  ])('compares the addresses with the domain: %j is told %j', (cells, rules) => {
    expect(rulesOf(checkOne({ domain: 'a.com', ...cells }))).toEqual(rules);
  });

  it('compares addresses with a domain of another script in either spelling', () => {
    const rows = [
      { domain: 'bücher.de', contact_email: 'a@xn--bcher-kva.de', alternate_email: 'a@mail.bücher.de' },
      { domain: 'xn--mller-kva.de', contact_email: 'a@müller.de', alternate_email: 'a@muller.de' },
    ];
    expect(checkAll(rows).map(rulesOf)).toEqual([['alternate_email.own_domain alternate_email'], []]);
  });
});

describe('createValidator, secrets', () => {
  const token = 'Sup3rSecretT0ken/abc';
  const spoiled: readonly Cells[] = [
    { auth_token: token, domain: token },
    { auth_token: token, id: token, domain: 'co.uk' },
    { auth_token: token, domain: `${'x'.repeat(45)}${token}.com` },
    { auth_token: token, domain: 'a.com', phone: token, contact_phone: token.toLowerCase() },
    {
      auth_token: token,
      cloud_identity_id: token,
      customer: token,
      action: token,
      auth_token_created: token,
    },
    { auth_token: `${token} ${token}`, domain: 'a.com' },
    { auth_token: `${token}\0`, domain: 'a.com' },
  ];

  it.each(spoiled)('never shows the token, not even in part: %j', (row) => {
    const checked = JSON.stringify(checkOne(row)).toLowerCase();
    expect(checked).toContain('"kind":"invalid"');
    expect(checked).not.toContain(token.slice(0, 8).toLowerCase());
  });

  it('keeps the token out of the fields', () => {
    const checked = checkOne({ domain: 'a.com', auth_token: token });
    expect(checked).toMatchObject({ kind: 'valid', authToken: token });
    expect(JSON.stringify({ ...checked, authToken: '' })).not.toContain(token);
  });
});

describe('createValidator, duplicates', () => {
  it('lets the first row stand and names its line to the later ones', () => {
    const rows = [
      { id: '1', domain: 'a.com', cloud_identity_id: '' },
      { id: '2', domain: 'A.com', cloud_identity_id: 'C0abc' },
      { id: '1', domain: 'b.com', cloud_identity_id: 'C0abc' },
      { id: '', domain: 'a.com', cloud_identity_id: '' },
    ];
    expect(checkAll(rows).map((row) => problemsOf(row).map(({ message }) => message))).toEqual([
      [],
      ['domain "a.com" is on line 2 already.'],
      ['cloud_identity_id "C0abc" is on line 3 already.', 'id "1" is on line 2 already.'],
      ['domain "a.com" is on line 2 already.'],
    ]);
  });

  it.each<readonly [string, readonly Cells[], readonly (readonly string[])[]]>([
    [
      'an invalid row claims what it names',
      [
        { domain: 'a.com', phone: 'x' },
        { domain: 'a.com', phone: '' },
      ],
      [['phone.syntax phone'], ['domain.duplicate domain']],
    ],
    [
      'a faulty cell claims nothing',
      [{ domain: 'co.uk' }, { domain: 'co.uk' }],
      [['domain.public_suffix domain'], ['domain.public_suffix domain']],
    ],
    [
      'teams may share a domain',
      [
        { customer_type: 'team', domain: 'a.com', cloud_identity_id: 'C01' + 'x' },
        { customer_type: 'team', domain: 'a.com', cloud_identity_id: 'C02' + 'x' },
        { customer_type: 'domain', domain: 'a.com', cloud_identity_id: '' },
      ],
      [[], [], []],
    ],
    [
      "an id that is another row's domain is the same key",
      [
        { id: 'a.com', domain: 'b.com' },
        { id: '', domain: 'a.com' },
      ],
      [[], ['row.duplicate_key domain']],
    ],
    [
      'addresses are the same in any case',
      [{ primary_admin_email: 'Jo@a.com' }, { primary_admin_email: 'jo@A.com' }],
      [[], ['row.duplicate_key primary_admin_email']],
    ],
    [
      'rows to be skipped do not count',
      [
        { action: 'skip', domain: 'a.com' },
        { action: '', domain: 'a.com' },
        { action: 'skip', domain: 'a.com' },
      ],
      [[], [], []],
    ],
  ])('%s', (_, rows, rules) => {
    expect(checkAll(rows).map(rulesOf)).toEqual(rules);
  });
});
