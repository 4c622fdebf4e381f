import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createRunStop } from '../src/apply/run-stop.ts';
import { systemClock, type Clock } from '../src/clock.ts';
import { loadSettings } from '../src/config/load.ts';
import { toFatal } from '../src/model/fatal.ts';
import { runApply } from '../src/run-apply.ts';
import { runResume } from '../src/run-resume.ts';
import { runReport } from '../src/run-report.ts';
import type { RunDeps, RunRequest } from '../src/run-session.ts';
import { runValidate } from '../src/run-validate.ts';
import type { Terminal } from '../src/terminal.ts';
import { aTerminal } from './a-terminal.ts';

/** A terminal where nobody sits, and what it was told. */
export interface Listener extends Terminal {
  readonly said: readonly string[];
}

export function aListener(): Listener {
  const said: string[] = [];
  function result(text: string): Promise<void> {
    said.push(text);
    return Promise.resolve();
  }
  return { said, ...aTerminal(said, { result }) };
}

/** How a run ended that was made in this process, and what it left. */
export interface RunEnd {
  readonly exitCode: number;
  readonly said: string;
  /** Of the run that wrote its summary; undefined where none did. */
  readonly directory: string | undefined;
  /** The bytes of a report; undefined where there is none. */
  report(name: string): Buffer | undefined;
}

/** Runs commands as the program does, without a process for each: for tests that need many runs. */
export interface Desk {
  readonly path: string;
  write(name: string, content: string | Uint8Array): string;
  request(command: string, book: string, flags?: Flags): RunRequest;
  deps(): RunDeps & { readonly terminal: Listener };
  validate(book: string, flags?: Flags): Promise<RunEnd>;
  apply(book: string, flags?: Flags): Promise<RunEnd>;
  /** @param run its name; the latest that was interrupted where none is named */
  resume(run?: string, flags?: Flags): Promise<RunEnd>;
  /** Of the latest run. */
  report(): Promise<RunEnd>;
}

export type Flags = Readonly<Record<string, unknown>>;

/**
 * A folder of its own for a test, with a config file; gone after it.
 *
 * @param flags given with every command
 */
export function aDesk(
  config: Readonly<Record<string, unknown>>,
  flags: Flags,
  clock: Clock = systemClock,
): Desk {
  const path = mkdtempSync(join(tmpdir(), 'channelbook-desk-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  writeFileSync(join(path, 'channelbook.config.json'), JSON.stringify(config));
  const out = join(path, 'runs');

  function request(command: string, book: string, more: Flags = {}): RunRequest {
    const given = { out, state: join(path, 'state'), yes: true, ...flags, ...more };
    const { settings, configFile, warnings } = loadSettings(given, {}, path);
    return {
      command,
      bookPath: book,
      settings,
      accessToken: 'test-access-token',
      configFile,
      configWarnings: warnings,
      environment: {},
      flags: new Set(Object.keys({ ...flags, ...more })),
    };
  }

  function deps(): RunDeps & { readonly terminal: Listener } {
    return { clock, random: () => 0.5, terminal: aListener() };
  }

  async function ended(run: (ours: ReturnType<typeof deps>) => Promise<number>): Promise<RunEnd> {
    const ours = deps();
    const before = summaries(out);
    // What is thrown is shown and ends the process, with the error's own exit code.
    const exitCode = await run(ours).catch((error: unknown) => {
      const fatal = toFatal(error);
      ours.terminal.fail(fatal.message, fatal.next);
      return fatal.exitCode;
    });
    const [directory] = [...summaries(out)].find(([name, at]) => before.get(name) !== at) ?? [];
    return {
      exitCode,
      said: ours.terminal.said.join('\n'),
      directory,
      report(name) {
        const path = join(directory ?? out, name);
        return existsSync(path) ? readFileSync(path) : undefined;
      },
    };
  }

  return {
    path,
    write(name, content) {
      writeFileSync(join(path, name), content);
      return join(path, name);
    },
    request,
    deps,
    validate: (book, more) =>
      ended((ours) => runValidate(request('validate', book, more), ours, new AbortController().signal)),
    apply: (book, more) => ended((ours) => runApply(request('apply', book, more), ours, createRunStop())),
    report: () => ended((ours) => runReport(request('report', ''), ours)),
    resume: (run = '', more) =>
      ended((ours) => runResume(request('resume', run, more), ours, createRunStop())),
  };
}

/** When each run below a folder wrote its summary. */
function summaries(out: string): ReadonlyMap<string, number> {
  const names = existsSync(out) ? readdirSync(out) : [];
  const paths = names.map((name) => join(out, name)).filter((path) => existsSync(join(path, 'summary.json')));
  return new Map(paths.map((path) => [path, statSync(join(path, 'summary.json')).mtimeMs]));
}
