import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallListener } from '../../src/emulator/exchange.ts';
import type { CallPoint } from './scenario.ts';

/** The program under test, as a process of its own in the folder of a round. */
export interface Program {
  /** Folder that holds `src`, its package.json and its node_modules. */
  readonly root: string;
  /** Where the round's book, config, state and runs are. */
  readonly folder: string;
  readonly accessToken: string;
}

/** A module that the program's process loads first, and what it reads from the environment. */
export interface Preload {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly wasKilled: boolean;
}

/** Starting Node is most of what a run takes here: what it has compiled once is kept. */
const COMPILE_CACHE = join(tmpdir(), 'channelbook-compile-cache');

/** What the program says on stderr, of all its runs in the round. */
export const TERMINAL_LOG = 'terminal.log';

/**
 * Runs the program to its end.
 *
 * @param killed resolves when it is to be killed with SIGKILL
 */
export async function runProgram(
  program: Program,
  args: readonly string[],
  preloads: readonly Preload[],
  killed: Promise<unknown>,
): Promise<ProgramEnd> {
  const { folder } = program;
  const log = openSync(join(folder, TERMINAL_LOG), 'a');
  const main = join(program.root, 'src/cli/main.ts');
  const child = spawn(process.execPath, [...preloads.map(({ path }) => `--import=${path}`), main, ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      CHANNELBOOK_ACCESS_TOKEN: program.accessToken,
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? COMPILE_CACHE,
      ...Object.fromEntries(preloads.flatMap(({ environment }) => Object.entries(environment))),
    },
    stdio: ['ignore', 'ignore', log],
  });
  closeSync(log);
  void killed.then(() => child.kill('SIGKILL'));
  const [exitCode, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return { exitCode, wasKilled: signal === 'SIGKILL' };
}

type Moment = Parameters<CallListener>[1];

/** The moments of a server's calls. */
export interface Moments {
  readonly note: CallListener;
  /** Resolves so many moments from now, and a little later. */
  after(point: CallPoint): Promise<void>;
}

export function createMoments(): Moments {
  const waiting = new Set<{ left: number; readonly point: CallPoint; readonly reached: () => void }>();
  return {
    note(call, moment) {
      for (const waiter of waiting) {
        if (!isMeant(waiter.point, call.method, moment)) continue;
        waiter.left -= 1;
        if (waiter.left > 0) continue;
        waiting.delete(waiter);
        waiter.reached();
      }
    },
    async after(point) {
      const { count, delayMs } = point;
      if (count > 0) {
        await new Promise<void>((reached) => {
          waiting.add({ left: count, point, reached });
        });
      }
      // A timer of 0 ms would come a tick too late to hit what happens at once.
      if (delayMs > 0) await delay(delayMs, undefined, { ref: false });
    },
  };
}

function isMeant({ of }: CallPoint, method: string, moment: Moment): boolean {
  return of === undefined || (of.method === method && of.moment === moment);
}
