import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { LoggedRequest } from '../src/emulator/request-log.ts';
import type { Emulator } from '../src/emulator/server.ts';
import type { FaultInput } from '../src/emulator/world.ts';
import { passwordAtGoogle } from './cli/onboarding.ts';
import {
  WRITES,
  aWorldFor,
  isWholeListing,
  isWrite,
  lookUpsBeforeWrite,
  requestsAbout,
  stateOf,
  type Write,
} from './doubtful-writes.ts';
import { SILENCE, anAccount, type EndedRun, type Row } from './in-process.ts';

/** Whether a call that ended so has had its effect; `certain`: the answer tells that it has not. */
type Effect = 'had' | 'none' | 'certain';

const HALF = 'half an answer';

/** The ways in which a call can end without its own answer. */
const ENDINGS: readonly (readonly [title: string, effect: Effect, fault: Partial<FaultInput>])[] = [
  ['reset before the effect', 'none', { do: 'reset' }],
  ['reset after the effect', 'had', { do: 'reset', afterEffect: true }],
  ['silence before the effect', 'none', { id: SILENCE, do: 'silence' }],
  ['silence after the effect', 'had', { id: SILENCE, do: 'silence', afterEffect: true }],
  ['500 without the effect', 'none', { status: 500 }],
  ['500 after the effect', 'had', { status: 500, afterEffect: true }],
  ['502 without the effect', 'none', { status: 502, format: 'html' }],
  ['502 after the effect', 'had', { status: 502, format: 'html', afterEffect: true }],
  ['503 without the effect', 'none', { status: 503 }],
  ['503 after the effect', 'had', { status: 503, afterEffect: true }],
  ['504 without the effect', 'none', { status: 504 }],
  ['504 after the effect', 'had', { status: 504, afterEffect: true }],
  [HALF, 'had', { do: 'truncate' }],
  ['broken JSON', 'had', { status: 200, body: '{"name": "accounts/C0', afterEffect: true }],
  [
    'a web page',
    'had',
    { status: 200, format: 'html', body: '<html><title>Hello</title>', afterEffect: true },
  ],
  ['429', 'certain', { status: 429 }],
  ['403 with a rate reason', 'certain', { status: 403, reason: 'rateLimitExceeded' }],
];

/** No call is tried again but after an answer that proves that it had no effect. */
const ONE_ATTEMPT = { attempts: 1, outageMinutes: 10_000, allow: ['creates=99', 'imports=99', 'updates=99'] };

function domainOf(index: number): string {
  return `row${index}.example.com`;
}

/** What a row's line and the log of requests say of it. */
interface Told {
  readonly outcome: string | undefined;
  readonly resolvedBy: string | undefined;
  readonly sends: number;
  /** Between the first send and the next write. */
  readonly lookUps: readonly string[];
}

function expectedOf({ lookUps, probes = [], resolvedBy }: Write, effect: Effect): Told {
  const done = { outcome: 'done', resolvedBy: '' };
  if (effect === 'certain') return { ...done, sends: 2, lookUps: [] };
  if (effect === 'had' && resolvedBy !== undefined) return { ...done, resolvedBy, sends: 1, lookUps };
  return { ...done, sends: 2, lookUps: [...lookUps, ...probes] };
}

function sendsOf(write: Write, requests: readonly LoggedRequest[]): readonly LoggedRequest[] {
  return requests.filter((request) => request.method === write.method && isWrite(request));
}

/** The requests of a run that may tell something of a row: those about it, and those that list everything. */
function tellingRequests(domain: string, run: EndedRun, emulator: Emulator): readonly LoggedRequest[] {
  const about = new Set(requestsAbout(domain, run.requests, emulator));
  return run.requests.filter((request) => about.has(request) || isWholeListing(request));
}

