import { ACTIONS } from '../model/action.ts';
import type { FieldColumn } from '../model/column.ts';
import { OUTCOMES, type OutcomeKind } from '../model/outcome.ts';
import { isOnboardStep, type Difference, type RowPlan, type StepPlan } from '../model/plan.ts';
import type { Cause } from '../model/row-ending.ts';
import type { LedgerDb } from './ledger.ts';
import { acts, plannedOutcome, rowDecisions, type RowDecision } from './row-decisions.ts';

const EXAMPLES = 3;
const EXAMPLE_DIFFERENCES = 3;

/** One row of a group, to show what the group is about. Texts are the book's and Google's own. */
export interface PlanExample {
  readonly row: number;
  readonly key: string;
  /** The domain, else the Cloud Identity ID or the primary admin; undefined where the row is invalid. */
  readonly identity: string | undefined;
  /** `org_display_name` of the book. */
  readonly name: string | undefined;
  /** The first of them. */
  readonly differences: readonly Difference[];
  readonly moreDifferences: number;
  /** Resource name of the linked customer. */
  readonly customer: string | undefined;
  /** Why there is nothing to do, where that is not as it should be. */
  readonly cause: Cause | undefined;
}

/** The rows that come to the same: `planned` ones by action, the others by outcome and action. */
export interface PlanGroup {
  readonly outcome: OutcomeKind;
  readonly action: string;
  readonly count: number;
  /** The first rows. */
  readonly examples: readonly PlanExample[];
  /** Columns that differ, with the number of rows; most frequent first. */
  readonly columns: readonly { readonly column: FieldColumn; readonly count: number }[];
  /** Codes of the rows' first causes, with the number of rows; most frequent first. */
  readonly causes: readonly { readonly code: string; readonly count: number }[];
}

/** How many steps there are to run. */
export interface StepCounts {
  readonly imports: number;
  /** Those of `imports` that overwrite a customer that Google has. */
  readonly overwritingImports: number;
  readonly creates: number;
  readonly patches: number;
  /** Those that begin an operation. */
  readonly provisions: number;
  /** Operations of earlier runs that are waited for. */
  readonly resumed: number;
  /** New customers of the Reseller API. */
  readonly inserts: number;
  /** Languages, first users and super admins of the Directory API, together. */
  readonly directory: number;
}

/** Rows that the safety limits look at; a row counts once in each. */
export interface SafetyCounts {
  /** Rows that create, begin to provision or onboard a customer. */
  readonly creates: number;
  readonly imports: number;
  /** Rows that change a customer that Google has, or may: every import with overwrite. */
  readonly updates: number;
}

export interface PlanFacts {
  readonly rows: number;
  /** Rows with work to do. */
  readonly acting: number;
  /** Those with work to do first, by action; then by outcome. */
  readonly groups: readonly PlanGroup[];
  readonly steps: StepCounts;
  readonly safety: SafetyCounts;
}

/** What a plan comes to, the same before and after it is applied. One pass; memory does not grow with the book. */
export function planFacts(ledger: LedgerDb, run: number): PlanFacts {
  const groups = new Map<string, GroupUnderWay>();
  const steps = {
    imports: 0,
    overwritingImports: 0,
    creates: 0,
    patches: 0,
    provisions: 0,
    resumed: 0,
    inserts: 0,
    directory: 0,
  };
  const safety = { creates: 0, imports: 0, updates: 0 };
  let rows = 0;
  let acting = 0;
  for (const decision of rowDecisions(ledger, run)) {
    rows += 1;
    addToGroup(groups, decision);
    if (!acts(decision.plan)) continue;
    acting += 1;
    countSteps(steps, decision.plan);
    countForSafety(safety, decision.plan);
  }
  return { rows, acting, groups: [...groups.values()].map(toGroup).sort(byOutcome), steps, safety };
}

interface GroupUnderWay {
  readonly outcome: OutcomeKind;
  readonly action: string;
  count: number;
  readonly examples: PlanExample[];
  readonly columns: Map<FieldColumn, number>;
  readonly causes: Map<string, number>;
}

