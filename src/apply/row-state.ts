import type { Clock } from '../clock.ts';
import type { ChannelReader, ChannelWriter } from '../google/channel.ts';
import type { DirectoryReader, DirectoryWriter } from '../google/directory.ts';
import type { ResellerReader, ResellerWriter } from '../google/reseller.ts';
import { storeApplied } from '../ledger/applied.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { endRow, type PlannedRow } from '../ledger/rows.ts';
import { closeStep } from '../ledger/steps.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { Customer } from '../model/customer.ts';
import type { Operation } from '../model/operation.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { Tenant } from '../model/plan.ts';
import { ACCEPT_TERMS, type Cause, type RowEnding } from '../model/row-ending.ts';
import { linkText } from '../plan/requests.ts';
import type { Sealer } from '../seal.ts';
import type { CredentialsFile } from './credentials-file.ts';
import type { Outage } from './outage.ts';
import type { RunStop } from './run-stop.ts';

/** What rows are run with. */
export interface RowDeps {
  /** Number of the run. */
  readonly run: number;
  /** Id without `accounts/`. */
  readonly account: string;
  readonly ledger: LedgerDb;
  readonly reader: ChannelReader;
  readonly writer: ChannelWriter;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly stop: RunStop;
  readonly outage: Outage;
  /** Longest wait for an operation, and for a new user to be complete. */
  readonly operationTimeoutMs: number;
  /** What new customers of the Reseller API are made with. */
  readonly onboarding: OnboardDeps;
}

export interface OnboardDeps {
  readonly reseller: ResellerReader;
  readonly resellerWriter: ResellerWriter;
  readonly directory: DirectoryReader;
  readonly directoryWriter: DirectoryWriter;
  readonly credentials: CredentialsFile;
  readonly newPassword: () => string;
}

/** A row under way: where it is, and what it has come to so far. */
export interface RowRun {
  readonly row: PlannedRow;
  /** The first step that is still to be done. */
  step: number;
  remote: RemoteCustomer | undefined;
  calls: number;
  attempts: number;
  /** A write of this row has left: it may no longer simply be put back. */
  begun: boolean;
  changed: string[];
  /** Name of the operation that was begun for it. */
  operation: string | undefined;
  /** What found a write in doubt done (`listing`, `customers.get`). */
  resolvedBy: string | undefined;
  /** The step that was in doubt before: a second doubt about it is not looked into again. */
  doubted: number | undefined;
  /** What an onboarding is about, once Google has it. */
  tenant: Tenant | undefined;
  /** Something to know of the row, however it ends. */
  note: string | undefined;
  /**
   * The password that its first user is made with; a secret. `isLost` where an earlier try may have brought another one to
   * Google, which is in no file any more.
   */
  password: { readonly text: string; readonly isLost: boolean } | undefined;
  /**
   * The row as an insert was sent for it that may have had its effect, of this run or an earlier one; also of any other
   * step, that one was sent. Undefined where nothing of the step at hand can be at Google.
   */
  mayBeThere: Customer | undefined;
  /** The last step whose intent this run has committed. */
  intended: number | undefined;
  /** Whether its user was refused before in a way that may have had its effect all the same. */
  wasRefused: boolean;
  /** What it waits after. */
  waitsAfter: ApiFailure | undefined;
  /** How long the row waits before its next try, while Google has not finished making its user. */
  pollMs: number | undefined;
  readonly startedAt: string;
}

/**
 * What running a row came to: its end, a doubt or nothing yet (`left`), an operation to wait for, or a user that Google
 * has not finished making (`incomplete`).
 */
export type RowResult =
  { readonly kind: 'ended'; readonly ending: RowEnding } | { readonly kind: 'left' } | RowWaiting;

/** A row that holds no slot meanwhile; `later` takes it on. */
export type RowWaiting =
  | { readonly kind: 'waiting'; readonly run: RowRun; readonly operation: Operation }
  | { readonly kind: 'incomplete'; readonly run: RowRun };

export const LEFT: RowResult = { kind: 'left' };

/** Something more to know of a row, however it ends. */
export function addToNote(run: RowRun, note: string): void {
  if (run.note?.includes(note) !== true) run.note = run.note === undefined ? note : `${run.note} | ${note}`;
}

