import { cpSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { onTestFinished } from 'vitest';
import { DRAIN_MS, createRunStop, interrupted } from '../src/apply/run-stop.ts';
import type { Clock } from '../src/clock.ts';
import { loadSettings } from '../src/config/load.ts';
import { startEmulator, type Emulator } from '../src/emulator/server.ts';
import type { LoggedRequest } from '../src/emulator/request-log.ts';
import type { WorldInput } from '../src/emulator/world.ts';
import { ledgerPath } from '../src/ledger/open.ts';
import { runApply } from '../src/run-apply.ts';
import type { RunDeps, RunRequest } from '../src/run-session.ts';
import { aTerminal } from './a-terminal.ts';
import { ACCOUNT } from './emulator/harness.ts';
import { aRefusingProxy } from './refusing-proxy.ts';
import { aBook } from './run-cli.ts';

/** Sleeps of just this length are the gateway's call time-outs. */
const CALL_TIMEOUT_SECONDS = 61;

/** Sleeps that only bound how long something may take (mails, rows in flight of a run that ends): they never come to their end. */
const BOUNDS_MS: ReadonlySet<number> = new Set([600_000, DRAIN_MS]);

/** ID for fault rules that never answer: a call that one of them has struck is given up at once. */
export const SILENCE = 'silence';

/** Quotas that hold nothing up. */
const OPEN_QUOTAS = Object.fromEntries(
  ['channel.list', 'channel.operations', 'channel.other', 'directory', 'reseller'].map((bucket) => [
    bucket,
    1_000_000,
  ]),
);

export type Row = Readonly<Record<string, string>>;
type Flags = Readonly<Record<string, unknown>>;

/** A run that has ended. */
export interface EndedRun {
  readonly exitCode: number;
  /** The lines of results.csv. */
  readonly results: readonly Row[];
  /** What arrived at Google meanwhile. */
  readonly requests: readonly LoggedRequest[];
  /** A report; undefined where there is none. */
  report(name: string): string | undefined;
  /** Notes and warnings on the terminal. */
  readonly said: readonly string[];
}

/** Google's side, a ledger and a book, for runs of `apply` and `plan` in this process. */
export interface Account {
  readonly emulator: Emulator;
  /** Does something the next time that the program waits so long. */
  readonly whileWaiting: (delayMs: number, work: () => Promise<void>) => void;
  readonly apply: (rows: readonly Row[], flags?: Flags) => Promise<EndedRun>;
  readonly plan: (rows: readonly Row[], flags?: Flags) => Promise<EndedRun>;
  /**
   * Applies until a call of a `SILENCE` rule hangs; what is on the disk then is all that later runs find, as after
   * SIGKILL. The rules are taken off.
   */
  readonly applyAndKill: (rows: readonly Row[], flags?: Flags) => Promise<void>;
}

/** The wait before a call is tried a second time; nothing else waits so long. */
const FIRST_BACKOFF_MS = 500;

/**
 * An account of its own for one test, on a clock on which waiting takes no time: settle times, pauses and operations cost
 * nothing, in the emulator as in the program.
 *
 * @param closedAfter number of answers after which connections are refused, until the first call has been
 */
export async function anAccount(world: WorldInput, closedAfter?: number): Promise<Account> {
  const clock = createHurriedClock();
  const emulator = await startEmulator({ world, clock });
  onTestFinished(() => emulator.close());
  const proxy = closedAfter === undefined ? undefined : await aRefusingProxy(emulator.url, closedAfter);
  const works = new Map<number, () => Promise<void>>();
  clock.onSleep = async (delayMs) => {
    if (delayMs === FIRST_BACKOFF_MS) await proxy?.open();
    const work = works.get(delayMs);
    works.delete(delayMs);
    await work?.();
  };
  const apiUrl = proxy?.url ?? emulator.url;
  const path = mkdtempSync(join(tmpdir(), 'channelbook-run-'));
  let state = join(path, 'state');
  let runs = 0;

  function begin(command: string, rows: readonly Row[], flags: Flags): Begun {
    runs += 1;
    // No two runs begin within one millisecond: their names would be the same now and then.
    clock.pass(1_000);
    const out = join(path, `runs-${runs}`);
    const bookPath = join(path, 'book.csv');
    writeFileSync(bookPath, aBook(rows));
    return beginRun(command, { clock, emulator, out, state, bookPath, flags: { apiUrl, ...flags } });
  }

  return {
    emulator,
    whileWaiting(delayMs, work) {
      works.set(delayMs, work);
    },
    apply: (rows, flags = {}) => begin('apply', rows, flags).ended(),
    plan: (rows, flags = {}) => begin('plan', rows, flags).ended(),
    async applyAndKill(rows, flags = {}) {
      const begun = begin('apply', rows, flags);
      await begun.silenced();
      const left = join(path, `state-${runs}`);
      cpSync(state, left, { recursive: true });
      await begun.abort();
      // The holder's process, this one, lives on.
      const ledger = new DatabaseSync(ledgerPath(left, apiUrl, ACCOUNT));
      ledger.exec('DELETE FROM lock');
      ledger.close();
      state = left;
      emulator.clearFaults();
    },
  };
}

interface Begun {
  ended(): Promise<EndedRun>;
  /** Resolves when a call hangs that will never be answered. */
  silenced(): Promise<void>;
  /** Gives up the call that hangs, as a second signal does. */
  abort(): Promise<void>;
}

function beginRun(
  command: string,
  where: {
    readonly clock: HurriedClock;
    readonly emulator: Emulator;
    readonly out: string;
    readonly state: string;
    readonly bookPath: string;
    readonly flags: Flags;
  },
): Begun {
  const { clock, emulator, out, state, bookPath, flags } = where;
  const said: string[] = [];
  const stop = createRunStop();
  const from = emulator.requests.length;
  const heard = silentCalls(emulator);
  let isOver = false;
  const given = {
    ...{ account: ACCOUNT, out, state, yes: command === 'apply' },
    ...{ quotas: OPEN_QUOTAS, callTimeoutSeconds: CALL_TIMEOUT_SECONDS, concurrency: 1 },
    ...flags,
  };
  const { settings, configFile, warnings } = loadSettings(given, {}, out);
  const request: RunRequest = {
    command,
    bookPath,
    settings,
    accessToken: 'test-access-token',
    configFile,
    configWarnings: warnings,
    environment: {},
    flags: new Set(),
  };
  const deps: RunDeps = { clock, random: () => 0.5, terminal: aTerminal(said) };
  const running = runApply(request, deps, stop).finally(() => {
    isOver = true;
  });

  async function silenced(): Promise<void> {
    while (silentCalls(emulator) === heard) {
      if (isOver) throw new Error('the run ended before any of its calls hung');
      await nextTurn();
    }
  }

  /** Calls that are never answered are given up as soon as they have arrived. */
  async function timeOutSilence(): Promise<void> {
    if (!emulator.faults().some(({ id }) => id === SILENCE)) return;
    let given = heard;
    while (!isOver) {
      const silent = silentCalls(emulator);
      if (silent > given) clock.timeOut();
      given = silent;
      await nextTurn();
    }
  }

  return {
    silenced,
    async ended() {
      const [exitCode] = await Promise.all([running, timeOutSilence()]);
      const directory = join(out, readdirSync(out)[0] ?? '');
      function report(name: string): string | undefined {
        return readdirSync(directory).includes(name)
          ? readFileSync(join(directory, name), 'utf8')
          : undefined;
      }
      return {
        exitCode,
        results: parse<Row>(report('results.csv') ?? '', { columns: true }),
        requests: emulator.requests.slice(from),
        report,
        said,
      };
    },
    async abort() {
      stop.abort(interrupted('SIGKILL'));
      await running;
    },
  };
}

/** A request that the emulator has heard takes effect now: late, or once more. */
export async function takeEffect(request: LoggedRequest | undefined, { url }: Emulator): Promise<void> {
  const { verb = '', path = '', body } = request ?? {};
  const answer = await fetch(url + path, {
    method: verb,
    headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the request was refused with ${answer.status}`);
}

function silentCalls(emulator: Emulator): number {
  return emulator.requests.filter(({ fault }) => fault === SILENCE).length;
}

interface HurriedClock extends Clock {
  /** Runs while somebody waits. */
  onSleep: (delayMs: number) => Promise<void>;
  /** Moves time on. */
  pass(delayMs: number): void;
  /** Ends the call time-outs that are running. */
  timeOut(): void;
}

/**
 * A clock on which waiting takes no time. What only bounds a wait does not fire by itself: an answer comes before a call's
 * time-out, however slow the machine is.
 */
function createHurriedClock(): HurriedClock {
  let now = Date.UTC(2026, 4, 1, 12);
  const timeouts = new Set<() => void>();
  function waitForAbort(signal: AbortSignal | undefined, bounds: Set<() => void>): Promise<void> {
    return new Promise((resolve, reject) => {
      bounds.add(resolve);
      signal?.addEventListener('abort', () => {
        bounds.delete(resolve);
        reject(signal.reason as Error);
      });
    });
  }
  const clock: HurriedClock = {
    onSleep: () => Promise.resolve(),
    now: () => Math.trunc(now),
    monotonic: () => now,
    async sleep(delayMs, signal) {
      signal?.throwIfAborted();
      const isTimeOut = delayMs === CALL_TIMEOUT_SECONDS * 1000;
      if (isTimeOut || BOUNDS_MS.has(delayMs)) {
        await waitForAbort(signal, isTimeOut ? timeouts : new Set());
        return;
      }
      await clock.onSleep(delayMs);
      signal?.throwIfAborted();
      now += delayMs;
    },
    pass(delayMs) {
      now += delayMs;
    },
    timeOut() {
      for (const fire of timeouts) fire();
    },
  };
  return clock;
}
