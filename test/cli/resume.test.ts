import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.ts';
import type { WorldInput } from '../../src/emulator/world.ts';
import { ACCOUNT, aRemoteCustomer, aWorld, anAddress } from '../emulator/harness.ts';
import { aBook, newWorkplace, type Workplace } from '../run-cli.ts';
import { google, until } from './against-google.ts';

type Row = Readonly<Record<string, string>>;

function workplace(config: object = {}): Workplace {
  const place = newWorkplace();
  const quotas = { 'channel.list': 60_000, 'channel.other': 60_000 };
  place.write(
    'channelbook.config.json',
    JSON.stringify({ account: ACCOUNT, quotas, attempts: 1, settleSeconds: 0, ...config }),
  );
  return place;
}

/** A row that is created where Google has no such customer. */
function aRow(key: string, parts: Row = {}): Row {
  return {
    id: key,
    domain: `${key}.example.com`,
    org_display_name: `Org ${key}`,
    region_code: 'DE',
    postal_code: '10115',
    address_line_1: 'Weg 1',
    ...parts,
  };
}

function rows(...keys: readonly string[]): readonly Row[] {
  return keys.map((key) => aRow(key));
}

/** A world in which the n-th create takes effect and is never answered, so that a run stands still there. */
function standingStill(nth: number, world: Partial<WorldInput> = {}): WorldInput {
  return aWorld({
    ...world,
    faults: [{ method: 'customers.create', do: 'silence', afterEffect: true, nth, count: null }],
  });
}

function sent(emulator: Emulator, method: string): number {
  return emulator.requests.filter((request) => request.method === method).length;
}

/** Runs a command and kills it once Google has got the n-th call of a method. */
async function killedAt(
  emulator: Emulator,
  method: string,
  nth: number,
  place: Workplace,
  ...words: readonly string[]
): Promise<void> {
  const { child, end } = place.start(...words, '--api-url', emulator.url);
  await until(() => sent(emulator, method) >= nth);
  child.kill('SIGKILL');
  const { signal } = await end;
  if (signal !== 'SIGKILL') throw new Error('the run ended before it was killed');
  emulator.clearFaults();
}

function applying(...more: readonly string[]): readonly string[] {
  return ['apply', 'book.csv', '--yes', '--concurrency', '1', ...more];
}

function outcomes(place: Workplace): Readonly<Record<string, string>> {
  return Object.fromEntries(place.results().map((row) => [row['key'] ?? '', row['outcome'] ?? '']));
}

function createdTwice(emulator: Emulator): readonly (string | undefined)[] {
  const made = emulator.customers().map(({ correlationId }) => correlationId);
  return made.filter((id, index) => made.indexOf(id) !== index);
}

function runId(place: Workplace): string {
  return basename(place.runs().at(-1) ?? '');
}

