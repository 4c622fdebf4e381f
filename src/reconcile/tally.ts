import { OUTCOMES, type OutcomeKind } from '../model/outcome.ts';
import { EXIT, FatalError, type ExitCode } from '../model/fatal.ts';
import type { ResultLine } from '../model/row-ending.ts';

/** One reason why rows did not end well, with how many and where to look first. */
export interface CauseCount {
  readonly code: string;
  readonly column: string | undefined;
  readonly count: number;
  readonly firstRow: number;
}

/** Counts over all rows of a run; bounded by the number of outcomes, actions and rules, not by the book. */
export interface Tally {
  readonly add: (line: ResultLine) => void;
  readonly rows: () => number;
  readonly outcomes: () => Readonly<Partial<Record<OutcomeKind, number>>>;
  readonly actions: () => Readonly<Record<string, number>>;
  /** Most frequent first. */
  readonly causes: () => readonly CauseCount[];
  /** outcome → action → count. */
  readonly table: () => ReadonlyMap<OutcomeKind, ReadonlyMap<string, number>>;
  readonly leftOut: () => number;
  readonly drift: () => number;
  readonly checkedByGoogle: () => number;
  /** New customers whose first user has yet to sign in and accept the terms. */
  readonly waitingForCustomer: () => number;
}

export function createTally(): Tally {
  const table = new Map<OutcomeKind, Map<string, number>>();
  const causes = new Map<
    string,
    { code: string; column: string | undefined; count: number; firstRow: number }
  >();
  let rows = 0;
  let leftOut = 0;
  let drift = 0;
  let checkedByGoogle = 0;
  let waitingForCustomer = 0;

  function add({ row, ending }: ResultLine): void {
    rows += 1;
    if (ending.leftOut === true) leftOut += 1;
    if (ending.drift === true) drift += 1;
    if (ending.checkedBy === 'google') checkedByGoogle += 1;
    if (ending.waitsForCustomer === true) waitingForCustomer += 1;
    const byAction = table.get(ending.outcome) ?? new Map<string, number>();
    byAction.set(ending.action, (byAction.get(ending.action) ?? 0) + 1);
    table.set(ending.outcome, byAction);
    for (const { code, column } of ending.causes) {
      const id = `${code}\u0000${column ?? ''}`;
      const known = causes.get(id);
      if (known === undefined) causes.set(id, { code, column, count: 1, firstRow: row });
      else known.count += 1;
    }
  }

  return {
    add,
    rows: () => rows,
    outcomes: () =>
      Object.fromEntries(
        OUTCOMES.flatMap((kind) => {
          const byAction = table.get(kind);
          return byAction === undefined ? [] : [[kind, total(byAction)]];
        }),
      ),
    actions: () => {
      const sums: Record<string, number> = {};
      for (const byAction of table.values()) {
        for (const [action, count] of byAction) sums[action] = (sums[action] ?? 0) + count;
      }
      return sums;
    },
    causes: () => [...causes.values()].sort((a, b) => b.count - a.count || a.firstRow - b.firstRow),
    table: () => table,
    leftOut: () => leftOut,
    drift: () => drift,
    checkedByGoogle: () => checkedByGoogle,
    waitingForCustomer: () => waitingForCustomer,
  };
}

function total(byAction: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of byAction.values()) sum += count;
  return sum;
}

/**
 * The conservation law: every row read has exactly one line in the results, and the outcomes add up to the rows.
 *
 * @throws FatalError 70 when they do not
 */
export function assertConserved(tally: Tally, rowsRead: number, linesWritten: number): void {
  const outcomes = Object.values(tally.outcomes()).reduce((sum, count) => sum + count, 0);
  if (rowsRead === linesWritten && rowsRead === outcomes) return;
  throw new FatalError(
    EXIT.bug,
    'reconcile.counts',
    `the counts do not add up: ${rowsRead} rows read, ${linesWritten} lines written, ${outcomes} outcomes`,
    'This is a fault of channelbook: keep the run directory and the ledger, and report it.',
  );
}

/** The exit code that the rows alone call for (contract, section 8). */
export function exitCodeOf(tally: Tally, asked: ExitQuestions): ExitCode {
  const outcomes = tally.outcomes();
  if ((outcomes.ambiguous ?? 0) > 0 || asked.duplicates > 0) return EXIT.ambiguous;
  const unprocessed = (outcomes.unprocessed ?? 0) - tally.leftOut();
  const bad = (outcomes.invalid ?? 0) + (outcomes.blocked ?? 0) + (outcomes.failed ?? 0) + unprocessed;
  if (bad > 0 || (asked.failOnDrift && tally.drift() > 0)) return EXIT.rows;
  const differs = (outcomes.planned ?? 0) > 0 || tally.drift() > 0;
  return asked.detailed && differs ? EXIT.differences : EXIT.ok;
}

/** What else the exit code hangs on. */
export interface ExitQuestions {
  /** `--fail-on drift`. */
  readonly failOnDrift: boolean;
  /** `plan --detailed-exitcode`. */
  readonly detailed: boolean;
  /** Customers that Google has twice. */
  readonly duplicates: number;
}

/** For a command that knows none of it. */
export const NO_QUESTIONS: ExitQuestions = { failOnDrift: false, detailed: false, duplicates: 0 };

/** Of several exit codes the one that matters most (contract, section 8). */
const PRECEDENCE: readonly number[] = [
  EXIT.bug,
  EXIT.disk,
  EXIT.cannotWrite,
  EXIT.credentials,
  EXIT.unreachable,
  EXIT.tryAgain,
  EXIT.refused,
  EXIT.stopped,
  EXIT.ambiguous,
  EXIT.rows,
  EXIT.differences,
  EXIT.ok,
];

export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  const outside = codes.find((code) => !PRECEDENCE.includes(code));
  return outside ?? [...codes].sort((a, b) => PRECEDENCE.indexOf(a) - PRECEDENCE.indexOf(b))[0] ?? EXIT.ok;
}
