import { RULES } from '../validate/rules.ts';
import { EXPORT_RULES, type ExportRow } from './export-row.ts';

/** Counts what an export left out, and why. */
export interface ExportTally {
  add(row: ExportRow, customer: string): void;
  readonly rows: () => number;
  /** Rows that no clearing of cells made valid. */
  readonly faultyRows: () => number;
  /** Number of cells by rule. */
  readonly cellsLeftOut: () => Readonly<Record<string, number>>;
  /** One sentence for each thing to know. */
  readonly warnings: (requireChannelPartner: boolean) => readonly string[];
}

const SUMMARIES: ReadonlyMap<string, string> = new Map([
  ...RULES.map(({ id, summary }) => [id, summary] as const),
  ...Object.entries(EXPORT_RULES),
]);

export function createExportTally(): ExportTally {
  const leftOut = new Map<string, { count: number; readonly first: string }>();
  let rows = 0;
  let withoutPartner = 0;
  let faulty = 0;
  let firstFault = '';

  return {
    add({ cells, leftOut: cellsOfRow, fault }, customer) {
      rows += 1;
      if (cells.channel_partner_id === undefined) withoutPartner += 1;
      if (fault !== undefined) {
        firstFault ||= `${customer}: ${fault}`;
        faulty += 1;
      }
      for (const { rule } of cellsOfRow) {
        const known = leftOut.get(rule);
        if (known === undefined) leftOut.set(rule, { count: 1, first: customer });
        else known.count += 1;
      }
    },
    rows: () => rows,
    faultyRows: () => faulty,
    cellsLeftOut: () => Object.fromEntries([...leftOut].map(([rule, { count }]) => [rule, count])),
    warnings(requireChannelPartner) {
      const warnings = [...leftOut].map(
        ([rule, { count, first }]) =>
          `${counted(count, 'cell')} left empty, first of ${first}: ${rule}: ${SUMMARIES.get(rule) ?? ''}`,
      );
      if (requireChannelPartner && withoutPartner > 0) {
        warnings.push(
          `${counted(withoutPartner, 'customer')} without a channel partner: requireChannelPartner is set, so that apply will call these rows invalid`,
        );
      }
      if (faulty > 0) {
        warnings.push(`${counted(faulty, 'row')} that apply will not find valid, first of ${firstFault}`);
      }
      return warnings;
    },
  };
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
