import { appliedCustomer } from '../ledger/applied.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import {
  customerByName,
  customersByCloudIdentity,
  customersByCorrelation,
  customersByDomain,
} from '../ledger/remote.ts';
import type { Customer } from '../model/customer.ts';
import type { Candidate, Matches } from '../model/matches.ts';

/**
 * Looks a row up in the snapshot by every identifier that it gives.
 *
 * @param identity what an import of the row would send, as a text; undefined where it has none
 */
export function findMatches(ledger: LedgerDb, customer: Customer, identity: string | undefined): Matches {
  const { customer: name, cloud_identity_id: cloudIdentity, id, domain } = customer.fields;
  return {
    customer: name === undefined ? undefined : byName(ledger, name),
    cloud_identity_id:
      cloudIdentity === undefined ? undefined : customersByCloudIdentity(ledger, cloudIdentity),
    id: id === undefined ? undefined : customersByCorrelation(ledger, id),
    domain: domain === undefined || customer.type === 'team' ? undefined : ofTypeDomain(ledger, domain),
    ledger:
      identity === undefined ? undefined : byName(ledger, appliedCustomer(ledger, customer.key, identity)),
  };
}

function byName(ledger: LedgerDb, name: string | undefined): readonly Candidate[] {
  const found = name === undefined ? undefined : customerByName(ledger, name);
  return found === undefined ? [] : [found];
}

/** Teams may share a domain with a customer of type domain; they are never meant by it. */
function ofTypeDomain(ledger: LedgerDb, domain: string): readonly Candidate[] {
  return customersByDomain(ledger, domain).filter((found) => found.customer.customerType !== 'TEAM');
}
