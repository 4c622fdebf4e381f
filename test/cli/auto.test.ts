import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.ts';
import type { WorldInput } from '../../src/emulator/world.ts';
import { aRemoteCustomer, aWorld, ACCOUNT, anIdentity, manualClock } from '../emulator/harness.ts';
import { aBook, newWorkplace, type Workplace } from '../run-cli.ts';
import { domains, google, until } from './against-google.ts';

const FAST = {
  quotas: { 'channel.list': 60_000, 'channel.other': 60_000, 'channel.operations': 60_000 },
  attempts: 2,
  settleSeconds: 0,
};

function workplace(config: Readonly<Record<string, unknown>> = {}): Workplace {
  const place = newWorkplace();
  place.write('channelbook.config.json', JSON.stringify({ ...FAST, ...config }));
  return place;
}

function args(
  emulator: Emulator,
  command: string,
  book: string,
  ...more: readonly string[]
): readonly string[] {
  return [
    command,
    book,
    '--account',
    ACCOUNT,
    '--api-url',
    emulator.url,
    ...(command === 'apply' ? ['--yes'] : []),
    ...more,
  ];
}

const WRITES = new Set([
  'customers.import',
  'customers.create',
  'customers.patch',
  'customers.provisionCloudIdentity',
]);

function writes(emulator: Emulator): readonly string[] {
  return emulator.requests
    .filter(
      ({ method, body }) =>
        WRITES.has(method) && (body as { validateOnly?: boolean } | undefined)?.validateOnly !== true,
    )
    .map(({ method }) => method);
}

function calls(emulator: Emulator, method: string): number {
  return emulator.requests.filter((request) => request.method === method).length;
}

function lines(place: Workplace): readonly (readonly (string | undefined)[])[] {
  return place.results().map(({ key, action, outcome }) => [key, action, outcome]);
}

/** A row with everything that a new customer needs. */
function aRow(domain: string, rest: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    id: domain,
    domain,
    org_display_name: `Company ${domain}`,
    region_code: 'DE',
    postal_code: '10115',
    address_line_1: 'Weg 1',
    admin_email: '',
    admin_given_name: '',
    admin_family_name: '',
    cloud_identity_id: '',
    action: '',
    ...rest,
  };
}

function admin(domain: string): Readonly<Record<string, string>> {
  return { admin_email: `admin@${domain}`, admin_given_name: 'Ann', admin_family_name: 'Lee' };
}

describe('channelbook apply --action auto', () => {
  it('decides each row by what Google knows, and writes nothing the second time', async () => {
    const [imported, created, provisioned, several, linked] = domains(5) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const emulator = await google(
      aWorld({
        identities: [
          anIdentity({ domain: imported, consent: true }),
          anIdentity({
            domain: several,
            customerType: 'TEAM',
            primaryAdminEmail: `a@${several}`,
            cloudIdentityId: 'C0teama',
          }),
          anIdentity({
            domain: several,
            customerType: 'TEAM',
            primaryAdminEmail: `b@${several}`,
            cloudIdentityId: 'C0teamb',
          }),
        ],
        customers: [
          aRemoteCustomer({ domain: provisioned, cloudIdentityId: undefined }),
          aRemoteCustomer({ domain: linked }),
        ],
        switches: { provisionDelayMs: 100 },
      }),
    );
    const place = workplace();
    const book = place.write(
      'book.csv',
      aBook([
        aRow(imported, { id: '' }),
        aRow(created, admin(created)),
        { ...aRow(provisioned), ...blank(), domain: provisioned, ...admin(provisioned) },
        aRow(several),
        { ...aRow(linked), ...blank(), domain: linked },
      ]),
    );

    const first = await place.run(...args(emulator, 'apply', book));
    const firstLines = lines(place);
    const firstWrites = writes(emulator);
    const second = await place.run(...args(emulator, 'apply', book));

    expect([first.exitCode, firstLines]).toEqual([
      1,
      [
        [imported, 'import', 'done'],
        [created, 'create', 'done'],
        [provisioned, 'provision', 'done'],
        [several, 'none', 'blocked'],
        [linked, 'none', 'unchanged'],
      ],
    ]);
    expect([...firstWrites].sort()).toEqual([
      'customers.create',
      'customers.import',
      'customers.provisionCloudIdentity',
      'customers.provisionCloudIdentity',
    ]);
    expect([second.exitCode, place.results().map(({ outcome }) => outcome), writes(emulator).length]).toEqual(
      [1, ['skipped', 'unchanged', 'unchanged', 'blocked', 'unchanged'], 4],
    );
  });

  it('asks Google only about rows that the listing leaves open', async () => {
    const known = domains(60);
    const emulator = await google(aWorld({ customers: known.map((domain) => aRemoteCustomer({ domain })) }));
    const place = workplace({ safety: { creates: 100, imports: 100, updates: 100, shrink: 100 } });
    const rows = [...known, 'new.example.com'].map((domain) => ({
      ...aRow(domain),
      id: '',
      org_display_name: '',
    }));
    const book = place.write('book.csv', aBook(rows));

    await place.run(...args(emulator, 'apply', book));

    expect([
      calls(emulator, 'customers.list'),
      calls(emulator, 'accounts.checkCloudIdentityAccountsExist') +
        calls(emulator, 'checkCloudIdentityAccountsExist'),
    ]).toEqual([2, 1]);
  });

  it('says of a row that turns out to be new what it lacks for that', async () => {
    const emulator = await google(aWorld({}));
    const place = workplace();
    const book = place.write('book.csv', aBook([{ domain: 'new.example.com', org_display_name: 'New' }]));

    const { exitCode } = await place.run(...args(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome'], place.results()[0]?.['error_column']]).toEqual([
      1,
      'invalid',
      'region_code;postal_code;address_line_1',
    ]);
  });
});

