import { styleText } from 'node:util';
import { SingleBar } from 'cli-progress';
import type { Clock } from './clock.ts';
import type { Colour, Paint } from './reconcile/final-table.ts';
import type { FatalError } from './model/fatal.ts';
import { outputFault } from './model/output-fault.ts';
import { redact } from './redact.ts';

/** Results go to stdout; progress and messages to stderr. */
export interface Terminal {
  /** A result; resolves when it is written, or cannot be (see `outputFault`). */
  result(text: string): Promise<void>;
  /** A message. */
  note(text: string): void;
  warn(text: string): void;
  /** Lines of ours on stderr, as they are: whoever makes them has made what they quote printable. */
  show(text: string): void;
  /** What ended the run, and the way on. */
  fail(text: string, next: string): void;
  readonly paint: Paint;
  /** As `paint`, for `show`. */
  readonly paintMessage: Paint;
  /** Columns of the terminal that messages go to; 100 where it is none. */
  readonly width: number;
  /** The same of the terminal that results go to. */
  readonly resultWidth: number;
  /** Whether a person sits there to be asked. */
  readonly canAsk: boolean;
  /** False for any answer but yes, for the end of the input, a terminal that is gone, and when the signal fires. */
  ask(question: string, signal: AbortSignal): Promise<boolean>;
  progress(label: string, total: number | undefined): Progress;
  /** Why results could not be written to stdout, if they could not; a closed pipe is no fault. */
  outputFault(): FatalError | undefined;
}

/** A stage under way: a bar on a terminal, otherwise a line at most every ten seconds. */
export interface Progress {
  update(done: number, detail: string): void;
  end(): void;
}

const QUIET_LINE_MS = 10_000;
// eslint-disable-next-line no-control-regex -- control characters are what is taken out
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Names from a book may hold escape sequences that would command the terminal. Colours of ours are put on afterwards. */
function printable(text: string): string {
  return text.replace(CONTROL, (character) => (character === '\u001b' ? '\\e' : '?'));
}

const CLEAR_LINE = '\r\u001b[K';

export interface TerminalOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly color: boolean | undefined;
  readonly clock: Clock;
}

export function createTerminal(options: TerminalOptions): Terminal {
  const { stdin, stdout, stderr, clock } = options;
  let fault: FatalError | undefined;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `channelbook ... | head` closes the pipe; the job itself goes on.
    if (error.code !== 'EPIPE') fault ??= outputFault('standard output', error);
  });
  // Nobody hears of messages that cannot be shown; what they say is in the log and the reports.
  stderr.on('error', () => undefined);
  // A terminal that hangs up; whoever reads there hears of it too.
  stdin.on('error', () => undefined);

  function paintFor(stream: NodeJS.WriteStream): Paint {
    const isPlain =
      options.color === false ||
      (options.color === undefined && (!stream.isTTY || (process.env['NO_COLOR'] ?? '') !== ''));
    return (colour: Colour, text: string) =>
      isPlain ? text : styleText(colour, text, { validateStream: false });
  }
  const paintMessage = paintFor(stderr);

  /** @param prefix a word of ours, perhaps coloured; what follows may come from a book or from Google */
  function message(text: string, prefix = ''): void {
    // A bar stands on the line where the cursor is; it is drawn again below the message.
    stderr.write(`${stderr.isTTY ? CLEAR_LINE : ''}${prefix}${printable(redact(text))}
`);
  }

  return {
    result: (text) =>
      new Promise((resolve) => {
        stdout.write(`${text}\n`, () => {
          // The error, if any, is emitted behind this.
          setImmediate(resolve);
        });
      }),
    note: (text) => {
      message(text);
    },
    warn: (text) => {
      message(text, `${paintMessage('yellow', 'warning:')} `);
    },
    show: (text) => {
      stderr.write(`${stderr.isTTY ? CLEAR_LINE : ''}${text}\n`);
    },
    fail: (text, next) => {
      message(text, `${paintMessage('red', 'channelbook:')} `);
      message(`  ${next}`);
    },
    paint: paintFor(stdout),
    paintMessage,
    get resultWidth() {
      return stdout.columns > 0 ? stdout.columns : 100;
    },
    get width() {
      return stderr.columns > 0 ? stderr.columns : 100;
    },
    canAsk: stdin.isTTY && stderr.isTTY,
    ask: (question, signal) => askOn(stdin, stderr, question, signal),
    outputFault: () => fault,
    progress: (label, total) =>
      stderr.isTTY
        ? createBar(stderr, label, total, clock)
        : createLines(
            (text) => {
              message(text);
            },
            label,
            total,
            clock,
          ),
  };
}

async function askOn(
  stdin: NodeJS.ReadStream,
  stderr: NodeJS.WriteStream,
  question: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: stdin, output: stderr });
  const gone = new AbortController();
  function hangUp(): void {
    gone.abort();
  }
  // Whether readline tells of it or not differs with the version of Node.js.
  lines.on('error', hangUp);
  stdin.once('error', hangUp);
  // In this mode the terminal hands Ctrl-C to us as a key.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await lines.question(`${question} [y/N] `, {
      signal: AbortSignal.any([signal, gone.signal]),
    });
    return /^y(?:es)?$/i.test(answer.trim());
  } catch {
    stderr.write('\n');
    return false;
  } finally {
    stdin.off('error', hangUp);
    lines.close();
  }
}

function createBar(
  stderr: NodeJS.WriteStream,
  label: string,
  total: number | undefined,
  clock: Clock,
): Progress {
  const started = clock.monotonic();
  const bar = new SingleBar({
    stream: stderr,
    hideCursor: true,
    clearOnComplete: true,
    // Signals are ours: the run drains, and the bar goes on showing it.
    gracefulExit: false,
    format:
      total === undefined
        ? `${label}  {value}  {detail}`
        : `${label}  [{bar}]  {value}/{total}  {rate}/s  {left}  {detail}`,
    barsize: 24,
    linewrap: false,
  });
  bar.start(total ?? 0, 0, { detail: '', rate: '0', left: '' });
  return {
    update(done, detail) {
      bar.update(done, { detail, ...pace(done, total, clock.monotonic() - started) });
    },
    end() {
      bar.stop();
      stderr.write(CLEAR_LINE);
    },
  };
}

function createLines(
  message: (text: string) => void,
  label: string,
  total: number | undefined,
  clock: Clock,
): Progress {
  const started = clock.monotonic();
  let last = started;
  return {
    update(done, detail) {
      const now = clock.monotonic();
      if (now - last < QUIET_LINE_MS) return;
      last = now;
      const { rate, left } = pace(done, total, now - started);
      const of = total === undefined ? '' : `/${total}`;
      message([`${label}: ${done}${of}`, `${rate}/s`, left, detail].filter((part) => part !== '').join('  '));
    },
    end() {
      last = clock.monotonic();
    },
  };
}

function pace(
  done: number,
  total: number | undefined,
  elapsedMs: number,
): { readonly rate: string; readonly left: string } {
  const perSecond = elapsedMs > 0 ? done / (elapsedMs / 1000) : 0;
  const rate = perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toFixed(1);
  if (total === undefined || perSecond === 0) return { rate, left: '' };
  return { rate, left: `${duration((total - done) / perSecond)} left` };
}

/** Seconds as a person would say them: `45 s`, `12 min`, `3 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