function told(write: Write, index: number, run: EndedRun, emulator: Emulator): Told {
  const requests = tellingRequests(domainOf(index), run, emulator);
  const sends = sendsOf(write, requests);
  const [first] = sends;
  return {
    outcome: run.results[index]?.['outcome'],
    resolvedBy: run.results[index]?.['resolved_by'],
    sends: sends.length,
    lookUps: first === undefined ? [] : lookUpsBeforeWrite(requests.slice(requests.indexOf(first) + 1)),
  };
}

/** `attempts` and `calls` of a row: as its line has them, and as they arrived. */
function counts(
  row: Row | undefined,
  domain: string,
  run: EndedRun,
  emulator: Emulator,
): readonly string[][] {
  const about = requestsAbout(domain, run.requests, emulator);
  return [
    [row?.['attempts'] ?? '', row?.['calls'] ?? ''],
    [String(about.filter(isWrite).length), String(about.length)],
  ];
}

/** Half of an empty answer is all of it, and no doubt. */
function endingsOf({ hasEmptyAnswer }: Write): typeof ENDINGS {
  return ENDINGS.filter(([title]) => title !== HALF || hasEmptyAnswer !== true);
}

/** The passwords that credentials.csv has, by address. */
function passwordsIn(run: EndedRun): Readonly<Record<string, string>> {
  const lines = parse<Row>(run.report('credentials.csv') ?? '', { columns: true });
  return Object.fromEntries(
    lines.map(({ admin_email: email = '', temporary_password: password = '' }) => [email, password]),
  );
}

/** A row that an earlier run left in doubt: looked up first, sent only where it is not there, and then as every other. */
function expectSettled(
  write: Write,
  index: number,
  { hasEffect }: { readonly hasEffect: boolean },
  run: EndedRun,
  emulator: Emulator,
): void {
  const requests = tellingRequests(domainOf(index), run, emulator);
  expect(lookUpsBeforeWrite(requests)).toEqual(expect.arrayContaining([...write.lookUps]));
  expect(sendsOf(write, requests)).toHaveLength(hasEffect ? 0 : 1);
  expect(hasEffect ? ['done', 'unchanged'] : ['done']).toContain(run.results[index]?.['outcome']);
  expect(stateOf(domainOf(index), emulator)).toEqual(stateOf(domainOf(0), emulator));
}

