import type { Clock } from '../clock.ts';
import { endRow, rowsInDoubt, type PlannedRow } from '../ledger/rows.ts';
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
  /** Lists everything that Google has into the ledger again. */
  readonly listAgain: () => Promise<void>;
  readonly onWait: (rows: number, delayMs: number) => void;
  readonly onRow: (ending: RowEnding, row: number) => void;
}

interface Doubt {
  readonly planned: PlannedRow;
  readonly ending: RowEnding;
  /** The step whose answer never came, from 0. */
  readonly step: number;
}

/**
 * Looks up every write whose end is not known, by means that do not lag, before anything is sent again.
 *
 * A patch in doubt is read back with `customers.get`. Imports in doubt are settled together: after the settle
 * time, counted from the last of them, one full listing shows which of them took effect. What did is done; what
 * did not is sent once more; a second doubt ends as `ambiguous`.
 */
export async function settle(deps: RowDeps, options: SettleOptions): Promise<void> {
  const doubts = rowsInDoubt(deps.ledger, deps.run).map((doubt) => ({
    ...doubt,
    step: stepInDoubt(deps, doubt.planned),
  }));
  if (doubts.length === 0 || isEnding(deps)) return;
  const patches = doubts.filter((doubt) => doubt.planned.plan.steps[doubt.step]?.kind === 'patch');
  const imports = doubts.filter((doubt) => !patches.includes(doubt));
  for (const doubt of patches) await settlePatch(doubt, deps, options);
  if (imports.length === 0) return;
  await waitForLateEffects(imports.length, deps.clock, options, deps.stop.ending);
  if (isEnding(deps)) return;
  await options.listAgain();
  for (const doubt of imports) await settleImport(doubt, deps, options);
}

/** Asked anew each time: a signal may fire during any wait. */
function isEnding({ stop }: RowDeps): boolean {
  return stop.ending.aborted;
}

function stepInDoubt(deps: RowDeps, planned: PlannedRow): number {
  const row = deps.ledger.get(
    `SELECT step FROM steps WHERE run = ? AND row = ? AND state = 'in-doubt' ORDER BY step LIMIT 1`,
    deps.run,
    planned.row,
  );
  return Number(row?.['step'] ?? 0);
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

async function settlePatch(doubt: Doubt, deps: RowDeps, options: SettleOptions): Promise<void> {
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

async function settleImport(doubt: Doubt, deps: RowDeps, options: SettleOptions): Promise<void> {
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
  doubt: Doubt,
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
  };
  const ending = await runRow(doubt.planned, start, deps);
  if (ending !== undefined) options.onRow(ending, doubt.planned.row);
}

function keepDoubt(doubt: Doubt, deps: RowDeps, options: SettleOptions): void {
  endRow(deps.ledger, deps.run, doubt.planned.row, doubt.ending);
  options.onRow(doubt.ending, doubt.planned.row);
}