/** Takes a row up at its first step. */
export function startRow(row: PlannedRow, remote: RemoteCustomer | undefined, deps: RowDeps): RowRun {
  const inDoubt = row.plan.steps.findIndex((step) => step.kind === 'provision' && step.inDoubt === true);
  return {
    row,
    step: 0,
    remote,
    calls: row.calls + (row.earlier?.work?.calls ?? 0),
    attempts: 0,
    begun: false,
    changed: [...(row.earlier?.work?.changedFields ?? [])],
    operation: undefined,
    resolvedBy: undefined,
    doubted: inDoubt < 0 ? undefined : inDoubt,
    tenant: row.plan.tenant,
    note: row.plan.note,
    password: undefined,
    mayBeThere: undefined,
    intended: undefined,
    wasRefused: false,
    waitsAfter: undefined,
    pollMs: undefined,
    startedAt: row.earlier?.work?.startedAt ?? timestamp(deps),
  };
}

/** The row's line as things stand. */
export function endingOf(
  run: RowRun,
  outcome: RowEnding['outcome'],
  causes: readonly Cause[],
  deps: RowDeps,
): RowEnding {
  const { row, remote, tenant } = run;
  const action = actionOf(row);
  const isOnboarded = action === 'onboard' && outcome === 'done';
  const imported = action === 'import' && remote !== undefined && outcome === 'done';
  const drift = outcome === 'done' && row.customer.overwrite === 'never' && row.plan.differences.length > 0;
  return {
    outcome,
    action,
    causes,
    customer: remote?.name ?? row.plan.customer,
    cloudIdentityId: remote?.cloudIdentityId ?? tenant?.customerId,
    operation: run.operation,
    attempts: run.attempts === 0 ? (row.earlier?.work?.attempts ?? 0) : run.attempts,
    calls: run.calls,
    checkedBy: 'google',
    resolvedBy: run.resolvedBy,
    startedAt: run.startedAt,
    finishedAt: timestamp(deps),
    changedFields: [...new Set(run.changed)],
    nextStep: imported ? 'transfer_entitlements' : isOnboarded ? ACCEPT_TERMS : undefined,
    // Nobody has signed in to what was made a moment ago; of a team Google does not tell.
    waitsForCustomer: isOnboarded && row.customer.type === 'domain' ? tenant?.hasAgreed !== true : undefined,
    note: drift
      ? `Google differs from the book in ${row.plan.differences.map(({ column }) => column).join(', ')} and overwrite is never`
      : run.note,
  };
}

/** What was begun for the row in an earlier part of the run is what it is about: the rest is one action with it. */
function actionOf({ plan, earlier }: PlannedRow): RowEnding['action'] {
  const begun = earlier?.work?.action ?? 'auto';
  return begun === 'auto' ? plan.action : begun;
}

/** Ends the row and remembers a success, in one transaction. */
export function commitEnding(run: RowRun, ending: RowEnding, deps: RowDeps): RowResult {
  deps.ledger.transaction(() => {
    endRow(deps.ledger, deps.run, run.row.row, ending);
    if (ending.outcome === 'done') remember(run, run.row.contentHash, deps);
  });
  return { kind: 'ended', ending };
}

/**
 * Remembers which customer the row led to.
 *
 * @param contentHash of the row; empty while not all of it is at Google
 */
export function remember({ row, remote }: RowRun, contentHash: string, deps: RowDeps): void {
  const identity = linkText(row.customer);
  if (identity === undefined || remote === undefined) return;
  const applied = { key: row.key, identity, contentHash, customer: remote.name };
  storeApplied(deps.ledger, applied, deps.run, timestamp(deps));
}

export function stepPlace(
  { row }: RowRun,
  step: number,
  deps: RowDeps,
): { readonly run: number; readonly row: number; readonly step: number } {
  return { run: deps.run, row: row.row, step };
}

/** Writes down in the ledger how the step at hand ended; see `closeStep`. */
export function endStep(
  run: RowRun,
  state: 'done' | 'failed' | 'in-doubt',
  detail: string,
  deps: RowDeps,
): void {
  closeStep(deps.ledger, stepPlace(run, run.step, deps), state, detail, timestamp(deps));
}

export function timestamp({ clock }: Pick<RowDeps, 'clock'>): string {
  return new Date(clock.now()).toISOString();
}

/** The customer that a row provisions for: the one that was just created, else the one that it is linked to. */
export function customerName({ remote, row }: RowRun): string {
  return remote?.name ?? row.plan.customer ?? '';
}
