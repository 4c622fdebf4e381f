import type { ChannelReader } from '../google/channel.ts';
import { invalidAnswer } from '../google/invalid-answer.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { countCustomers, storeCustomers } from '../ledger/remote.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import { runFault } from './run-fault.ts';

export interface ListDeps {
  readonly reader: ChannelReader;
  readonly ledger: LedgerDb;
  readonly signal: AbortSignal;
  /** Called after each page with the number of customers known so far. */
  readonly onPage: (customers: number) => void;
}

/** How far a listing came. */
export interface Listed {
  /** False where it ended because it had used up its pages. */
  readonly isComplete: boolean;
  /** Partner links that could not be listed, each with Google's answer. */
  readonly missingPartners: ReadonlyMap<string, ApiFailure>;
}

interface Budget {
  pages: number;
}

/**
 * Lists the account, then each of the channel partner links, into the ledger beside what is there.
 *
 * @param mostPages after so many pages, of all parents together, it ends incomplete
 * @throws FatalError 77 when the account cannot be listed, 69 when Google cannot be reached, 75 when stopped
 */
export async function listCustomers(
  account: string,
  partners: readonly string[],
  mostPages: number,
  deps: ListDeps,
): Promise<Listed> {
  const budget = { pages: mostPages };
  const missingPartners = new Map<string, ApiFailure>();
  const own = await listParent(`accounts/${account}`, undefined, budget, deps);
  if (typeof own === 'object') throw runFault(own, `listing the customers of ${account}`);
  if (own === 'cut off') return { isComplete: false, missingPartners };
  for (const partner of partners) {
    const parent = `accounts/${account}/channelPartnerLinks/${partner}`;
    const end = await listParent(parent, partner, budget, deps);
    if (end === 'cut off') return { isComplete: false, missingPartners };
    if (typeof end !== 'object') continue;
    if (end.class !== 'refused') throw runFault(end, `listing the customers of partner ${partner}`);
    missingPartners.set(partner, end);
  }
  return { isComplete: true, missingPartners };
}

async function listParent(
  parent: string,
  partner: string | undefined,
  budget: Budget,
  deps: ListDeps,
): Promise<'whole' | 'cut off' | ApiFailure> {
  const seen = new Set<string>();
  let pageToken: string | undefined;
  do {
    if (budget.pages === 0) return 'cut off';
    budget.pages -= 1;
    const result = await deps.reader.listCustomers(parent, pageToken, { signal: deps.signal });
    if (result.kind === 'failed') return result.failure;
    storeCustomers(deps.ledger, result.value.customers, partner);
    deps.onPage(countCustomers(deps.ledger));
    pageToken = result.value.nextPageToken;
    // A server that hands out the same page for ever would never let the run begin.
    if (pageToken !== undefined && seen.has(pageToken)) {
      return invalidAnswer('the listing repeats a page token and would never end');
    }
    if (pageToken !== undefined) seen.add(pageToken);
  } while (pageToken !== undefined);
  return 'whole';
}
