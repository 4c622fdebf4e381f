import type { Log } from './log.ts';
import { ERROR_OUTCOMES, type OutcomeKind } from './model/outcome.ts';
import type { RowEnding } from './model/row-ending.ts';
import type { Progress, Terminal } from './terminal.ts';

/** Rows that ended so far, by outcome, on the progress bar or line. */
export interface RowProgress {
  readonly onRow: (ending: RowEnding, row: number) => void;
  end(): void;
}

/** @param label what is being done */
export function createRowProgress(terminal: Terminal, total: number, log: Log, label: string): RowProgress {
  const bar: Progress = terminal.progress(label, total);
  const counts = new Map<OutcomeKind, number>();
  let rows = 0;
  return {
    onRow({ outcome, action, causes, calls }, row) {
      log(ERROR_OUTCOMES.has(outcome) ? 'warn' : 'debug', 'row ended', {
        row,
        outcome,
        action,
        code: causes[0]?.code,
        calls,
      });
      rows += 1;
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      bar.update(rows, [...counts].map(([kind, count]) => `${kind} ${count}`).join(', '));
    },
    end() {
      bar.end();
    },
  };
}
