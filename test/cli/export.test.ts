import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.ts';
import type { FaultInput } from '../../src/emulator/world-schema.ts';
import type { WorldInput } from '../../src/emulator/world.ts';
import { EXPORT_COLUMNS } from '../../src/export/columns.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { ACCOUNT, aPartnerLink, aRemoteCustomer, aWorld } from '../emulator/harness.ts';
import { nastyCustomers, PARTNERS } from '../export/nasty-customers.ts';
import { newWorkplace, type CliEnd, type Workplace } from '../run-cli.ts';
import { google, until } from './against-google.ts';

const hasDevFull = existsSync('/dev/full');

function workplace(config: object = {}): Workplace {
  const place = newWorkplace();
  const quotas = { 'channel.list': 60_000, 'channel.other': 60_000 };
  place.write('channelbook.config.json', JSON.stringify({ quotas, attempts: 1, ...config }));
  return place;
}

function run(place: Workplace, emulator: Emulator, ...args: readonly string[]): Promise<CliEnd> {
  return place.run(...args, '--account', ACCOUNT, '--api-url', emulator.url);
}

/** Applies a book with the right to overwrite everything; returns how many rows ended how, and what was changed. */
async function applied(place: Workplace, emulator: Emulator, book: string) {
  const before = emulator.requests.length;
  const { exitCode } = await run(place, emulator, 'apply', book, '--yes', '--overwrite', 'always');
  const calls = emulator.requests.slice(before);
  return {
    exitCode,
    outcomes: place.summary().outcomes,
    verbs: [...new Set(calls.map(({ verb }) => verb))],
    effects: calls.filter(({ effect }) => effect).length,
  };
}

function rowsOf(csv: string): readonly Readonly<Record<string, string>>[] {
  return parse(csv, { columns: true, bom: true });
}

function names(csv: string): readonly (string | undefined)[] {
  return rowsOf(csv).map(({ customer }) => customer?.split('/').at(-1));
}

/** A customer as a world has it. */
function inWorld({
  customerType,
  ...customer
}: RemoteCustomer): NonNullable<WorldInput['customers']>[number] {
  const isKnown = customerType === 'DOMAIN' || customerType === 'TEAM';
  return {
    ...(JSON.parse(JSON.stringify(customer)) as NonNullable<WorldInput['customers']>[number]),
    ...(isKnown ? { cloudIdentityInfo: { customerType } } : {}),
  };
}

function links(...ids: readonly string[]): WorldInput['partnerLinks'] {
  return ids.map((id) => aPartnerLink({ resellerCloudIdentityId: id, publicId: `public-${id}` }));
}

/** A customer of the account itself, and one of each of two partners. */
function threeCustomers(): NonNullable<WorldInput['customers']> {
  return [
    aRemoteCustomer({ domain: 'b.example.com', channelPartnerId: 'C0p2' }),
    aRemoteCustomer({ domain: 'a.example.com', channelPartnerId: 'C0p1' }),
    aRemoteCustomer({ domain: 'c.example.com' }),
  ];
}

function refusedList(link: string): FaultInput {
  return {
    method: 'customers.list',
    name: `accounts/${ACCOUNT}/channelPartnerLinks/${link}`,
    status: 403,
    code: 'PERMISSION_DENIED',
    count: null,
  };
}

