const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let release: (() => void) | undefined;

/**
 * The program takes a while to load, and a supervisor does not wait for that: a signal meanwhile is an interruption like
 * any other, with its exit code, sentence and JSON object. Loading does not let go of the thread, so that the command
 * mostly hears of it as it begins; a command with no answer of its own to signals is ended here.
 */
export function endAtEarlySignals(): void {
  function handle(signal: NodeJS.Signals): void {
    void end(signal);
  }
  for (const signal of SIGNALS) process.on(signal, handle);
  release = () => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
}

/** The command has its own answer to signals from here on. */
export function releaseEarlySignals(): void {
  release?.();
  release = undefined;
}

/** The result is shown and the exit code known: a signal ends what is left of the program, and changes neither. */
export function endAtLateSignals(): void {
  for (const signal of SIGNALS) process.on(signal, () => process.exit());
}

async function end(signal: NodeJS.Signals): Promise<void> {
  const { interruptedEarly, reportFailure, wantsJson } = await import('./report-failure.ts');
  const exitCode = reportFailure(interruptedEarly(signal), wantsJson(process.argv.slice(2), process.env));
  process.exit(exitCode);
}
