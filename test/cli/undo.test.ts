import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.ts';
import { aBook, newWorkplace, type CliEnd, type Workplace } from '../run-cli.ts';
import { applying, domains, google, until } from './against-google.ts';
import { aRemoteCustomer, aWorld, ACCOUNT, anAddress, anIdentity } from '../emulator/harness.ts';

const FAST = {
  quotas: { 'channel.list': 60_000, 'channel.other': 60_000 },
  attempts: 2,
  settleSeconds: 0,
};

const VIENNA = anAddress({ regionCode: 'AT', postalCode: '1010', locality: 'Wien' });

interface Updated {
  readonly emulator: Emulator;
  readonly place: Workplace;
  readonly book: string;
  /** Id of the run that updated. */
  readonly run: string;
  /** The customers as they were before it. */
  readonly before: readonly unknown[];
}

/** Customers that `apply --overwrite safe` has updated: a name, an address, and a language where there was none. */
async function updated(count = 3): Promise<Updated> {
  const world = domains(count).map((domain) => ({ ...aRemoteCustomer({ domain }), languageCode: undefined }));
  const emulator = await google(aWorld({ customers: world }));
  const place = newWorkplace();
  place.write('channelbook.config.json', JSON.stringify(FAST));
  const rows = domains(count).map((domain) => ({
    domain,
    org_display_name: `Book of ${domain}`,
    locality: 'Potsdam',
    language_code: 'de',
  }));
  const book = place.write('book.csv', aBook(rows));
  const before = worldOf(emulator);
  const { exitCode } = await place.run(
    ...applying(emulator, book, '--overwrite', 'safe', '--allow', `updates=${count}`),
  );
  if (exitCode !== 0) throw new Error(`the update ended with ${String(exitCode)}`);
  return { emulator, place, book, run: latestRun(place), before };
}

/** The customers, without the time of their last change. */
function worldOf(emulator: Emulator): readonly unknown[] {
  return emulator.customers().map((customer) => ({ ...customer, updateTime: undefined }));
}

function latestRun(place: Workplace): string {
  return basename(place.runs().at(-1) ?? '');
}

function undo({ emulator, place }: Updated, run: string, ...more: readonly string[]): Promise<CliEnd> {
  return place.run(...undoing(emulator, run, '--yes', ...more));
}

function undoing(emulator: Emulator, run: string, ...more: readonly string[]): readonly string[] {
  return ['undo', run, '--account', ACCOUNT, '--api-url', emulator.url, ...more];
}

/** Somebody else changes a customer. */
async function edit(emulator: Emulator, domain: string, field: string, value: string): Promise<void> {
  const name = `accounts/${ACCOUNT}/customers/${domain.replaceAll('.', '-')}`;
  const answer = await fetch(`${emulator.url}/v1/${name}?updateMask=${field}`, {
    method: 'PATCH',
    headers: { authorization: 'Bearer other', 'content-type': 'application/json' },
    body: JSON.stringify({ [field]: value }),
  });
  if (!answer.ok) throw new Error(`the edit was refused with ${answer.status}`);
}

function outcomes(place: Workplace): readonly unknown[] {
  return place.results().map((row) => [row['key'], row['outcome'], row['error_code'], row['changed_fields']]);
}

function patches(emulator: Emulator): number {
  return emulator.requests.filter(({ method }) => method === 'customers.patch').length;
}

/** A customer of another name in Berlin that `apply --overwrite always` has imported, the book's region being AT. */
async function imported(
  cells: Readonly<Record<string, string>>,
  identityAddress: ReturnType<typeof anAddress> = VIENNA,
): Promise<Updated> {
  const domain = 'a.example.com';
  const emulator = await google(
    aWorld({
      identities: [anIdentity({ domain, orgPostalAddress: identityAddress })],
      customers: [aRemoteCustomer({ domain, orgDisplayName: 'Old' })],
    }),
  );
  const place = newWorkplace();
  place.write('channelbook.config.json', JSON.stringify(FAST));
  const book = place.write('book.csv', aBook([{ ...cells, domain, region_code: 'AT' }]));
  const before = worldOf(emulator);
  await place.run(...applying(emulator, book, '--overwrite', 'always'));
  return { emulator, place, book, run: latestRun(place), before };
}

