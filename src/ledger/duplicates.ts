import type { LedgerDb } from './ledger.ts';

/** Customers of the snapshot that are the same customer. */
export interface DuplicateGroup {
  /** Resource names, in their order; two or more. */
  readonly names: readonly string[];
  /** What they have in common, e.g. `domain` and `cloud_identity_id`: the columns of the book. */
  readonly same: readonly string[];
}

interface Rule {
  readonly same: string;
  /** Columns of the snapshot in which duplicates are equal. */
  readonly columns: string;
  readonly where: string;
  /** What else must hold of a group. */
  readonly having?: string;
}

/**
 * Customers that team rows of the run have, or got from an earlier one; ?1 is the run. Google calls a customer a team
 * only once it has a Cloud Identity: until then only the book tells.
 */
const TEAMS = `
  SELECT claims.customer FROM claims JOIN rows USING (run, row)
    WHERE run = ?1 AND json_extract(rows.customer, '$.type') = 'team'
  UNION ALL
  SELECT applied.customer FROM rows CROSS JOIN applied USING (key)
    WHERE rows.run = ?1 AND json_extract(rows.customer, '$.type') = 'team'`;

const NO_TEAM = `domain <> '' AND coalesce(json_extract(json, '$.customerType'), '') <> 'TEAM'`;

/** Asked first, so that the rows of a big book are read only where there is something to judge. */
const SHARED = `domain IN (SELECT domain FROM remote_customers WHERE ${NO_TEAM} GROUP BY domain HAVING count(*) > 1)`;
const SHARED_BY_ANY = `domain IN (SELECT domain FROM remote_customers WHERE domain <> '' GROUP BY domain HAVING count(*) > 1)`;

/** Teams may share a domain; of any other type Google has one customer for it. */
const RULES: readonly Rule[] = [
  { same: 'cloud_identity_id', columns: 'cloud_identity_id', where: `cloud_identity_id <> ''` },
  {
    same: 'domain',
    columns: 'domain',
    where: `${NO_TEAM} AND ${SHARED} AND name NOT IN (${TEAMS})`,
  },
  {
    same: 'domain and id',
    columns: 'domain, correlation_id',
    where: `domain <> '' AND correlation_id <> ''`,
  },
  {
    // Two teams of one name would be one row's: a create that took effect twice. Each with a Cloud Identity they are two.
    same: 'domain and org_display_name',
    columns: `domain, lower(trim(json_extract(json, '$.orgDisplayName')))`,
    where: `${SHARED_BY_ANY} AND json_extract(json, '$.orgDisplayName') <> '' AND
      domain IN (SELECT domain FROM remote_customers WHERE name IN (${TEAMS}))`,
    having: 'count(cloud_identity_id) < 2',
  },
];

/** Groups fetched at a time; each fetch groups the snapshot anew. */
const PAGE = 20_000;

const GROUPS = RULES.map(
  ({ same, columns, where, having = 'true' }, place) =>
    `SELECT group_concat(name, char(10) ORDER BY name) AS names, '${same}' AS same, ${place} AS place
     FROM remote_customers WHERE ${where} GROUP BY ${columns} HAVING count(*) > 1 AND ${having}`,
).join(' UNION ALL ');

/**
 * Every group of customers that is one customer twice or more often; a set of customers is one group.
 *
 * @param run whose rows tell which customers are teams
 */
export function* findDuplicates(ledger: LedgerDb, run: number): Generator<DuplicateGroup> {
  let after = '';
  for (;;) {
    const groups = ledger.all(
      `SELECT names, group_concat(same, char(10) ORDER BY place) AS same FROM (${GROUPS})
       WHERE names > ?2 GROUP BY names ORDER BY names LIMIT ${PAGE}`,
      run,
      after,
    );
    for (const group of groups) yield { names: lines(group['names']), same: lines(group['same']) };
    if (groups.length < PAGE) return;
    after = String(groups.at(-1)?.['names']);
  }
}

function lines(text: unknown): readonly string[] {
  return String(text).split('\n');
}
