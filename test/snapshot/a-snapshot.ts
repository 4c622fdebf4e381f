import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startEmulator } from '../../src/emulator/server.ts';
import type { WorldInput } from '../../src/emulator/world.ts';
import { createLedgerDb, type LedgerDb } from '../../src/ledger/ledger.ts';
import { openLedgerFile } from '../../src/ledger/open.ts';
import { insertRows } from '../../src/ledger/rows.ts';
import type { Customer } from '../../src/model/customer.ts';
import type { SnapshotDeps, SnapshotRequest } from '../../src/snapshot/snapshot.ts';
import { aGateway, type OpenedGateway } from '../google/a-gateway.ts';

export const ACCOUNT = 'C012345';
const RUN = 1;

export function aLedger(): LedgerDb {
  const path = join(mkdtempSync(join(tmpdir(), 'channelbook-snapshot-')), 'a.sqlite');
  const ledger = createLedgerDb(openLedgerFile(path));
  onTestFinished(ledger.close);
  return ledger;
}

/** Rows of run 1 that are read and not decided, numbered from 1. */
export function readRows(ledger: LedgerDb, customers: readonly Customer[]): void {
  insertRows(
    ledger,
    RUN,
    customers.map((customer, index) => ({
      row: index + 1,
      line: index + 2,
      key: customer.key,
      content: JSON.stringify(customer),
      customer,
      action: customer.action,
      tokenCreated: undefined,
      sealedToken: undefined,
      ending: undefined,
    })),
  );
}

export interface Setting {
  readonly ledger: LedgerDb;
  readonly gateway: OpenedGateway;
  readonly deps: SnapshotDeps;
  readonly notes: readonly string[];
  readonly progress: readonly string[];
  /** The calls that Google got, e.g. `customers.list domain = "a.example"`. */
  readonly calls: () => readonly string[];
  /** Resource names in the ledger's snapshot, without what they all begin with. */
  readonly stored: () => readonly string[];
  /** Calls that the ledger counts for each row. */
  readonly rowCalls: () => readonly number[];
}

/** An emulator with a world, a gateway to it, and a ledger with the rows of a book. */
export async function aSetting(world: WorldInput, rows: readonly Customer[] = []): Promise<Setting> {
  const emulator = await startEmulator({ world });
  onTestFinished(() => emulator.close());
  const gateway = await aGateway({ apiUrl: emulator.url });
  const ledger = aLedger();
  readRows(ledger, rows);
  const notes: string[] = [];
  const progress: string[] = [];
  return {
    ledger,
    gateway,
    notes,
    progress,
    deps: {
      reader: gateway.reader,
      ledger,
      signal: new AbortController().signal,
      now: () => Date.now(),
      onPage: (customers) => progress.push(`${customers} listed`),
      onLookUp: (done, of) => progress.push(`${done} of ${of} rows`),
      note: (text) => notes.push(text),
    },
    calls: () =>
      emulator.requests.map(({ method, path, query }) =>
        [method, path.split('/').slice(4).join('/'), query['filter']].filter(Boolean).join(' '),
      ),
    stored: () =>
      ledger
        .all('SELECT name FROM remote_customers ORDER BY name')
        .map(({ name }) => String(name).replace(`accounts/${ACCOUNT}/customers/`, '')),
    rowCalls: () => ledger.all('SELECT calls FROM rows ORDER BY row').map(({ calls }) => Number(calls)),
  };
}

export function aRequest(
  mode: SnapshotRequest['mode'],
  rest: Partial<SnapshotRequest> = {},
): SnapshotRequest {
  const request = { mode, run: RUN, partners: [], identityOf: () => undefined };
  return { ...request, concurrency: 4, commonCauseRows: 20, ...rest };
}
