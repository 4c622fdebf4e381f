import PQueue from 'p-queue';
import { claimHolder } from '../ledger/claims.ts';
import { endRow, reopenRow, rowsInDoubt, type DoubtfulRow, type PlannedRow } from '../ledger/rows.ts';
import { closeStep, lastDoubtMs, writtenMask } from '../ledger/steps.ts';
import { isOnboardKind, patchedColumns, type OnboardKind, type StepKind } from '../model/plan.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { RowEnding } from '../model/row-ending.ts';
import { differences } from '../plan/compare.ts';
import { madeCustomers, type Made } from '../plan/made-customers.ts';
import { findLink } from '../plan/link.ts';
import { linkText, maskedText, patchRequest } from '../plan/requests.ts';
import { findMatches } from '../snapshot/matches.ts';
import { awaitIdentity, graceMs } from './await-identity.ts';
import { later } from './later.ts';
import { endSeen } from './onboard-ends.ts';
import { goOnboarding } from './onboard-row.ts';
import { lookUpStep, tenantOfRow } from './onboard-steps.ts';
import { goOn } from './run-row.ts';
import {
  endStep,
  remember,
  startRow,
  timestamp,
  type RowDeps,
  type RowResult,
  type RowRun,
} from './row-state.ts';
import { stopForCrash } from './run-stop.ts';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts';

export interface SettleOptions {
  readonly settleMs: number;
  /** Rows settled at a time. */
  readonly concurrency: number;
  /** Lists everything that Google has into the ledger again; returns the channel partners that it could not list. */
  readonly listAgain: () => Promise<ReadonlySet<string>>;
  readonly onWait: (rows: number, delayMs: number) => void;
  readonly onRow: (ending: RowEnding, row: number) => void;
}

/** Rows fetched from the ledger at a time. */
const PAGE = 200;

/** The doubts that a full listing settles, and those that `customers.get` settles once late effects have shown. */
const LISTED: ReadonlySet<StepKind> = new Set(['import', 'create']);
const LATE: ReadonlySet<StepKind> = new Set([
  'import',
  'create',
  'provision',
  'insert',
  'language',
  'user',
  'admin',
]);

/**
 * Looks up every write whose end is not known, by means that do not lag, before anything is sent again.
 *
 * A patch in doubt is read back with `customers.get`. Imports, creates and provisionings in doubt are settled
 * together, after the settle time counted from the last of them: what is made shows in one full listing, a Cloud
 * Identity in `customers.get`, which is asked for some minutes more. What took effect is done; what did not is sent once
 * more; a second doubt, or one that cannot be decided, ends as `ambiguous`.
 */
export async function settle(rowDeps: RowDeps, options: SettleOptions): Promise<void> {
  const deps: SettleDeps = { ...rowDeps, waiting: createWaitingRoom(), faults: [] };
  // A row that goes on may come into doubt about a later step: as often as it has steps.
  for (let round = 0; round < MOST_STEPS && (await settleRound(deps, options)); round += 1);
  if (deps.faults.length > 0) throw deps.faults[0];
}

/** Steps of the longest plan: an onboarding's. */
const MOST_STEPS = 4;

/** Returns whether there was anything to settle. */
async function settleRound(deps: SettleDeps, options: SettleOptions): Promise<boolean> {
  const seen = new Map<StepKind, number>();
  let settled = 0;
  await forEachDoubt(deps, options, async (doubt, kind) => {
    settled += 1;
    if (LATE.has(kind)) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    else await settlePatch(doubt, deps, options);
  });
  const late = [...seen.values()].reduce((sum, count) => sum + count, 0);
  if (late > 0 && !isEnding(deps)) {
    await waitForLateEffects(late, deps, options);
    const isListed = !isEnding(deps) && [...seen.keys()].some((kind) => LISTED.has(kind));
    const unlisted = isListed ? await options.listAgain() : new Set<string>();
    await forEachDoubt(deps, options, async (doubt, kind) => {
      if (kind === 'import') await settleImport(doubt, deps, options);
      if (kind === 'create') await settleCreate(doubt, unlisted, deps, options);
      if (kind === 'provision') settleProvision(doubt, deps, options);
      if (isOnboardKind(kind)) await settleOnboarding(doubt, kind, deps, options);
    });
  }
  await deps.waiting.isEmpty();
  return settled > 0;
}

interface SettleDeps extends RowDeps {
  /** Rows whose second try began an operation. */
  readonly waiting: WaitingRoom;
  /** What went wrong while they waited. */
  readonly faults: unknown[];
}

/** Asked anew each time: a signal may fire during any wait. */
function isEnding({ stop }: RowDeps): boolean {
  return stop.ending.aborted;
}

