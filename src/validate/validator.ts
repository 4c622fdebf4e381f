import type { ReadRow } from '../book/read-row.ts';
import type { CustomerType, OverwritePolicy, RequestedAction } from '../model/action.ts';
import type { BookHeader } from '../model/book.ts';
import type { ColumnName, FieldColumn } from '../model/column.ts';
import type { CheckedRow, Problem } from '../model/customer.ts';
import { redact } from '../redact.ts';
import type { CellContext } from './cell-check.ts';
import { COLUMN_CHECKS, type CheckedColumn } from './column-checks.ts';
import type { Draft } from './draft.ts';
import { createDuplicateCheck } from './duplicates.ts';
import { accountId } from './google-ids.ts';
import { ROW_CHECKS } from './relations.ts';
import { rowKey } from './row-key.ts';
import { fault } from './rules.ts';
import { createShow } from './show.ts';
import { checkToken, containsToken } from './token.ts';
import { warningsOf } from './warnings.ts';
import { checkCells, checkShape } from './whole-cells.ts';
import { readWords, type Words } from './words.ts';

export interface ValidateOptions {
  readonly header: BookHeader;
  /** Action of rows that name none. */
  readonly action: RequestedAction;
  /** Policy of rows that name none. */
  readonly overwrite: OverwritePolicy;
  readonly requireChannelPartner: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The reseller's account, as an id or a resource name, where it is known. */
  readonly account: string | undefined;
}

/**
 * Checks rows one by one, in the order of the book: it remembers what names a customer, so that a later row
 * with the same is told. Every fault of a row is collected. Calls nothing and keeps no row.
 */
export function createValidator(options: ValidateOptions): (row: ReadRow) => CheckedRow {
  const { header } = options;
  const account = accountId(options.account);
  const findDuplicates = createDuplicateCheck();
  const meanings = header.columns.flatMap(({ column }, index) =>
    column === undefined ? [] : [{ index, column }],
  );
  const checks = orderedChecks(meanings.map(({ column }) => column));

  function check(row: ReadRow): CheckedRow {
    const unreadable = checkShape(row, header);
    if (unreadable !== undefined) return unreadableRow(unreadable, options);
    const draft = toDraft(row);
    const { problems } = draft;
    if (draft.action !== 'skip') checkRelations(draft);
    else if (rowKey(draft.type, draft.fields) === '') problems.push(withoutKey());
    return verdict(draft, draft.action === 'skip' ? [] : warningsOf(draft, options.now));
  }

  function toDraft(row: ReadRow): WorkingDraft {
    const bad = checkCells(row.cells, header);
    const typed: Partial<Record<ColumnName, string>> = {};
    const faulty = new Set<string>();
    for (const { index, column } of meanings) {
      const cell = row.cells[index] ?? '';
      if (cell === '') continue;
      typed[column] = cell;
      if (bad.places.has(index)) faulty.add(column);
    }
    const show = createShow(typed.auth_token);
    const words = readWords(typed, faulty, show);
    for (const problem of words.problems) faulty.add(problem.column ?? '');
    const action = words.action ?? options.action;
    const draft: WorkingDraft = {
      line: row.line,
      typed,
      fields: {},
      action,
      overwrite: words.overwrite ?? options.overwrite,
      type: words.type ?? impliedType(typed, action),
      faulty,
      show,
      problems: [...bad.problems, ...words.problems],
    };
    readFields(draft, words);
    return draft;
  }

  /** A row to be skipped is not judged cell by cell: what is wrong there only keeps the cell out of its key. */
  function readFields(draft: WorkingDraft, words: Words): void {
    const { typed, fields, faulty, problems, show, action } = draft;
    let context: CellContext = { show, region: undefined, account, now: options.now };
    for (const { column, run } of checks) {
      const cell = typed[column];
      if (cell === undefined || faulty.has(column)) continue;
      const checked = run(cell, context, column);
      if (typeof checked === 'string') {
        fields[column] = checked;
        if (column === 'region_code') context = { ...context, region: checked };
      } else {
        faulty.add(column);
        if (action !== 'skip') problems.push(checked);
      }
    }
    if (words.action !== undefined) fields.action = words.action;
    if (words.overwrite !== undefined) fields.overwrite = words.overwrite;
    if (words.type !== undefined) fields.customer_type = words.type;
  }

  function checkRelations(draft: WorkingDraft): void {
    const { problems, faulty } = draft;
    // With a word that nobody understands it is not known what the row needs.
    if (!faulty.has('action') && !faulty.has('customer_type')) {
      for (const relation of ROW_CHECKS) problems.push(...relation(draft));
    }
    problems.push(...checkToken(draft));
    if (lacksPartner(draft)) problems.push(withoutPartner());
    problems.push(...findDuplicates(draft));
  }

  /** The Reseller API, through which rows are onboarded, knows no partners to name. */
  function lacksPartner({ action, typed }: Draft): boolean {
    return options.requireChannelPartner && typed.channel_partner_id === undefined && action !== 'onboard';
  }

  return check;
}

/** A draft in the making; nothing outside of this file changes one. */
interface WorkingDraft extends Draft {
  readonly fields: Partial<Record<FieldColumn, string>>;
  readonly faulty: Set<string>;
  readonly problems: Problem[];
}

function orderedChecks(columns: readonly ColumnName[]) {
  const present = new Set<string>(columns);
  return (Object.keys(COLUMN_CHECKS) as CheckedColumn[])
    .filter((column) => present.has(column))
    .map((column) => ({ column, run: COLUMN_CHECKS[column] }));
}

/**
 * A row that names nothing but an admin can only be a team; any other is a domain (contract, section 2). In one to
 * be onboarded a Cloud Identity names nothing: it is the outcome, which people paste back into their book.
 */
function impliedType(typed: Draft['typed'], action: RequestedAction): CustomerType {
  const onlyAdmin =
    typed.primary_admin_email !== undefined &&
    typed.domain === undefined &&
    (typed.cloud_identity_id === undefined || action === 'onboard');
  return onlyAdmin ? 'team' : 'domain';
}

function unreadableRow(problem: Problem, options: ValidateOptions): CheckedRow {
  const { action, overwrite } = options;
  return { kind: 'invalid', key: '', action, overwrite, problems: [problem], warnings: [] };
}

function verdict(draft: WorkingDraft, warnings: readonly Problem[]): CheckedRow {
  const { action, overwrite, type, fields, typed, problems } = draft;
  const key = rowKey(type, fields);
  const token = typed.auth_token;
  if (problems.length === 0) {
    return { kind: 'valid', customer: { key, type, action, overwrite, fields }, authToken: token, warnings };
  }
  return {
    kind: 'invalid',
    key: withoutToken(key === '' ? rowKey(type, typed) : key, token),
    action,
    overwrite,
    problems: token === undefined ? problems : problems.map((problem) => redacted(problem, token)),
    warnings,
  };
}

function withoutToken(key: string, token: string | undefined): string {
  return token !== undefined && containsToken(key, token) ? '' : key;
}

function redacted(problem: Problem, token: string): Problem {
  return { ...problem, message: redact(problem.message, [token]), hint: redact(problem.hint, [token]) };
}

function withoutKey(): Problem {
  const message = 'Nothing in the row says which customer it is about.';
  return fault('row.key', undefined, message, 'Fill id, domain, cloud_identity_id or primary_admin_email.');
}

function withoutPartner(): Problem {
  const message = 'The row names no channel partner, which requireChannelPartner in the config demands.';
  const hint = "Write the partner's Cloud Identity ID into channel_partner_id.";
  return fault('channel_partner_id.required', 'channel_partner_id', message, hint);
}
