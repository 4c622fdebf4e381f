import type { ResellerReader } from '../google/reseller.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { closeOpenInserts, leftInserts, storeTenant, type LeftInsert } from '../ledger/tenants.ts';
import { lookAtTenant } from './ask-onboarding.ts';
import { fitsInsert, lookUpName, newTenant } from './tenant-facts.ts';

export interface InsertSettling {
  readonly reseller: ResellerReader;
  /** How long after it was sent an insert may still come about. */
  readonly settleMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Looks up what became of the inserts that earlier runs left open and that no row of this run stands for; rows look
 * theirs up themselves. What is there is remembered as ours, what is not there after its time is closed, and what cannot
 * be told stays open.
 */
export async function settleLeftInserts(
  ledger: LedgerDb,
  run: number,
  settling: InsertSettling,
): Promise<void> {
  for (const left of leftInserts(ledger, run)) await settleOne(left, ledger, run, settling);
}

async function settleOne(
  { customer, sentMs }: LeftInsert,
  ledger: LedgerDb,
  run: number,
  settling: InsertSettling,
): Promise<void> {
  const look = await lookAtTenant(lookUpName(customer, undefined), settling, settling.signal);
  settling.signal.throwIfAborted();
  if (look.kind === 'failed') return;
  const at = new Date(settling.now()).toISOString();
  const { value: tenant } = look;
  if (tenant.kind === 'ours' && fitsInsert(customer, tenant.customer)) {
    const { customerId, resourceUiUrl } = tenant.customer;
    ledger.transaction(() => {
      storeTenant(ledger, newTenant(customer, customerId, resourceUiUrl), run, at);
      closeOpenInserts(ledger, run, customer, at);
    });
  }
  if (tenant.kind === 'free' && settling.now() - sentMs >= settling.settleMs)
    closeOpenInserts(ledger, run, customer, at);
}
