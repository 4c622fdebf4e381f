import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../../src/emulator/server.ts';
import { bookBytes } from '../book/nasty.ts';
import { google } from '../cli/against-google.ts';
import { aWorld, ACCOUNT, anIdentity } from '../emulator/harness.ts';
import { aDesk, type Desk, type RunEnd } from '../desk.ts';
import {
  changed,
  commands,
  EXAMPLES,
  hasIdentity,
  newRow,
  WRITE_METHODS,
  type Command,
  type Death,
  type ModelRow,
} from './book-commands.ts';
import { killLedgerAt, type LedgerDeath } from './ledger-death.ts';

const MOST_ROWS = 40;
const START_ROWS = 3;
const WRITING = { delimiter: ';', newline: '\r\n', encoding: 'utf-8', bom: true } as const;
const NAMES = [
  'id',
  'domain',
  'org_display_name',
  'region_code',
  'postal_code',
  'locality',
  'address_line_1',
  'Notes',
];
const CONFIG = {
  quotas: { 'channel.list': 60_000, 'channel.other': 60_000, 'channel.operations': 60_000 },
  attempts: 2,
  settleSeconds: 0,
  safety: { creates: 1_000, imports: 1_000, updates: 100, shrink: 100 },
};
/** No customer that is made meanwhile shows in a filtered list. */
const FILTER_LAG_MS = 24 * 60 * 60 * 1000;

const WORLD = aWorld({
  switches: { filterLagMs: FILTER_LAG_MS },
  identities: Array.from({ length: MOST_ROWS }, (_, number) => number)
    .filter(hasIdentity)
    .map((number) => anIdentity({ domain: newRow(number).domain })),
});

/** The state of one sequence: the book, and what is known to be done. */
interface Sequence {
  rows: readonly ModelRow[];
  nextNumber: number;
  /** Whether the book cannot be read to its end. */
  isSpoilt: boolean;
  /** The content with which a row was last reported done or unchanged, by its domain. */
  readonly settled: Map<string, string>;
  /** The same of rows that were done, by the run's directory. */
  readonly doneIn: Map<string, ReadonlyMap<string, string>>;
}

function cellsOf({ id, domain, name, region, locality, note }: ModelRow): readonly string[] {
  return [id, domain, name, region, '10115', locality, 'Weg 1', note];
}

/** What of a row is work: everything but the note. */
function workOf({ id, domain, name, region, locality }: ModelRow): string {
  return JSON.stringify([id, domain, name, region, locality]);
}

function write(desk: Desk, rows: readonly ModelRow[], isSpoilt = false): string {
  const bytes = bookBytes([NAMES, ...rows.map(cellsOf)], WRITING);
  return desk.write('book.csv', isSpoilt ? Buffer.concat([bytes, Buffer.from('"')]) : bytes);
}

interface Line {
  readonly key: string;
  readonly outcome: string;
}