describe('resume', () => {
  it('finishes a run that was killed, from the book as it is now, under its name and in its directory', async () => {
    const emulator = await google(standingStill(4));
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b', 'c', 'd', 'e', 'f')));
    await killedAt(emulator, 'customers.create', 4, place, ...applying());
    const id = runId(place);
    // Sorted the other way round, a done row (b) taken out, an open one (e) edited, one (g) added.
    const edited = aRow('e', { org_display_name: 'Org e, edited' });
    place.write('book.csv', aBook([...rows('g', 'f'), edited, ...rows('d', 'c', 'a')]));

    const end = await place.run('resume', '--api-url', emulator.url);

    expect([end.exitCode, place.runs().map((path) => basename(path))]).toEqual([0, [id]]);
    expect(
      place
        .results()
        .map((row) => [row['row'], row['key'], row['action'], row['outcome'], row['resolved_by']]),
    ).toEqual([
      ['1', 'g', 'create', 'done', ''],
      ['2', 'f', 'create', 'done', ''],
      ['3', 'e', 'create', 'done', ''],
      ['4', 'd', 'create', 'done', 'listing'],
      ['5', 'c', 'create', 'done', ''],
      ['6', 'a', 'create', 'done', ''],
    ]);
    expect(parse<Row>(place.report('vanished.csv'), { columns: true })).toMatchObject([
      { row: '2', line: '3', key: 'b', outcome: 'done' },
    ]);
    expect(end.stderr).toContain('1 row that this run had is not in the book any more');
    expect([createdTwice(emulator), emulator.customers().length]).toEqual([[], 7]);
    expect(emulator.customers().map(({ orgDisplayName }) => orgDisplayName)).toContain('Org e, edited');
    const again = await place.run(...applying(), '--api-url', emulator.url);
    expect([again.exitCode, new Set(Object.values(outcomes(place)))]).toEqual([0, new Set(['unchanged'])]);
  });

  it('plans again a run that was cut off while planning', async () => {
    const emulator = await google(
      aWorld({ faults: [{ method: 'customers.list', do: 'silence', count: null }] }),
    );
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b')));
    await killedAt(emulator, 'customers.list', 1, place, ...applying('--snapshot', 'list'));

    const end = await place.run('resume', '--api-url', emulator.url);

    expect([end.exitCode, outcomes(place), place.runs().length]).toEqual([0, { a: 'done', b: 'done' }, 1]);
  });

  it('does a row that was done and is edited anew, as an update of what was made', async () => {
    const emulator = await google(standingStill(2));
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b')));
    await killedAt(emulator, 'customers.create', 2, place, ...applying('--overwrite', 'safe'));
    place.write('book.csv', aBook([aRow('a', { org_display_name: 'Org a, edited' }), aRow('b')]));

    const end = await place.run('resume', '--api-url', emulator.url);

    expect([end.exitCode, place.results().map((row) => [row['key'], row['action'], row['outcome']])]).toEqual(
      [
        0,
        [
          ['a', 'update', 'done'],
          ['b', 'create', 'done'],
        ],
      ],
    );
    expect(emulator.customers().map(({ orgDisplayName }) => orgDisplayName)).toEqual([
      'Org a, edited',
      'Org b',
    ]);
  });

  it('tells what the run had where the book cannot be read any more, and goes on once it can', async () => {
    const emulator = await google(standingStill(2));
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b', 'c')));
    await killedAt(emulator, 'customers.create', 2, place, ...applying());
    place.write('book.csv', 'id,domain\na,"a.example.com\n');

    const broken = await place.run('resume', '--api-url', emulator.url);
    const told = outcomes(place);
    const report = await place.run('report', '--api-url', emulator.url);
    place.write('book.csv', aBook(rows('a', 'b', 'c')));
    const whole = await place.run('resume', '--api-url', emulator.url);

    expect([broken.exitCode, told]).toEqual([65, { a: 'done', b: 'ambiguous', c: 'unprocessed' }]);
    expect(broken.stderr).toContain('channelbook resume');
    expect([report.exitCode, whole.exitCode, outcomes(place)]).toEqual([
      0,
      0,
      { a: 'done', b: 'done', c: 'done' },
    ]);
    expect(createdTwice(emulator)).toEqual([]);
  });

  it('keeps the settings and waivers of the run, and checks the limits again', async () => {
    const emulator = await google(standingStill(2));
    const place = workplace({ safety: { creates: 1, imports: 100, updates: 30, shrink: 5 } });
    place.write('book.csv', aBook(rows('a', 'b', 'c')));
    await killedAt(emulator, 'customers.create', 2, place, ...applying('--allow', 'creates=3'));
    place.write('book.csv', aBook(rows('a', 'b', 'c', 'd', 'e', 'f')));

    const refused = await place.run('resume', '--api-url', emulator.url);
    const tooFew = await place.run('resume', '--api-url', emulator.url, '--allow', 'creates=5');
    const allowed = await place.run('resume', '--api-url', emulator.url, '--allow', 'creates=6');

    // What the run has done before counts: the waiver is for all of it.
    expect([refused.exitCode, tooFew.exitCode, allowed.exitCode]).toEqual([3, 3, 0]);
    expect(Object.values(outcomes(place))).toEqual(['done', 'done', 'done', 'done', 'done', 'done']);
    expect(createdTwice(emulator)).toEqual([]);
  });

  it('goes on with what was reviewed where the run was held against a plan', async () => {
    const emulator = await google(standingStill(2));
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b', 'c')));
    await place.run('plan', 'book.csv', '--api-url', emulator.url);
    place.write('reviewed.ndjson', place.report('plan.ndjson'));
    await killedAt(emulator, 'customers.create', 2, place, ...applying('--plan', 'reviewed.ndjson'));
    place.write('book.csv', aBook([...rows('a', 'b'), aRow('c', { org_display_name: 'Not reviewed' })]));

    const changed = await place.run('resume', '--api-url', emulator.url);
    place.write('book.csv', aBook(rows('a', 'b', 'c')));
    const id = runId(place);
    const same = await place.run('resume', id, '--api-url', emulator.url);

    expect([changed.exitCode, changed.stderr]).toEqual([3, expect.stringContaining('1 row differs')]);
    expect([same.exitCode, outcomes(place)]).toEqual([0, { a: 'done', b: 'done', c: 'done' }]);
  });

  it('holds the rest against the plan, also where somebody has changed more at Google since', async () => {
    const domain = 'a.example.com';
    const before = aRemoteCustomer({ domain, correlationId: 'a', orgDisplayName: 'Before' });
    const emulator = await google(
      aWorld({ customers: [before], faults: [{ method: 'customers.patch', do: 'silence', count: null }] }),
    );
    const place = workplace();
    place.write(
      'book.csv',
      aBook([{ id: 'a', domain, org_display_name: 'After', alternate_email: 'owner@mail.example' }]),
    );
    const flags = ['--overwrite', 'safe', '--api-url', emulator.url];
    await place.run('plan', 'book.csv', ...flags);
    place.write('reviewed.ndjson', place.report('plan.ndjson'));
    const planned = ['--plan', 'reviewed.ndjson', '--overwrite', 'safe'];
    await killedAt(emulator, 'customers.patch', 1, place, ...applying(...planned));
    emulator.reset(aWorld({ customers: [{ ...before, alternateEmail: 'changed@mail.example' }] }));

    const end = await place.run('resume', '--api-url', emulator.url);

    expect([end.exitCode, sent(emulator, 'customers.patch')]).toEqual([3, 0]);
  });

  it('takes a row for done only where nothing was written for its key since', async () => {
    const emulator = await google(standingStill(2));
    const place = workplace();
    const [a, b] = rows('a', 'b');
    if (a === undefined || b === undefined) throw new Error('no rows');
    place.write('book.csv', aBook([a, b]));
    await killedAt(emulator, 'customers.create', 2, place, ...applying('--overwrite', 'safe'));
    const id = runId(place);
    place.write('other.csv', aBook([{ ...a, org_display_name: 'Edited' }, b]));
    await place.run('apply', 'other.csv', '--yes', '--overwrite', 'safe', '--api-url', emulator.url);

    const end = await place.run('resume', id, '--api-url', emulator.url);

    expect(end.exitCode).toBe(0);
    expect(emulator.customers().map(({ orgDisplayName }) => orgDisplayName)).toEqual(['Org a', 'Org b']);
  });

  it('goes on with a run that was killed as soon as it had its directory', async () => {
    const emulator = await google(aWorld());
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b')));
    mkdirSync(join(place.path, 'runs'));
    const { child, end } = place.start(...applying('--api-url', emulator.url));
    await until(() => place.runs().length > 0);
    child.kill('SIGKILL');
    await end;

    const resumed = await place.run('resume', '--api-url', emulator.url);

    expect([resumed.exitCode, emulator.customers().length, place.runs().length]).toEqual([0, 2, 1]);
  });

  it('leaves a row ambiguous that it could not look up', async () => {
    const emulator = await google(standingStill(1));
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b')));
    await killedAt(emulator, 'customers.create', 1, place, ...applying());
    emulator.addFault({ method: 'customers.list', status: 403, count: null });

    const end = await place.run('resume', '--api-url', emulator.url);

    expect([end.exitCode, outcomes(place)]).toEqual([77, { a: 'ambiguous', b: 'unprocessed' }]);
    expect(place.results()[0]).toMatchObject({ action: 'create', attempts: '1' });
  });

  it('tells of a row that was taken out while its create was in doubt what the listing shows', async () => {
    const emulator = await google(standingStill(1));
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b')));
    await killedAt(emulator, 'customers.create', 1, place, ...applying());
    place.write('book.csv', aBook(rows('b')));

    const end = await place.run('resume', '--allow', 'shrink=1', '--api-url', emulator.url);

    expect([end.exitCode, outcomes(place)]).toEqual([0, { b: 'done' }]);
    expect(parse<Row>(place.report('vanished.csv'), { columns: true })).toMatchObject([
      { key: 'a', outcome: 'done', resolved_by: 'listing', customer: emulator.customers()[0]?.name },
    ]);
  });

  it('looks at a row again where a write of another content was sent and not answered since', async () => {
    const emulator = await google(standingStill(2));
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b')));
    await killedAt(emulator, 'customers.create', 2, place, ...applying('--overwrite', 'safe'));
    emulator.addFault({ method: 'customers.patch', do: 'silence', afterEffect: true, count: null });
    place.write('book.csv', aBook([aRow('a', { org_display_name: 'Edited' }), aRow('b')]));
    await killedAt(emulator, 'customers.patch', 1, place, 'resume');
    place.write('book.csv', aBook(rows('a', 'b')));

    const end = await place.run('resume', '--api-url', emulator.url);

    expect([end.exitCode, outcomes(place)]).toEqual([0, { a: 'done', b: 'done' }]);
    expect(emulator.customers().map(({ orgDisplayName }) => orgDisplayName)).toEqual(['Org a', 'Org b']);
  });

  it('takes no more rows than --limit says, and keeps those that it began', async () => {
    const emulator = await google(standingStill(2));
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b', 'c', 'd')));
    await killedAt(emulator, 'customers.create', 2, place, ...applying('--limit', '2'));
    place.write('book.csv', aBook(rows('d', 'c', 'b', 'a')));

    const end = await place.run('resume', '--api-url', emulator.url);

    expect([end.exitCode, outcomes(place)]).toEqual([
      0,
      { d: 'unprocessed', c: 'unprocessed', b: 'done', a: 'done' },
    ]);
    expect(emulator.customers().length).toBe(2);
  });

  it('finds the interrupted run behind runs that only looked, or took a part of the book', async () => {
    const emulator = await google(standingStill(2));
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b', 'c')));
    await killedAt(emulator, 'customers.create', 2, place, ...applying());
    await place.run(...applying('--only', 'a', '--api-url', emulator.url));
    await place.run(...applying('--validate-only', '--api-url', emulator.url));

    const end = await place.run('resume', '--api-url', emulator.url);

    expect([end.exitCode, emulator.customers().length, createdTwice(emulator)]).toEqual([0, 3, []]);
    expect(end.stdout).not.toContain('nothing to resume');
  });

  it('has nothing to do where no run was interrupted, and says so', async () => {
    const emulator = await google(aWorld());
    const place = workplace();
    place.write('book.csv', aBook(rows('a')));
    const never = await place.run('resume', '--api-url', emulator.url);
    await place.run(...applying(), '--api-url', emulator.url);

    const finished = await place.run('resume', '--api-url', emulator.url);
    const named = await place.run('resume', runId(place), '--api-url', emulator.url, '--json');
    const unknown = await place.run('resume', '2020', '--api-url', emulator.url);

    expect([never.exitCode, never.stdout]).toEqual([0, expect.stringContaining('nothing to resume')]);
    expect([finished.exitCode, finished.stdout]).toEqual([0, expect.stringContaining('came to its end')]);
    expect([named.exitCode, JSON.parse(named.stdout)]).toMatchObject([0, { resumed: null, exit_code: 0 }]);
    expect([unknown.exitCode, unknown.stderr]).toEqual([64, expect.stringContaining(runId(place))]);
  });

  it('leaves a run alone that is under way, with everything in its directory', async () => {
    const emulator = await google(standingStill(1));
    const place = workplace();
    place.write('book.csv', aBook(rows('a')));
    const { child, end } = place.start(...applying(), '--api-url', emulator.url);
    await until(() => sent(emulator, 'customers.create') >= 1);
    const manifest = place.report('manifest.json');

    const second = await place.run('resume', runId(place), '--api-url', emulator.url);

    expect([second.exitCode, second.stderr]).toEqual([75, expect.stringContaining(`pid ${child.pid ?? 0}`)]);
    expect([place.report('manifest.json'), existsSync(join(place.runs()[0] ?? '', 'summary.json'))]).toEqual([
      manifest,
      false,
    ]);
    child.kill('SIGKILL');
    await end;
  });

  it('is what an interrupted run tells to type, and what the next apply of the book offers', async () => {
    const emulator = await google(standingStill(2));
    const place = workplace({ callTimeoutSeconds: 1 });
    place.write('book.csv', aBook(rows('a', 'b', 'c')));
    const { child, end } = place.start(...applying(), '--api-url', emulator.url);
    await until(() => sent(emulator, 'customers.create') >= 2);
    child.kill('SIGTERM');
    const interrupted = await end;
    const id = runId(place);
    const command = `channelbook resume ${id} --api-url ${emulator.url}`;
    emulator.clearFaults();

    const next = await place.run(...applying(), '--api-url', emulator.url);

    expect([interrupted.exitCode, interrupted.stderr]).toEqual([75, expect.stringContaining(command)]);
    expect([next.exitCode, next.stderr]).toEqual([0, expect.stringContaining(command)]);
    expect(createdTwice(emulator)).toEqual([]);
    const superseded = await place.run('resume', '--api-url', emulator.url);
    expect([superseded.exitCode, superseded.stdout]).toEqual([
      0,
      expect.stringContaining('nothing to resume'),
    ]);
  });
});

