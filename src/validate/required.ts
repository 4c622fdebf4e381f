import { DOMAIN_REQUIREMENTS, TEAM_REQUIREMENTS } from '../book/required-columns.ts';
import type { CustomerType } from '../model/action.ts';
import type { ColumnName, FieldColumn } from '../model/column.ts';
import type { Fields, Problem } from '../model/customer.ts';
import type { Draft } from './draft.ts';
import { hasPostalCodes, postalFormat } from './postal-formats.ts';
import { fault } from './rules.ts';

/** Columns that the row's action needs and the row lacks, an identity among them. A faulty cell is not lacking. */
export function checkRequired(draft: Draft): readonly Problem[] {
  const { action, type, typed, fields } = draft;
  const requirement = (type === 'team' ? TEAM_REQUIREMENTS : DOMAIN_REQUIREMENTS)[action];
  const problems = missingCells(requirement.all, action, (column) => typed[column], fields.region_code).map(
    (problem) => (problem.column === 'admin_email' && mayBeTeam(draft) ? orTeam(problem) : problem),
  );
  const { oneOf } = requirement;
  if (oneOf.length === 0 || oneOf.some((column) => typed[column] !== undefined)) return problems;
  return [...problems, noIdentity(draft, oneOf)];
}

/** Whether somebody filled in a team and did not say that it is one. */
function mayBeTeam({ action, type, typed }: Draft): boolean {
  return action === 'onboard' && type === 'domain' && typed.primary_admin_email !== undefined;
}

function orTeam(problem: Problem): Problem {
  return {
    ...problem,
    hint: 'Fill admin_email, or set customer_type to team if primary_admin_email is right.',
  };
}

/** What a row lacks to be created: an `auto` row that turns out to be one is invalid with these. */
export function missingForCreate(fields: Fields): readonly Problem[] {
  const { all } = DOMAIN_REQUIREMENTS.create;
  return missingCells(all, 'create', (column) => fields[column as FieldColumn], fields.region_code);
}

/**
 * A postal code is required where there are any; of a new customer of the Reseller API everywhere: its pages call
 * `postalCode` required on create and except no country (Reseller API v1, `customers`), where Channel's say "if applicable".
 */
function missingCells(
  columns: readonly ColumnName[],
  action: string,
  cell: (column: ColumnName) => string | undefined,
  region: string | undefined,
): readonly Problem[] {
  return columns
    .filter((column) => cell(column) === undefined)
    .filter(
      (column) =>
        column !== 'postal_code' || action === 'onboard' || region === undefined || hasPostalCodes(region),
    )
    .map((column) =>
      fault(
        'cell.required',
        column,
        `The action ${action} needs ${column}, which is empty.`,
        column === 'postal_code' ? postalHint(region) : `Fill ${column}.`,
      ),
    );
}

function postalHint(region: string | undefined): string {
  if (region === undefined || hasPostalCodes(region)) return 'Fill postal_code.';
  const example = postalFormat(region)?.example;
  return example === undefined
    ? 'Google asks for one in every country: write what the post takes where there is none, such as 00000.'
    : `Google asks for one in every country: write the code, like ${example}.`;
}

/** Where an identity is missing, the cell that is filled most often; others may do as well, as the hint says. */
const IDENTITY_CELL: Readonly<Record<CustomerType, ColumnName>> = {
  domain: 'domain',
  team: 'primary_admin_email',
};

function noIdentity(draft: Draft, oneOf: readonly ColumnName[]): Problem {
  const { action, type, typed } = draft;
  const message =
    oneOf.length > 2
      ? `The action ${action} needs something that identifies the customer.`
      : `The action ${action} of a customer of type ${type} needs ${oneOf.join(' or ')}.`;
  return fault(
    'row.identity',
    IDENTITY_CELL[type],
    message,
    identityHint(type, typed) ?? `Fill ${oneOf.join(' or ')}.`,
  );
}

function identityHint(type: string, typed: Draft['typed']): string | undefined {
  if (type === 'team' && typed.domain !== undefined) {
    return 'Teams may share a domain: name the team by cloud_identity_id or primary_admin_email.';
  }
  if (type === 'domain' && typed.primary_admin_email !== undefined) {
    return 'primary_admin_email identifies teams only: fill domain or cloud_identity_id, or set customer_type to team.';
  }
  return undefined;
}
