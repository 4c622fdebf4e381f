import { cleanCell } from '../book/split-records.ts';
import type { ReadRow } from '../book/read-row.ts';
import type { CheckedRow, Fields, Problem } from '../model/customer.ts';
import type { Candidate } from '../model/matches.ts';
import { neutralise } from '../model/spreadsheet-cell.ts';
import { differences } from '../plan/compare.ts';
import { createValidator } from '../validate/validator.ts';
import { cellsOf } from './cells.ts';
import { EXPORT_HEADER, inOrder, type ExportCells, type ExportColumn } from './columns.ts';
import { createOwnValues, REPEATED_RULES } from './own-values.ts';

/** One cell that the export leaves empty although Google has something there. */
export interface LeftOutCell {
  readonly column: ExportColumn;
  /** The validator's rule, or one of `EXPORT_RULES`. */
  readonly rule: string;
}

/** Why a cell is left out although it breaks no rule of a book. */
export const EXPORT_RULES = {
  'export.not_kept': 'A cell says the same when it is read again.',
  'export.resource_name':
    'An id is no resource name of a customer, which would be taken for the key of another row.',
  'export.partner_link': 'A row names a channel partner only where its link can be listed.',
} as const;

export interface ExportRow {
  readonly cells: ExportCells;
  readonly leftOut: readonly LeftOutCell[];
  /** Why the row is not valid all the same; undefined for a row that is, as nearly every one. */
  readonly fault: string | undefined;
}

export interface ExportOptions {
  /** Id of the account without `accounts/`. */
  readonly account: string;
  /** Channel partners whose links can be listed, by id. */
  readonly partners: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A cell that has to go, one reason for each. */
type Leaving = ReadonlyMap<ExportColumn, string>;

const NOTHING: Leaving = new Map();

/** A row's cells judged as `apply` would; `leaving` is empty for a row that may stay as it is. */
type Judged = { readonly leaving: Leaving; readonly fault?: string };

/**
 * Makes rows of a book from customers at Google, one by one, so that the book applied again finds every row
 * `unchanged`, whatever Google has.
 *
 * A cell that would make its row invalid, different from Google, or another customer's is left empty: an empty cell is
 * no opinion. `customer` is always filled, so that the row stays linked.
 */
export function createExport(options: ExportOptions): (candidate: Candidate, row: number) => ExportRow {
  const readRow = createReader(options);
  const repeatedCells = createOwnValues();

  function judge(cells: ExportCells, candidate: Candidate, row: number, isFirstLook: boolean): Judged {
    const checked = readRow(cells, row, isFirstLook);
    if (checked.kind === 'invalid') return faultyCells(cells, checked.problems);
    const { type, fields } = checked.customer;
    if (fields.customer !== candidate.customer.name) {
      return { leaving: NOTHING, fault: 'no cell can hold its name' };
    }
    const changed = changedCells(fields, candidate);
    if (changed.length > 0) return { leaving: new Map(changed.map((column) => [column, 'export.not_kept'])) };
    const repeated = repeatedCells(type, fields, row);
    const leaving = new Map(repeated.map(({ column, rule }) => [column, rule]));
    return leaving.has('customer')
      ? { leaving: NOTHING, fault: 'its name is the key of another row' }
      : { leaving };
  }

  return (candidate, row) => {
    const leftOut: LeftOutCell[] = [];
    let cells = cellsOf(candidate);
    let judged: Judged = { leaving: misleading(cells, options) };
    for (let isFirstLook = true; ; isFirstLook = false) {
      for (const [column, rule] of judged.leaving) leftOut.push({ column, rule });
      cells = without(cells, judged.leaving);
      judged = judge(cells, candidate, row, isFirstLook);
      const { leaving, fault } = judged;
      if (fault !== undefined || leaving.size === 0) return { cells, leftOut, fault };
    }
  };
}

/** What no check of the row alone would find. */
function misleading({ id, channel_partner_id: partner }: ExportCells, options: ExportOptions): Leaving {
  const leaving = new Map<ExportColumn, string>();
  if (id !== undefined && /^accounts\/[^/]+\/customers\//.test(id)) leaving.set('id', 'export.resource_name');
  if (partner !== undefined && !options.partners.has(partner)) {
    leaving.set('channel_partner_id', 'export.partner_link');
  }
  return leaving;
}

function without(cells: ExportCells, leaving: Leaving): ExportCells {
  return Object.fromEntries(Object.entries(cells).filter(([column]) => !leaving.has(column as ExportColumn)));
}

/**
 * Reads rows as `apply` would, each as if it were alone: what other rows have is not judged here.
 *
 * A validator remembers rows, also those that it was shown in vain, and making one costs much more than a row. So one
 * of them sees each row once; only what it would not have told of the row alone is asked of one that knows no other.
 */
function createReader(
  options: ExportOptions,
): (cells: ExportCells, row: number, isFirstLook: boolean) => CheckedRow {
  const lasting = newValidator(options);
  return (cells, row, isFirstLook) => {
    const read = { row, line: row, cells: inOrder(cells).map(readAgain) };
    const seen = isFirstLook ? lasting(read) : undefined;
    return seen === undefined || isAboutOthers(seen) ? newValidator(options)(read) : seen;
  };
}

function isAboutOthers(checked: CheckedRow): boolean {
  return checked.kind === 'invalid' && checked.problems.some(({ rule }) => REPEATED_RULES.has(rule));
}

function newValidator({ account, now }: ExportOptions): (row: ReadRow) => CheckedRow {
  return createValidator({
    header: EXPORT_HEADER,
    action: 'auto',
    overwrite: 'never',
    requireChannelPartner: false,
    now,
    account,
  });
}

/** Filled cells that problems name. Where there are none, nothing can be done for the row. */
function faultyCells(cells: ExportCells, problems: readonly Problem[]): Judged {
  const faulty = problems.flatMap(({ column, rule }) =>
    isFilled(cells, column) && column !== 'customer' ? [[column, rule] as const] : [],
  );
  // Of several problems of one cell the first is told.
  const leaving = new Map(faulty.toReversed());
  return leaving.size > 0 ? { leaving } : { leaving, fault: problems[0]?.message ?? '' };
}

/** What becomes of a cell when it is written and read. */
function readAgain(cell: string): string {
  return cleanCell(neutralise(cell.toWellFormed()));
}

function isFilled(cells: ExportCells, column: string | undefined): column is ExportColumn {
  return column !== undefined && Object.hasOwn(cells, column);
}

/** Cells that say something else than Google: fields that differ, and identifiers that would not find the customer. */
function changedCells(fields: Fields, candidate: Candidate): readonly ExportColumn[] {
  const { customer: remote, partner } = candidate;
  const identifiers = {
    id: remote.correlationId,
    domain: remote.domain?.toLowerCase(),
    cloud_identity_id: remote.cloudIdentityId,
    channel_partner_id: remote.channelPartnerId ?? partner,
  };
  const columns = Object.keys(identifiers) as (keyof typeof identifiers)[];
  return [
    ...differences(fields, remote).map(({ column }) => column as ExportColumn),
    ...columns.filter((column) => fields[column] !== undefined && fields[column] !== identifiers[column]),
  ];
}