/** Cells that say nothing. */
function blank(): Readonly<Record<string, string>> {
  return { id: '', org_display_name: '', region_code: '', postal_code: '', address_line_1: '' };
}

describe('provisioning', () => {
  it('fills the Cloud Identity in, and waits for many operations without holding row slots', async () => {
    const emulator = await google(aWorld({ switches: { provisionDelayMs: 1_500 } }));
    const place = workplace({ concurrency: 1 });
    const book = place.write('book.csv', aBook(domains(20).map((domain) => aRow(domain, admin(domain)))));

    const { exitCode } = await place.run(...args(emulator, 'apply', book));

    const ids = new Set(emulator.customers().map(({ cloudIdentityId }) => cloudIdentityId));
    const filled = place.results().map(({ cloud_identity_id: id }) => id);
    expect([exitCode, new Set(filled), ids.has(undefined)]).toEqual([0, ids, false]);
    const waits = emulator.requests.filter(({ method }) => method === 'operations.get');
    const lastBegun = emulator.requests.findLastIndex(
      ({ method }) => method === 'customers.provisionCloudIdentity',
    );
    const firstDone = emulator.operations().length;
    expect([firstDone, waits.length >= 20, lastBegun > 0]).toEqual([20, true, true]);
  });

  it("fails a row whose operation fails, with Google's message, and tries again the next time", async () => {
    const [domain] = domains(1) as [string];
    const emulator = await google(
      aWorld({
        switches: { provisionDelayMs: 50 },
        faults: [
          {
            method: 'customers.provisionCloudIdentity',
            nth: 1,
            do: 'fail-operation',
            code: 'INTERNAL',
            message: 'backend broke',
          },
        ],
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook([aRow(domain, admin(domain))]));

    const first = await place.run(...args(emulator, 'apply', book));
    const [row] = place.results();
    const second = await place.run(...args(emulator, 'apply', book));

    expect([first.exitCode, row?.['outcome'], row?.['error_code']]).toEqual([1, 'failed', 'INTERNAL']);
    expect(row?.['error_message']).toContain('backend broke');
    expect(row?.['customer']).toMatch(/^accounts\//);
    expect([second.exitCode, lines(place), emulator.customers().length]).toEqual([
      0,
      [[domain, 'provision', 'done']],
      1,
    ]);
  });

  it('leaves a row ambiguous whose operation takes too long, and picks it up again instead of beginning another', async () => {
    const [domain] = domains(1) as [string];
    const clock = manualClock(Date.now());
    const emulator = await google(
      aWorld({
        faults: [
          { method: 'customers.provisionCloudIdentity', nth: 1, do: 'stall-operation', operationMs: 9_000 },
        ],
      }),
      clock,
    );
    const place = workplace({ operationTimeoutSeconds: 1 });
    const book = place.write('book.csv', aBook([aRow(domain, admin(domain))]));

    const first = await place.run(...args(emulator, 'apply', book));
    const [row] = place.results();
    writeFileSync(join(place.path, 'channelbook.config.json'), JSON.stringify(FAST));
    const asked = calls(emulator, 'operations.get');
    const { end } = place.start(...args(emulator, 'apply', book));
    await until(() => calls(emulator, 'operations.get') > asked);
    clock.advance(9_000);
    const second = await end;

    expect([first.exitCode, row?.['outcome'], row?.['operation']]).toEqual([
      4,
      'ambiguous',
      emulator.operations()[0]?.name,
    ]);
    expect([
      second.exitCode,
      place.results()[0]?.['outcome'],
      calls(emulator, 'customers.provisionCloudIdentity'),
    ]).toEqual([0, 'done', 1]);
  });
});

describe('creates in doubt', () => {
  it.each([
    ['after the effect', true, 1],
    ['before the effect', false, 2],
  ] as const)('are settled by one listing where the answer is lost %s', async (_, afterEffect, sent) => {
    const emulator = await google(
      aWorld({
        faults: [{ method: 'customers.create', count: 1, do: 'reset', afterEffect }],
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook(domains(2).map((domain) => aRow(domain))));

    const { exitCode } = await place.run(...args(emulator, 'apply', book));

    expect([exitCode, place.results().map(({ outcome }) => outcome)]).toEqual([0, ['done', 'done']]);
    expect(emulator.customers().map(({ domain }) => domain)).toHaveLength(2);
    expect(calls(emulator, 'customers.create')).toBe(sent + 1);
    const resolved = place.results().filter(({ resolved_by: by }) => by === 'listing');
    expect(resolved).toHaveLength(afterEffect ? 1 : 0);
  });

  it('are ambiguous when the second try has no answer either', async () => {
    const emulator = await google(
      aWorld({ faults: [{ method: 'customers.create', count: null, do: 'reset', afterEffect: false }] }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook(domains(1).map((domain) => aRow(domain))));

    const { exitCode } = await place.run(...args(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome'], calls(emulator, 'customers.create')]).toEqual([
      4,
      'ambiguous',
      2,
    ]);
  });

  it('reports a customer that Google has twice, and ends with 4', async () => {
    const twice = { domain: 'twice.example.com', cloudIdentityId: undefined };
    const emulator = await google(
      aWorld({
        customers: ['S1', 'S2'].map((id) =>
          aRemoteCustomer({ ...twice, name: `accounts/${ACCOUNT}/customers/${id}` }),
        ),
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook([{ domain: 'twice.example.com' }]));

    const { exitCode } = await place.run(...args(emulator, 'plan', book, '--snapshot', 'list'));

    expect([exitCode, place.report('duplicates.csv').split('\n').length]).toEqual([4, 4]);
  });
});

describe('teams that share a domain', () => {
  const teams = ['Sales', 'Support'].map((name) =>
    aRow('shared.example.com', { id: name, org_display_name: name, customer_type: 'team' }),
  );

  it.each<readonly [string, WorldInput['faults']]>([
    ['', []],
    [
      ', also when an answer is lost',
      [{ method: 'customers.create', count: 1, do: 'reset', afterEffect: true }],
    ],
  ])('are no duplicates before they have a Cloud Identity%s', async (_, faults) => {
    const emulator = await google(aWorld({ faults }));
    const place = workplace();
    const book = place.write('book.csv', aBook(teams));

    const ends = [];
    for (const more of [[], [], ['--only', 'Sales']]) {
      const { exitCode } = await place.run(...args(emulator, 'apply', book, '--snapshot', 'list', ...more));
      const run = place.runs().at(-1) ?? '';
      ends.push([exitCode, lines(place), existsSync(join(run, 'duplicates.csv'))]);
    }

    const [first, second] = ['Sales', 'Support'];
    expect(ends).toEqual([
      [
        0,
        [
          [first, 'create', 'done'],
          [second, 'create', 'done'],
        ],
        false,
      ],
      [
        0,
        [
          [first, 'none', 'unchanged'],
          [second, 'none', 'unchanged'],
        ],
        false,
      ],
      [
        0,
        [
          [first, 'none', 'unchanged'],
          [second, 'auto', 'unprocessed'],
        ],
        false,
      ],
    ]);
    expect(emulator.customers().map(({ domain }) => domain)).toEqual([
      'shared.example.com',
      'shared.example.com',
    ]);
  });
});

describe('channelbook plan', () => {
  it('writes nothing, shows what would be done, and tells differences by its exit code', async () => {
    const [created, updated, same] = domains(3) as [string, string, string];
    const emulator = await google(
      aWorld({
        customers: [
          aRemoteCustomer({ domain: updated, orgDisplayName: 'Old' }),
          aRemoteCustomer({ domain: same }),
        ],
      }),
    );
    const place = workplace();
    const book = place.write(
      'book.csv',
      aBook([
        aRow(created),
        { ...aRow(updated), ...blank(), org_display_name: 'New' },
        { ...aRow(same), ...blank() },
      ]),
    );

    const plain = await place.run(...args(emulator, 'plan', book, '--overwrite', 'safe'));
    const detailed = await place.run(
      ...args(emulator, 'plan', book, '--overwrite', 'safe', '--detailed-exitcode'),
    );

    expect([plain.exitCode, detailed.exitCode, lines(place), writes(emulator)]).toEqual([
      0,
      2,
      [
        [created, 'create', 'planned'],
        [updated, 'update', 'planned'],
        [same, 'none', 'unchanged'],
      ],
      [],
    ]);
    expect(plain.stdout).toContain('Old');
    const plan = place
      .report('plan.ndjson')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(plan[1]).toMatchObject({
      key: updated,
      action: 'update',
      differences: [{ column: 'org_display_name', book: 'New', google: 'Old', weight: 'ordinary' }],
    });
  });

  it('lets Google validate what it can with --validate-only, and says who checked', async () => {
    const [good, bad, created] = domains(3) as [string, string, string];
    const emulator = await google(
      aWorld({
        customers: [good, bad].map((domain) => aRemoteCustomer({ domain, cloudIdentityId: undefined })),
        faults: [
          {
            method: 'customers.provisionCloudIdentity',
            domain: bad,
            do: 'answer',
            status: 409,
            code: 'ALREADY_EXISTS',
            message: 'taken',
          },
        ],
      }),
    );
    const place = workplace();
    const rows = [good, bad].map((domain) => ({ ...aRow(domain), ...blank(), domain, ...admin(domain) }));
    const book = place.write('book.csv', aBook([...rows, aRow(created, admin(created))]));

    const { exitCode, stderr } = await place.run(...args(emulator, 'plan', book, '--validate-only'));

    expect([
      exitCode,
      place.results().map((row) => [row['outcome'], row['checked_by'], row['error_code']]),
    ]).toEqual([
      1,
      [
        ['planned', 'google', ''],
        ['blocked', 'google', 'ALREADY_EXISTS'],
        ['planned', 'local', ''],
      ],
    ]);
    expect(stderr).toContain('Google checked 2 of 3 rows');
    expect([writes(emulator), emulator.users().length]).toEqual([[], 0]);
  });

  it('can be pinned: apply --plan refuses what was not reviewed, and carries out what was', async () => {
    const emulator = await google(aWorld({}));
    const place = workplace();
    const book = place.write('book.csv', aBook([aRow('a.example.com')]));
    await place.run(...args(emulator, 'plan', book));
    const reviewed = place.write('reviewed.ndjson', place.report('plan.ndjson'));
    const other = place.write('other.csv', aBook([aRow('a.example.com', { org_display_name: 'Changed' })]));

    const refused = await place.run(...args(emulator, 'apply', other, '--plan', reviewed));
    const sentBefore = writes(emulator).length;
    const done = await place.run(...args(emulator, 'apply', book, '--plan', reviewed));

    expect([refused.exitCode, sentBefore, done.exitCode, writes(emulator)]).toEqual([
      3,
      0,
      0,
      ['customers.create'],
    ]);
  });
});

describe('safety limits', () => {
  it('refuse with 3 before the first write, and a waiver lifts one up to its number', async () => {
    const emulator = await google(aWorld({}));
    const place = workplace();
    const book = place.write('book.csv', aBook(domains(26).map((domain) => aRow(domain))));

    const refused = await place.run(...args(emulator, 'apply', book));
    const tooLow = await place.run(...args(emulator, 'apply', book, '--allow', 'creates=25'));
    const before = writes(emulator).length;
    const allowed = await place.run(...args(emulator, 'apply', book, '--allow', 'creates=26'));

    expect([refused.exitCode, tooLow.exitCode, before, allowed.exitCode, writes(emulator).length]).toEqual([
      3, 3, 0, 0, 26,
    ]);
    expect(refused.stderr).toContain('--allow creates=26');
    const manifest = JSON.parse(
      readFileSync(join(place.runs().at(-1) ?? '', 'manifest.json'), 'utf8'),
    ) as object;
    expect(manifest).toMatchObject({ waivers: { creates: 26 } });
  });

  it('notice a book that lost its rows, under the name that it goes by', async () => {
    const emulator = await google(
      aWorld({ customers: domains(20).map((domain) => aRemoteCustomer({ domain })) }),
    );
    const place = workplace();
    const rows = domains(20).map((domain) => ({ domain }));
    const whole = place.write('whole.csv', aBook(rows));
    const part = place.write('part.csv', aBook(rows.slice(0, 18)));

    const ends = [
      await place.run(...args(emulator, 'apply', whole, '--book-name', 'customers')),
      await place.run(...args(emulator, 'apply', part, '--book-name', 'customers')),
      await place.run(...args(emulator, 'apply', part, '--book-name', 'another')),
      await place.run(...args(emulator, 'apply', part, '--book-name', 'customers', '--allow', 'shrink=2')),
    ];

    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 3, 0, 0]);
    expect(place.report('orphans.csv').trim().split('\n')).toHaveLength(3);
  });
});

describe('--snapshot lookup', () => {
  it('finds a customer by the name that an earlier run linked its id to, where no filter would', async () => {
    const [domain] = domains(1) as [string];
    const emulator = await google(aWorld({ customers: [aRemoteCustomer({ domain, correlationId: 'K1' })] }));
    const place = workplace();
    const book = place.write('book.csv', aBook([{ id: 'K1', domain }]));
    const renamed = place.write('renamed.csv', aBook([aRow('renamed.example.com', { id: 'K1' })]));

    await place.run(...args(emulator, 'apply', book));
    const { exitCode } = await place.run(...args(emulator, 'apply', renamed, '--snapshot', 'lookup'));

    expect([
      exitCode,
      place.results().map((row) => [row['outcome'], row['error_code']]),
      writes(emulator),
    ]).toEqual([1, [['blocked', 'policy.critical_difference']], []]);
  });
});

describe('provisionings in doubt', () => {
  it.each([
    ['after the effect', true, 1, 'customers.get'],
    ['before the effect', false, 2, ''],
  ] as const)(
    'are looked up at the customer where the answer is lost %s',
    async (_, afterEffect, sent, by) => {
      const [domain] = domains(1) as [string];
      const emulator = await google(
        aWorld({
          switches: { provisionDelayMs: 100 },
          faults: [{ method: 'customers.provisionCloudIdentity', do: 'reset', afterEffect }],
        }),
      );
      const place = workplace({ settleSeconds: 1, operationTimeoutSeconds: 3 });
      const book = place.write('book.csv', aBook([aRow(domain, admin(domain))]));

      const { exitCode } = await place.run(...args(emulator, 'apply', book));

      const [row] = place.results();
      expect([
        exitCode,
        row?.['outcome'],
        row?.['resolved_by'],
        writes(emulator).filter((method) => method === 'customers.provisionCloudIdentity').length,
      ]).toEqual([0, 'done', by, sent]);
    },
  );

  it.each(['ALREADY_EXISTS', 'ABORTED'] as const)(
    'stay in doubt while the first may be at work, which %s does not tell; then Google is believed',
    async (provisionWhileRunning) => {
      const [domain] = domains(1) as [string];
      const emulator = await google(
        aWorld({
          switches: { provisionDelayMs: 60_000, provisionWhileRunning },
          faults: [{ method: 'customers.provisionCloudIdentity', do: 'reset', afterEffect: true }],
        }),
      );
      const place = workplace({ operationTimeoutSeconds: 2 });
      const book = place.write('book.csv', aBook([aRow(domain, admin(domain))]));

      const first = await place.run(...args(emulator, 'apply', book));
      const firstOutcome = place.results()[0]?.['outcome'];
      const second = await place.run(...args(emulator, 'apply', book));

      expect([first.exitCode, firstOutcome, second.exitCode, writes(emulator)]).toEqual([
        4,
        'ambiguous',
        1,
        ['customers.create', 'customers.provisionCloudIdentity'],
      ]);
      expect(emulator.operations().filter(({ validateOnly }) => !validateOnly)).toHaveLength(1);
    },
  );

  it('are no doubt about the next step: a refusal after a settled create is a refusal', async () => {
    const [domain] = domains(1) as [string];
    const emulator = await google(
      aWorld({
        faults: [
          { method: 'customers.create', do: 'reset', afterEffect: true },
          {
            method: 'customers.provisionCloudIdentity',
            do: 'answer',
            status: 409,
            code: 'ALREADY_EXISTS',
            message: 'taken',
          },
        ],
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook([aRow(domain, admin(domain))]));

    const { exitCode } = await place.run(...args(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome'], emulator.customers().length]).toEqual([
      1,
      'blocked',
      1,
    ]);
  });
});

describe('what a look-up cannot tell', () => {
  it('is listed before a customer is created whose id another one may have', async () => {
    const others = domains(120).map((domain) => aRemoteCustomer({ domain }));
    const renamed = aRemoteCustomer({ domain: 'old.example.com', correlationId: 'K1' });
    const emulator = await google(aWorld({ customers: [...others, renamed] }));
    const place = workplace();
    const book = place.write('book.csv', aBook([aRow('new.example.com', { id: 'K1' })]));

    const { exitCode, stderr } = await place.run(...args(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['error_code'], writes(emulator)]).toEqual([
      1,
      'policy.critical_difference',
      [],
    ]);
    expect(stderr).toContain('everything is listed');
  });

  it('is a customer under a partner that no row names: the one that a row names is read', async () => {
    const name = `accounts/${ACCOUNT}/customers/S77`;
    const emulator = await google(
      aWorld({
        customers: [
          aRemoteCustomer({
            name,
            domain: 'a.example.com',
            channelPartnerId: 'C0p',
            cloudIdentityId: undefined,
          }),
        ],
        partnerLinks: [{ resellerCloudIdentityId: 'C0p', linkState: 'ACTIVE' }],
        switches: { accountListsPartners: false, provisionDelayMs: 0 },
      }),
    );
    const place = workplace();
    const row = { customer: name, domain: 'a.example.com', action: 'provision', ...admin('a.example.com') };
    const book = place.write('book.csv', aBook([row]));

    const ends = [
      await place.run(...args(emulator, 'apply', book, '--snapshot', 'list')),
      await place.run(...args(emulator, 'apply', book, '--snapshot', 'list')),
    ];

    expect([ends.map(({ exitCode }) => exitCode), lines(place), writes(emulator).length]).toEqual([
      [0, 0],
      [['a.example.com', 'none', 'unchanged']],
      1,
    ]);
  });

  it('is a customer that an earlier run made under a partner whom the row no longer names', async () => {
    const emulator = await google(
      aWorld({
        partnerLinks: [{ resellerCloudIdentityId: 'C0p', linkState: 'ACTIVE' }],
        switches: { accountListsPartners: false },
      }),
    );
    const place = workplace();
    const row = { ...aRow('a.example.com'), id: '' };
    const named = place.write('named.csv', aBook([{ ...row, channel_partner_id: 'C0p' }]));
    const unnamed = place.write('unnamed.csv', aBook([row]));

    await place.run(...args(emulator, 'apply', named));
    const { exitCode } = await place.run(...args(emulator, 'apply', unnamed));

    expect([exitCode, place.results()[0]?.['outcome'], emulator.customers().length]).toEqual([
      0,
      'unchanged',
      1,
    ]);
  });

  it('is a team of the same name in another row: the first stands', async () => {
    const emulator = await google(aWorld({}));
    const place = workplace();
    const team = { customer_type: 'team', org_display_name: 'One Team' };
    const rows = ['K1', 'K2'].map((id) => ({ ...aRow('shared.example.com', team), id }));
    const book = place.write('book.csv', aBook(rows));

    const { exitCode } = await place.run(...args(emulator, 'apply', book));

    expect([exitCode, place.results().map(({ outcome }) => outcome), emulator.customers().length]).toEqual([
      1,
      ['done', 'blocked'],
      1,
    ]);
  });
});

describe('a provisioning that takes its time', () => {
  it('is watched for at the customer where its answer was lost, and never sent again', async () => {
    const [domain] = domains(1) as [string];
    const emulator = await google(
      aWorld({
        switches: { provisionDelayMs: 5_000, provisionWhileRunning: 'another' },
        faults: [{ method: 'customers.provisionCloudIdentity', do: 'reset', afterEffect: true }],
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook([aRow(domain, admin(domain))]));

    const { exitCode } = await place.run(...args(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['resolved_by'], emulator.operations().length]).toEqual([
      0,
      'customers.get',
      1,
    ]);
  });
});

describe('an operation that Google does not know yet', () => {
  it('is asked for again, and no other is begun', async () => {
    const [domain] = domains(1) as [string];
    const emulator = await google(
      aWorld({
        switches: { provisionDelayMs: 4_000 },
        faults: [
          {
            method: 'operations.get',
            count: 2,
            do: 'answer',
            status: 404,
            code: 'NOT_FOUND',
            message: 'no such operation',
          },
        ],
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook([aRow(domain, admin(domain))]));

    const { exitCode } = await place.run(...args(emulator, 'apply', book));

    expect([exitCode, place.results()[0]?.['outcome'], emulator.operations().length]).toEqual([0, 'done', 1]);
  });
});

describe('--max-errors', () => {
  it('starts no more rows, and gives up no operation that Google works on', async () => {
    const [good, bad] = domains(2) as [string, string];
    const emulator = await google(
      aWorld({
        switches: { provisionDelayMs: 3_000 },
        faults: [
          {
            method: 'customers.create',
            domain: bad,
            do: 'answer',
            status: 400,
            code: 'INVALID_ARGUMENT',
            message: 'no',
          },
        ],
      }),
    );
    const place = workplace();
    const rows = [
      aRow(good, admin(good)),
      aRow(bad),
      ...domains(60)
        .slice(2)
        .map((domain) => aRow(domain)),
    ];
    const book = place.write('book.csv', aBook(rows));

    const { exitCode } = await place.run(
      ...args(emulator, 'apply', book, '--max-errors', '1', '--concurrency', '1', '--allow', 'creates=60'),
    );

    const outcomes = place.results().map(({ outcome }) => outcome);
    expect([exitCode, outcomes[0], outcomes[1], outcomes.at(-1)]).toEqual([
      5,
      'done',
      'failed',
      'unprocessed',
    ]);
  });
});

describe('--max-errors and a write in doubt', () => {
  it('settles what has left: a create that did not take effect is sent once more', async () => {
    const [lost, bad] = domains(2) as [string, string];
    const emulator = await google(
      aWorld({
        faults: [
          { method: 'customers.create', domain: lost, do: 'reset', afterEffect: false },
          {
            method: 'customers.create',
            domain: bad,
            do: 'answer',
            status: 400,
            code: 'INVALID_ARGUMENT',
            message: 'no',
          },
        ],
      }),
    );
    const place = workplace();
    const rows = [lost, bad, ...domains(60).slice(2)].map((domain) => aRow(domain));
    const book = place.write('book.csv', aBook(rows));

    const { exitCode } = await place.run(
      ...args(emulator, 'apply', book, '--max-errors', '1', '--concurrency', '1', '--allow', 'creates=60'),
    );

    const outcomes = place.results().map(({ outcome }) => outcome);
    expect([exitCode, outcomes[0], outcomes[1], outcomes.at(-1)]).toEqual([
      5,
      'done',
      'failed',
      'unprocessed',
    ]);
  });
});

describe('a create in doubt of a row that the next run leaves out', () => {
  it('is remembered by its key, so that no later look-up makes it twice', async () => {
    const [lost, other] = domains(2) as [string, string];
    const emulator = await google(
      aWorld({
        switches: { filterLagMs: 600_000 },
        customers: Array.from({ length: 60 }, (_, index) =>
          aRemoteCustomer({ domain: `old${index}.example.com` }),
        ),
        faults: [{ method: 'customers.create', domain: lost, do: 'silence', afterEffect: true }],
      }),
    );
    const place = workplace({ callTimeoutSeconds: 1, settleSeconds: 600 });
    const book = place.write('book.csv', aBook([aRow(lost, { id: '' }), aRow(other, { id: '' })]));

    const run = place.start(...args(emulator, 'apply', book, '--only', lost));
    await until(() => emulator.requests.some(({ method }) => method === 'customers.create'));
    run.child.kill('SIGKILL');
    await run.end;
    place.write('channelbook.config.json', JSON.stringify(FAST));
    await place.run(...args(emulator, 'apply', book, '--only', other));
    const { exitCode } = await place.run(
      ...args(emulator, 'apply', book, '--only', lost, '--snapshot', 'lookup'),
    );

    expect([exitCode, emulator.customers().filter(({ domain }) => domain === lost).length]).toEqual([0, 1]);
  });
});
