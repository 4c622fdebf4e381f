/**
 * The states of a run.
 *
 * - `planning`: the book is read, Google listed, rows decided; nothing was sent.
 * - `applying`: the plan is whole; writes may have been sent.
 * - `finished`: every row has its outcome.
 * - `stopped`: ended before that, with a reason.
 */
export type RunState = 'planning' | 'applying' | 'finished' | 'stopped';

/** A run as the ledger knows it: of one that was resumed, its last part. */
export interface RunRecord {
  /** Number by which the ledger's tables know the run. */
  readonly seq: number;
  /** Name of the run and of its directory. */
  readonly id: string;
  readonly command: string;
  readonly state: RunState;
  readonly bookPath: string;
  readonly bookName: string;
  readonly bookSha256: string | undefined;
  readonly bookBytes: number | undefined;
  readonly directory: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly exitCode: number | undefined;
  readonly rows: number | undefined;
  /** The settings that shaped it, by key; those of an older version are fewer. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether it is a part that goes on from an earlier one. */
  readonly isResumed: boolean;
  /** What its summary says beside the rows; undefined where the run never came to its end. */
  readonly summary: StoredSummary | undefined;
}

/** The parts of a summary that the rows do not tell, as JSON keeps them. */
export type StoredSummary = Readonly<Record<string, unknown>>;
