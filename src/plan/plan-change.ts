import type { ReviewedRow } from '../ledger/reviewed-plan.ts';
import { plannedOutcome, type RowDecision } from '../ledger/row-decisions.ts';
import { parsePlanLine, planText, type PlanLine } from './plan-line.ts';

/** Columns that are named. */
const MOST_COLUMNS = 3;

/**
 * What about a row with work to do is not as it was reviewed; undefined where nothing is. Names columns, not what
 * stands in them: the sentence goes to the log.
 */
export function changeOf(now: PlanLine, reviewed: ReviewedRow | undefined): string | undefined {
  if (reviewed === undefined) return `now ${workText(now)}, not in the reviewed plan`;
  const before = reviewed.plan === undefined ? undefined : parsePlanLine(reviewed.plan);
  if (before === undefined) return `now ${workText(now)}, reviewed was nothing (${reviewed.outcome})`;
  return planText(now) === planText(before) ? undefined : whatChanged(now, before);
}

/** What has become of a row that had work to do when it was reviewed and has none now. */
export function goneText(reviewed: ReviewedRow, now: RowDecision | undefined): string {
  const before = reviewed.plan === undefined ? undefined : parsePlanLine(reviewed.plan);
  const outcome = now === undefined ? 'not in the book' : `nothing (${plannedOutcome(now)})`;
  return `now ${outcome}, reviewed was ${before === undefined ? 'work' : workText(before)}`;
}

function whatChanged(now: PlanLine, before: PlanLine): string {
  if (workText(now) !== workText(before)) return `now ${workText(now)}, reviewed was ${workText(before)}`;
  if (now.customer !== before.customer) {
    return `now ${workText(now)} of ${now.customer ?? 'no customer'}, reviewed was ${before.customer ?? 'no customer'}`;
  }
  const columns = changedColumns(now, before);
  if (columns.length > 0) return `other values in ${someOf(columns)} than reviewed`;
  return now.content === before.content
    ? `${workText(now)} is not done as reviewed`
    : 'the row in the book is not the one that was reviewed';
}

function changedColumns(now: PlanLine, before: PlanLine): readonly string[] {
  const texts = new Map(before.differences.map((found) => [found.column, JSON.stringify(found)]));
  return now.differences
    .filter((found) => texts.get(found.column) !== JSON.stringify(found))
    .map(({ column }) => column);
}

/** The steps and what differs: `update of org_display_name`, `create and provision`. */
function workText({ action, steps, differences }: PlanLine): string {
  const work = action === 'update' ? 'update' : steps.map(stepText).join(' and ');
  return differences.length === 0 ? work : `${work} of ${someOf(differences.map(({ column }) => column))}`;
}

function stepText(step: PlanLine['steps'][number]): string {
  return step.kind === 'import' && step.overwriteIfExists ? 'overwriting import' : step.kind;
}

function someOf(columns: readonly string[]): string {
  const more = columns.length - MOST_COLUMNS;
  return `${columns.slice(0, MOST_COLUMNS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
