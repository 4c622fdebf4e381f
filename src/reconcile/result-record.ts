import type { ResultLine, RowEnding } from '../model/row-ending.ts';

/** The columns of results.csv, in order (contract, section 8). */
export const RESULT_COLUMNS = [
  'row',
  'line',
  'key',
  'action',
  'outcome',
  'customer',
  'cloud_identity_id',
  'operation',
  'attempts',
  'calls',
  'error_code',
  'error_reason',
  'error_column',
  'error_message',
  'hint',
  'checked_by',
  'resolved_by',
  'started_at',
  'finished_at',
  'changed_fields',
  'next_step',
  'failing_since',
  'waiting_for_customer',
] as const;

/** The columns that errors.csv adds to the book's own. */
export const ERROR_COLUMNS = [
  '_row',
  '_line',
  '_outcome',
  '_error_code',
  '_error_column',
  '_error_message',
  '_hint',
] as const;

/** Separates several causes of one row: codes and columns stand in the same order. */
const LIST = ';';
const SENTENCES = ' | ';

export function resultRecord({ row, line, key, ending }: ResultLine): readonly string[] {
  const cause = causeCells(ending);
  return [
    String(row),
    String(line),
    key,
    ending.action,
    ending.outcome,
    ending.customer ?? '',
    ending.cloudIdentityId ?? '',
    ending.operation ?? '',
    String(ending.attempts),
    String(ending.calls),
    cause.code,
    cause.reason,
    cause.column,
    cause.message,
    cause.hint,
    ending.checkedBy,
    ending.resolvedBy ?? '',
    ending.startedAt ?? '',
    ending.finishedAt ?? '',
    ending.changedFields.join(LIST),
    ending.nextStep ?? '',
    '',
    ending.waitsForCustomer === undefined ? '' : ending.waitsForCustomer ? 'yes' : 'no',
  ];
}

export function errorRecord({ row, line, ending }: ResultLine): readonly string[] {
  const { code, column, message, hint } = causeCells(ending);
  return [String(row), String(line), ending.outcome, code, column, message, hint];
}

function causeCells({ causes, note }: RowEnding): {
  readonly code: string;
  readonly reason: string;
  readonly column: string;
  readonly message: string;
  readonly hint: string;
} {
  return {
    code: causes.map((cause) => cause.code).join(LIST),
    reason: causes.flatMap((cause) => cause.reason ?? []).join(LIST),
    column: causes.some((cause) => cause.column !== undefined)
      ? causes.map((cause) => cause.column ?? '').join(LIST)
      : '',
    message: causes.map((cause) => cause.message).join(SENTENCES),
    hint:
      causes.length === 0 ? (note ?? '') : [...new Set(causes.map((cause) => cause.hint))].join(SENTENCES),
  };
}
