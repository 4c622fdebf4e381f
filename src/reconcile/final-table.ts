import Table from 'cli-table3';
import { OUTCOMES, type OutcomeKind } from '../model/outcome.ts';
import type { SummaryFacts } from './summary.ts';

export type Colour = 'green' | 'yellow' | 'red' | 'dim' | 'bold';
/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

const OUTCOME_COLOUR: Readonly<Record<OutcomeKind, Colour>> = {
  done: 'green',
  unchanged: 'green',
  skipped: 'yellow',
  planned: 'green',
  invalid: 'red',
  blocked: 'red',
  failed: 'red',
  ambiguous: 'red',
  unprocessed: 'yellow',
};

/** Causes shown; the rest are in summary.json. */
const MOST_CAUSES = 8;

/** The end of a run for a terminal: outcomes by action, causes, calls and waits per bucket, paths. */
export function finalTable(facts: SummaryFacts, files: readonly string[], paint: Paint): string {
  return [
    outcomeTable(facts, paint),
    causeTable(facts, paint),
    bucketTable(facts, paint),
    customerLines(facts, paint),
    paths(facts, files),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function newTable(head: readonly string[], numeric: readonly number[]): Table.Table {
  return new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, index) => (numeric.includes(index) ? 'right' : 'left')),
  });
}

function outcomeTable({ tally }: SummaryFacts, paint: Paint): string {
  const table = newTable(['outcome', 'action', 'rows'], [2]);
  for (const outcome of OUTCOMES) {
    const byAction = tally.table().get(outcome);
    for (const [action, count] of byAction ?? []) {
      table.push([paint(OUTCOME_COLOUR[outcome], outcome), action, String(count)]);
    }
  }
  table.push([paint('bold', 'rows'), '', paint('bold', String(tally.rows()))]);
  return table.toString();
}

function causeTable({ tally }: SummaryFacts, paint: Paint): string {
  const causes = tally.causes();
  if (causes.length === 0) return '';
  const table = newTable(['cause', 'column', 'rows', 'first row'], [2, 3]);
  for (const { code, column, count, firstRow } of causes.slice(0, MOST_CAUSES)) {
    table.push([code, column ?? '', String(count), String(firstRow)]);
  }
  const more = causes.length - MOST_CAUSES;
  return more > 0
    ? `${table.toString()}\n${paint('dim', `and ${more} more causes in summary.json`)}`
    : table.toString();
}

function bucketTable({ buckets }: SummaryFacts, paint: Paint): string {
  const used = Object.entries(buckets).filter(([, use]) => use.calls > 0);
  if (used.length === 0) return '';
  const table = newTable(['quota bucket', 'calls', 'waited', 'most in 60 s'], [1, 2, 3]);
  for (const [bucket, use] of used) {
    const waited = `${use.waitedSeconds.toFixed(1)} s`;
    table.push([
      bucket,
      String(use.calls),
      use.waitedSeconds > 0 ? waited : paint('dim', waited),
      String(use.largestWindow),
    ]);
  }
  return table.toString();
}

/** What is left to others: the customers themselves, and mails. */
function customerLines({ tally, notifications }: SummaryFacts, paint: Paint): string {
  const waiting = tally.waitingForCustomer();
  const { written = 0, sent = 0, failed = 0 } = notifications ?? {};
  const mails = [
    ...(written > 0 ? [`${written} written`] : []),
    ...(sent > 0 ? [`${sent} sent`] : []),
    ...(failed > 0 ? [paint('yellow', `${failed} not sent, tried again by the next run`)] : []),
  ];
  return [
    ...(waiting > 0
      ? [`Waiting for the customer: ${waiting === 1 ? '1 has' : `${waiting} have`} not signed in yet`]
      : []),
    ...(mails.length > 0 ? [`Notifications: ${mails.join(', ')}`] : []),
  ].join('\n');
}

function paths({ directory }: SummaryFacts, files: readonly string[]): string {
  return `Reports: ${directory}\n${files.map((file) => `  ${file}`).join('\n')}`;
}
