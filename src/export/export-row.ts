import { cleanCell } from '../book/split-records.ts';
import type { Customer } from '../model/customer.ts';
import type { Candidate } from '../model/matches.ts';
import { neutralise } from '../model/spreadsheet-cell.ts';
import { differences } from '../plan/compare.ts';
import { createValidator } from '../validate/validator.ts';
import { cellsOf } from './cells.ts';
import { EXPORT_HEADER, inOrder, type ExportCells, type ExportColumn } from './columns.ts';
import { createOwnValues } from './own-values.ts';

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
  const repeatedCells = createOwnValues();

  function judge(cells: ExportCells, candidate: Candidate, row: number): Judged {
    const { customer: remote } = candidate;
    const checked = validate(cells, options, row);
    if (!('customer' in checked)) return checked;
    const { customer } = checked;
    if (customer.fields.customer !== remote.name)
      return { leaving: NOTHING, fault: 'a cell cannot hold its name' };
    const changed = changedCells(customer, candidate);
    if (changed.length > 0) return { leaving: new Map(changed.map((column) => [column, 'export.not_kept'])) };
    const repeated = repeatedCells(customer.type, customer.fields, row);
    return { leaving: new Map(repeated.map(({ column, rule }) => [column, rule])) };
  }

  return (candidate, row) => {
    let cells = cellsOf(candidate);
    const leftOut: LeftOutCell[] = [];
    let leaving = misleading(cells, options);
    for (;;) {
      for (const [column, rule] of leaving) leftOut.push({ column, rule });
      cells = without(cells, leaving);
      const judged = judge(cells, candidate, row);
      if (judged.fault !== undefined) return { cells, leftOut, fault: judged.fault };
      if (judged.leaving.size === 0) return { cells, leftOut, fault: undefined };
      if (judged.leaving.has('customer'))
        return { cells, leftOut, fault: 'its name is the key of another row' };
      ({ leaving } = judged);
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

/** The row as it would be read, by a validator of its own: what other rows have is not judged here. */
function validate(
  cells: ExportCells,
  { account, now }: ExportOptions,
  row: number,
): Judged | { readonly customer: Customer } {
  const check = createValidator({
    header: EXPORT_HEADER,
    action: 'auto',
    overwrite: 'never',
    requireChannelPartner: false,
    now,
    account,
  });
  const checked = check({ row, line: row, cells: inOrder(cells).map(readAgain) });
  if (checked.kind === 'valid') return { customer: checked.customer };
  const faulty = checked.problems.flatMap(({ column, rule }) =>
    isFilled(cells, column) && column !== 'customer' ? [[column, rule] as const] : [],
  );
  const leaving = new Map(faulty.toReversed());
  return leaving.size > 0 ? { leaving } : { leaving, fault: checked.problems[0]?.message ?? '' };
}

/** What becomes of a cell when it is written and read. */
function readAgain(cell: string): string {
  return cleanCell(neutralise(cell.toWellFormed()));
}

function isFilled(cells: ExportCells, column: string | undefined): column is ExportColumn {
  return column !== undefined && Object.hasOwn(cells, column);
}

/** Cells that say something else than Google: fields that differ, and identifiers that would not find the customer. */
function changedCells({ fields }: Customer, candidate: Candidate): readonly ExportColumn[] {
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
