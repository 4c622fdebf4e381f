import type { RequestedAction } from '../model/action.ts';
import type { ColumnName } from '../model/column.ts';

/** Columns that say which customer a row is about. */
export const IDENTITY_COLUMNS = ['cloud_identity_id', 'domain', 'primary_admin_email'] as const;

/** Columns by which a customer that Google already has can be found. */
export const LINK_COLUMNS = ['customer', 'id'] as const;

/** What a row of an action needs: every column of `all`, and at least one of `oneOf` (where that is not empty). */
export interface Requirement {
  readonly all: readonly ColumnName[];
  readonly oneOf: readonly ColumnName[];
}

const ADMIN: readonly ColumnName[] = ['admin_email', 'admin_given_name', 'admin_family_name'];
const ONBOARD_BOTH: readonly ColumnName[] = [
  'org_display_name',
  'region_code',
  'postal_code',
  'contact_first_name',
  'contact_last_name',
];
const ANY_IDENTIFIER: readonly ColumnName[] = [...IDENTITY_COLUMNS, ...LINK_COLUMNS];

/** Rows of type `domain` (contract, section 2). */
export const DOMAIN_REQUIREMENTS: Readonly<Record<RequestedAction, Requirement>> = {
  auto: { all: [], oneOf: ANY_IDENTIFIER },
  import: { all: [], oneOf: ['cloud_identity_id', 'domain'] },
  create: {
    all: ['domain', 'org_display_name', 'region_code', 'postal_code', 'address_line_1'],
    oneOf: [],
  },
  provision: { all: ADMIN, oneOf: ANY_IDENTIFIER },
  onboard: { all: ['domain', ...ONBOARD_BOTH, 'alternate_email', ...ADMIN], oneOf: [] },
  skip: { all: [], oneOf: ANY_IDENTIFIER },
};

/** Rows of type `team`, where they differ. */
export const TEAM_REQUIREMENTS: Readonly<Record<RequestedAction, Requirement>> = {
  ...DOMAIN_REQUIREMENTS,
  import: { all: [], oneOf: ['cloud_identity_id', 'primary_admin_email'] },
  onboard: { all: ['primary_admin_email', ...ONBOARD_BOTH], oneOf: [] },
};

/**
 * What the header lacks for rows of `action` to be valid, of whichever type it lacks less for; each a name, or
 * several to choose from. Also `postal_code`, which rows of some countries do without: a book without the column
 * has hardly been meant so.
 */
export function missingFromHeader(action: RequestedAction, has: ReadonlySet<ColumnName>): readonly string[] {
  const domain = DOMAIN_REQUIREMENTS[action];
  const team = TEAM_REQUIREMENTS[action];
  const choice = new Set([...domain.oneOf, ...team.oneOf]);
  const forDomain = missing(domain, has, choice);
  const forTeam = missing(team, has, choice);
  if (forDomain.length === 0 || forTeam.length === 0) return [];
  return has.has('primary_admin_email') && forTeam.length < forDomain.length ? forTeam : forDomain;
}

function missing(
  requirement: Requirement,
  has: ReadonlySet<ColumnName>,
  choice: ReadonlySet<ColumnName>,
): readonly string[] {
  const absent: string[] = requirement.all.filter((column) => !has.has(column));
  const { oneOf } = requirement;
  if (oneOf.length > 0 && !oneOf.some((column) => has.has(column))) {
    absent.push(`one of ${[...choice].join(', ')}`);
  }
  return absent;
}
