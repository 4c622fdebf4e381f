/** Exit codes of the program (contract, section 8). */
export const EXIT = {
  ok: 0,
  rows: 1,
  differences: 2,
  refused: 3,
  ambiguous: 4,
  stopped: 5,
  usage: 64,
  bookUnreadable: 65,
  noBook: 66,
  unreachable: 69,
  bug: 70,
  cannotWrite: 73,
  disk: 74,
  tryAgain: 75,
  credentials: 77,
  config: 78,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The run cannot go on. Carries what is wrong, where, and what to type or do next. */
export class FatalError extends Error {
  override readonly name = 'FatalError';
  readonly exitCode: ExitCode;
  /** Stable id, e.g. `book.unclosed_quote`. */
  readonly code: string;
  /** The next command to type, or the next thing to do. */
  readonly next: string;

  constructor(
    exitCode: ExitCode,
    code: string,
    message: string,
    next: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.exitCode = exitCode;
    this.code = code;
    this.next = next;
  }
}

/** Any error as a fatal one: what is none is a bug of ours, told by its stack and never shown whole. */
export function toFatal(error: unknown): FatalError {
  if (error instanceof FatalError) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new FatalError(
    EXIT.bug,
    'bug',
    `internal error: ${text}`,
    'This is a fault of channelbook: keep the run directory and the ledger, and report it.',
  );
}