describe('channelbook export', () => {
  it.each([1, 2])(
    'makes a book that applied again finds every row unchanged and writes nothing, whatever Google has (world %i)',
    async (seed) => {
      const customers = nastyCustomers(seed, 200).map(inWorld);
      const emulator = await google(aWorld({ customers, partnerLinks: links(...PARTNERS) }));
      const place = workplace();

      const end = await run(place, emulator, 'export', '--to', 'book.csv');

      expect([end.exitCode, end.stdout]).toEqual([0, '']);
      // 4 tells of the customers that Google has twice.
      expect(await applied(place, emulator, 'book.csv')).toEqual({
        exitCode: 4,
        outcomes: { unchanged: 200 },
        verbs: ['GET'],
        effects: 0,
      });
    },
  );

  it('lists partner links too, sorts by name, and names each partner', async () => {
    const emulator = await google(
      aWorld({
        customers: threeCustomers(),
        partnerLinks: links('C0p1', 'C0p2'),
        switches: { accountListsPartners: false },
      }),
    );
    const place = workplace();

    const { exitCode, stdout } = await run(place, emulator, 'export');

    const book = place.write('book.csv', stdout);
    expect([exitCode, rowsOf(stdout).map((row) => [row['domain'], row['channel_partner_id']])]).toEqual([
      0,
      [
        ['a.example.com', 'C0p1'],
        ['b.example.com', 'C0p2'],
        ['c.example.com', ''],
      ],
    ]);
    expect(await applied(place, emulator, book)).toMatchObject({ outcomes: { unchanged: 3 }, effects: 0 });
  });

  it('writes a header alone where the account has no customers', async () => {
    const { exitCode, stdout } = await run(workplace(), await google(aWorld()), 'export');

    expect([exitCode, stdout]).toEqual([0, `${EXPORT_COLUMNS.join(',')}\n`]);
  });

  it('takes the customers of one partner alone with --partner', async () => {
    const emulator = await google(
      aWorld({ customers: threeCustomers(), partnerLinks: links('C0p1', 'C0p2') }),
    );
    const place = workplace();

    const one = await run(place, emulator, 'export', '--partner', 'C0p2');
    const none = await run(place, emulator, 'export', '--partner', 'C0other');

    expect([one.exitCode, names(one.stdout)]).toEqual([0, ['b-example-com']]);
    expect([none.exitCode, none.stdout, none.stderr.includes('C0other')]).toEqual([64, '', true]);
  });

  it('tells what it left out, one line for each rule', async () => {
    const customers = ['a', 'b', 'c'].map((name) =>
      aRemoteCustomer({ domain: `${name}.example.com`, alternateEmail: `kim@${name}.example.com` }),
    );
    const emulator = await google(aWorld({ customers }));

    const { exitCode, stderr } = await run(workplace(), emulator, 'export');

    expect([exitCode, stderr.match(/3 cells left empty.*alternate_email\.own_domain/g)?.length]).toEqual([
      0, 1,
    ]);
  });

  it('says that rows without a partner are invalid under requireChannelPartner', async () => {
    const emulator = await google(
      aWorld({ customers: threeCustomers(), partnerLinks: links('C0p1', 'C0p2') }),
    );

    const { exitCode, stderr } = await run(workplace({ requireChannelPartner: true }), emulator, 'export');

    expect([exitCode, stderr.includes('1 customer without a channel partner')]).toEqual([0, true]);
  });

  it("writes the user's own column names and tells the reader that it is UTF-8", async () => {
    const emulator = await google(
      aWorld({ customers: [aRemoteCustomer({ domain: 'a.example.com', orgDisplayName: 'Bäcker' })] }),
    );
    const place = workplace({ columns: { 'Primary Domain': 'domain' }, encoding: 'windows-1252' });

    await run(place, emulator, 'export', '--to', 'book.csv');

    const csv = readFileSync(join(place.path, 'book.csv'), 'utf8');
    expect(rowsOf(csv)[0]).toMatchObject({ 'Primary Domain': 'a.example.com', org_display_name: 'Bäcker' });
    expect(await applied(place, emulator, 'book.csv')).toMatchObject({ outcomes: { unchanged: 1 } });
  });

  it('works with an emulator of its own', async () => {
    const place = workplace();
    const world = place.write('world.json', JSON.stringify(aWorld({ customers: threeCustomers() })));

    const { exitCode, stdout } = await place.run('export', '--emulator', world);

    expect([exitCode, names(stdout)]).toEqual([0, ['a-example-com', 'b-example-com', 'c-example-com']]);
  });
});

describe('an account that is no distributor', () => {
  it('has no partners, which is said', async () => {
    const emulator = await google(
      aWorld({
        customers: [aRemoteCustomer({ domain: 'a.example.com' })],
        faults: [{ method: 'channelPartnerLinks.list', status: 403, code: 'PERMISSION_DENIED' }],
      }),
    );

    const { exitCode, stdout, stderr } = await run(workplace(), emulator, 'export');

    expect([exitCode, names(stdout)]).toEqual([0, ['a-example-com']]);
    expect(stderr).toContain('PERMISSION_DENIED');
  });
});

