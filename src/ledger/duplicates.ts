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
}

/** Teams may share a domain; of any other type Google has one customer for it. */
const RULES: readonly Rule[] = [
  { same: 'cloud_identity_id', columns: 'cloud_identity_id', where: `cloud_identity_id <> ''` },
  {
    same: 'domain',
    columns: 'domain',
    where: `domain <> '' AND coalesce(json_extract(json, '$.customerType'), '') <> 'TEAM'`,
  },
  {
    same: 'domain and id',
    columns: 'domain, correlation_id',
    where: `domain <> '' AND correlation_id <> ''`,
  },
];

/** Groups fetched at a time; each fetch groups the snapshot anew. */
const PAGE = 20_000;

const GROUPS = RULES.map(
  ({ same, columns, where }, place) =>
    `SELECT group_concat(name, char(10) ORDER BY name) AS names, '${same}' AS same, ${place} AS place
     FROM remote_customers WHERE ${where} GROUP BY ${columns} HAVING count(*) > 1`,
).join(' UNION ALL ');

/** Every group of customers that is one customer twice or more often; a set of customers is one group. */
export function* findDuplicates(ledger: LedgerDb): Generator<DuplicateGroup> {
  let after = '';
  for (;;) {
    const groups = ledger.all(
      `SELECT names, group_concat(same, char(10) ORDER BY place) AS same FROM (${GROUPS})
       WHERE names > ? GROUP BY names ORDER BY names LIMIT ${PAGE}`,
      after,
    );
    for (const group of groups) yield { names: lines(group['names']), same: lines(group['same']) };
    if (groups.length < PAGE) return;
    after = String(groups.at(-1)?.['names']);
  }
}

export function countDuplicates(ledger: LedgerDb): number {
  return Number(ledger.get(`SELECT count(DISTINCT names) AS n FROM (${GROUPS})`)?.['n']);
}

function lines(text: unknown): readonly string[] {
  return String(text).split('\n');
}