async function forEachDoubt(
  deps: SettleDeps,
  options: SettleOptions,
  work: (doubt: DoubtfulRow, kind: StepKind) => Promise<void>,
): Promise<void> {
  let after = 0;
  while (!isEnding(deps) && deps.faults.length === 0) {
    const page = rowsInDoubt(deps.ledger, deps.run, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.planned.row;
    const queue = new PQueue({ concurrency: options.concurrency });
    for (const doubt of page) {
      const kind = doubt.planned.plan.steps[doubt.step]?.kind;
      void queue.add(() =>
        (kind === undefined ? endDoubt(doubt, deps, options) : work(doubt, kind)).catch((error: unknown) => {
          giveUp(error, deps);
        }),
      );
    }
    await queue.onIdle();
  }
}

/** The settle time counts from the last doubt: whatever else the rows took has passed of it already. */
async function waitForLateEffects(rows: number, deps: SettleDeps, options: SettleOptions): Promise<void> {
  const { clock, stop } = deps;
  const lastMs = lastDoubtMs(deps.ledger, deps.run) ?? clock.now();
  // A clock that was put back must not make the wait longer.
  const leftMs = Math.min(options.settleMs, lastMs + options.settleMs - clock.now());
  if (leftMs <= 0) return;
  options.onWait(rows, leftMs);
  await clock.sleep(leftMs, stop.ending).catch(() => undefined);
}

async function settlePatch(doubt: DoubtfulRow, deps: SettleDeps, options: SettleOptions): Promise<void> {
  const { planned, ending } = doubt;
  const name = ending.customer ?? planned.plan.customer ?? '';
  const result = await deps.reader.getCustomer(name, { signal: deps.stop.aborting });
  if (result.kind === 'failed') {
    keepDoubt(doubt, deps, options);
    return;
  }
  const remote = result.value;
  const { fields } = planned.customer;
  const open = patchRequest(fields, remote, differences(fields, remote)) !== undefined;
  const found: Found = { isDone: !open, remote, means: 'customers.get', calls: result.calls };
  await resume(doubt, found, deps, options);
}

async function settleImport(doubt: DoubtfulRow, deps: SettleDeps, options: SettleOptions): Promise<void> {
  const { planned } = doubt;
  const link = findLink(
    planned.customer,
    findMatches(deps.ledger, planned.customer, linkText(planned.customer)),
  );
  if (link.kind === 'several' || link.kind === 'contradiction') {
    keepDoubt(doubt, deps, options);
    return;
  }
  const remote = link.kind === 'linked' ? link.candidate.customer : undefined;
  // An import into a customer that was there before leaves no trace by which a listing could tell that it was
  // carried out; it may safely be repeated, and is.
  const isDone = remote !== undefined && planned.plan.customer === undefined;
  await resume(doubt, { isDone, remote, means: 'listing', calls: 0 }, deps, options);
}

/**
 * A create in doubt: what the listing has for it, by `correlationId`, then domain, is what it made.
 *
 * @param unlisted channel partners whose customers the listing lacks: what is not seen there may be there
 */
async function settleCreate(
  doubt: DoubtfulRow,
  unlisted: ReadonlySet<string>,
  deps: SettleDeps,
  options: SettleOptions,
): Promise<void> {
  const { customers: found, isTaken } = made(doubt.planned, deps);
  const isUnseen = unlisted.has(doubt.planned.customer.fields.channel_partner_id ?? '');
  if (found.length > 1 || (found.length === 0 && (isTaken || isUnseen))) {
    keepDoubt(doubt, deps, options);
    return;
  }
  const [remote] = found;
  const settled: Found = { isDone: remote !== undefined, remote, means: 'listing', calls: 0 };
  await resume(doubt, settled, deps, options);
}

/** What this row's create may have made, and no other row has. */
function made({ customer, row }: PlannedRow, { ledger, run }: RowDeps): Made {
  const { customers, isTaken } = madeCustomers(ledger, customer);
  const own = customers.filter(({ name }) => {
    const holder = claimHolder(ledger, run, name);
    return holder === undefined || holder === row;
  });
  return { customers: own, isTaken };
}

/** A provisioning in doubt is watched for at its customer, which holds no row slot, before another is sent. */
function settleProvision(doubt: DoubtfulRow, deps: SettleDeps, options: SettleOptions): void {
  const { planned, ending } = doubt;
  const name = ending.customer ?? planned.plan.customer ?? '';
  const { reader, clock, stop } = deps;
  const forMs = graceMs(options.settleMs, deps.operationTimeoutMs);
  deps.waiting.add(
    awaitIdentity(name, forMs, { reader, clock, signal: stop.ending })
      .then(async ({ remote, calls }) => {
        const isDone = remote?.cloudIdentityId !== undefined;
        if (remote === undefined || (isEnding(deps) && !isDone)) keepDoubt(doubt, deps, options);
        else await resume(doubt, { isDone, remote, means: 'customers.get', calls }, deps, options);
      })
      .catch((error: unknown) => {
        giveUp(error, deps);
      }),
  );
}

/** A step of an onboarding in doubt, once late effects have shown: looked up again before it is sent once more. */
async function settleOnboarding(
  doubt: DoubtfulRow,
  kind: OnboardKind,
  deps: SettleDeps,
  options: SettleOptions,
): Promise<void> {
  const { planned, ending, step } = doubt;
  const run: RowRun = {
    ...startRow(planned, undefined, deps),
    step,
    doubted: step,
    calls: ending.calls,
    attempts: ending.attempts,
    changed: [...ending.changedFields],
    note: ending.note ?? planned.plan.note,
    startedAt: ending.startedAt ?? timestamp(deps),
  };
  run.tenant = tenantOfRow(run, deps);
  run.mayBeThere = planned.customer;
  run.intended = step;
  const seen = await lookUpStep(run, kind, deps);
  if (seen.kind === 'unknown') {
    const causes = seen.cause === undefined ? ending.causes : [seen.cause];
    keepDoubt({ ...doubt, ending: { ...ending, causes, calls: run.calls } }, deps, options);
    return;
  }
  const ended = endSeen(run, kind, seen, deps);
  if (ended === undefined && seen.kind === 'done') run.step += 1;
  if (ended === undefined && seen.kind === 'absent') {
    deps.ledger.transaction(() => {
      endStep(run, 'failed', 'not there', deps);
      reopenRow(deps.ledger, deps.run, planned.row);
    });
  }
  tell(ended ?? (await goOnboarding(run, deps)), planned.row, deps, options);
}

/** What a look-up brought. */
interface Found {
  /** Whether the write in doubt has taken effect. */
  readonly isDone: boolean;
  readonly remote: RemoteCustomer | undefined;
  readonly means: 'customers.get' | 'listing';
  readonly calls: number;
}

/** Takes the row up again: behind the step that is found done, or at the step that is sent once more. */
async function resume(
  doubt: DoubtfulRow,
  found: Found,
  deps: SettleDeps,
  options: SettleOptions,
): Promise<void> {
  const { planned, ending, step } = doubt;
  const { isDone, remote, means } = found;
  const at = new Date(deps.clock.now()).toISOString();
  const place = { run: deps.run, row: planned.row, step };
  const mask =
    isDone && planned.plan.steps[step]?.kind === 'patch' ? writtenMask(deps.ledger, place) : undefined;
  const after = mask === undefined || remote === undefined ? undefined : maskedText(remote, mask);
  const run: RowRun = {
    ...startRow(planned, remote, deps),
    step: isDone ? step + 1 : step,
    resolvedBy: isDone ? means : undefined,
    doubted: step,
    calls: ending.calls + found.calls,
    attempts: ending.attempts,
    changed: [...ending.changedFields, ...(isDone ? writtenColumns(planned, step) : [])],
    operation: ending.operation,
    startedAt: ending.startedAt ?? at,
  };
  deps.ledger.transaction(() => {
    closeStep(deps.ledger, place, stateOf(planned, step, isDone), `looked up by ${means}`, at, after);
    if (isDone && planned.plan.steps[step]?.kind === 'create') remember(run, '', deps);
    if (!isDone) reopenRow(deps.ledger, deps.run, planned.row);
  });
  tell(await goOn(run, deps), planned.row, deps, options);
}

/** What a look-up cannot rule out stays in doubt until another try replaces it. */
function stateOf({ plan }: PlannedRow, step: number, isDone: boolean): 'done' | 'failed' | 'in-doubt' {
  if (isDone) return 'done';
  const kind = plan.steps[step]?.kind;
  return kind === 'provision' || (kind === 'import' && plan.customer !== undefined) ? 'in-doubt' : 'failed';
}

/** The columns that a patch found done has written. */
function writtenColumns({ plan }: PlannedRow, step: number): readonly string[] {
  return plan.steps[step]?.kind === 'patch' ? patchedColumns(plan.differences) : [];
}

function tell(result: RowResult, row: number, deps: SettleDeps, options: SettleOptions): void {
  if (result.kind === 'ended') options.onRow(result.ending, row);
  if (result.kind === 'ended' || result.kind === 'left') return;
  deps.waiting.add(
    later(result, deps).then(
      (next) => {
        tell(next, row, deps, options);
      },
      (error: unknown) => {
        giveUp(error, deps);
      },
    ),
  );
}

/** What cannot be written down ends the run; rows under way are let go first. */
function giveUp(error: unknown, deps: SettleDeps): void {
  deps.faults.push(error);
  stopForCrash(deps.stop, error);
}

/** Which of its steps is in doubt was not written down: it stays in doubt. */
function endDoubt(doubt: DoubtfulRow, deps: RowDeps, options: SettleOptions): Promise<void> {
  keepDoubt(doubt, deps, options);
  return Promise.resolve();
}

function keepDoubt(doubt: DoubtfulRow, deps: RowDeps, options: SettleOptions): void {
  endRow(deps.ledger, deps.run, doubt.planned.row, doubt.ending);
  options.onRow(doubt.ending, doubt.planned.row);
}
