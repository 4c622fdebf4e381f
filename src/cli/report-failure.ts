import { EXIT, FatalError, toFatal, type ExitCode } from '../model/fatal.ts';
import { redact } from '../redact.ts';

let isResultShown = false;

/** The one result of this process is on stdout: a failure after it goes to stderr alone. */
export function resultIsShown(): void {
  isResultShown = true;
}

/** Whether `--json` holds: the last word on it before `--`, else `CHANNELBOOK_JSON`. Also for lines that cannot be parsed. */
export function wantsJson(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const last = words.findLast((word) => /^--(?:no-)?json(?:=|$)/.test(word));
  if (last !== undefined) return ['--json', '--json=true', '--json=1', '--no-json=false'].includes(last);
  return ['true', '1'].includes((environment['CHANNELBOOK_JSON'] ?? '').trim());
}

/**
 * Says on stderr (and with `--json` on stdout) what ended the program before there was a run to report on.
 *
 * Errors are never shown whole: those of an HTTP client hold headers and bodies.
 */
export function reportFailure(error: unknown, asJson: boolean): ExitCode {
  const fatal = toFatal(error);
  const message = redact(fatal.message);
  process.stderr.write(`channelbook: ${message}\n  ${redact(fatal.next)}\n`);
  if (asJson && !isResultShown) {
    isResultShown = true;
    const { code, exitCode } = fatal;
    process.stdout.write(
      `${JSON.stringify({ exit_code: exitCode, error: { code, message, next: redact(fatal.next) } })}\n`,
    );
  }
  return fatal.exitCode;
}

/** A signal came before the command had its own answer to it. */
export function interruptedEarly(signal: string): FatalError {
  return new FatalError(
    EXIT.tryAgain,
    'run.interrupted',
    `interrupted by ${signal}`,
    'Type the same command again.',
  );
}