describe('a partner link that Google refuses to list', () => {
  async function exportWithout(link: string, parts: Partial<WorldInput>): Promise<CliEnd> {
    const emulator = await google(
      aWorld({
        customers: threeCustomers(),
        partnerLinks: links('C0p1', 'C0p2'),
        faults: [refusedList(link)],
        ...parts,
      }),
    );
    return run(workplace(), emulator, 'export');
  }

  it('ends with 1 and names the link, where nothing tells of its customers', async () => {
    const { exitCode, stdout, stderr } = await exportWithout('C0p2', {
      switches: { accountListsPartners: false },
    });

    expect([exitCode, names(stdout)]).toEqual([1, ['a-example-com', 'c-example-com']]);
    expect(stderr).toContain('the export may lack customers of C0p2');
  });

  it("is warned about where the account's own list tells of them", async () => {
    const { exitCode, stdout, stderr } = await exportWithout('C0p2', {});

    expect([exitCode, rowsOf(stdout).map((row) => row['channel_partner_id'])]).toEqual([0, ['C0p1', '', '']]);
    expect(stderr).toContain('channel partner C0p2 (ACTIVE)');
  });

  it('is warned about where the partner is only invited, and can have no customers', async () => {
    const { exitCode, stderr } = await exportWithout('C0p3', {
      partnerLinks: [aPartnerLink({ resellerCloudIdentityId: 'C0p3', linkState: 'INVITED' })],
    });

    expect([exitCode, stderr.includes('channel partner C0p3 (INVITED)')]).toEqual([0, true]);
  });
});

