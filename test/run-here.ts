import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as realTime } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { createRunStop, type RunStop } from '../src/apply/run-stop.ts';
import type { Clock } from '../src/clock.ts';
import { loadSettings } from '../src/config/load.ts';
import { runApply } from '../src/run-apply.ts';
import type { RunRequest } from '../src/run-session.ts';
import { runUndo } from '../src/run-undo.ts';
import { aTerminal } from './a-terminal.ts';
import { ACCOUNT } from './emulator/harness.ts';
import type { Workplace } from './run-cli.ts';

interface Timer {
  readonly dueMs: number;
  readonly fire: () => void;
}

export interface Act {
  /** @param sinceMs since the act before it */
  readonly when: (sinceMs: number) => boolean;
  readonly act: () => void | Promise<void>;
}

/** A clock for whole runs inside the test: hours of waiting take no time. */
export interface JumpingClock extends Clock {
  /** What happens to Google while a run is under way: each act in its turn, before the jump for which it is due. */
  script(...acts: readonly Act[]): void;
  /**
   * Lets time pass until the work is over: whenever no call and no file is under way and nothing but waiting is left to do, the
   * clock jumps to the end of the shortest wait.
   */
  runTo<T>(work: Promise<T>): Promise<T>;
}

export function jumpingClock(startMs = Date.UTC(2026, 0, 15, 12)): JumpingClock {
  let elapsedMs = 0;
  const timers = new Set<Timer>();
  let script: Act[] = [];
  let lastActMs = 0;
  const clock: JumpingClock = {
    script(...acts) {
      script = [...acts];
    },
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        function abort(): void {
          timers.delete(timer);
          reject(signal?.reason as Error);
        }
        const timer: Timer = {
          dueMs: elapsedMs + delayMs,
          fire: () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          },
        };
        if (signal?.aborted === true) {
          abort();
          return;
        }
        timers.add(timer);
        signal?.addEventListener('abort', abort, { once: true });
      }),
    async runTo(work) {
      const calls = watchCalls();
      const state = { isOver: false };
      const end = work.finally(() => (state.isOver = true));
      end.catch(() => undefined);
      while (!state.isOver) {
        await calls.quiet();
        // What an act did to connections is noticed before anything else is sent.
        if (!(await playScript())) jump();
      }
      calls.release();
      return end;
    },
  };

  async function playScript(): Promise<boolean> {
    const [next] = script;
    if (next?.when(elapsedMs - lastActMs) !== true) return false;
    script.shift();
    lastActMs = elapsedMs;
    await next.act();
    return true;
  }

  function jump(): void {
    const dueMs = Math.min(...[...timers].map((timer) => timer.dueMs));
    if (!Number.isFinite(dueMs)) return;
    elapsedMs = Math.max(elapsedMs, dueMs);
    for (const timer of [...timers].filter((due) => due.dueMs <= elapsedMs)) {
      timers.delete(timer);
      timer.fire();
    }
  }

  return clock;
}

/** Turns of the event loop without a call or a file, after which what was begun has come to its next call or wait. */
const QUIET_TURNS = 3;

/** Counts the HTTP calls that this process has under way. */
function watchCalls(): { readonly quiet: () => Promise<void>; readonly release: () => void } {
  const created = 'http.client.request.created';
  let open = 0;
  let begun = 0;
  function onCreated(message: unknown): void {
    open += 1;
    begun += 1;
    (message as { readonly request: ClientRequest }).request.once('close', () => (open -= 1));
  }
  subscribe(created, onCreated);
  return {
    async quiet() {
      for (let turns = 0; turns < QUIET_TURNS;) {
        const before = begun;
        // A timer of Node, so that those of libraries that are due have had their turn.
        await realTime(1);
        turns = open === 0 && before === begun && !isAtTheDisk() ? turns + 1 : 0;
      }
    },
    release() {
      unsubscribe(created, onCreated);
    },
  };
}

/** Whether a file is being read or written. */
function isAtTheDisk(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));
}

/** A way to Google that can be cut and mended: closed, no connection comes about. */
export interface Wire {
  readonly url: string;
  readonly cut: () => void;
  readonly mend: () => Promise<void>;
}

export async function aWire(target: string): Promise<Wire> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  async function open(): Promise<void> {
    server = createServer((near) => {
      const far = connect(Number(new URL(target).port), '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) port = address.port;
  }
  function cut(): void {
    server?.close();
    for (const socket of sockets) socket.destroy();
  }
  await open();
  onTestFinished(cut);
  return { url: `http://127.0.0.1:${port}`, cut, mend: open };
}

export interface HereEnd {
  readonly exitCode: number;
  /** Every line that the user was shown. */
  readonly said: string;
  /** How long it took by its own clock. */
  readonly tookMs: number;
}

export interface Here {
  readonly place: Workplace;
  readonly apiUrl: string;
  readonly clock: JumpingClock;
  readonly accessToken?: string | undefined;
  readonly stop?: RunStop;
}

/** `channelbook apply book.csv --yes` inside this process, on a clock that jumps. */
export function applyHere(here: Here, flags: Readonly<Record<string, unknown>> = {}): Promise<HereEnd> {
  return runHere(here, 'apply', join(here.place.path, 'book.csv'), flags);
}

/** `channelbook undo --yes` of the latest run, in the same way. */
export function undoHere(here: Here, flags: Readonly<Record<string, unknown>> = {}): Promise<HereEnd> {
  return runHere(here, 'undo', here.place.runs().at(-1) ?? '', flags);
}

async function runHere(
  here: Here,
  command: 'apply' | 'undo',
  argument: string,
  flags: Readonly<Record<string, unknown>>,
): Promise<HereEnd> {
  const { place, apiUrl, clock, stop = createRunStop() } = here;
  const seen: string[] = [];
  const places = { out: join(place.path, 'runs'), state: join(place.path, 'state') };
  const given = { account: ACCOUNT, apiUrl, yes: true, action: 'import', ...places, ...flags };
  const { settings, configFile, warnings } = loadSettings(given, {}, place.path);
  const request: RunRequest = {
    command,
    bookPath: argument,
    settings,
    accessToken: 'accessToken' in here ? here.accessToken : 'test-access-token',
    configFile,
    configWarnings: warnings,
    environment: {},
    flags: new Set(),
  };
  const startMs = clock.monotonic();
  const carryOut = command === 'apply' ? runApply : runUndo;
  const run = carryOut(request, { clock, random: () => 0.5, terminal: aTerminal(seen) }, stop);
  const exitCode = await clock.runTo(run);
  return { exitCode, said: seen.join('\n'), tookMs: clock.monotonic() - startMs };
}
