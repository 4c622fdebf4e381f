import type { PlanExample, PlanFacts, PlanGroup } from '../ledger/plan-facts.ts';
import type { OutcomeKind } from '../model/outcome.ts';
import type { Difference } from '../model/plan.ts';
import type { Estimate } from '../plan/estimate.ts';
import { safetyLines, type SafetyFault } from '../plan/safety.ts';
import { duration } from '../terminal.ts';
import type { Colour, Paint } from './final-table.ts';
import { columnsOf, fitLine, visible, wrap, type Piece } from './fit-line.ts';

/** Columns and causes that are named of a group. */
const MOST_NAMED = 4;

/** Most columns that one value takes, so that the one beside it is seen as well. */
const VALUE_COLUMNS = 48;

/** Outcomes whose rows are shown one by one: a person may want to do something about them. */
const SHOWN_OUTCOMES: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>([
  'planned',
  'skipped',
  'invalid',
  'blocked',
  'failed',
]);

const COLOURS: Readonly<Partial<Record<string, Colour>>> = {
  planned: 'green',
  skipped: 'yellow',
  unprocessed: 'yellow',
  invalid: 'red',
  blocked: 'red',
  failed: 'red',
};

/**
 * A plan for a person to read: what would be done, by action, with counts and examples field by field; the rows
 * without work; the calls it takes and how long the quotas make them last; the safety limits that it passes.
 *
 * @param width columns of the terminal; no line is longer
 */
export function planTable(
  facts: PlanFacts,
  estimate: Estimate,
  limits: readonly SafetyFault[],
  paint: Paint,
  width: number,
): string {
  const working = facts.groups.filter(({ outcome }) => outcome === 'planned');
  const idle = facts.groups.filter(({ outcome }) => outcome !== 'planned');
  const sections: readonly (readonly (readonly Piece[])[])[] = [
    section(`To do: ${facts.acting} of ${rowsText(facts.rows)}`, working),
    section(`Nothing to do: ${rowsText(facts.rows - facts.acting)}`, idle),
    callLines(estimate),
    limitLines(limits, width),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => fitLine(line, width, paint)).join('\n'))
    .join('\n\n');
}

/** What `summary.json` says of the plan: rows with work by action, most calls by bucket, and seconds by the quotas. */
export function planSummary(facts: PlanFacts, estimate: Estimate): Readonly<Record<string, unknown>> {
  const working = facts.groups.filter(({ outcome }) => outcome === 'planned');
  return {
    actions: Object.fromEntries(working.map(({ action, count }) => [action, count])),
    calls: Object.fromEntries(estimate.buckets.map(({ bucket, calls }) => [bucket, calls])),
    seconds: Math.ceil(estimate.seconds),
  };
}

function section(title: string, groups: readonly PlanGroup[]): readonly (readonly Piece[])[] {
  const names = groups.map(groupName);
  const nameColumns = Math.max(...names.map(columnsOf), 0);
  const countColumns = Math.max(...groups.map(({ count }) => String(count).length), 0);
  const lines = groups.flatMap((group, index) => [
    groupLine(group, (names[index] ?? '').padEnd(nameColumns), countColumns),
    ...exampleLines(group),
  ]);
  return groups.length === 0 && !title.startsWith('To do') ? [] : [[['bold', title]], ...lines];
}

/** Rows without work are told apart by the action that they were decided or asked for, if any. */
function groupName({ outcome, action }: PlanGroup): string {
  if (outcome === 'planned') return visible(action);
  return action === 'none' ? outcome : `${outcome} (${visible(action)})`;
}

function groupLine({ outcome, count, ...group }: PlanGroup, name: string, countColumns: number): Piece[] {
  const colour = COLOURS[outcome];
  const counted = `  ${String(count).padStart(countColumns)}`;
  const named = [
    ...group.causes.map(({ code, count: rows }) => `${visible(code)} ${rows}`),
    ...group.columns.map(({ column, count: rows }) => `${column} ${rows}`),
  ];
  const details = named.length === 0 ? '' : `  ${someOf(named)}`;
  return ['  ', colour === undefined ? name : [colour, name], counted, ['dim', details]];
}

function someOf(texts: readonly string[]): string {
  const more = texts.length - MOST_NAMED;
  return `${texts.slice(0, MOST_NAMED).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

function exampleLines({ outcome, count, examples }: PlanGroup): readonly (readonly Piece[])[] {
  // A row that was told to be skipped has nothing to show.
  const shown = SHOWN_OUTCOMES.has(outcome)
    ? examples.filter((example) => saysSomething(outcome, example))
    : [];
  if (shown.length === 0) return [];
  const more = count - shown.length;
  const last: readonly (readonly Piece[])[] = more > 0 ? [[['dim', `      and ${more} more`]]] : [];
  return [...shown.map(exampleLine), ...last];
}

function saysSomething(outcome: OutcomeKind, { differences, cause }: PlanExample): boolean {
  return outcome === 'planned' || differences.length > 0 || cause !== undefined;
}

/** `A-12 acme.com  org_display_name: "Old" -> "New"` */
function exampleLine(example: PlanExample): readonly Piece[] {
  const { key, identity, name, differences, moreDifferences, cause } = example;
  const who = identity === undefined || identity === key ? key : `${key} ${identity}`;
  const found = differences.map(differenceText);
  const texts = [
    ...(cause === undefined ? [] : [visible(cause.message)]),
    ...(found.length === 0 && cause === undefined && name !== undefined ? [quoted(name)] : found),
    ...(moreDifferences === 0 ? [] : [`and ${moreDifferences} more`]),
  ];
  const label = key === '' ? `row ${example.row}` : visible(who);
  return [`      ${label}`, texts.length === 0 ? '' : `  ${texts.join('; ')}`];
}

function differenceText({ column, google, book }: Difference): string {
  return `${column}: ${google === undefined ? '(empty)' : quoted(google)} -> ${quoted(book)}`;
}

function quoted(value: string): string {
  return `"${fitLine([visible(value)], VALUE_COLUMNS, (_, text) => text)}"`;
}

function callLines({ buckets, seconds }: Estimate): readonly (readonly Piece[])[] {
  if (buckets.length === 0) return [];
  const nameColumns = Math.max(...buckets.map(({ bucket }) => bucket.length));
  const callColumns = Math.max(...buckets.map(({ calls }) => String(calls).length));
  return [
    [['bold', 'Calls to make, at most'], `: ${atLeastASecond(seconds)} by the quotas`],
    ...buckets.map(({ bucket, calls, callsPerMinute, seconds: own }): readonly Piece[] => [
      `  ${bucket.padEnd(nameColumns)}  ${String(calls).padStart(callColumns)}`,
      ['dim', `  ${atLeastASecond(own)} at ${callsPerMinute} a minute`],
    ]),
  ];
}

/** Calls that all leave at once take their time as well. */
function atLeastASecond(seconds: number): string {
  return duration(Math.max(1, seconds));
}

/** Wrapped, never cut: these are the numbers that a person says yes or no to. */
function limitLines(limits: readonly SafetyFault[], width: number): readonly (readonly Piece[])[] {
  if (limits.length === 0) return [];
  const lines = [...safetyLines(limits), 'With --yes apply refuses this unless it is given:'];
  return [
    [['red', 'Past the safety limits']],
    ...lines
      .flatMap((line) => wrap(line, width - 4).map((part, index) => `${index === 0 ? '  ' : '    '}${part}`))
      .map((line): readonly Piece[] => [line]),
    ...limits.map(({ waiver }): readonly Piece[] => [`    ${waiver}`]),
  ];
}

function rowsText(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}