describe('undo of a resumed run', () => {
  it('puts back what all of its parts wrote over', async () => {
    const names = ['a', 'b', 'c'];
    const customers = names.map((key) =>
      aRemoteCustomer({ domain: `${key}.example.com`, correlationId: key, orgDisplayName: `Before ${key}` }),
    );
    const emulator = await google(
      aWorld({
        customers,
        faults: [{ method: 'customers.patch', do: 'silence', afterEffect: true, nth: 2, count: null }],
      }),
    );
    const place = workplace();
    place.write(
      'book.csv',
      aBook(
        names.map((key) => ({ id: key, domain: `${key}.example.com`, org_display_name: `After ${key}` })),
      ),
    );
    await killedAt(emulator, 'customers.patch', 2, place, ...applying('--overwrite', 'safe'));
    const id = runId(place);

    await place.run('resume', '--api-url', emulator.url);
    const after = emulator.customers().map(({ orgDisplayName }) => orgDisplayName);
    const images = place.report('undo.ndjson').trimEnd().split('\n').length;
    const undone = await place.run('undo', id, '--yes', '--api-url', emulator.url);

    expect([after, images]).toEqual([['After a', 'After b', 'After c'], 3]);
    expect([undone.exitCode, emulator.customers().map(({ orgDisplayName }) => orgDisplayName)]).toEqual([
      0,
      ['Before a', 'Before b', 'Before c'],
    ]);
  });
});