describe.each(Object.entries(WRITES))('%s', (_, write) => {
  it('without a certain answer is looked up before it is sent again, and takes effect once', async () => {
    const endings = endingsOf(write);
    function titled(values: readonly unknown[]): unknown {
      return Object.fromEntries(endings.map(([title], index) => [title, values[index]]));
    }
    // Nothing happens to the first row: it is the measure of the others.
    const domains = [undefined, ...endings].map((_ending, index) => domainOf(index));
    const faults = endings.map(([, , fault], index) => ({
      ...fault,
      method: write.method,
      domain: domainOf(index + 1),
    }));
    const { emulator, apply } = await anAccount(aWorldFor(write, domains, { faults }));

    const run = await apply(domains.map(write.row), ONE_ATTEMPT);

    expect(titled(endings.map((_ending, index) => told(write, index + 1, run, emulator)))).toEqual(
      titled(endings.map(([, effect]) => expectedOf(write, effect))),
    );
    const [measure, ...states] = domains.map((domain) => stateOf(domain, emulator));
    expect([run.exitCode, titled(states)]).toEqual([0, titled(endings.map(() => measure))]);
    for (const [index, domain] of domains.entries()) {
      const [line, arrived] = counts(run.results[index], domain, run, emulator);
      expect(line).toEqual(arrived);
    }
    for (const [address, password] of Object.entries(passwordsIn(run)))
      expect(passwordAtGoogle(emulator, address)).toBe(password);
  });

  it(
    write.isRepeatable
      ? 'is sent again at once while attempts are left: twice is as good as once'
      : 'is looked up at once although attempts are left: it is never simply repeated',
    async () => {
      const [measure, lost] = [domainOf(0), domainOf(1)];
      const fault = { do: 'reset', method: write.method, domain: lost } as const;
      const { emulator, apply } = await anAccount(aWorldFor(write, [measure, lost], { faults: [fault] }));

      const run = await apply([measure, lost].map(write.row));

      const { outcome, sends, lookUps } = told(write, 1, run, emulator);
      const asked = write.isRepeatable ? [] : [...write.lookUps, ...(write.probes ?? [])];
      expect({ outcome, sends, lookUps }).toEqual({ outcome: 'done', sends: 2, lookUps: asked });
      expect(stateOf(lost, emulator)).toEqual(stateOf(measure, emulator));
    },
  );

  it('is sent again without a look-up where no connection was opened', async () => {
    const [domain] = [domainOf(0)];
    const healthy = await anAccount(aWorldFor(write, [domain]));
    await healthy.apply([write.row(domain)]);
    const before = healthy.emulator.requests.findIndex(({ method }) => method === write.method);
    const { emulator, apply } = await anAccount(aWorldFor(write, [domain]), before);

    const run = await apply([write.row(domain)]);

    const attempts = Number(run.results[0]?.['attempts']);
    const arrived = healthy.emulator.requests.filter(isWrite).length;
    expect([run.results[0]?.['outcome'], attempts]).toEqual(['done', arrived + 1]);
    expect(run.requests.map(({ method }) => method)).toEqual(
      healthy.emulator.requests.map(({ method }) => method),
    );
    expect(stateOf(domain, emulator)).toEqual(stateOf(domain, healthy.emulator));
  });

  it('in doubt a second time is ambiguous, and the next run looks it up before it sends anything', async () => {
    const [measure, absent, late] = [domainOf(0), domainOf(1), domainOf(2)];
    const again = write.probes === undefined ? 1 : 2; // what is asked in between is a call of the same method
    const faults: readonly FaultInput[] = [absent, late].flatMap((domain) => [
      { do: 'reset', method: write.method, domain },
      { do: 'reset', method: write.method, domain, nth: again, afterEffect: domain === late },
    ]);
    const { emulator, apply } = await anAccount(
      aWorldFor(write, [measure, absent, late], { faults: [...faults] }),
    );
    const book = [measure, absent, late].map(write.row);

    const first = await apply(book, ONE_ATTEMPT);
    const second = await apply(book, { ...ONE_ATTEMPT, snapshot: 'lookup' });

    const { lookUps } = expectedOf(write, 'none');
    const doubt = { outcome: 'ambiguous', resolvedBy: '', sends: 2, lookUps };
    const found = { outcome: 'done', resolvedBy: write.resolvedBy, sends: 2, lookUps };
    const isFound = write.isLookedUpAtOnce === true;
    expect([first.exitCode, told(write, 1, first, emulator), told(write, 2, first, emulator)]).toEqual([
      4,
      doubt,
      isFound ? found : doubt,
    ]);
    expect(JSON.parse(first.report('summary.json') ?? '')).toMatchObject({
      outcomes: isFound ? { done: 2, ambiguous: 1 } : { done: 1, ambiguous: 2 },
    });
    expectSettled(write, 1, { hasEffect: false }, second, emulator);
    if (!isFound) expectSettled(write, 2, { hasEffect: true }, second, emulator);
  });

  it.each([
    ['before', false],
    ['after', true],
  ])(
    'that was cut off by SIGKILL %s its effect is looked up by the next run',
    async (_title, afterEffect) => {
      const [measure, lost] = [domainOf(0), domainOf(1)];
      const fault = { id: SILENCE, do: 'silence', method: write.method, domain: lost, afterEffect } as const;
      const { emulator, apply, applyAndKill } = await anAccount(
        aWorldFor(write, [measure, lost], { faults: [fault] }),
      );
      const book = [measure, lost].map(write.row);

      await applyAndKill(book);
      const run = await apply(book, { snapshot: 'lookup' });

      expectSettled(write, 1, { hasEffect: afterEffect }, run, emulator);
      expect((await apply(book)).results.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
    },
  );
});
