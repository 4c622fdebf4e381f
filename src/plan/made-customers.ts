import type { LedgerDb } from '../ledger/ledger.ts';
import { customersByCorrelation, customersByDomain } from '../ledger/remote.ts';
import type { Customer } from '../model/customer.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import { collapse } from './text-forms.ts';

/**
 * The customers in the snapshot that a create of this row may have made, by `correlationId`, then domain (contract,
 * section 6): none was there when it was sent. Teams may share a domain, where the name tells them apart too.
 */
export function madeCustomers(ledger: LedgerDb, { type, fields }: Customer): readonly RemoteCustomer[] {
  const { id, domain } = fields;
  const byId = id === undefined ? [] : customersByCorrelation(ledger, id);
  const byDomain = domain === undefined ? [] : customersByDomain(ledger, domain);
  const found = byId.length > 0 ? byId : byDomain.filter(({ customer }) => isTheSame(customer));
  return found.map(({ customer }) => customer);

  function isTheSame(remote: RemoteCustomer): boolean {
    if (type === 'domain') return remote.customerType !== 'TEAM';
    return collapse(remote.orgDisplayName ?? '') === collapse(fields.org_display_name ?? '');
  }
}
