import { storeLink } from '../ledger/applied.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { closeEarlierSteps, openCreates } from '../ledger/steps.ts';
import { madeCustomers } from './made-customers.ts';
import { linkText } from './requests.ts';

/**
 * Settles what earlier runs left open, from the snapshot in the ledger: whole, where a create is among it. What a create
 * is found to have made is remembered by its key, also where this run's book or selection lacks the row: a later run may
 * only look rows up, and a filter lags. Returns how many steps there were.
 */
export function settleEarlier(ledger: LedgerDb, run: number, at: string): number {
  for (const { key, customer } of openCreates(ledger, run)) {
    const [made, ...others] = madeCustomers(ledger, customer);
    const identity = linkText(customer);
    if (made === undefined || others.length > 0 || identity === undefined) continue;
    storeLink(ledger, { key, identity, customer: made.name }, run);
  }
  return closeEarlierSteps(ledger, run, at);
}
