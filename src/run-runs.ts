import Table from 'cli-table3';
import { requireAccount } from './config/account.ts';
import { livingHolder } from './ledger/lock.ts';
import { reportedPart } from './ledger/parts.ts';
import { listRuns, outcomeCounts } from './ledger/runs.ts';
import { EXIT, type ExitCode } from './model/fatal.ts';
import { OUTCOMES } from './model/outcome.ts';
import type { RunRecord } from './model/run-record.ts';
import { isResumable } from './resumable.ts';
import { withLedger } from './run-ledger.ts';
import type { RunDeps, RunRequest } from './run-session.ts';

/** More than anybody reads; `--json` has them, too. */
const MOST_RUNS = 1000;

/** A run as the list shows it. */
interface ListedRun {
  readonly run: string;
  readonly command: string;
  readonly book: string;
  /** `running`, `interrupted` (to be resumed), `stopped` or `finished`. */
  readonly state: string;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly exit_code: number | null;
  readonly directory: string;
}

/** `channelbook runs`: the runs of the account, latest first. Calls nothing. */
export async function runRuns(request: RunRequest, deps: RunDeps): Promise<ExitCode> {
  const account = requireAccount(request.settings);
  for (const warning of request.configWarnings) deps.terminal.warn(warning);
  const runs = await withLedger(request, account, (ledger) => {
    if (ledger === undefined) return [];
    const holder = livingHolder(ledger.db, ledger.path, deps.clock.now())?.run;
    return listRuns(ledger, MOST_RUNS).map((run) =>
      toListed(run, run.id === holder, outcomeCounts(ledger, reportedPart(ledger, run).seq)),
    );
  });
  await deps.terminal.result(request.settings.json ? JSON.stringify({ runs }) : textOf(runs, account));
  return deps.terminal.outputFault()?.exitCode ?? EXIT.ok;
}

function toListed(run: RunRecord, isAlive: boolean, outcomes: ListedRun['outcomes']): ListedRun {
  return {
    run: run.id,
    command: run.command,
    book: run.bookName,
    state: stateOf(run, isAlive),
    outcomes: Object.fromEntries(
      OUTCOMES.flatMap((kind) => (outcomes[kind] === undefined ? [] : [[kind, outcomes[kind]]])),
    ),
    started_at: run.startedAt,
    finished_at: run.finishedAt ?? null,
    exit_code: run.exitCode ?? null,
    directory: run.directory,
  };
}

function stateOf(run: RunRecord, isAlive: boolean): string {
  if (isAlive) return 'running';
  if (isResumable(run)) return 'interrupted';
  return run.state === 'finished' ? 'finished' : 'stopped';
}

function textOf(runs: readonly ListedRun[], account: string): string {
  if (runs.length === 0) return `account ${account} has no runs`;
  const table = new Table({
    head: ['run', 'command', 'book', 'state', 'exit', 'rows'],
    style: { head: [], border: [], compact: true },
  });
  for (const { run, command, book, state, exit_code: code, outcomes } of runs) {
    const counts = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
    table.push([run, command, book, state, code === null ? '' : String(code), counts.join(', ')]);
  }
  return table.toString();
}
