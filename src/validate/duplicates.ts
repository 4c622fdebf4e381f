import type { Problem } from '../model/customer.ts';
import type { Draft } from './draft.ts';
import { createLineTable } from './line-table.ts';
import { keyColumn, rowKey } from './row-key.ts';
import { fault, type RuleId } from './rules.ts';

/**
 * Finds rows that name what an earlier row names: a key, the domain of a customer of type `domain`, a Cloud
 * Identity. The first stands, also where it is invalid for another reason: once it is mended the later one
 * would be in its way. A cell that is faulty by itself claims nothing; rows of action `skip` are not asked.
 */
export function createDuplicateCheck(): (draft: Draft) => readonly Problem[] {
  const keys = createLineTable();
  const domains = createLineTable();
  const identities = createLineTable();

  return ({ type, fields, line, show }) => {
    const { domain, cloud_identity_id: identity } = fields;
    const problems: Problem[] = [];

    function report(rule: RuleId, column: string, value: string, first: number): void {
      const hint = `Keep one of the two lines, or change ${column} on one of them.`;
      problems.push(fault(rule, column, `${column} ${show(value)} is on line ${first} already.`, hint));
    }

    const key = rowKey(type, fields);
    const column = keyColumn(type, fields);
    const keyLine = key === '' ? undefined : keys.claim(key, line);
    const domainLine = type === 'domain' && domain !== undefined ? domains.claim(domain, line) : undefined;
    const identityLine = identity === undefined ? undefined : identities.claim(identity, line);
    if (domain !== undefined && domainLine !== undefined)
      report('domain.duplicate', 'domain', domain, domainLine);
    if (identity !== undefined && identityLine !== undefined) {
      report('cloud_identity_id.duplicate', 'cloud_identity_id', identity, identityLine);
    }
    // The same cell on the same line, told twice, would look like two faults.
    const isTold =
      problems.some((problem) => problem.column === column) && [domainLine, identityLine].includes(keyLine);
    if (keyLine !== undefined && column !== undefined && !isTold)
      report('row.duplicate_key', column, key, keyLine);
    return problems;
  };
}
