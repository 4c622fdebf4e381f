import { requireAccount } from './config/account.ts';
import { usageFault } from './config/load.ts';
import { storeApplied } from './ledger/applied.ts';
import { refuseDamaged } from './ledger/damage.ts';
import type { LedgerDb } from './ledger/ledger.ts';
import { takeLock } from './ledger/lock.ts';
import { endRow } from './ledger/rows.ts';
import { setExitCode } from './ledger/runs.ts';
import { closeStep } from './ledger/steps.ts';
import {
  BY_A_PERSON,
  doubtedKeys,
  rowsByKey,
  storeWord,
  type DoubtedRow,
  type Word,
} from './ledger/words.ts';
import { assertNever } from './model/assert-never.ts';
import { EXIT, type ExitCode } from './model/fatal.ts';
import type { StepKind } from './model/plan.ts';
import { PERSON, type RowEnding } from './model/row-ending.ts';
import type { RunRecord } from './model/run-record.ts';
import { linkText } from './plan/requests.ts';
import { wordIdentity } from './plan/said-done.ts';
import { summaryObject } from './reconcile/summary.ts';
import { namedRun, withLedger } from './run-ledger.ts';
import { timeStamp } from './run-messages.ts';
import { rewriteReports } from './run-report.ts';
import type { RunDeps, RunRequest } from './run-session.ts';

export type { Word } from './ledger/words.ts';

/** Keys that a message names. */
const NAMED_KEYS = 5;

/**
 * `channelbook settle <run> <key> --as done|not-done`: a person's word on a row whose write may or may not have taken
 * effect. Calls nothing; the run's reports are written again.
 *
 * `done`: the row is done, and such a write is not sent again for it, whatever Google shows. `not-done`: the row has
 * failed, and the next run sends it again without waiting.
 *
 * @param request whose `bookPath` is the name of the run
 * @throws FatalError 64 where there is no such run or row, or nothing is in doubt about it; 75 while a run is under way
 */
export async function runSettle(
  request: RunRequest,
  key: string,
  word: Word,
  deps: RunDeps,
): Promise<ExitCode> {
  const account = requireAccount(request.settings);
  for (const warning of request.configWarnings) deps.terminal.warn(warning);
  return withLedger(request, account, async (ledger) => {
    const run = namedRun(ledger, request.bookPath, account);
    if (ledger === undefined) throw new Error('a run without a ledger');
    const lock = takeLock(ledger.db, ledger.path, `settle ${run.id}`, deps.clock);
    ledger.setGuard(lock.assertHeld);
    try {
      refuseDamaged(ledger.db, ledger.path);
      const row = rowToSettle(ledger, run, key);
      settleRow(ledger, row, word, timeStamp(deps.clock), sentAgainBy(run));
      const { facts } = await rewriteReports(run, { ledger, request, deps, account });
      if (run.state === 'finished') setExitCode(ledger, run.seq, facts.exitCode);
      const said = `row ${row.row} (${row.key}) of run ${run.id} is settled as ${word}; its reports are written again`;
      await deps.terminal.result(
        request.settings.json
          ? JSON.stringify({ settled: { row: row.row, key: row.key, as: word }, ...summaryObject(facts) })
          : said,
      );
      return deps.terminal.outputFault()?.exitCode ?? EXIT.ok;
    } finally {
      lock.release();
    }
  });
}

function rowToSettle(ledger: LedgerDb, run: RunRecord, key: string): DoubtedRow {
  const rows = rowsByKey(ledger, run.seq, key.trim());
  const row = rows.find(isInDoubt);
  if (row !== undefined) return row;
  const [known] = rows;
  const keys = doubtedKeys(ledger, run.seq, NAMED_KEYS);
  const next =
    keys.length === 0 ? `No row of run ${run.id} is in doubt.` : `Rows in doubt: ${keys.join(', ')}.`;
  throw usageFault(
    known === undefined
      ? `run ${run.id} has no row ${JSON.stringify(key)}`
      : `row ${known.row} (${known.key}) of run ${run.id} is ${known.ending?.outcome ?? 'unprocessed'}: only what is in doubt can be settled`,
    next,
  );
}

/** Also one that a person settled before: the last word counts. A row that is well by now is not. */
function isInDoubt({ ending, open }: DoubtedRow): boolean {
  if (ending?.resolvedBy === PERSON) return true;
  if (ending === undefined) return open.some(({ state }) => state === 'intent' || state === 'in-doubt');
  return ending.outcome === 'ambiguous';
}

/** @param again what sends it again, where it had no effect */
function settleRow(ledger: LedgerDb, row: DoubtedRow, word: Word, at: string, again: string): void {
  const { customer } = row;
  ledger.transaction(() => {
    for (const { kind, ...place } of row.open) {
      if (customer !== undefined) storeWord(ledger, row, kind, wordIdentity(customer), word, at);
      closeStep(ledger, place, stateBy(word, kind), BY_A_PERSON, at);
    }
    const ending = settledEnding(row, word, at, again);
    endRow(ledger, row.run, row.row, ending);
    const identity = customer === undefined ? undefined : linkText(customer);
    if (word === 'not-done' || identity === undefined || ending.customer === undefined) return;
    const applied = { key: row.key, identity, contentHash: row.contentHash, customer: ending.customer };
    storeApplied(ledger, applied, row.run, at);
  });
}

function sentAgainBy({ command, settings }: RunRecord): string {
  const undone = settings['undoes'];
  return command === 'undo' && typeof undone === 'string'
    ? `Type channelbook undo ${undone} again`
    : 'Apply the book again';
}

/** What some steps made is still to be learnt: they stay open, so that the next run looks for it. */
function stateBy(word: Word, kind: StepKind): 'done' | 'failed' | 'in-doubt' {
  if (word === 'not-done') return 'failed';
  return ['create', 'provision', 'insert', 'user'].includes(kind) ? 'in-doubt' : 'done';
}

function settledEnding(row: DoubtedRow, word: Word, at: string, again: string): RowEnding {
  const before: RowEnding = row.ending ?? {
    outcome: 'ambiguous',
    action: 'auto',
    causes: [],
    attempts: 1,
    calls: 1,
    checkedBy: 'google',
    changedFields: [],
  };
  const settled = { ...before, action: actionOf(row, before), resolvedBy: PERSON, finishedAt: at };
  switch (word) {
    case 'done':
      return { ...settled, outcome: 'done', causes: [] };
    case 'not-done':
      return {
        ...settled,
        outcome: 'failed',
        causes: [
          {
            code: 'settled.not_done',
            message: 'a person says that the write took no effect',
            hint: `${again}: it is sent again.`,
          },
        ],
      };
    default:
      return assertNever(word);
  }
}

function actionOf({ action }: DoubtedRow, before: RowEnding): RowEnding['action'] {
  return before.action === 'auto' ? (action as RowEnding['action']) : before.action;
}
