import { storeLink } from '../ledger/applied.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { closeEarlierSteps, openCreates, type OpenCreate } from '../ledger/steps.ts';
import { madeCustomers } from './made-customers.ts';
import { linkText } from './requests.ts';

/**
 * Settles what earlier runs left open, from the snapshot in the ledger: whole, where a create is among it. What a create
 * is found to have made is remembered by its key, also where this run's book or selection lacks the row: a later run may
 * only look rows up, and a filter lags. Returns how many steps there were.
 *
 * @param unlisted channel partners whose customers the snapshot lacks: a create under one that it does not show stays open
 */
export function settleEarlier(
  ledger: LedgerDb,
  run: number,
  at: string,
  unlisted: ReadonlySet<string> = new Set(),
): number {
  const unsettled: OpenCreate[] = [];
  for (const open of openCreates(ledger, run)) {
    const { key, customer } = open;
    const [made, ...others] = madeCustomers(ledger, customer).customers;
    if (made === undefined && unlisted.has(customer.fields.channel_partner_id ?? '')) unsettled.push(open);
    const identity = linkText(customer);
    if (made === undefined || others.length > 0 || identity === undefined) continue;
    storeLink(ledger, { key, identity, customer: made.name }, run);
  }
  return closeEarlierSteps(ledger, run, unsettled, at);
}
