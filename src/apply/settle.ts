import PQueue from 'p-queue';
import type { Clock } from '../clock.ts';
import { endRow, rowsInDoubt, type DoubtfulRow } from '../ledger/rows.ts';
import { closeStep } from '../ledger/steps.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { RowEnding } from '../model/row-ending.ts';
import { differences } from '../plan/compare.ts';
import { findLink } from '../plan/link.ts';
import { identityText } from '../plan/requests.ts';
import { findMatches } from '../snapshot/matches.ts';
import { runRow, type RowDeps, type RowStart } from './run-row.ts';

export interface SettleOptions {
  readonly settleMs: number;
  /** Rows settled at a time. */
  readonly concurrency: number;
  /** Lists everything that Google has into the ledger again. */
  readonly listAgain: () => Promise<void>;
  readonly onWait: (rows: number, delayMs: number) => void;
  readonly onRow: (ending: RowEnding, row: number) => void;
}

/** Rows fetched from the ledger at a time. */
const PAGE = 200;

/**
 * Looks up every write whose end is not known, by means that do not lag, before anything is sent again.
 *
 * A patch in doubt is read back with `customers.get`. Imports in doubt are settled together: after the settle
 * time, counted from the last of them, one full listing shows which of them took effect. What did is done; what
 * did not is sent once more; a second doubt ends as `ambiguous`.
 */
export async function settle(deps: RowDeps, options: SettleOptions): Promise<void> {
  let imports = 0;
  await forEachDoubt(deps, options, async (doubt) => {
    if (isPatch(doubt)) await settlePatch(doubt, deps, options);
    else imports += 1;
  });
  if (imports === 0 || isEnding(deps)) return;
  await waitForLateEffects(imports, deps.clock, options, deps.stop.ending);
  if (isEnding(deps)) return;
  await options.listAgain();
  await forEachDoubt(deps, options, async (doubt) => {
    if (!isPatch(doubt)) await settleImport(doubt, deps, options);
  });
}

/** Asked anew each time: a signal may fire during any wait. */
function isEnding({ stop }: RowDeps): boolean {
  return stop.ending.aborted;
}

function isPatch({ planned, step }: DoubtfulRow): boolean {
  return planned.plan.steps[step]?.kind === 'patch';
}

async function forEachDoubt(
  deps: RowDeps,
  options: SettleOptions,
  work: (doubt: DoubtfulRow) => Promise<void>,
): Promise<void> {
  let after = 0;
  while (!isEnding(deps)) {
    const page = rowsInDoubt(deps.ledger, deps.run, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.planned.row;
    const queue = new PQueue({ concurrency: options.concurrency });
    await queue.addAll(page.map((doubt) => () => work(doubt)));
  }
}

async function waitForLateEffects(
  rows: number,
  clock: Clock,
  options: SettleOptions,
  signal: AbortSignal,
): Promise<void> {
  options.onWait(rows, options.settleMs);
  await clock.sleep(options.settleMs, signal).catch(() => undefined);
}

async function settlePatch(doubt: DoubtfulRow, deps: RowDeps, options: SettleOptions): Promise<void> {
  const { planned, ending, step } = doubt;
  const name = ending.customer ?? planned.plan.customer ?? '';
  const result = await deps.reader.getCustomer(name, { signal: deps.stop.aborting });
  if (result.kind === 'failed') {
    keepDoubt(doubt, deps, options);
    return;
  }
  const remote = result.value;
  const open = differences(planned.customer.fields, remote).some(({ weight }) => weight === 'ordinary');
  await goOn(doubt, open ? step : step + 1, remote, 'customers.get', result.calls, deps, options);
}

async function settleImport(doubt: DoubtfulRow, deps: RowDeps, options: SettleOptions): Promise<void> {
  const { planned, step } = doubt;
  const link = findLink(
    planned.customer,
    findMatches(deps.ledger, planned.customer, identityText(planned.customer)),
  );
  if (link.kind === 'several' || link.kind === 'contradiction') {
    keepDoubt(doubt, deps, options);
    return;
  }
  const found = link.kind === 'linked' ? link.candidate.customer : undefined;
  // An import into a customer that was there before leaves no trace by which a listing could tell that it was
  // carried out; it may safely be repeated, and is.
  const isDone = found !== undefined && planned.plan.customer === undefined;
  await goOn(doubt, isDone ? step + 1 : step, found, 'listing', 0, deps, options);
}

/** Takes the row up again at `step`; past its last step it is done. */
async function goOn(
  doubt: DoubtfulRow,
  step: number,
  remote: RemoteCustomer | undefined,
  means: string,
  calls: number,
  deps: RowDeps,
  options: SettleOptions,
): Promise<void> {
  const isDone = step > doubt.step;
  const at = new Date(deps.clock.now()).toISOString();
  const place = { run: deps.run, row: doubt.planned.row, step: doubt.step };
  closeStep(deps.ledger, place, isDone ? 'done' : 'failed', `settled by ${means}`, at);
  const start: RowStart = {
    step,
    remote,
    resolvedBy: isDone ? means : undefined,
    secondTry: true,
    calls: doubt.ending.calls + calls,
    attempts: doubt.ending.attempts,
    changed: doubt.ending.changedFields,
    startedAt: doubt.ending.startedAt,
  };
  const ending = await runRow(doubt.planned, start, deps);
  if (ending !== undefined) options.onRow(ending, doubt.planned.row);
}

function keepDoubt(doubt: DoubtfulRow, deps: RowDeps, options: SettleOptions): void {
  endRow(deps.ledger, deps.run, doubt.planned.row, doubt.ending);
  options.onRow(doubt.ending, doubt.planned.row);
}
