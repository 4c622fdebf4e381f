import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WorldInput } from '../../src/emulator/world.ts';
import { aRemoteCustomer, aWorld, anIdentity } from '../emulator/harness.ts';
import { aBook, newWorkplace, type Workplace } from '../run-cli.ts';
import { applying, domains, google, until, writes } from './against-google.ts';

function workplace(config: object = {}): Workplace {
  const place = newWorkplace();
  const quotas = { 'channel.list': 60_000, 'channel.other': 60_000 };
  place.write(
    'channelbook.config.json',
    JSON.stringify({ quotas, attempts: 1, settleSeconds: 0, ...config }),
  );
  return place;
}

function identities(count: number): WorldInput['identities'] {
  return domains(count).map((domain) => anIdentity({ domain }));
}

const hasDevFull = existsSync('/dev/full');

describe('two rows that mean one customer', () => {
  it('let the first stand and block the other, so that neither overwrites the other for ever', async () => {
    const emulator = await google(aWorld({ identities: [anIdentity({ domain: 'a.example.com' })] }));
    const place = workplace();
    place.write(
      'book.csv',
      aBook([
        { id: 'k1', domain: 'a.example.com', cloud_identity_id: '' },
        { id: 'k2', domain: '', cloud_identity_id: 'C0aexamplecom' },
      ]),
    );

    await place.run(...applying(emulator, 'book.csv', '--overwrite', 'always', '--concurrency', '1'));
    const first = place.results().map((row) => [row['key'], row['outcome'], row['error_code']]);
    const sent = writes(emulator).length;
    await place.run(...applying(emulator, 'book.csv', '--overwrite', 'always', '--concurrency', '1'));
    const second = place.results().map((row) => [row['key'], row['outcome'], row['error_code']]);

    expect(first).toEqual([
      ['k1', 'done', ''],
      ['k2', 'blocked', 'policy.same_customer'],
    ]);
    expect(second).toEqual([
      ['k1', 'unchanged', ''],
      ['k2', 'blocked', 'policy.same_customer'],
    ]);
    expect(writes(emulator).length).toBe(sent);
  });
});

describe('an overwriting import that Google does not follow', () => {
  it('writes nothing of the book on top, and is not repeated by the next run', async () => {
    const emulator = await google(
      aWorld({
        identities: [anIdentity({ domain: 'a.example.com' })],
        customers: [aRemoteCustomer({ domain: 'a.example.com' })],
      }),
    );
    const place = workplace();
    place.write(
      'book.csv',
      aBook([{ domain: 'a.example.com', region_code: 'AT', postal_code: '1010', locality: 'Wien' }]),
    );

    await place.run(...applying(emulator, 'book.csv', '--overwrite', 'always'));
    const first = place.results()[0];
    const sent = writes(emulator).length;
    await place.run(...applying(emulator, 'book.csv', '--overwrite', 'always'));
    const second = place.results()[0];

    expect([first?.['outcome'], first?.['error_code'], sent]).toEqual([
      'blocked',
      'policy.still_different',
      1,
    ]);
    expect([second?.['outcome'], second?.['error_code'], writes(emulator).length]).toEqual([
      'blocked',
      'policy.still_different',
      1,
    ]);
    expect(emulator.customers()[0]?.orgPostalAddress).toMatchObject({
      regionCode: 'DE',
      postalCode: '10115',
    });
  });
});

describe('Google out of order in the middle', () => {
  it('stops starting rows: few are ambiguous, the rest is unprocessed, exit 69', async () => {
    const emulator = await google(
      aWorld({
        identities: identities(100),
        faults: [{ method: 'customers.import', status: 503, nth: 11, count: null }],
      }),
    );
    const place = workplace({ outageMinutes: 0 });
    place.write('book.csv', aBook(domains(100).map((domain) => ({ domain }))));

    const { exitCode } = await place.run(...applying(emulator, 'book.csv', '--concurrency', '1'));

    const { outcomes } = place.summary();
    expect([exitCode, outcomes['done']]).toEqual([69, 10]);
    // Those that were waiting for their turn when the third in a row failed.
    expect(outcomes['ambiguous']).toBeLessThan(17);
    expect((outcomes['ambiguous'] ?? 0) + (outcomes['unprocessed'] ?? 0)).toBe(90);
  });
});

describe('a book that is gone when the reports are written', () => {
  it('leaves errors.csv with the keys, and says so', async () => {
    const emulator = await google(aWorld({ switches: { latencyMs: 20 } }));
    const place = workplace();
    const book = place.write(
      'book.csv',
      aBook([{ id: 'k1', domain: 'a.example.com', auth_token: 'token-1' }]),
    );

    const { end } = place.start(...applying(emulator, 'book.csv'));
    await until(() => emulator.requests.length > 0);
    rmSync(book);
    const { exitCode, stderr } = await end;

    expect([exitCode, place.report('errors.csv').split('\n')[1]?.startsWith('k1,,,1,2,')]).toEqual([1, true]);
    expect(stderr).toContain('errors.csv lacks cells');
  });

  it('finds the rows of an edited book again by what they said', async () => {
    const emulator = await google(aWorld({ switches: { latencyMs: 20 } }));
    const place = workplace();
    const rows = [
      { id: 'k1', domain: 'a.example.com', note: 'first' },
      { id: 'k2', domain: 'b.example.com', note: 'second' },
    ];
    place.write('book.csv', aBook(rows));

    const { end } = place.start(...applying(emulator, 'book.csv'));
    await until(() => emulator.requests.length > 0);
    place.write(
      'book.csv',
      aBook([{ id: 'k0', domain: 'new.example.com', note: 'new' }, ...rows.toReversed()]),
    );
    await end;

    const lines = place.report('errors.csv').split('\n');
    expect([
      lines[1]?.startsWith('k1,a.example.com,first,1,2,failed'),
      lines[2]?.startsWith('k2,b.example.com,second,2,3,failed'),
    ]).toEqual([true, true]);
  });
});