describe('undo of a run whose book could not be read when it was resumed for the first time', () => {
  it('puts back what the run wrote over before that', async () => {
    const names = ['a', 'b'];
    const customers = names.map((key) =>
      aRemoteCustomer({ domain: `${key}.example.com`, correlationId: key, orgDisplayName: `Before ${key}` }),
    );
    const emulator = await google(
      aWorld({ customers, faults: [{ method: 'customers.patch', do: 'silence', nth: 2, count: null }] }),
    );
    const place = workplace();
    const book = aBook(
      names.map((key) => ({ id: key, domain: `${key}.example.com`, org_display_name: `After ${key}` })),
    );
    place.write('book.csv', book);
    await killedAt(emulator, 'customers.patch', 2, place, ...applying('--overwrite', 'safe'));
    place.write('book.csv', `${book}"`);
    await place.run('resume', '--api-url', emulator.url);
    place.write('book.csv', book);
    const resumed = await place.run('resume', '--api-url', emulator.url);

    const undone = await place.run('undo', runId(place), '--yes', '--api-url', emulator.url);

    expect([resumed.exitCode, undone.exitCode]).toEqual([0, 0]);
    expect(emulator.customers().map(({ orgDisplayName }) => orgDisplayName)).toEqual([
      'Before a',
      'Before b',
    ]);
  });
});

