import type { LedgerDb } from '../ledger/ledger.ts';
import { customersByCorrelation, customersByDomain } from '../ledger/remote.ts';
import type { Customer } from '../model/customer.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import { collapse } from './text-forms.ts';

/** What the snapshot has in the place of a customer that a create was to make. */
export interface Made {
  /** Those that it may have made. */
  readonly customers: readonly RemoteCustomer[];
  /** Whether somebody else's is there: one of another id, which a create of this row has not made. */
  readonly isTaken: boolean;
}

/**
 * The customers in the snapshot that a create of this row may have made, by `correlationId`, then domain (contract,
 * section 6): none was there when it was sent. Teams may share a domain, where the name tells them apart too.
 */
export function madeCustomers(ledger: LedgerDb, { type, fields }: Customer): Made {
  const { id, domain } = fields;
  const byId = id === undefined ? [] : customersByCorrelation(ledger, id);
  if (byId.length > 0) return { customers: byId.map(({ customer }) => customer), isTaken: false };
  const byDomain = domain === undefined ? [] : customersByDomain(ledger, domain);
  const found = byDomain.map(({ customer }) => customer).filter(isTheSame);
  const customers = found.filter(({ correlationId }) => id === undefined || (correlationId ?? '') === '');
  return { customers, isTaken: customers.length < found.length };

  function isTheSame(remote: RemoteCustomer): boolean {
    if (type === 'domain') return remote.customerType !== 'TEAM';
    return collapse(remote.orgDisplayName ?? '') === collapse(fields.org_display_name ?? '');
  }
}
