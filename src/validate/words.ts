import { nearest } from '../config/nearest.ts';
import {
  CUSTOMER_TYPES,
  OVERWRITE_POLICIES,
  REQUESTED_ACTIONS,
  type CustomerType,
  type OverwritePolicy,
  type RequestedAction,
} from '../model/action.ts';
import type { ColumnName } from '../model/column.ts';
import type { Problem } from '../model/customer.ts';
import { fault, type RuleId } from './rules.ts';
import type { Show } from './show.ts';

/** The cells of a row that are words of ours; undefined where empty or wrong. */
export interface Words {
  readonly action: RequestedAction | undefined;
  readonly overwrite: OverwritePolicy | undefined;
  readonly type: CustomerType | undefined;
  readonly problems: readonly Problem[];
}

type Cells = Readonly<Partial<Record<ColumnName, string>>>;

const NO_WORDS: Words = { action: undefined, overwrite: undefined, type: undefined, problems: [] };

/**
 * Reads them in any case, as spreadsheets capitalise what they complete; cells of `faulty` columns are left.
 */
export function readWords(typed: Cells, faulty: ReadonlySet<string>, show: Show): Words {
  const { action, overwrite, customer_type: type } = typed;
  if (action === undefined && overwrite === undefined && type === undefined) return NO_WORDS;
  const problems: Problem[] = [];

  function read<T extends string>(
    column: 'action' | 'overwrite' | 'customer_type',
    rule: RuleId,
    words: readonly T[],
  ): T | undefined {
    const cell = typed[column];
    if (cell === undefined || faulty.has(column)) return undefined;
    const lower = cell.toLowerCase();
    const word = words.find((candidate) => candidate === lower);
    if (word === undefined) problems.push(unknownWord(rule, column, show(cell), lower, words));
    return word;
  }

  return {
    action: read('action', 'action.unknown', REQUESTED_ACTIONS),
    overwrite: read('overwrite', 'overwrite.unknown', OVERWRITE_POLICIES),
    type: read('customer_type', 'customer_type.unknown', CUSTOMER_TYPES),
    problems,
  };
}

function unknownWord(
  rule: RuleId,
  column: string,
  shown: string,
  lower: string,
  words: readonly string[],
): Problem {
  const near = nearest(lower, words);
  const all = `Write one of ${words.join(', ')}.`;
  const hint = near === undefined ? all : `Did you mean ${near}? ${all}`;
  return fault(rule, column, `${column} has no value ${shown}.`, hint);
}