describe('undo of a run that was cut off between two steps of a row', () => {
  it('puts back what the first of them wrote over', async () => {
    const customer = {
      name: `accounts/${ACCOUNT}/customers/a`,
      ...{ domain: 'a.example.com', correlationId: 'a', orgDisplayName: 'Before' },
      orgPostalAddress: anAddress(),
    };
    const emulator = await google(
      aWorld({
        customers: [customer],
        faults: [{ method: 'customers.provisionCloudIdentity', do: 'silence', count: null }],
      }),
    );
    const place = workplace({ operationTimeoutSeconds: 1 });
    const admin = { admin_email: 'ada@a.example.com', admin_given_name: 'Ada', admin_family_name: 'Berg' };
    place.write('book.csv', aBook([aRow('a', { ...admin, org_display_name: 'After' })]));
    const method = 'customers.provisionCloudIdentity';
    await killedAt(emulator, method, 1, place, ...applying('--overwrite', 'safe'));
    const resumed = await place.run('resume', '--api-url', emulator.url);

    const undone = await place.run('undo', runId(place), '--yes', '--api-url', emulator.url);

    expect([resumed.exitCode, undone.exitCode, emulator.customers()[0]?.orgDisplayName]).toEqual([
      0,
      0,
      'Before',
    ]);
  });
});

