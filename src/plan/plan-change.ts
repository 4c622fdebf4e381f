import { plannedOutcome, type RowDecision } from '../ledger/row-decisions.ts';
import { toPlanLine, type PlanLine } from './plan-line.ts';

type ProvisionStep = Extract<PlanLine['steps'][number], { readonly kind: 'provision' }>;

/** Columns that are named. */
const MOST_COLUMNS = 3;

/**
 * What about a row is not as it was reviewed. Names columns, not what stands in them: the sentence goes to the log.
 *
 * @param now the row as it is decided now; undefined where the book has none of its key
 * @param reviewed its line in the reviewed plan; undefined where there is none
 * @param account of both
 */
export function changeText(
  now: RowDecision | undefined,
  reviewed: PlanLine | undefined,
  account: string,
): string {
  const line = now === undefined ? undefined : toPlanLine(now, account);
  if (line === undefined || !hasWork(line)) {
    const outcome = now === undefined ? 'not in the book' : `nothing (${plannedOutcome(now)})`;
    return `now ${outcome}, reviewed was ${reviewed === undefined ? 'nothing' : workText(reviewed)}`;
  }
  if (reviewed === undefined) return `now ${workText(line)}, not in the reviewed plan`;
  return whatChanged(line, reviewed);
}

function hasWork({ steps }: PlanLine): boolean {
  return steps.length > 0;
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
  const texts = new Map(before.differences.map((found) => [found.column, valueText(found)]));
  return now.differences
    .filter((found) => texts.get(found.column) !== valueText(found))
    .map(({ column }) => column);
}

function valueText({ book, google, weight }: PlanLine['differences'][number]): string {
  return JSON.stringify([book, google ?? null, weight]);
}

/** The steps and what differs: `update of org_display_name`, `create and provision`, `nothing (unchanged)`. */
function workText(line: PlanLine): string {
  const { action, outcome, steps, differences } = line;
  if (!hasWork(line)) return `nothing (${outcome})`;
  const work = action === 'update' ? 'update' : steps.map(stepText).join(' and ');
  return differences.length === 0 ? work : `${work} of ${someOf(differences.map(({ column }) => column))}`;
}

function stepText(step: PlanLine['steps'][number]): string {
  switch (step.kind) {
    case 'import':
      return step.overwriteIfExists ? 'overwriting import' : 'import';
    case 'provision':
      return provisionText(step);
    default:
      return step.kind;
  }
}

function provisionText({ operation, inDoubt }: ProvisionStep): string {
  if (operation !== undefined) return 'wait for the provisioning under way';
  return inDoubt === true ? 'provision after one in doubt' : 'provision';
}

function someOf(columns: readonly string[]): string {
  const more = columns.length - MOST_COLUMNS;
  return `${columns.slice(0, MOST_COLUMNS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
