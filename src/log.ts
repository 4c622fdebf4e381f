import { createWriteStream, openSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createLogger, format, transports, type Logger } from 'winston';
import { EXIT, FatalError } from './model/fatal.ts';
import { redact } from './redact.ts';

/** Facts beside a message; never cells of the book, bodies or headers. */
export type LogData = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type Log = (level: LogLevel, message: string, data?: LogData) => void;

export interface RunLog {
  readonly log: Log;
  /** Resolves when every line is in the file; false where some could not be written. */
  close(): Promise<boolean>;
}

/** Longest wait for the last lines: a log must not keep a run from ending. */
const CLOSE_LIMIT_MS = 5_000;

/**
 * Opens a run's log: winston, one JSON object a line, redacted at this one gate.
 *
 * A log that can no longer be written (full disk) does not end the run; `close` tells of it.
 *
 * @throws FatalError 73 when the file cannot be opened
 */
export function openLog(path: string, level: LogLevel): RunLog {
  const stream = createWriteStream(path, { fd: openForAppend(path), flags: 'a' });
  const logger = createLogger({ level, format: format.combine(format.timestamp(), format.json()) });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its own transport so
  logger.add(new transports.Stream({ stream }));
  let isOpen = true;
  let isWhole = true;
  stream.on('error', () => {
    isOpen = false;
    isWhole = false;
  });
  return {
    log(at, message, data) {
      if (isOpen) logger.log(at, redact(message), clean(data));
    },
    async close() {
      if (isOpen) await ended(logger, stream);
      isOpen = false;
      return isWhole;
    },
  };
}

async function ended(logger: Logger, stream: Writable): Promise<void> {
  logger.once('finish', () => stream.end());
  logger.end();
  await finished(stream, { signal: AbortSignal.timeout(CLOSE_LIMIT_MS) }).catch(() => undefined);
}

function openForAppend(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (cause) {
    throw new FatalError(
      EXIT.cannotWrite,
      'output.log',
      `the log ${path} cannot be written: ${(cause as Error).message}`,
      'Check the folder, or name another file with --log-file.',
      { cause },
    );
  }
}

/** winston puts a `message` of the data behind the line's own: it goes by another name. */
function clean(data: LogData | undefined): LogData {
  const entries = Object.entries(data ?? {}).map(([key, value]) => [
    key === 'message' ? 'detail' : key,
    typeof value === 'string' ? redact(value) : value,
  ]);
  return Object.fromEntries(entries) as LogData;
}