function resultsOf(end: RunEnd): readonly Line[] {
  const lines = parse<Line>(end.report('results.csv') ?? '', { columns: true });
  return lines.map(({ key, outcome }) => ({ key: key.replace(/^'/, ''), outcome }));
}

interface Summary {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly book: { readonly rows: number; readonly sha256: string | null };
}

function summaryOf(end: RunEnd): Summary {
  return JSON.parse(end.report('summary.json')?.toString() ?? '') as Summary;
}

/** Creates and imports that took effect, by domain. */
function effectiveCreates(emulator: Emulator): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { method, effect, body } of emulator.requests) {
    if (!effect || (method !== 'customers.create' && method !== 'customers.import')) continue;
    const { domain = '' } = body as { readonly domain?: string };
    counts.set(domain, (counts.get(domain) ?? 0) + 1);
  }
  return counts;
}

/** Whatever happened: no customer is there twice, and none was made twice. */
function assertNothingTwice(emulator: Emulator): void {
  const customers = emulator.customers();
  const domains = customers.map(({ domain }) => domain);
  expect(domains).toEqual([...new Set(domains)]);
  const keys = customers.flatMap(({ correlationId }) => correlationId ?? []);
  expect(keys).toEqual([...new Set(keys)]);
  expect([...effectiveCreates(emulator)].filter(([, count]) => count > 1)).toEqual([]);
}

/** The domains of the writes that were sent, from the `from`-th call on. */
function writtenSince(emulator: Emulator, from: number): readonly string[] {
  const byName = new Map(emulator.customers().map(({ name, domain }) => [`/v1/${name}`, domain ?? '']));
  return emulator.requests.slice(from).flatMap(({ method, path, body }) => {
    if (!WRITE_METHODS.some((known) => known === method)) return [];
    return [byName.get(path) ?? (body as { readonly domain?: string }).domain ?? path];
  });
}

/** One line for each row of the book as it is now, in its order, and counts that add up. */
function assertAccounted(end: RunEnd, rows: readonly ModelRow[]): void {
  const { outcomes, book } = summaryOf(end);
  const lines = resultsOf(end);
  expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(lines.length);
  // A run that died while it read knows of no more rows than it had written down.
  if (book.sha256 === null) {
    expect(lines.map(({ key }) => key)).toEqual(rows.slice(0, lines.length).map(({ id }) => id));
    return;
  }
  expect(book.rows).toBe(rows.length);
  expect(lines.map(({ key }) => key)).toEqual(rows.map(({ id }) => id));
}

/** A row that was done and has the same content is not written again. */
function assertDoneStaysDone(
  emulator: Emulator,
  from: number,
  { rows, settled }: Pick<Sequence, 'rows' | 'settled'>,
): void {
  const done = new Set(
    rows.filter((row) => settled.get(row.domain) === workOf(row)).map(({ domain }) => domain),
  );
  expect(writtenSince(emulator, from).filter((domain) => done.has(domain))).toEqual([]);
}

/** What a run did before it was resumed is told as done, not as found. */
function assertDoneIsTold(end: RunEnd, { rows, doneIn }: Sequence): void {
  const before = doneIn.get(end.directory ?? '');
  const same = rows.filter((row) => before?.get(row.domain) === workOf(row));
  const outcomes = outcomesOf(end);
  expect(same.map(({ id }) => [id, outcomes.get(id)])).toEqual(same.map(({ id }) => [id, 'done']));
}

function outcomesOf(end: RunEnd): ReadonlyMap<string, string> {
  return new Map(resultsOf(end).map(({ key, outcome }) => [key, outcome]));
}

function settle(end: RunEnd, { rows, settled, doneIn }: Sequence): void {
  const outcomes = outcomesOf(end);
  const done = new Map<string, string>();
  for (const row of rows) {
    const outcome = outcomes.get(row.id);
    if (outcome === 'done') done.set(row.domain, workOf(row));
    if (outcome === 'done' || outcome === 'unchanged') settled.set(row.domain, workOf(row));
    else settled.delete(row.domain);
  }
  doneIn.set(end.directory ?? '', done);
}

/** What Google has of the rows that are valid is what the book says. */
function assertGoogleIsTheBook(emulator: Emulator, rows: readonly ModelRow[]): void {
  const found = new Map(emulator.customers().map((customer) => [customer.domain, customer]));
  const valid = rows.filter(({ region }) => region === 'DE');
  expect(
    valid.map(({ domain }) => {
      const customer = found.get(domain);
      return [
        customer?.correlationId,
        domain,
        customer?.orgDisplayName,
        customer?.orgPostalAddress?.locality,
      ];
    }),
  ).toEqual(valid.map(({ id, domain, name, locality }) => [id, domain, name, locality]));
}

function expectedExit(rows: readonly ModelRow[]): number {
  return rows.every(({ region }) => region === 'DE') ? 0 : 1;
}

async function carryOut(desk: Desk, emulator: Emulator, sequence: Sequence, command: Command): Promise<void> {
  sequence.rows = changed(sequence.rows, command, sequence.nextNumber);
  if (command.do === 'add') sequence.nextNumber += command.rows;
  if (command.do === 'spoil') sequence.isSpoilt = true;
  if (command.do === 'lose') {
    const { method, nth, effect } = command;
    // Two lost answers may hit one row, which then rightly stays ambiguous.
    if (emulator.faults().some((fault) => fault.method === method)) return;
    emulator.addFault({ method, do: 'reset', afterEffect: effect, nth });
  }
  if (command.do === 'apply' || command.do === 'resume') await run(desk, emulator, sequence, command);
}

type Run = Extract<Command, { readonly do: 'apply' | 'resume' }>;

async function run(desk: Desk, emulator: Emulator, sequence: Sequence, command: Run): Promise<void> {
  const { isSpoilt } = sequence;
  const book = write(desk, sequence.rows, isSpoilt);
  const from = emulator.requests.length;
  const { concurrency, snapshot } = command;
  const flags = { concurrency, snapshot };
  const death = command.death === undefined ? undefined : killed(command.death, emulator);
  let end: RunEnd;
  try {
    end = command.do === 'apply' ? await desk.apply(book, flags) : await desk.resume('', flags);
  } finally {
    death?.end();
  }
  assertNothingTwice(emulator);
  if (end.said.includes('nothing to resume')) {
    expect(emulator.requests.slice(from)).toEqual([]);
    return;
  }
  emulator.clearFaults();
  sequence.isSpoilt = false;
  if (isSpoilt) {
    expect(end.exitCode).toBe(death?.wasFelt() === true ? 74 : 65);
    expect(writtenSince(emulator, from)).toEqual([]);
    return;
  }
  if (end.directory === undefined) {
    expect([death?.wasFelt(), end.exitCode]).toEqual([true, 74]);
    return;
  }
  assertAccounted(end, sequence.rows);
  assertDoneStaysDone(emulator, from, sequence);
  if (outcomesOf(end).size === sequence.rows.length) assertDoneIsTold(end, sequence);
  settle(end, sequence);
  if (death?.wasFelt() === true) {
    expect(end.exitCode).toBe(74);
    return;
  }
  expect(end.exitCode).toBe(expectedExit(sequence.rows));
  assertGoogleIsTheBook(emulator, sequence.rows);
}

/** A dead process sends nothing: what it would send behind its last commit never arrives. */
function killed({ commit, kept }: Death, emulator: Emulator): LedgerDeath {
  return killLedgerAt(commit, kept, () => {
    if (!kept) return;
    for (const method of WRITE_METHODS) emulator.addFault({ method, do: 'reset', count: null });
  });
}

/** Whatever was left: one whole run makes Google what the book is, and the next finds nothing to do. */
async function finish(desk: Desk, emulator: Emulator, sequence: Sequence): Promise<void> {
  sequence.isSpoilt = false;
  await run(desk, emulator, sequence, { do: 'apply', concurrency: 4, snapshot: 'auto' });
  const from = emulator.requests.length;
  const again = await desk.apply(write(desk, sequence.rows));
  expect(writtenSince(emulator, from)).toEqual([]);
  expect(resultsOf(again)).toEqual(
    sequence.rows.map(({ id, region }) => ({ key: id, outcome: region === 'DE' ? 'unchanged' : 'invalid' })),
  );
}

function given(name: string): number | undefined {
  const text = process.env[name];
  return text === undefined ? undefined : Number(text);
}

/*
 * CHANNELBOOK_PROPERTY_RUNS sequences are tried, from CHANNELBOOK_PROPERTY_SEED on. A failure prints the shortest
 * sequence that still fails, with its seed and path: with CHANNELBOOK_PROPERTY_PATH too, that one alone is tried again.
 */
describe('any sequence of edits, sorts, additions, runs, crashes and resumptions', () => {
  it(
    'loses nothing, does nothing twice, and ends with Google as the book is',
    async () => {
      const emulator = await google(WORLD);
      await fc.assert(
        fc.asyncProperty(commands, async (list) => {
          emulator.reset();
          const desk = aDesk(CONFIG, { account: ACCOUNT, apiUrl: emulator.url, overwrite: 'safe' });
          const rows = Array.from({ length: START_ROWS }, (_, number) => newRow(number));
          const sequence: Sequence = {
            rows,
            nextNumber: START_ROWS,
            isSpoilt: false,
            settled: new Map(),
            doneIn: new Map(),
          };
          for (const command of list) await carryOut(desk, emulator, sequence, command);
          await finish(desk, emulator, sequence);
        }),
        {
          seed: given('CHANNELBOOK_PROPERTY_SEED') ?? 20,
          numRuns: given('CHANNELBOOK_PROPERTY_RUNS') ?? 15,
          ...(process.env['CHANNELBOOK_PROPERTY_PATH'] === undefined
            ? {}
            : { path: process.env['CHANNELBOOK_PROPERTY_PATH'] }),
          examples: EXAMPLES.map((list): [readonly Command[]] => [list]),
        },
      );
    },
    24 * 60 * 60 * 1000,
  );
});