function addToGroup(groups: Map<string, GroupUnderWay>, decision: RowDecision): void {
  const outcome = plannedOutcome(decision);
  const action = decision.plan?.action ?? decision.action;
  const id = `${outcome} ${action}`;
  const group = groups.get(id) ?? {
    outcome,
    action,
    count: 0,
    examples: [],
    columns: new Map<FieldColumn, number>(),
    causes: new Map<string, number>(),
  };
  groups.set(id, group);
  group.count += 1;
  const cause = outcome === 'planned' ? undefined : decision.ending?.causes[0];
  if (group.examples.length < EXAMPLES) group.examples.push(toExample(decision, cause));
  for (const { column } of decision.plan?.differences ?? []) increase(group.columns, column);
  if (cause !== undefined) increase(group.causes, cause.code);
}

function toExample({ row, key, customer, plan }: RowDecision, cause: Cause | undefined): PlanExample {
  const differences = plan?.differences ?? [];
  const { domain, cloud_identity_id: identityId, primary_admin_email: admin } = customer?.fields ?? {};
  return {
    row,
    key,
    identity: domain ?? identityId ?? admin,
    name: customer?.fields.org_display_name,
    differences: differences.slice(0, EXAMPLE_DIFFERENCES),
    moreDifferences: Math.max(0, differences.length - EXAMPLE_DIFFERENCES),
    customer: plan?.customer,
    cause,
  };
}

function increase<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function countSteps(counts: Writable<StepCounts>, plan: RowPlan): void {
  for (const step of plan.steps) {
    if (step.kind === 'import') counts.imports += 1;
    if (step.kind === 'create') counts.creates += 1;
    if (step.kind === 'patch') counts.patches += 1;
    if (step.kind === 'insert') counts.inserts += 1;
    else if (isOnboardStep(step)) counts.directory += 1;
    if (step.kind === 'provision') counts[step.operation === undefined ? 'provisions' : 'resumed'] += 1;
  }
  if (overwritesByImport(plan)) counts.overwritingImports += 1;
}

function countForSafety(counts: Writable<SafetyCounts>, plan: RowPlan): void {
  const { steps, customer } = plan;
  const isNew = steps.some(
    (step) =>
      ['create', 'insert', 'user'].includes(step.kind) ||
      (step.kind === 'provision' && step.operation === undefined),
  );
  const patches = customer !== undefined && steps.some(({ kind }) => kind === 'patch');
  if (isNew) counts.creates += 1;
  if (steps.some(({ kind }) => kind === 'import')) counts.imports += 1;
  // Also of a customer that the snapshot does not show: what such an import overwrites is not known beforehand.
  if (patches || steps.some(overwrites)) counts.updates += 1;
}

function overwritesByImport({ steps, customer }: RowPlan): boolean {
  return customer !== undefined && steps.some(overwrites);
}

function overwrites(step: StepPlan): boolean {
  return step.kind === 'import' && step.overwriteIfExists;
}

function toGroup(group: GroupUnderWay): PlanGroup {
  return {
    outcome: group.outcome,
    action: group.action,
    count: group.count,
    examples: group.examples,
    columns: mostFrequent(group.columns).map(([column, count]) => ({ column, count })),
    causes: mostFrequent(group.causes).map(([code, count]) => ({ code, count })),
  };
}

function mostFrequent<K>(counts: ReadonlyMap<K, number>): readonly (readonly [K, number])[] {
  return [...counts].sort(([, a], [, b]) => b - a);
}

function byOutcome(a: PlanGroup, b: PlanGroup): number {
  return outcomeRank(a) - outcomeRank(b) || actionRank(a) - actionRank(b);
}

function outcomeRank({ outcome }: PlanGroup): number {
  return outcome === 'planned' ? -1 : OUTCOMES.indexOf(outcome);
}

/** Actions that are none of ours (`auto`, of rows that were not decided) come last. */
function actionRank({ action }: PlanGroup): number {
  const rank = ACTIONS.findIndex((known) => known === action);
  return rank < 0 ? ACTIONS.length : rank;
}
