import { createWriteStream, openSync } from 'node:fs';
import { createLogger, format, transports, type Logger } from 'winston';
import { EXIT, FatalError } from './model/fatal.ts';
import { redact } from './redact.ts';

/** Facts beside a message; never cells of the book, bodies or headers. */
export type LogData = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type Log = (level: LogLevel, message: string, data?: LogData) => void;

export interface RunLog {
  readonly log: Log;
  /** Resolves when every line is in the file. */
  close(): Promise<void>;
}

/**
 * Opens a run's log: winston, one JSON object a line, redacted at this one gate.
 *
 * @throws FatalError 73 when the file cannot be opened
 */
export function openLog(path: string, level: LogLevel): RunLog {
  const stream = createWriteStream(path, { fd: openForAppend(path), flags: 'a' });
  // A log that can no longer be written (full disk) must not end the run; the reports say so in their own way.
  stream.on('error', () => undefined);
  const logger = createLogger({ level, format: format.combine(format.timestamp(), format.json()) });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its own transport so
  logger.add(new transports.Stream({ stream }));
  let isOpen = true;
  return {
    log(at, message, data) {
      if (isOpen) logger.log(at, redact(message), clean(data));
    },
    close() {
      isOpen = false;
      return closed(logger, stream);
    },
  };
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

function clean(data: LogData | undefined): LogData {
  const entries = Object.entries(data ?? {});
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? redact(value) : value]),
  );
}

function closed(logger: Logger, stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('error', () => {
      resolve();
    });
    logger.once('finish', () => stream.end());
    logger.end();
  });
}
