import type { ChannelReader } from '../google/channel.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { storeCustomers } from '../ledger/remote.ts';
import { runFault } from './run-fault.ts';

export interface ReadDeps {
  readonly reader: ChannelReader;
  readonly ledger: LedgerDb;
  readonly signal: AbortSignal;
}

/**
 * Reads customers by `customers.get`, which does not lag, into the snapshot; of one that Google does not give, what the
 * snapshot has stands.
 *
 * @param names resource names
 * @throws FatalError 77 when the account is refused, 69 when Google cannot be reached, 75 when stopped
 */
export async function readCustomers(names: readonly string[], deps: ReadDeps): Promise<void> {
  const { reader, ledger, signal } = deps;
  for (const name of names) {
    const read = await reader.getCustomer(name, { signal });
    if (read.kind === 'ok') storeCustomers(ledger, [read.value], undefined);
    else if (read.failure.class !== 'refused') throw runFault(read.failure, `reading ${name}`);
  }
}
