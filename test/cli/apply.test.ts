import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aBook, newWorkplace, type Workplace } from '../run-cli.ts';
import { applying, domains, google, until, writes } from './against-google.ts';
import { aRemoteCustomer, aWorld, ACCOUNT, anIdentity } from '../emulator/harness.ts';

const FAST = {
  quotas: { 'channel.list': 60_000, 'channel.other': 60_000 },
  attempts: 2,
  settleSeconds: 0,
};

function workplace(environment?: Readonly<Record<string, string>>): Workplace {
  const place = newWorkplace(environment);
  place.write('channelbook.config.json', JSON.stringify(FAST));
  return place;
}

function outcomes(place: Workplace): Readonly<Record<string, string>> {
  return Object.fromEntries(place.results().map((row) => [row['key'] ?? '', row['outcome'] ?? '']));
}

describe('channelbook apply --action import', () => {
  it('imports what is not there, leaves what is, and writes nothing the second time', async () => {
    const emulator = await google(
      aWorld({
        identities: domains(3).map((domain) => anIdentity({ domain })),
        customers: [aRemoteCustomer({ domain: 'customer0.example.com' })],
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook(domains(3).map((domain) => ({ domain }))));

    const first = await place.run(...applying(emulator, book));
    const firstOutcomes = outcomes(place);
    const firstWrites = writes(emulator).length;
    const second = await place.run(...applying(emulator, book));

    expect([first.exitCode, firstOutcomes, firstWrites]).toEqual([
      0,
      {
        'customer0.example.com': 'unchanged',
        'customer1.example.com': 'done',
        'customer2.example.com': 'done',
      },
      2,
    ]);
    expect([second.exitCode, new Set(Object.values(outcomes(place))), writes(emulator).length]).toEqual([
      0,
      new Set(['unchanged']),
      2,
    ]);
  });

  it('does not import a team again that nothing but the ledger recognises', async () => {
    const emulator = await google(
      aWorld({
        identities: [
          anIdentity({
            domain: 'shared.example.com',
            customerType: 'TEAM',
            primaryAdminEmail: 'lee@shared.example.com',
          }),
        ],
      }),
    );
    const place = workplace();
    const row = {
      customer_type: 'team',
      domain: 'shared.example.com',
      primary_admin_email: 'lee@shared.example.com',
    };
    const book = place.write('book.csv', aBook([row]));

    const ends = [await place.run(...applying(emulator, book)), await place.run(...applying(emulator, book))];

    expect([ends.map(({ exitCode }) => exitCode), outcomes(place), writes(emulator).length]).toEqual([
      [0, 0],
      { 'lee@shared.example.com': 'unchanged' },
      1,
    ]);
  });

  it('writes the book after an import under safe, and nothing but what differs', async () => {
    const emulator = await google(aWorld({ identities: [anIdentity({ domain: 'a.example.com' })] }));
    const place = workplace();
    const row = {
      id: '7',
      domain: 'a.example.com',
      org_display_name: 'Name of the book',
      language_code: 'en',
    };
    const book = place.write('book.csv', aBook([row]));

    const first = await place.run(...applying(emulator, book, '--overwrite', 'safe'));
    const [line] = place.results();
    const second = await place.run(...applying(emulator, book, '--overwrite', 'safe'));

    const patch = emulator.requests.find(({ method }) => method === 'customers.patch');
    expect([first.exitCode, line?.['changed_fields'], line?.['next_step']]).toEqual([
      0,
      'org_display_name;id',
      'transfer_entitlements',
    ]);
    expect([patch?.query['updateMask'], patch?.body]).toEqual([
      'orgDisplayName,correlationId',
      { orgDisplayName: 'Name of the book', correlationId: '7' },
    ]);
    expect([second.exitCode, outcomes(place), writes(emulator).length]).toEqual([0, { 7: 'unchanged' }, 2]);
  });

  it('keeps what was there before it overwrites it', async () => {
    const emulator = await google(
      aWorld({ customers: [aRemoteCustomer({ domain: 'a.example.com', orgDisplayName: 'Before' })] }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook([{ domain: 'a.example.com', org_display_name: 'After' }]));

    await place.run(...applying(emulator, book, '--overwrite', 'safe'));

    expect(JSON.parse(place.report('undo.ndjson'))).toMatchObject({
      row: 1,
      kind: 'patch',
      before: { orgDisplayName: 'Before' },
    });
  });

  it('gives each documented refusal its own outcome and a way on', async () => {
    const emulator = await google(
      aWorld({
        identities: [
          anIdentity({ domain: 'no-token.example.com', consent: false }),
          anIdentity({ domain: 'bad-token.example.com', consent: false, tokens: [{ token: 'right-token' }] }),
          anIdentity({ domain: 'renamed.example.com', cloudIdentityId: 'C0renamed' }),
        ],
        customers: [aRemoteCustomer({ domain: 'old-name.example.com', cloudIdentityId: 'C0renamed' })],
      }),
    );
    const place = workplace();
    const book = place.write(
      'book.csv',
      aBook([
        { domain: 'no-token.example.com', auth_token: '' },
        { domain: 'bad-token.example.com', auth_token: 'wrong-token' },
        { domain: 'renamed.example.com', auth_token: '' },
        { domain: 'nobody.example.com', auth_token: '' },
      ]),
    );

    const { exitCode } = await place.run(...applying(emulator, book));

    const said = place.results().map((row) => [row['outcome'], row['error_code'], row['error_column']]);
    expect([exitCode, said]).toEqual([
      1,
      [
        ['blocked', 'PERMISSION_DENIED', 'domain'],
        ['blocked', 'INVALID_ARGUMENT', 'auth_token'],
        ['blocked', 'ALREADY_EXISTS', 'domain'],
        ['failed', 'NOT_FOUND', 'domain'],
      ],
    ]);
    expect(place.results()[1]?.['hint']).toContain("the customer's super admin for a new token");
    expect(place.results()[1]?.['hint']).toContain('14 days');
  });

  it('leaves an errors.csv that is a book again: fix its cells and apply it', async () => {
    const emulator = await google(
      aWorld({
        identities: [
          anIdentity({ domain: 'a.example.com', consent: false, tokens: [{ token: 'right-token' }] }),
          anIdentity({ domain: 'b.example.com' }),
        ],
      }),
    );
    const place = workplace();
    const book = place.write(
      'book.csv',
      Buffer.from(
        '\ufeffdomain;auth_token;Betreuer;_note\r\na.example.com;stale-token;Müller;=1+1\r\nb.example.com;;;\r\n',
      ),
    );

    await place.run(...applying(emulator, book));
    const errors = place.report('errors.csv');
    const mode = statSync(join(place.runs().at(-1) ?? '', 'errors.csv')).mode & 0o777;
    const fixed = place.write('fixed.csv', errors.replace('stale-token', 'right-token'));
    const second = await place.run(...applying(emulator, fixed));

    const [header, row, ...rest] = errors.split('\r\n');
    expect(header).toBe(
      '\ufeffdomain;auth_token;Betreuer;_note;_row;_line;_outcome;_error_code;_error_column;_error_message;_hint',
    );
    expect(row).toContain("a.example.com;stale-token;Müller;'=1+1;1;2;blocked;INVALID_ARGUMENT;auth_token;");
    expect([rest, mode]).toEqual([[''], 0o600]);
    expect([second.exitCode, outcomes(place)]).toEqual([0, { 'a.example.com': 'done' }]);
  });

  it('sends rows whose tokens run out first, first', async () => {
    const emulator = await google(aWorld({ identities: domains(4).map((domain) => anIdentity({ domain })) }));
    const place = workplace();
    const made = ['', '2026-11-20', '2026-11-10', '2026-11-15'];
    const book = place.write(
      'book.csv',
      aBook(
        domains(4).map((domain, index) => ({
          domain,
          auth_token: 'tok-1',
          auth_token_created: made[index] ?? '',
        })),
      ),
    );

    await place.run(...applying(emulator, book, '--concurrency', '1'));

    const order = emulator.requests
      .filter(({ method }) => method === 'customers.import')
      .map(({ body }) => (body as { domain: string }).domain);
    expect(order).toEqual([2, 3, 1, 0].map((index) => `customer${index}.example.com`));
  });

  it('runs 2-tier rows under their partner link, and blocks those whose link is not there', async () => {
    const emulator = await google(
      aWorld({
        identities: domains(2).map((domain) => anIdentity({ domain })),
        partnerLinks: [{ resellerCloudIdentityId: 'C0partner' }],
      }),
    );
    const place = workplace();
    const book = place.write(
      'book.csv',
      aBook([
        { domain: 'customer0.example.com', channel_partner_id: 'C0partner' },
        { domain: 'customer1.example.com', channel_partner_id: 'C0nolink' },
      ]),
    );

    await place.run(...applying(emulator, book));

    const paths = emulator.requests
      .filter(({ method }) => method === 'customers.import')
      .map(({ path }) => path);
    expect([outcomes(place), paths]).toEqual([
      { 'customer0.example.com': 'done', 'customer1.example.com': 'blocked' },
      [`/v1/accounts/${ACCOUNT}/channelPartnerLinks/C0partner/customers:import`],
    ]);
  });

  it('looks a write up whose answer never came, and does not take it for lost', async () => {
    const emulator = await google(
      aWorld({
        identities: [anIdentity({ domain: 'a.example.com' })],
        faults: [{ method: 'customers.import', do: 'reset', afterEffect: true, count: null }],
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook([{ domain: 'a.example.com' }]));

    const { exitCode } = await place.run(...applying(emulator, book));

    const [row] = place.results();
    expect([exitCode, row?.['outcome'], row?.['resolved_by'], emulator.customers().length]).toEqual([
      0,
      'done',
      'listing',
      1,
    ]);
  });

  it('reads a patch back whose answer never came', async () => {
    const emulator = await google(
      aWorld({
        customers: [aRemoteCustomer({ domain: 'a.example.com', orgDisplayName: 'Before' })],
        faults: [{ method: 'customers.patch', do: 'reset', afterEffect: true, count: null }],
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook([{ domain: 'a.example.com', org_display_name: 'After' }]));

    const { exitCode } = await place.run(...applying(emulator, book, '--overwrite', 'safe'));

    const [row] = place.results();
    expect([
      exitCode,
      row?.['outcome'],
      row?.['resolved_by'],
      emulator.customers()[0]?.orgDisplayName,
    ]).toEqual([0, 'done', 'customers.get', 'After']);
  });

  it('brings region and name in by an overwriting import under always, and says which columns', async () => {
    const address = { regionCode: 'AT', postalCode: '1010', locality: 'Wien', addressLines: ['Gasse 1'] };
    const emulator = await google(
      aWorld({
        identities: [anIdentity({ domain: 'a.example.com', orgPostalAddress: address })],
        customers: [aRemoteCustomer({ domain: 'a.example.com' })],
      }),
    );
    const place = workplace();
    const row = { id: '7', domain: 'a.example.com', region_code: 'AT', locality: 'Wien' };
    const book = place.write('book.csv', aBook([row]));

    const { exitCode } = await place.run(...applying(emulator, book, '--overwrite', 'always'));

    const [line] = place.results();
    const sent = emulator.requests.find(({ method }) => method === 'customers.import');
    expect([exitCode, line?.['outcome'], line?.['changed_fields']]).toEqual([
      0,
      'done',
      'region_code;locality;id',
    ]);
    expect(sent?.body).toEqual({
      domain: 'a.example.com',
      overwriteIfExists: true,
      customer: `accounts/${ACCOUNT}/customers/a-example-com`,
    });
  });

  it('blocks a row whose region Google still has otherwise after the import', async () => {
    const emulator = await google(
      aWorld({
        identities: [anIdentity({ domain: 'a.example.com' })],
        customers: [aRemoteCustomer({ domain: 'a.example.com' })],
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook([{ domain: 'a.example.com', region_code: 'AT' }]));

    const { exitCode } = await place.run(...applying(emulator, book, '--overwrite', 'always'));

    const [row] = place.results();
    expect([exitCode, row?.['outcome'], row?.['error_code']]).toEqual([
      1,
      'blocked',
      'policy.still_different',
    ]);
  });

  it('ends with 69 when Google goes away in the middle for longer than it may', async () => {
    const emulator = await google(
      aWorld({
        identities: domains(40).map((domain) => anIdentity({ domain })),
        switches: { latencyMs: 10 },
      }),
    );
    const place = workplace();
    place.write('channelbook.config.json', JSON.stringify({ ...FAST, attempts: 1, outageMinutes: 0 }));
    const book = place.write('book.csv', aBook(domains(40).map((domain) => ({ domain }))));

    const { end } = place.start(...applying(emulator, book, '--concurrency', '1'));
    await until(() => writes(emulator).length >= 3);
    await emulator.close();
    const { exitCode } = await end;

    const counts = place.summary().outcomes;
    expect([exitCode, Object.values(counts).reduce((sum, count) => sum + count, 0)]).toEqual([69, 40]);
    expect(counts['unprocessed']).toBeGreaterThan(30);
  });

  it('ends a row as ambiguous when it stays in doubt', async () => {
    const emulator = await google(
      aWorld({
        identities: domains(2).map((domain) => anIdentity({ domain })),
        faults: [{ method: 'customers.import', domain: 'customer0.example.com', status: 503, count: null }],
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook(domains(2).map((domain) => ({ domain }))));

    const { exitCode } = await place.run(...applying(emulator, book));

    expect([exitCode, outcomes(place), writes(emulator).length]).toEqual([
      4,
      { 'customer0.example.com': 'ambiguous', 'customer1.example.com': 'done' },
      5,
    ]);
  });

  it('goes on after SIGKILL without losing a row or importing one twice', async () => {
    const emulator = await google(
      aWorld({
        identities: domains(6).map((domain) =>
          anIdentity({ domain, tokens: [{ token: `secret-${domain}` }] }),
        ),
        faults: [{ method: 'customers.import', do: 'silence', afterEffect: true, nth: 4, count: null }],
      }),
    );
    const place = workplace();
    const book = place.write(
      'book.csv',
      aBook(domains(6).map((domain) => ({ domain, auth_token: `secret-${domain}` }))),
    );

    const { child, end } = place.start(...applying(emulator, book, '--concurrency', '1'));
    await until(() => writes(emulator).length >= 4);
    child.kill('SIGKILL');
    const killed = await end;
    emulator.clearFaults();
    const second = await place.run(...applying(emulator, book));

    expect([killed.signal, second.exitCode, new Set(Object.values(outcomes(place)))]).toEqual([
      'SIGKILL',
      0,
      new Set(['unchanged', 'done']),
    ]);
    expect([place.results().length, emulator.customers().length, writes(emulator).length]).toEqual([6, 6, 6]);
    expect(secretsBelow(place.path, 'secret-customer')).toEqual([join(place.path, 'book.csv')]);
  });

  it('gives the account to one run at a time, and names the one that has it', async () => {
    const emulator = await google(
      aWorld({ faults: [{ method: 'customers.list', do: 'silence', count: null }] }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook([{ domain: 'a.example.com' }]));

    const first = place.start(...applying(emulator, book));
    await until(() => emulator.requests.length > 0);
    const second = await place.run(...applying(emulator, book));
    first.child.kill('SIGKILL');
    await first.end;

    expect(second.exitCode).toBe(75);
    expect(second.stderr).toContain(`pid ${first.child.pid ?? 0}`);
  });

  it('drains at the first signal: what is in flight ends, the rest is unprocessed, the reports are there', async () => {
    const emulator = await google(
      aWorld({
        identities: domains(200).map((domain) => anIdentity({ domain })),
        switches: { latencyMs: 20 },
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook(domains(200).map((domain) => ({ domain }))));

    const { child, end } = place.start(
      ...applying(emulator, book, '--concurrency', '1', '--allow', 'imports=200'),
    );
    await until(() => writes(emulator).length >= 3);
    child.kill('SIGTERM');
    const { exitCode } = await end;

    const { outcomes: counts, book: read } = place.summary();
    expect([exitCode, read.rows, (counts['done'] ?? 0) + (counts['unprocessed'] ?? 0)]).toEqual([
      75, 200, 200,
    ]);
    expect(counts['done']).toBe(emulator.customers().length);
  });
});

describe('a second signal', () => {
  it('aborts what is in flight, leaves it ambiguous, and writes the reports', async () => {
    const emulator = await google(
      aWorld({
        identities: domains(3).map((domain) => anIdentity({ domain })),
        faults: [{ method: 'customers.import', do: 'silence', nth: 2, count: null }],
      }),
    );
    const place = workplace();
    const book = place.write('book.csv', aBook(domains(3).map((domain) => ({ domain }))));

    const { child, end } = place.start(...applying(emulator, book, '--concurrency', '1'));
    await until(() => writes(emulator).length >= 2);
    child.kill('SIGINT');
    child.stderr?.once('data', () => child.kill('SIGINT'));
    const { exitCode } = await end;

    expect([exitCode, outcomes(place)]).toEqual([
      75,
      {
        'customer0.example.com': 'done',
        'customer1.example.com': 'ambiguous',
        'customer2.example.com': 'unprocessed',
      },
    ]);
  });
});

/** The files below a folder in which a text stands, byte for byte. */
function secretsBelow(path: string, secret: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => statSync(name).isFile() && readFileSync(name).includes(secret));
}

describe('secrets', () => {
  it('stand in no byte that is written but the token cell of errors.csv, even when Google repeats them', async () => {
    const emulator = await google(
      aWorld({
        identities: domains(2).map((domain, index) =>
          anIdentity({ domain, tokens: [{ token: `planted-transfer-token-${index}` }] }),
        ),
        faults: [
          {
            method: 'customers.import',
            domain: 'customer0.example.com',
            status: 400,
            code: 'INVALID_ARGUMENT',
            echo: true,
            count: null,
          },
        ],
      }),
    );
    const place = workplace({
      CHANNELBOOK_ACCESS_TOKEN: 'planted-access-token',
      CHANNELBOOK_LOG_LEVEL: 'debug',
    });
    const book = place.write(
      'book.csv',
      aBook(domains(2).map((domain, index) => ({ domain, auth_token: `planted-transfer-token-${index}` }))),
    );

    const end = await place.run(...applying(emulator, book));

    const found = [
      ...secretsBelow(place.path, 'planted-access'),
      ...secretsBelow(place.path, 'planted-transfer'),
    ];
    expect(found.map((name) => name.split('/').at(-1)).sort()).toEqual(['book.csv', 'errors.csv']);
    expect(place.report('errors.csv').match(/planted/g)).toHaveLength(1);
    expect(end.stdout + end.stderr).not.toContain('planted');
    expect(place.results()[0]?.['error_message']).toContain('[redacted]');
  });
});

describe('exit codes', () => {
  const row = aBook([{ domain: 'a.example.com' }]);

  it.each([
    [
      'an unknown flag, with the one that was meant',
      ['apply', 'book.csv', '--acount', 'C1'],
      64,
      '--account',
    ],
    ['an unknown command', ['aply', 'book.csv'], 64, 'apply'],
    ['no book', ['apply'], 64, 'book'],
    ['no account', ['apply', 'book.csv', '--yes'], 64, '--account'],
    ['nobody to ask', ['apply', 'book.csv', '--account', 'C1'], 64, '--yes'],
    ['a flag without its value', ['validate', 'book.csv', '--limit'], 64, 'limit'],
    ['a flag of a version to come', ['apply', 'book.csv', '--engine', 'postgres'], 64, 'not available'],
    ['an unreadable book', ['validate', 'quote.csv', '--action', 'import'], 65, 'line 2, column 1'],
    ['no such book', ['validate', 'nobody.csv'], 66, 'nobody.csv'],
    ['a folder', ['validate', '.'], 65, 'director'],
    ['a broken config file', ['validate', 'book.csv', '--config', 'broken.json'], 78, 'line 1'],
    ['a run directory that cannot be made', ['validate', 'book.csv', '--out', 'book.csv'], 73, 'book.csv'],
    [
      'nobody at the address',
      ['apply', 'book.csv', '--account', 'C1', '--yes', '--api-url', 'http://127.0.0.1:9'],
      69,
      'cannot be reached',
    ],
  ])('%s', async (_, args, exitCode, hint) => {
    const place = workplace();
    place.write('book.csv', row);
    place.write('quote.csv', 'domain,id\n"a.example.com,1\n');
    place.write('broken.json', '{ nope');

    const end = await place.run(...args);

    expect([end.exitCode, end.stderr]).toEqual([exitCode, expect.stringContaining(hint)]);
    expect(end.stderr).not.toMatch(/^\s+at /m);
  });

  it('is 77 where Google refuses the credentials, and reports are written', async () => {
    const emulator = await google(aWorld({ switches: { acceptedTokens: [] } }));
    const place = workplace();
    const book = place.write('book.csv', row);

    const { exitCode } = await place.run(...applying(emulator, book));

    expect([exitCode, place.summary().exit_code, outcomes(place)]).toEqual([
      77,
      77,
      { 'a.example.com': 'unprocessed' },
    ]);
  });

  it('is 77 where the account is not ours', async () => {
    const emulator = await google(aWorld({ account: 'C0other' }));
    const place = workplace();
    const book = place.write('book.csv', row);

    expect((await place.run(...applying(emulator, book))).exitCode).toBe(77);
  });

  it('is 5 once --max-errors rows failed, and the rest is unprocessed', async () => {
    const emulator = await google(aWorld());
    const place = workplace();
    const book = place.write('book.csv', aBook(domains(40).map((domain) => ({ domain }))));

    const { exitCode } = await place.run(
      ...applying(emulator, book, '--max-errors', '2', '--concurrency', '1'),
    );

    const { outcomes: counts } = place.summary();
    expect([
      exitCode,
      (counts['failed'] ?? 0) + (counts['unprocessed'] ?? 0),
      (counts['failed'] ?? 0) < 40,
    ]).toEqual([5, 40, true]);
  });
});

describe('part of a book', () => {
  it('leaves out what --limit does not take, which is no error and not in errors.csv', async () => {
    const emulator = await google(aWorld({ identities: domains(3).map((domain) => anIdentity({ domain })) }));
    const place = workplace();
    const book = place.write('book.csv', aBook(domains(3).map((domain) => ({ domain }))));

    const { exitCode } = await place.run(...applying(emulator, book, '--limit', '1'));

    expect([
      exitCode,
      place.summary().outcomes,
      readdirSync(place.runs()[0] ?? '').includes('errors.csv'),
    ]).toEqual([0, { done: 1, unprocessed: 2 }, false]);
  });

  it('takes the rows of --only and names keys that are not there', async () => {
    const emulator = await google(aWorld({ identities: domains(3).map((domain) => anIdentity({ domain })) }));
    const place = workplace();
    const book = place.write('book.csv', aBook(domains(3).map((domain) => ({ domain }))));

    const end = await place.run(
      ...applying(emulator, book, '--only', 'customer2.example.com', '--only', 'nobody'),
    );

    expect([end.exitCode, outcomes(place)['customer2.example.com'], emulator.customers().length]).toEqual([
      0,
      'done',
      1,
    ]);
    expect(end.stderr).toContain('nobody');
  });
});

describe('--validate-only', () => {
  it('decides every row and sends no write', async () => {
    const emulator = await google(aWorld({ identities: [anIdentity({ domain: 'a.example.com' })] }));
    const place = workplace();
    const book = place.write('book.csv', aBook([{ domain: 'a.example.com' }]));

    const args = applying(emulator, book, '--validate-only').filter((word) => word !== '--yes');
    const { exitCode } = await place.run(...args);

    expect([
      exitCode,
      place.results()[0]?.['outcome'],
      place.results()[0]?.['checked_by'],
      writes(emulator),
    ]).toEqual([0, 'planned', 'local', []]);
  });
});

describe('--json', () => {
  it('prints the summary as one object on stdout and nothing else there', async () => {
    const emulator = await google(aWorld({ identities: [anIdentity({ domain: 'a.example.com' })] }));
    const place = workplace();
    const book = place.write('book.csv', aBook([{ domain: 'a.example.com' }]));

    const { stdout } = await place.run(...applying(emulator, book, '--json'));

    expect(JSON.parse(stdout)).toEqual(JSON.parse(place.report('summary.json')));
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'apply',
      account: ACCOUNT,
      outcomes: { done: 1 },
      actions: { import: 1 },
      buckets: { 'channel.list': { calls: 1 }, 'channel.other': { calls: 1 } },
      exit_code: 0,
    });
  });

  it('is one object where there was nothing to run, too', async () => {
    const { exitCode, stdout } = await workplace().run('validate', 'nobody.csv', '--json');

    expect([exitCode, (JSON.parse(stdout) as { exit_code: number }).exit_code]).toEqual([66, 66]);
  });
});