/** Starts the program with one of its outputs on a device that is always full. */
async function onFullDevice(
  place: Workplace,
  args: readonly string[],
  full: 'stdout' | 'stderr',
): Promise<number | null> {
  const device = openSync('/dev/full', 'w');
  const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, ...args], {
    cwd: place.path,
    env: {
      PATH: process.env['PATH'],
      XDG_STATE_HOME: join(place.path, 'state'),
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      CHANNELBOOK_ACCESS_TOKEN: 'x',
    },
    stdio: full === 'stdout' ? ['ignore', device, 'ignore'] : ['ignore', 'ignore', device],
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return exitCode;
}

describe.skipIf(!hasDevFull)('a device that is full', () => {
  it('under the log does not hold the run up', async () => {
    const emulator = await google(aWorld({ identities: identities(1) }));
    const place = workplace();
    place.write('book.csv', aBook([{ domain: 'customer0.example.com' }]));

    const { exitCode, stderr } = await place.run(
      ...applying(emulator, 'book.csv', '--log-file', '/dev/full'),
    );

    expect([exitCode, place.summary().outcomes]).toEqual([0, { done: 1 }]);
    expect(stderr).toContain('the log is incomplete');
  });

  it('under stderr loses messages and nothing else', async () => {
    const emulator = await google(aWorld());
    const place = workplace();
    place.write('book.csv', aBook([{ domain: 'customer0.example.com', Unknown: 'x' }]));

    expect(await onFullDevice(place, applying(emulator, 'book.csv'), 'stderr')).toBe(1);
    expect(place.summary().outcomes).toEqual({ failed: 1 });
  });

  it('under stdout is part of the exit code, and the reports are there', async () => {
    const emulator = await google(aWorld({ identities: identities(1) }));
    const place = workplace();
    place.write('book.csv', aBook([{ domain: 'customer0.example.com' }]));

    expect(await onFullDevice(place, applying(emulator, 'book.csv'), 'stdout')).toBe(74);
    expect(place.summary().outcomes).toEqual({ done: 1 });
  });
});

describe('a closed pipe on stdout', () => {
  it('does not end the run', async () => {
    const emulator = await google(aWorld({ identities: identities(1) }));
    const place = workplace();
    place.write('book.csv', aBook([{ domain: 'customer0.example.com' }]));

    const { child, end } = place.start(...applying(emulator, 'book.csv'));
    child.stdout?.destroy();
    const { exitCode } = await end;

    expect([exitCode, place.summary().outcomes]).toEqual([0, { done: 1 }]);
  });
});

describe('--only', () => {
  it('is refused where it names nothing but keys that no row has', async () => {
    const emulator = await google(aWorld());
    const place = workplace();
    place.write('book.csv', aBook([{ id: 'k1', domain: 'a.example.com' }]));

    const end = await place.run(...applying(emulator, 'book.csv', '--only', 'nobody'));

    expect([end.exitCode, emulator.requests.length]).toEqual([64, 0]);
    expect(end.stderr).toContain('nobody');
  });
});

describe('--max-errors', () => {
  it('has stopped nothing where no row was left', async () => {
    const emulator = await google(aWorld());
    const place = workplace();
    place.write('book.csv', aBook(domains(3).map((domain) => ({ domain }))));

    const { exitCode } = await place.run(...applying(emulator, 'book.csv', '--max-errors', '3'));

    expect([exitCode, place.summary().outcomes]).toEqual([1, { failed: 3 }]);
  });
});

describe('escape sequences in the names of a book', () => {
  it('do not reach the terminal', async () => {
    const place = workplace();
    place.write('book.csv', 'id,domain,x\u001b]0;owned\u0007\n1,a.example.com,\n');

    const { stderr } = await place.run('validate', 'book.csv', '--action', 'import');

    expect(stderr).toContain('owned');
    expect(stderr).not.toContain('\u001b');
  });
});

describe('what a killed run overwrote', () => {
  it('is in its undo.ndjson once the next run has begun', async () => {
    const emulator = await google(
      aWorld({
        customers: [aRemoteCustomer({ domain: 'customer0.example.com', orgDisplayName: 'Before' })],
        faults: [{ method: 'customers.patch', do: 'silence', afterEffect: true }],
      }),
    );
    const place = workplace();
    place.write('book.csv', aBook([{ domain: 'customer0.example.com', org_display_name: 'After' }]));

    const { child, end } = place.start(...applying(emulator, 'book.csv', '--overwrite', 'safe'));
    await until(() => writes(emulator).length > 0);
    child.kill('SIGKILL');
    await end;
    const second = await place.run(...applying(emulator, 'book.csv', '--overwrite', 'safe'));

    const undo = readFileSync(join(place.runs()[0] ?? '', 'undo.ndjson'), 'utf8');
    expect(JSON.parse(undo)).toMatchObject({ row: 1, before: { orgDisplayName: 'Before' } });
    expect([second.exitCode, second.stderr.includes('was cut off'), writes(emulator).length]).toEqual([
      0,
      true,
      1,
    ]);
  });
});
