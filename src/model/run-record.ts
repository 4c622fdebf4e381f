/**
 * The states of a run.
 *
 * - `planning`: the book is read, Google listed, rows decided; nothing was sent.
 * - `applying`: the plan is whole; writes may have been sent.
 * - `finished`: every row has its outcome.
 * - `stopped`: ended before that, with a reason.
 */
export type RunState = 'planning' | 'applying' | 'finished' | 'stopped';

export interface RunRecord {
  /** Number by which the ledger's tables know the run. */
  readonly seq: number;
  /** Name of the run and of its directory. */
  readonly id: string;
  readonly command: string;
  readonly state: RunState;
  readonly bookPath: string;
  readonly bookName: string;
  readonly directory: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly exitCode: number | undefined;
  readonly rows: number | undefined;
}