describe('export --to', () => {
  it('leaves one JSON object on stdout with --json, and a file for its owner alone', async () => {
    const customers = [aRemoteCustomer({ domain: 'a.example.com', alternateEmail: 'kim@a.example.com' })];
    const emulator = await google(aWorld({ customers }));
    const place = workplace();

    const { exitCode, stdout } = await run(place, emulator, 'export', '--to', 'book.csv', '--json');

    const file = statSync(join(place.path, 'book.csv'));
    expect([exitCode, JSON.parse(stdout), file.mode & 0o777]).toEqual([
      0,
      {
        account: ACCOUNT,
        customers: 1,
        file: 'book.csv',
        cells_left_out: { 'alternate_email.own_domain': 1 },
        missing_partners: [],
      },
      0o600,
    ]);
    expect(existsSync(join(place.path, 'runs'))).toBe(false);
  });

  it('is asked for where --json takes stdout', async () => {
    const emulator = await google(aWorld());

    const { exitCode, stdout } = await run(workplace(), emulator, 'export', '--json');

    expect([exitCode, JSON.parse(stdout), emulator.requests.length]).toMatchObject([
      64,
      { exit_code: 64, error: { next: 'Add --to FILE for the book, or leave --json out.' } },
      0,
    ]);
  });

  it('leaves the older file alone where the listing fails', async () => {
    const emulator = await google(
      aWorld({ faults: [{ method: 'customers.list', status: 403, code: 'PERMISSION_DENIED' }] }),
    );
    const place = workplace();
    place.write('book.csv', 'older');

    const { exitCode } = await run(place, emulator, 'export', '--to', 'book.csv');

    expect([exitCode, readFileSync(join(place.path, 'book.csv'), 'utf8')]).toEqual([77, 'older']);
    expect(readdirSync(place.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each([
    ['a folder that is not there', 'nowhere/book.csv', 73],
    ['a folder', 'home', 64],
    ['a device', '/dev/null', 64],
    ['no name', '', 64],
  ])('refuses %s before anything is sent', async (_, file, expected) => {
    const emulator = await google(aWorld());

    const { exitCode } = await run(workplace(), emulator, 'export', '--to', file);

    expect([exitCode, emulator.requests.length]).toEqual([expected, 0]);
  });
});

describe('an export that cannot go on', () => {
  it('ends with 69 where Google cannot be reached, and with 64 where no account is named', async () => {
    const place = workplace();
    const account = ['--account', ACCOUNT];

    const unreachable = await place.run('export', ...account, '--api-url', 'http://127.0.0.1:9');
    const nobody = await place.run('export');

    expect([unreachable.exitCode, unreachable.stdout, nobody.exitCode]).toEqual([69, '', 64]);
  });

  it('ends with 75 where another run holds the lock, and where it is interrupted', async () => {
    const emulator = await google(aWorld({ faults: [{ method: 'customers.list', do: 'silence' }] }));
    const place = workplace();
    const flags = ['export', '--account', ACCOUNT, '--api-url', emulator.url];

    const { child, end } = place.start(...flags);
    await until(() => emulator.requests.some(({ method }) => method === 'customers.list'));
    const second = await place.run(...flags);
    child.kill('SIGINT');
    const first = await end;

    expect([second.exitCode, second.stderr.includes('export')]).toEqual([75, true]);
    expect([first.exitCode, first.stdout]).toEqual([75, '']);
  });

  it('ends quietly with 0 where nobody reads on', async () => {
    const customers = nastyCustomers(1, 300).map(inWorld);
    const emulator = await google(aWorld({ customers, partnerLinks: links(...PARTNERS) }));

    const { child, end } = workplace().start('export', '--account', ACCOUNT, '--api-url', emulator.url);
    child.stdout?.destroy();
    const { exitCode, stderr } = await end;

    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it.skipIf(!hasDevFull)('ends with 74 where stdout is full', async () => {
    const emulator = await google(aWorld({ customers: threeCustomers() }));
    const { path } = workplace();
    const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;

    const child = spawn(
      process.execPath,
      [main, 'export', '--account', ACCOUNT, '--api-url', emulator.url, '--state', join(path, 'state')],
      {
        cwd: path,
        env: { PATH: process.env['PATH'], CHANNELBOOK_ACCESS_TOKEN: 'x' },
        stdio: ['ignore', openSync('/dev/full', 'w'), 'ignore'],
      },
    );

    expect((await once(child, 'close'))[0]).toBe(74);
  });
});

describe('channelbook partners', () => {
  const twoLinks = [
    aPartnerLink({ resellerCloudIdentityId: 'C0p1', publicId: 'public-1' }),
    { resellerCloudIdentityId: 'C0p2', linkState: 'REVOKED' as const },
  ];

  it('lists id, state and public id', async () => {
    const emulator = await google(aWorld({ partnerLinks: twoLinks }));

    const { exitCode, stdout } = await run(workplace(), emulator, 'partners');

    const cells = stdout
      .split('\n')
      .filter((line) => line.startsWith('│'))
      .map((line) =>
        line
          .split('│')
          .map((cell) => cell.trim())
          .slice(1, -1),
      );
    expect([exitCode, cells]).toEqual([
      0,
      [
        ['id', 'state', 'public id'],
        ['C0p1', 'ACTIVE', 'public-1'],
        ['C0p2', 'REVOKED', ''],
      ],
    ]);
  });

  it('is one JSON object with --json', async () => {
    const emulator = await google(aWorld({ partnerLinks: twoLinks }));

    const { exitCode, stdout } = await run(workplace(), emulator, 'partners', '--json');

    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      {
        account: ACCOUNT,
        partners: [
          { id: 'C0p1', state: 'ACTIVE', public_id: 'public-1' },
          { id: 'C0p2', state: 'REVOKED', public_id: null },
        ],
      },
    ]);
  });

  it('reads every page', async () => {
    const ids = Array.from({ length: 401 }, (_, index) => `C0p${index}`);
    const emulator = await google(aWorld({ partnerLinks: links(...ids) }));

    const { stdout } = await run(workplace(), emulator, 'partners', '--json');

    const { partners } = JSON.parse(stdout) as { readonly partners: readonly { readonly id: string }[] };
    expect([partners.map(({ id }) => id), emulator.requests.length]).toEqual([ids, 3]);
  });

  it('says that there are none', async () => {
    const { exitCode, stdout } = await run(workplace(), await google(aWorld()), 'partners');

    expect([exitCode, stdout]).toEqual([0, `The account ${ACCOUNT} has no channel partner links.\n`]);
  });

  it('ends with 77 where Google refuses, as it does for an account that is no distributor', async () => {
    const emulator = await google(
      aWorld({ faults: [{ method: 'channelPartnerLinks.list', status: 403, code: 'PERMISSION_DENIED' }] }),
    );

    const { exitCode, stdout, stderr } = await run(workplace(), emulator, 'partners');

    expect([exitCode, stdout, stderr.includes('distributor')]).toEqual([77, '', true]);
  });
});
