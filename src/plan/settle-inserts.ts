import type { Clock } from '../clock.ts';
import type { ResellerReader } from '../google/reseller.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import {
  allOpenInserts,
  closeOpenInserts,
  identityText,
  onboardRows,
  storeTenant,
  type OpenInsert,
} from '../ledger/tenants.ts';
import { lookAtTenant } from './ask-onboarding.ts';
import { fitsInsert, lookUpName, newTenant, tenantIdentity } from './tenant-facts.ts';

export interface InsertSettling {
  readonly reseller: ResellerReader;
  readonly clock: Clock;
  /** How long after it was sent an insert may still come about. */
  readonly settleMs: number;
  /** Called before a wait. */
  readonly onWait: (delayMs: number) => void;
  readonly signal: AbortSignal;
}

/** What became of the inserts that earlier runs left open and that no row of this run stands for. */
export interface SettledInserts {
  /** IDs of customers that are there, and ours from here on. */
  readonly found: readonly string[];
  /** How many can still not be told. */
  readonly open: number;
}

/**
 * Looks up what became of the inserts that earlier runs left open and whose customer no row of this run names: the row may
 * be gone, or name another customer by now. Rows look theirs up themselves. What is there is remembered as ours, what is
 * not there once it has had its time is closed, and what cannot be told stays open.
 */
export async function settleLeftInserts(
  ledger: LedgerDb,
  run: number,
  settling: InsertSettling,
): Promise<SettledInserts> {
  const found: string[] = [];
  let open = 0;
  const lefts = allOpenInserts(ledger, run);
  const named =
    lefts.length === 0
      ? new Set<string>()
      : new Set(onboardRows(ledger, run).map((row) => identityText(tenantIdentity(row))));
  for (const left of lefts) {
    if (named.has(left.identity)) continue;
    const end = await settleOne(left, ledger, run, settling);
    if (end === 'open') open += 1;
    else if (end !== 'closed') found.push(end.customerId);
  }
  return { found, open };
}

async function settleOne(
  { customer, sentMs }: OpenInsert,
  ledger: LedgerDb,
  run: number,
  { reseller, clock, settleMs, onWait, signal }: InsertSettling,
): Promise<'open' | 'closed' | { readonly customerId: string }> {
  const identity = tenantIdentity(customer);
  for (;;) {
    const look = await lookAtTenant(lookUpName(customer, undefined), { reseller }, signal);
    signal.throwIfAborted();
    if (look.kind === 'failed') return 'open';
    const { value: tenant } = look;
    const at = new Date(clock.now()).toISOString();
    if (tenant.kind === 'ours' && fitsInsert(customer, tenant.customer)) {
      const { customerId, resourceUiUrl } = tenant.customer;
      ledger.transaction(() => {
        storeTenant(ledger, newTenant(customer, customerId, resourceUiUrl), run, at);
        closeOpenInserts(ledger, run, identity, at);
      });
      return { customerId };
    }
    // Teams of one domain cannot be told apart; anything else says that ours did not come about.
    if (customer.type === 'team' && (tenant.kind === 'teams' || tenant.kind === 'ours')) return 'open';
    const leftMs = sentMs + settleMs - clock.now();
    if (leftMs <= 0) {
      closeOpenInserts(ledger, run, identity, at);
      return 'closed';
    }
    onWait(leftMs);
    await clock.sleep(leftMs, signal);
  }
}