/** One customer whose update took effect, in a run that was killed before it heard so. */
async function killed(): Promise<Updated> {
  const domain = 'customer0.example.com';
  const emulator = await google(aWorld({ customers: [aRemoteCustomer({ domain })] }));
  const place = newWorkplace();
  place.write('channelbook.config.json', JSON.stringify(FAST));
  const row = { domain, org_display_name: 'Cut off', contact_first_name: 'Kim', contact_last_name: 'Lee' };
  const book = place.write('book.csv', aBook([row]));
  const before = worldOf(emulator);
  emulator.addFault({ method: 'customers.patch', do: 'silence', afterEffect: true, count: null });
  const { child, end } = place.start(...applying(emulator, book, '--overwrite', 'safe'));
  await until(() => patches(emulator) > 0);
  child.kill('SIGKILL');
  await end;
  emulator.clearFaults();
  return { emulator, place, book, run: latestRun(place), before };
}

const ALL_FIELDS = 'orgDisplayName;orgPostalAddress;languageCode';

describe('channelbook undo', () => {
  it('puts the fields that the run wrote back, those that were absent before included', async () => {
    const job = await updated();
    const { emulator, place, run, before } = job;

    const { exitCode, stderr } = await undo(job, run);

    expect([exitCode, worldOf(emulator)]).toEqual([0, before]);
    expect(outcomes(place)).toEqual(domains(3).map((domain) => [domain, 'done', '', ALL_FIELDS]));
    expect(stderr).toContain('applying it again updates these customers again');
    const { outcomes: counts, actions, ...summary } = place.summary();
    expect([counts, actions, summary]).toEqual([
      { done: 3 },
      { update: 3 },
      expect.objectContaining({ command: 'undo', plan: { undoes: run }, exit_code: 0 }),
    ]);
  });

  it('sends one look and one patch a customer, with just the fields and values of the before-image', async () => {
    const job = await updated(1);
    const { emulator, run } = job;
    const sent = emulator.requests.length;

    await undo(job, run);

    expect(emulator.requests.slice(sent).map(({ method, query, body }) => [method, query, body])).toEqual([
      ['customers.get', expect.anything(), undefined],
      [
        'customers.patch',
        { updateMask: 'orgDisplayName,orgPostalAddress,languageCode' },
        { orgDisplayName: 'Org of customer0.example.com', orgPostalAddress: anAddress() },
      ],
    ]);
  });

  it('tells field by field what it put back, and keeps what was there before', async () => {
    const job = await updated(1);
    const { place, run } = job;

    await undo(job, run);

    const customer = `accounts/${ACCOUNT}/customers/customer0-example-com`;
    expect(JSON.parse(place.report('plan.ndjson'))).toEqual({
      row: 1,
      line: 2,
      key: 'customer0.example.com',
      action: 'update',
      outcome: 'planned',
      customer,
      changes: [
        {
          field: 'orgDisplayName',
          now: 'Book of customer0.example.com',
          back: 'Org of customer0.example.com',
        },
        { field: 'orgPostalAddress.locality', now: 'Potsdam', back: 'Berlin' },
        { field: 'languageCode', now: 'de' },
      ],
    });
    expect(JSON.parse(place.report('undo.ndjson'))).toMatchObject({
      row: 1,
      kind: 'patch',
      before: { name: customer, orgDisplayName: 'Book of customer0.example.com', languageCode: 'de' },
    });
  });

  it('is undone itself: that writes what the first run wrote', async () => {
    const job = await updated();
    const after = worldOf(job.emulator);

    await undo(job, job.run);
    const { exitCode } = await undo(job, latestRun(job.place));

    expect([exitCode, worldOf(job.emulator)]).toEqual([0, after]);
  });

  it('writes nothing the second time', async () => {
    const job = await updated();
    await undo(job, job.run);
    const sent = patches(job.emulator);

    const { exitCode } = await undo(job, job.run);

    expect([exitCode, outcomes(job.place), patches(job.emulator)]).toEqual([
      0,
      domains(3).map((domain) => [domain, 'unchanged', '', '']),
      sent,
    ]);
  });

  it('leaves a customer alone that somebody has changed since, unless told to overwrite always', async () => {
    const job = await updated();
    const { emulator, place, run, before } = job;
    await edit(emulator, 'customer1.example.com', 'orgDisplayName', 'By hand');

    const first = await undo(job, run);
    const firstOutcomes = outcomes(place);
    const names = emulator.customers().map(({ orgDisplayName }) => orgDisplayName);
    const second = await undo(job, run, '--overwrite', 'always');

    expect([first.exitCode, firstOutcomes, names]).toEqual([
      1,
      [
        ['customer0.example.com', 'done', '', ALL_FIELDS],
        ['customer1.example.com', 'blocked', 'undo.changed_since', ''],
        ['customer2.example.com', 'done', '', ALL_FIELDS],
      ],
      ['Org of customer0.example.com', 'By hand', 'Org of customer2.example.com'],
    ]);
    expect([second.exitCode, worldOf(emulator)]).toEqual([0, before]);
  });

  it('heeds no change to a field that the run did not write', async () => {
    const job = await updated(1);
    await edit(job.emulator, 'customer0.example.com', 'correlationId', 'by-hand');

    const { exitCode } = await undo(job, job.run);

    const [was] = job.before as readonly object[];
    expect([exitCode, worldOf(job.emulator)]).toEqual([0, [{ ...was, correlationId: 'by-hand' }]]);
  });

  it('sends no write under --validate-only and tells what it would put back', async () => {
    const job = await updated();
    const { emulator, place, run } = job;
    const sent = emulator.requests.length;

    const { exitCode, stdout } = await place.run(...undoing(emulator, run, '--validate-only'));

    const methods = new Set(emulator.requests.slice(sent).map(({ method }) => method));
    expect([exitCode, methods, place.summary().outcomes]).toEqual([
      0,
      new Set(['customers.get']),
      { planned: 3 },
    ]);
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'customer0.example.com',
      '  orgDisplayName: "Book of customer0.example.com" -> "Org of customer0.example.com"',
      '  orgPostalAddress.locality: "Potsdam" -> "Berlin"',
      '  languageCode: "de" -> (empty)',
      'customer1.example.com',
    ]);
  });

  it('takes the rows that --only and --limit name; the others are left out', async () => {
    const job = await updated();

    const only = await undo(job, job.run, '--only', 'CUSTOMER1.example.com');
    const onlyOutcomes = outcomes(job.place);
    const limited = await undo(job, job.run, '--limit', '1');

    expect([only.exitCode, onlyOutcomes]).toEqual([
      0,
      [
        ['customer0.example.com', 'unprocessed', 'left_out.only', ''],
        ['customer1.example.com', 'done', '', ALL_FIELDS],
        ['customer2.example.com', 'unprocessed', 'left_out.only', ''],
      ],
    ]);
    expect([limited.exitCode, outcomes(job.place)]).toEqual([
      0,
      [
        ['customer0.example.com', 'done', '', ALL_FIELDS],
        ['customer1.example.com', 'unprocessed', 'left_out.limit', ''],
        ['customer2.example.com', 'unprocessed', 'left_out.limit', ''],
      ],
    ]);
  });

  it('knows a run by its directory and by the beginning of its id', async () => {
    const job = await updated(1);
    const directory = job.place.runs().at(-1) ?? '';

    const byDirectory = await undo(job, directory);
    const byBeginning = await undo(job, job.run.slice(0, -2));

    expect([byDirectory.exitCode, byBeginning.exitCode, outcomes(job.place)]).toEqual([
      0,
      0,
      [['customer0.example.com', 'unchanged', '', '']],
    ]);
  });

  it('refuses an unknown run with the latest that updated customers, and leaves no run directory', async () => {
    const job = await updated();
    const runs = job.place.runs().length;

    const { exitCode, stderr } = await undo(job, '19990101');

    expect([exitCode, job.place.runs().length]).toEqual([64, runs]);
    expect(stderr).toContain(`account ${ACCOUNT} has no run "19990101"`);
    expect(stderr).toContain(`${job.run} (3)`);
  });

  it('refuses a beginning that several runs have, and names them', async () => {
    const job = await updated(1);
    await undo(job, job.run);

    const { exitCode, stderr } = await undo(job, '20');

    expect(exitCode).toBe(64);
    expect(stderr).toContain(`Name one of them: ${latestRun(job.place)}, ${job.run}.`);
  });

  it('refuses an account that no run was on', async () => {
    const emulator = await google(aWorld());
    const place = newWorkplace();

    const { exitCode, stderr } = await place.run(...undoing(emulator, 'any', '--yes'));

    expect(exitCode).toBe(64);
    expect(stderr).toContain('has updated a customer');
  });

  it('refuses to write where nobody can be asked and --yes is not given', async () => {
    const job = await updated(1);

    const { exitCode, stderr } = await job.place.run(...undoing(job.emulator, job.run));

    expect(exitCode).toBe(64);
    expect(stderr).toContain('Add --yes');
  });

  it('says of a run that updated nothing that there is nothing to undo', async () => {
    const job = await updated(1);
    await job.place.run(...applying(job.emulator, job.book, '--overwrite', 'safe'));
    const second = latestRun(job.place);

    const { exitCode, stderr } = await job.place.run(...undoing(job.emulator, second));

    expect([exitCode, job.place.results()]).toEqual([0, []]);
    expect(stderr).toContain(`Run ${second} updated nothing`);
  });

  it('puts back what an import wrote that no patch came after', async () => {
    const job = await imported({ id: '7' }, anAddress());
    const [wasImported] = worldOf(job.emulator) as readonly object[];

    const { exitCode } = await undo(job, job.run, '--overwrite', 'always');

    expect(wasImported).toMatchObject({ orgDisplayName: 'Org of a.example.com' });
    expect([exitCode, outcomes(job.place), worldOf(job.emulator)]).toEqual([
      0,
      [['7', 'done', '', 'orgDisplayName']],
      [{ ...wasImported, orgDisplayName: 'Old' }],
    ]);
  });

  it('leaves a customer alone that somebody has changed since the import', async () => {
    const job = await imported({ id: '7' });
    await edit(job.emulator, 'a.example.com', 'orgDisplayName', 'By hand');

    const first = await undo(job, job.run);
    const firstOutcomes = outcomes(job.place);
    const second = await undo(job, job.run, '--overwrite', 'always');

    expect([first.exitCode, firstOutcomes]).toEqual([1, [['7', 'blocked', 'undo.changed_since', '']]]);
    expect([second.exitCode, outcomes(job.place)]).toEqual([
      1,
      [['7', 'blocked', 'undo.import', 'orgDisplayName;correlationId']],
    ]);
  });

  it('blocks a row whose import moved the customer to another region, with the rest put back', async () => {
    const job = await imported({ id: '7' });
    const { emulator, place, run } = job;
    const [wasImported] = worldOf(emulator) as readonly object[];

    const { exitCode } = await undo(job, run);

    expect([exitCode, outcomes(place)]).toEqual([
      1,
      [['7', 'blocked', 'undo.import', 'orgDisplayName;correlationId']],
    ]);
    expect(worldOf(emulator)).toEqual([{ ...wasImported, orgDisplayName: 'Old', correlationId: undefined }]);
    const [row] = place.results();
    expect([row?.['error_message'], row?.['hint']]).toEqual([
      `run ${run} overwrote this customer by an import, and no patch takes back orgPostalAddress`,
      expect.stringContaining(`undo.ndjson of run ${run}`),
    ]);
  });

  it('tells under --validate-only what stays of an import', async () => {
    const { emulator, place, run } = await imported({ id: '7' });

    const { exitCode, stdout } = await place.run(...undoing(emulator, run, '--validate-only'));

    expect([exitCode, outcomes(place), patches(emulator)]).toEqual([
      0,
      [['7', 'planned', '', 'orgDisplayName;correlationId']],
      1,
    ]);
    expect(place.results()[0]?.['hint']).toContain('no patch takes back orgPostalAddress');
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      '7',
      '  orgDisplayName: "Org of a.example.com" -> "Old"',
      '  correlationId: "7" -> (empty)',
      '  orgPostalAddress.locality: "Wien" -> "Berlin"  stays',
    ]);
    expect(JSON.parse(place.report('plan.ndjson'))).toMatchObject({
      outcome: 'planned',
      stays: [
        { field: 'orgPostalAddress.locality' },
        { field: 'orgPostalAddress.postalCode' },
        { field: 'orgPostalAddress.regionCode', now: 'AT', back: 'DE' },
      ],
    });
  });

  it('is blocked by what stays of an import the second time too, and writes nothing', async () => {
    const job = await imported({ id: '7' });
    await undo(job, job.run);
    const sent = patches(job.emulator);

    const { exitCode } = await undo(job, job.run);

    expect([exitCode, outcomes(job.place), patches(job.emulator)]).toEqual([
      1,
      [['7', 'blocked', 'undo.import', '']],
      sent,
    ]);
  });

  it('looks a patch up whose answer never came, where an import stays', async () => {
    const job = await imported({ id: '7' });
    job.emulator.addFault({ method: 'customers.patch', do: 'reset', afterEffect: true, count: null });

    const { exitCode } = await undo(job, job.run);

    expect([exitCode, outcomes(job.place), job.place.results()[0]?.['resolved_by']]).toEqual([
      1,
      [['7', 'blocked', 'undo.import', 'orgDisplayName;correlationId']],
      'customers.get',
    ]);
  });

  it('ends at once with 69 where Google is not there', async () => {
    const job = await updated();
    await job.emulator.close();

    const { exitCode } = await undo(job, job.run);

    expect([exitCode, job.place.summary().outcomes]).toEqual([69, { unprocessed: 3 }]);
  });

  it('fails a customer that was deleted since, and undoes the others', async () => {
    const job = await updated();
    job.emulator.addFault({
      method: 'customers.get',
      domain: 'customer1.example.com',
      do: 'answer',
      status: 404,
      code: 'NOT_FOUND',
      count: null,
    });

    const { exitCode } = await undo(job, job.run);

    expect([exitCode, outcomes(job.place)]).toEqual([
      1,
      [
        ['customer0.example.com', 'done', '', ALL_FIELDS],
        ['customer1.example.com', 'failed', 'NOT_FOUND', ''],
        ['customer2.example.com', 'done', '', ALL_FIELDS],
      ],
    ]);
  });

  it('looks a patch up whose answer never came', async () => {
    const job = await updated(1);
    job.emulator.addFault({ method: 'customers.patch', do: 'reset', afterEffect: true, count: null });

    const { exitCode } = await undo(job, job.run);

    expect([exitCode, outcomes(job.place), job.place.results()[0]?.['resolved_by']]).toEqual([
      0,
      [['customer0.example.com', 'done', '', ALL_FIELDS]],
      'customers.get',
    ]);
    expect(worldOf(job.emulator)).toEqual(job.before);
  });

  it('ends a row as ambiguous that stays in doubt', async () => {
    const job = await updated(1);
    job.emulator.addFault({ method: 'customers.patch', do: 'answer', status: 503, count: null });

    const { exitCode } = await undo(job, job.run);

    expect([exitCode, outcomes(job.place)]).toEqual([
      4,
      [['customer0.example.com', 'ambiguous', 'UNAVAILABLE', ALL_FIELDS]],
    ]);
  });

  it('goes on after SIGKILL: what is back is unchanged, the rest is put back', async () => {
    const job = await updated(4);
    const { emulator, place, run, before } = job;
    const sent = patches(emulator);
    emulator.addFault({ method: 'customers.patch', do: 'silence', afterEffect: true, nth: 2, count: null });

    const { child, end } = place.start(...undoing(emulator, run, '--yes', '--concurrency', '1'));
    await until(() => patches(emulator) >= sent + 2);
    child.kill('SIGKILL');
    const killed = await end;
    emulator.clearFaults();
    const { exitCode } = await undo(job, run);

    expect([killed.signal, exitCode, worldOf(emulator), patches(emulator) - sent]).toEqual([
      'SIGKILL',
      0,
      before,
      4,
    ]);
  });

  it('undoes a killed run: what Google has is what the run sent, though it never heard so', async () => {
    const job = await killed();

    const { exitCode } = await undo(job, job.run);

    expect([exitCode, outcomes(job.place), worldOf(job.emulator)]).toEqual([
      0,
      [['customer0.example.com', 'done', '', 'orgDisplayName;primaryContactInfo']],
      job.before,
    ]);
    const left = readFileSync(join(job.place.path, 'runs', job.run, 'undo.ndjson'), 'utf8');
    expect(JSON.parse(left)).toMatchObject({
      row: 1,
      before: { orgDisplayName: 'Org of customer0.example.com' },
    });
  });

  it('leaves a customer of a killed run alone that has neither what was sent nor what was before', async () => {
    const job = await killed();
    await edit(job.emulator, 'customer0.example.com', 'orgDisplayName', 'By hand');

    const first = await undo(job, job.run);
    const firstOutcomes = outcomes(job.place);
    const second = await undo(job, job.run, '--overwrite', 'always');

    expect([first.exitCode, firstOutcomes]).toEqual([
      1,
      [['customer0.example.com', 'blocked', 'undo.not_confirmed', '']],
    ]);
    expect([second.exitCode, worldOf(job.emulator)]).toEqual([0, job.before]);
  });

  it('finishes what is in flight at the first signal, and leaves the rest for the next time', async () => {
    const job = await updated(40);
    const { emulator, place, run, before } = job;
    const sent = patches(emulator);
    emulator.addFault({ method: 'customers.patch', do: 'delay', delayMs: 50, count: null });

    const { child, end } = place.start(...undoing(emulator, run, '--yes', '--concurrency', '1'));
    await until(() => patches(emulator) > sent);
    child.kill('SIGTERM');
    const { exitCode } = await end;
    const counts = place.summary().outcomes;
    emulator.clearFaults();
    const second = await undo(job, run);

    expect([exitCode, (counts['done'] ?? 0) + (counts['unprocessed'] ?? 0)]).toEqual([75, 40]);
    expect(counts['unprocessed']).toBeGreaterThan(0);
    expect([second.exitCode, worldOf(emulator)]).toEqual([0, before]);
  });
});
