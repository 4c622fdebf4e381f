import { interrupted, type RunStop } from '../apply/run-stop.ts';
import { systemClock } from '../clock.ts';
import { loadSettings } from '../config/load.ts';
import { releaseEarlySignals } from './early-signals.ts';
import { reportFailure, resultIsShown, wantsJson } from './report-failure.ts';
import type { RunDeps, RunRequest } from '../run-session.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import type { CommandInput } from './program.ts';

/** What every command on a book begins with: its settings, and the outside world as arguments. */
export function prepare(
  command: string,
  input: CommandInput,
): { readonly request: RunRequest; readonly deps: RunDeps } {
  const loaded = loadSettings(input.flags, process.env, process.cwd());
  const terminal = createTerminal({
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    color: loaded.settings.color,
    clock: systemClock,
  });
  function result(text: string): Promise<void> {
    resultIsShown();
    return terminal.result(text);
  }
  return {
    request: {
      command,
      bookPath: input.argument ?? '',
      settings: loaded.settings,
      accessToken: loaded.accessToken,
      configFile: loaded.configFile,
      configWarnings: loaded.warnings,
      environment: process.env,
      flags: new Set(Object.keys(input.flags)),
    },
    deps: { clock: systemClock, random: Math.random, terminal: { ...terminal, result } },
  };
}

/** Ends the run gently at the first SIGINT, SIGTERM or SIGHUP, at once at the second. */
export function onSignals(end: (signal: string, count: number) => void): () => void {
  let count = 0;
  function handle(signal: NodeJS.Signals): void {
    count += 1;
    end(signal, count);
  }
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  process.on('SIGHUP', handle);
  releaseEarlySignals();
  return () => {
    process.off('SIGINT', handle);
    process.off('SIGTERM', handle);
    process.off('SIGHUP', handle);
  };
}

/**
 * The two signals of a command that writes: the first ends it gently, the second at once. Returns how to let go of them.
 *
 * @param gently what the first one does, as a person is told
 */
export function endOnSignals(stop: RunStop, terminal: Terminal, gently: string): () => void {
  return onSignals((signal, count) => {
    if (count > 1) {
      stop.abort(interrupted(signal));
      return;
    }
    stop.end(interrupted(signal));
    terminal.note(`${signal}: ${gently}. Once more to abort.`);
  });
}

/** A bug outside every promise chain still ends with one redacted message and 70, never with an object dump. */
export function guardAgainstBugs(): void {
  function die(error: unknown): void {
    process.exit(reportFailure(error, wantsJson(process.argv.slice(2), process.env)));
  }
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
}
