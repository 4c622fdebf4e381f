import PQueue from 'p-queue';
import type { ChannelReader } from '../google/channel.ts';
import { customerByName, customersByCloudIdentity, storeCustomers } from '../ledger/remote.ts';
import { addCalls, storeDecisions, undecidedRows, type Decided, type StoredRow } from '../ledger/rows.ts';
import type { ApiFailure, ApiResult } from '../model/api-failure.ts';
import type { Candidate } from '../model/matches.ts';
import { runFault } from '../snapshot/run-fault.ts';
import { decideRow, questionOf, undecidable, type DecideDeps } from './decide-rows.ts';
import { chooseIdentity, type IdentityQuery } from './identities.ts';

export interface AskDeps extends DecideDeps {
  /** Id without `accounts/`. */
  readonly account: string;
  readonly reader: ChannelReader;
  /** Rows asked about at a time. */
  readonly concurrency: number;
  /** Called with how many rows were asked about so far. */
  readonly onAsked: (rows: number) => void;
}

/** Rows fetched from the ledger at a time. */
const PAGE = 200;

/** Calls in a row that used up their attempts, after which Google counts as out of reach. */
const MISSES = 3;

/**
 * Asks Google about the rows that the snapshot left open, and decides them.
 *
 * @throws FatalError 69 when Google cannot be reached, 77 when it refuses the account, 75 when stopped
 */
export async function askGoogle(deps: AskDeps): Promise<void> {
  const state = { after: 0, asked: 0, misses: 0 };
  for (;;) {
    const page = undecidedRows(deps.ledger, deps.run, state.after, PAGE, 'open');
    const last = page.at(-1);
    if (last === undefined) return;
    state.after = last.row;
    const queue = new PQueue({ concurrency: deps.concurrency });
    const faults: unknown[] = [];
    for (const row of page) {
      void queue
        .add(async () => {
          if (faults.length > 0) return;
          await askAbout(row, state, deps);
          state.asked += 1;
          deps.onAsked(state.asked);
        })
        .catch((error: unknown) => faults.push(error));
    }
    await queue.onIdle();
    if (faults.length > 0) throw faults[0];
    deps.signal.throwIfAborted();
  }
}

async function askAbout(row: StoredRow, state: { misses: number }, deps: AskDeps): Promise<void> {
  const query = questionOf(row, deps);
  const answer = query === undefined ? undefined : await ask(row, query, deps);
  if (answer === undefined || answer.kind === 'failed') {
    // What was open is open for lack of an answer alone; a row that needs none is decided as it is.
    if (answer?.kind === 'failed') judgeFailure(answer.failure, state);
    store(row, answer?.calls ?? 0, deps, (counted) =>
      answer === undefined ? decideRow(counted, undefined, deps) : undecidable(counted, answer.failure, deps),
    );
    return;
  }
  state.misses = 0;
  store(row, answer.calls, deps, (counted) => decideRow(counted, answer.value, deps));
}

function store(row: StoredRow, calls: number, deps: AskDeps, decided: (row: StoredRow) => Decided): void {
  deps.ledger.transaction(() => {
    addCalls(deps.ledger, deps.run, row.row, calls);
    storeDecisions(deps.ledger, deps.run, [decided({ ...row, calls: row.calls + calls })]);
  });
}

/** A refusal is the row's; everything else ends the run, a passing failure when it does not pass. */
function judgeFailure(failure: ApiFailure, state: { misses: number }): void {
  if (failure.class === 'refused') {
    state.misses = 0;
    return;
  }
  state.misses += 1;
  if (failure.class === 'transient' && state.misses < MISSES) return;
  throw runFault(failure, 'asking for Cloud Identities');
}

async function ask(
  row: StoredRow,
  query: IdentityQuery,
  deps: AskDeps,
): Promise<ApiResult<{ identities: Parameters<typeof chooseIdentity>[1]; holder: Candidate | undefined }>> {
  const account = `accounts/${deps.account}`;
  const found = await deps.reader.checkCloudIdentityAccounts(account, query, { signal: deps.signal });
  if (found.kind === 'failed') return found;
  const identities = found.value;
  const choice = chooseIdentity(row.customer, identities);
  if (choice.kind !== 'one' || choice.account === undefined) {
    return { kind: 'ok', value: { identities, holder: undefined }, calls: found.calls };
  }
  const { owned, customerName, cloudIdentityId } = choice.account;
  const [known] = cloudIdentityId === undefined ? [] : customersByCloudIdentity(deps.ledger, cloudIdentityId);
  const listed = owned && customerName !== undefined ? customerByName(deps.ledger, customerName) : known;
  if (listed !== undefined || !owned || customerName === undefined) {
    return { kind: 'ok', value: { identities, holder: listed }, calls: found.calls };
  }
  // Google says whose it is, and the snapshot has not seen that customer.
  const customer = await deps.reader.getCustomer(customerName, { signal: deps.signal });
  const calls = found.calls + customer.calls;
  if (customer.kind === 'ok') {
    storeCustomers(deps.ledger, [customer.value], choice.account.channelPartnerCloudIdentityId);
    return {
      kind: 'ok',
      value: { identities, holder: customerByName(deps.ledger, customer.value.name) },
      calls,
    };
  }
  const isGone = customer.failure.code === 'NOT_FOUND';
  return isGone ? { kind: 'ok', value: { identities, holder: undefined }, calls } : { ...customer, calls };
}
