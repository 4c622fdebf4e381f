import type { Problem } from '../model/customer.ts';
import { firstUser, onboardsTeam } from './admin.ts';
import type { Draft } from './draft.ts';
import { comparableAddress } from './email-address.ts';
import { createLineTable, type LineTable } from './line-table.ts';
import { keyColumn, rowKey } from './row-key.ts';
import { fault, type RuleId } from './rules.ts';

/**
 * Finds rows that name what an earlier row names: a key, the domain of a customer of type `domain`, a Cloud
 * Identity, a first user to be made, the admin of a team to be onboarded. The first stands, also where it is
 * invalid for another reason: once it is mended the later one would be in its way. A cell that is faulty by
 * itself claims nothing; rows of action `skip` are not asked.
 */
export function createDuplicateCheck(): (draft: Draft) => readonly Problem[] {
  const keys = createLineTable();
  const domains = createLineTable();
  const identities = createLineTable();
  const users = createLineTable();
  const teamAdmins = createLineTable();

  return (draft) => {
    const { type, fields, line, show } = draft;
    const problems: Problem[] = [];
    /** Columns told, each with the line that it repeats. */
    const told: string[] = [];

    function claim(
      table: LineTable,
      rule: RuleId,
      column: string | undefined,
      value: string | undefined,
      comparable = value,
    ): void {
      if (column === undefined || value === undefined || comparable === undefined) return;
      const first = table.claim(comparable, line);
      if (first === undefined) return;
      // The same cell on the same line, told twice, would look like two faults.
      const repeats = `${column} ${first}`;
      if (told.includes(repeats)) return;
      told.push(repeats);
      const hint = `Keep one of the two lines, or change ${column} on one of them.`;
      problems.push(fault(rule, column, `${column} ${show(value)} is on line ${first} already.`, hint));
    }

    if (type === 'domain') claim(domains, 'domain.duplicate', 'domain', fields.domain);
    claim(identities, 'cloud_identity_id.duplicate', 'cloud_identity_id', fields.cloud_identity_id);
    claimAddress(users, 'admin_email.duplicate', 'admin_email', firstUser(draft));
    if (onboardsTeam(draft)) {
      const admin = fields.primary_admin_email;
      claimAddress(teamAdmins, 'primary_admin_email.duplicate', 'primary_admin_email', admin);
    }
    const column = keyColumn(type, fields);
    if (column !== undefined) claim(keys, 'row.duplicate_key', column, rowKey(type, fields));
    return problems;

    function claimAddress(
      table: LineTable,
      rule: RuleId,
      columnName: string,
      address: string | undefined,
    ): void {
      if (address !== undefined) claim(table, rule, columnName, address, comparableAddress(address));
    }
  };
}