describe('report', () => {
  it('brings the reports of a finished run back whose directory is gone', async () => {
    const emulator = await google(aWorld({ customers: [aRemoteCustomer({ domain: 'orphan.example.com' })] }));
    const place = workplace();
    place.write('book.csv', aBook([...rows('a', 'b'), aRow('c', { region_code: 'XX' })]));
    const run = await place.run(...applying(), '--snapshot', 'list', '--api-url', emulator.url);
    const files = ['results.csv', 'errors.csv', 'summary.json', 'plan.ndjson', 'orphans.csv'];
    const before = files.map((name) => place.report(name));
    rmSync(place.runs()[0] ?? '', { recursive: true });

    const end = await place.run('report', '--api-url', emulator.url);

    expect([run.exitCode, end.exitCode, sent(emulator, 'customers.list')]).toEqual([1, 0, 1]);
    expect(files.map((name) => place.report(name))).toEqual(before);
    expect(JSON.parse(place.report('manifest.json'))).toMatchObject({ run: runId(place), waivers: {} });
  });

  it('accounts for a run that was killed, and says what is left of it', async () => {
    const emulator = await google(standingStill(2));
    const place = workplace();
    place.write('book.csv', aBook(rows('a', 'b', 'c')));
    await killedAt(emulator, 'customers.create', 2, place, ...applying());

    const end = await place.run('report', '--api-url', emulator.url);
    const listed = await place.run('runs', '--api-url', emulator.url, '--json');

    expect([end.exitCode, outcomes(place)]).toEqual([0, { a: 'done', b: 'ambiguous', c: 'unprocessed' }]);
    expect(place.report('errors.csv')).toContain('channelbook resume');
    expect(JSON.parse(listed.stdout)).toMatchObject({
      runs: [{ run: runId(place), state: 'interrupted', exit_code: null }],
    });
  });

  it('writes all but errors.csv where the book is gone', async () => {
    const emulator = await google(aWorld());
    const place = workplace();
    const book = place.write('book.csv', aBook([aRow('a', { region_code: 'XX' })]));
    await place.run(...applying(), '--api-url', emulator.url);
    rmSync(place.runs()[0] ?? '', { recursive: true });
    rmSync(book);

    const end = await place.run('report', '--api-url', emulator.url);

    expect([end.exitCode, end.stderr]).toEqual([0, expect.stringContaining('errors.csv is not written')]);
    expect([outcomes(place), existsSync(join(place.runs()[0] ?? '', 'errors.csv'))]).toEqual([
      { a: 'invalid' },
      false,
    ]);
  });

  it('says where it cannot write', async () => {
    const emulator = await google(aWorld());
    const place = workplace();
    place.write('book.csv', aBook(rows('a')));
    await place.run(...applying(), '--api-url', emulator.url);
    const directory = place.runs()[0] ?? '';
    rmSync(join(directory, 'results.csv'));
    mkdirSync(join(directory, 'results.csv'));

    const end = await place.run('report', '--api-url', emulator.url);

    expect([end.exitCode, end.stderr]).toEqual([73, expect.stringContaining('results.csv')]);
  });
});

