import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRunStop } from '../src/apply/run-stop.ts';
import { systemClock } from '../src/clock.ts';
import { loadSettings } from '../src/config/load.ts';
import type { Emulator } from '../src/emulator/server.ts';
import { runApply } from '../src/run-apply.ts';
import type { RunDeps, RunRequest } from '../src/run-session.ts';
import { runUndo } from '../src/run-undo.ts';
import type { Terminal } from '../src/terminal.ts';
import { aTerminal } from './a-terminal.ts';
import { google } from './cli/against-google.ts';
import { aRemoteCustomer, aWorld, ACCOUNT } from './emulator/harness.ts';
import { aBook, newWorkplace } from './run-cli.ts';

/** A person at a terminal who gives one answer, and what was shown to them. */
function aPerson(answer: boolean): { readonly terminal: Terminal; readonly seen: string[] } {
  const seen: string[] = [];
  const terminal = aTerminal(seen, {
    canAsk: true,
    ask(question) {
      seen.push(question);
      return Promise.resolve(answer);
    },
  });
  return { terminal, seen };
}

function aRequest(
  command: string,
  argument: string,
  emulator: Emulator,
  path: string,
  flags: Readonly<Record<string, unknown>> = {},
): RunRequest {
  const places = { out: join(path, 'runs'), state: join(path, 'state') };
  const given = { account: ACCOUNT, apiUrl: emulator.url, ...places, ...flags };
  const { settings, configFile, warnings } = loadSettings(given, {}, path);
  return {
    command,
    bookPath: argument,
    settings,
    accessToken: 'test-access-token',
    configFile,
    configWarnings: warnings,
    environment: {},
    flags: new Set(),
  };
}

function deps(terminal: Terminal): RunDeps {
  return { clock: systemClock, random: Math.random, terminal };
}

describe('runUndo', () => {
  it.each([
    [false, 3, 'After'],
    [true, 0, 'Before'],
  ])('asks a person, with examples, before it writes (the answer: %s)', async (answer, exitCode, name) => {
    const emulator = await google(
      aWorld({ customers: [aRemoteCustomer({ domain: 'a.example.com', orgDisplayName: 'Before' })] }),
    );
    const place = newWorkplace();
    const book = place.write('book.csv', aBook([{ domain: 'a.example.com', org_display_name: 'After' }]));
    const applying = aRequest('apply', book, emulator, place.path, { overwrite: 'safe', yes: true });
    await runApply(applying, deps(aPerson(true).terminal), createRunStop());
    const run = basename(place.runs().at(-1) ?? '');
    const { terminal, seen } = aPerson(answer);

    const ended = await runUndo(aRequest('undo', run, emulator, place.path), deps(terminal), createRunStop());

    expect([ended, emulator.customers()[0]?.orgDisplayName]).toEqual([exitCode, name]);
    expect(seen.slice(0, 2)).toEqual([
      `Run ${run} updated 1 customer of book.csv\n  a.example.com  orgDisplayName: back to "Before"`,
      'Put 1 customer back to what was there before?',
    ]);
  });
});