describe('settle', () => {
  /** A create that is silent twice ends ambiguous. */
  async function ambiguous(effect: boolean): Promise<{ emulator: Emulator; place: Workplace; id: string }> {
    const emulator = await google(
      aWorld({
        faults: [
          {
            method: 'customers.create',
            domain: 'a.example.com',
            do: 'silence',
            afterEffect: effect,
            count: 2,
          },
        ],
      }),
    );
    const place = workplace({ callTimeoutSeconds: 1 });
    place.write('book.csv', aBook(rows('a', 'b')));
    const { exitCode } = await place.run(...applying(), '--api-url', emulator.url);
    if (exitCode !== 4) throw new Error(`expected an ambiguous row, and the exit code is ${exitCode ?? ''}`);
    return { emulator, place, id: runId(place) };
  }

  it('as not-done fails the row, so that the next run sends it again', async () => {
    const { emulator, place, id } = await ambiguous(false);

    const settled = await place.run('settle', id, 'a', '--as', 'not-done', '--api-url', emulator.url);
    const row = place.results()[0];
    const next = await place.run(...applying(), '--api-url', emulator.url);

    expect([settled.exitCode, row?.['outcome'], row?.['error_code'], row?.['resolved_by']]).toEqual([
      0,
      'failed',
      'settled.not_done',
      'person',
    ]);
    expect([next.exitCode, outcomes(place)]).toEqual([0, { a: 'done', b: 'unchanged' }]);
    expect(emulator.customers().length).toBe(2);
  });

  it('as done ends the row, and nothing sends it again until a person says otherwise', async () => {
    const { emulator, place, id } = await ambiguous(false);
    const creates = sent(emulator, 'customers.create');

    const settled = await place.run('settle', id, 'a', '--as', 'done', '--api-url', emulator.url);
    const first = outcomes(place);
    const summary = place.summary();
    const next = await place.run(...applying(), '--api-url', emulator.url);
    const second = place.results()[0];
    const sentSince = sent(emulator, 'customers.create') - creates;
    await place.run('settle', id, 'A', '--as', 'not-done', '--api-url', emulator.url);
    const last = await place.run(...applying(), '--api-url', emulator.url);

    expect([settled.exitCode, first, summary.exit_code]).toEqual([0, { a: 'done', b: 'done' }, 0]);
    expect([next.exitCode, second?.['outcome'], second?.['error_code'], sentSince]).toEqual([
      1,
      'blocked',
      'policy.said_done',
      0,
    ]);
    expect([last.exitCode, emulator.customers().length]).toEqual([0, 2]);
  });

  it('is about the write of an earlier part where a resumed run has not looked it up', async () => {
    const emulator = await google(
      aWorld({ faults: [{ method: 'customers.create', do: 'silence', count: null }] }),
    );
    const place = workplace();
    place.write('book.csv', aBook(rows('a')));
    await killedAt(emulator, 'customers.create', 1, place, ...applying());
    emulator.addFault({ method: 'customers.list', status: 403, count: null });
    await place.run('resume', '--api-url', emulator.url);
    const listed = await place.run('runs', '--json', '--api-url', emulator.url);
    emulator.clearFaults();
    await place.run('settle', runId(place), 'a', '--as', 'done', '--api-url', emulator.url);

    const next = await place.run('resume', '--api-url', emulator.url);

    expect(JSON.parse(listed.stdout)).toMatchObject({ runs: [{ outcomes: { ambiguous: 1 } }] });
    expect([next.exitCode, place.results()[0]?.['error_code'], emulator.customers().length]).toEqual([
      1,
      'policy.said_done',
      0,
    ]);
  });

  it('takes the last word, whatever was said before', async () => {
    const { emulator, place, id } = await ambiguous(false);
    await place.run('settle', id, 'a', '--as', 'not-done', '--api-url', emulator.url);
    await place.run('settle', id, 'a', '--as', 'done', '--api-url', emulator.url);
    const creates = sent(emulator, 'customers.create');

    const next = await place.run(...applying(), '--api-url', emulator.url);

    expect([next.exitCode, place.results()[0]?.['error_code'], sent(emulator, 'customers.create')]).toEqual([
      1,
      'policy.said_done',
      creates,
    ]);
  });

  it('as done lets a resumed run go on with what the row still needs', async () => {
    const emulator = await google(standingStill(1));
    const place = workplace();
    const admin = { admin_email: 'ada@a.example.com', admin_given_name: 'Ada', admin_family_name: 'Berg' };
    place.write('book.csv', aBook([aRow('a', { ...admin, alternate_email: 'ada@home.example' })]));
    await killedAt(emulator, 'customers.create', 1, place, ...applying());
    await place.run('settle', runId(place), 'a', '--as', 'done', '--api-url', emulator.url);

    const end = await place.run('resume', '--api-url', emulator.url);

    expect([end.exitCode, outcomes(place), sent(emulator, 'customers.create')]).toEqual([
      0,
      { a: 'done' },
      1,
    ]);
    expect(emulator.customers()[0]?.cloudIdentityId).toEqual(expect.any(String));
  });

  it('means the row that is named just so, where another differs in case alone', async () => {
    const emulator = await google(
      aWorld({ faults: [{ method: 'customers.create', do: 'silence', count: null }] }),
    );
    const place = workplace({ callTimeoutSeconds: 1 });
    place.write('book.csv', aBook([aRow('a'), { ...aRow('b'), id: 'A' }]));
    await place.run(...applying('--api-url', emulator.url));

    const end = await place.run('settle', runId(place), 'A', '--as', 'not-done', '--api-url', emulator.url);

    expect([end.exitCode, outcomes(place)]).toEqual([0, { a: 'ambiguous', A: 'failed' }]);
  });

  it('refuses a row that is not in doubt, and names those that are', async () => {
    const { emulator, place, id } = await ambiguous(false);

    const other = await place.run('settle', id, 'b', '--as', 'done', '--api-url', emulator.url);
    const unknown = await place.run('settle', id, 'zzz', '--as', 'done', '--api-url', emulator.url);
    const wordless = await place.run('settle', id, 'a', '--api-url', emulator.url);

    expect([other.exitCode, other.stderr]).toEqual([64, expect.stringContaining('Rows in doubt: a.')]);
    expect([unknown.exitCode, unknown.stderr]).toEqual([64, expect.stringContaining('has no row "zzz"')]);
    expect([wordless.exitCode, wordless.stderr]).toEqual([64, expect.stringContaining('--as')]);
    expect(readFileSync(join(place.runs()[0] ?? '', 'results.csv'), 'utf8')).toContain('ambiguous');
  });
});
