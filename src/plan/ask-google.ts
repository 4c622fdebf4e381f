import PQueue from 'p-queue';
import type { Clock } from '../clock.ts';
import type { ChannelReader } from '../google/channel.ts';
import { customerByName, customersByCloudIdentity, storeCustomers } from '../ledger/remote.ts';
import {
  ROW_FAMILIES,
  addCalls,
  storeDecisions,
  undecidedRows,
  type Decided,
  type RowFamily,
  type StoredRow,
} from '../ledger/rows.ts';
import { openInserts } from '../ledger/tenants.ts';
import { assertNever } from '../model/assert-never.ts';
import type { ApiFailure, ApiResult } from '../model/api-failure.ts';
import { createCommonCause, ownWords, type CommonCause } from '../snapshot/common-cause.ts';
import { runFault } from '../snapshot/run-fault.ts';
import { askOnboarding, type OnboardReaders } from './ask-onboarding.ts';
import type { OnboardQuestion } from './decide-onboard.ts';
import type { Question } from './decide.ts';
import { decideRow, questionOf, undecidable, type Answer, type DecideDeps } from './decide-rows.ts';
import { chooseIdentity, type IdentityQuery } from './identities.ts';
import { tenantIdentity } from './tenant-facts.ts';

export interface AskDeps extends DecideDeps, OnboardReaders {
  /** Id without `accounts/`. */
  readonly account: string;
  readonly reader: ChannelReader;
  readonly clock: Clock;
  /** How long after an insert without an answer its customer may still come to be. */
  readonly settleMs: number;
  /** Rows asked about at a time. */
  readonly concurrency: number;
  /** So many first rows that Google will not answer for, for one reason that is not theirs, end the run. */
  readonly commonCauseRows: number;
  /** What is known of every open row before it is asked about. */
  readonly known: Answer;
  /** Called with how many rows were asked about so far. */
  readonly onAsked: (rows: number) => void;
}

/** Rows fetched from the ledger at a time. */
const PAGE = 200;

/** Calls in a row that used up their attempts, after which Google counts as out of reach. */
const MISSES = 3;

/**
 * Asks Google about the rows that the snapshot left open, and decides them. Rows that only a whole listing can decide
 * stay open.
 *
 * @throws FatalError 69 when Google cannot be reached, 77 when it refuses the account, 75 when stopped
 */
export async function askGoogle(deps: AskDeps): Promise<void> {
  const shared: Asking = { asked: 0, faults: [] };
  // Beside each other: one family that waits for its API's quota must not keep the other from its own.
  await Promise.all(ROW_FAMILIES.map((family) => askFamily(family, shared, deps)));
  if (shared.faults.length > 0) throw shared.faults[0];
}

/** What each family has for itself. */
interface FamilyState {
  /** Calls in a row that used up their attempts. */
  misses: number;
  readonly common: CommonCause;
}

/** What the families have in common. */
interface Asking {
  asked: number;
  readonly faults: unknown[];
}

async function askFamily(family: RowFamily, shared: Asking, deps: AskDeps): Promise<void> {
  const state = { misses: 0, common: createCommonCause(deps.commonCauseRows) };
  const { faults } = shared;
  function onFault(error: unknown): undefined {
    faults.push(error);
  }
  for (let after = 0; faults.length === 0;) {
    const page = undecidedRows(deps.ledger, deps.run, after, PAGE, 'open', family);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.row;
    const queue = new PQueue({ concurrency: deps.concurrency });
    let turn = Promise.resolve();
    for (const row of page) {
      const asked = queue
        .add(async () => {
          if (faults.length > 0) return undefined;
          const decide = await askAbout(row, state, deps);
          shared.asked += 1;
          deps.onAsked(shared.asked);
          return decide;
        })
        .catch(onFault);
      // Of rows that mean the same customer the first stands, whichever is answered first.
      turn = turn.then(async () => (await asked)?.()).catch(onFault);
    }
    await turn;
    if (deps.signal.aborted) faults.push(deps.signal.reason);
  }
}

/** One question after the other, until the row can be decided; returns what decides it. */
async function askAbout(row: StoredRow, state: FamilyState, deps: AskDeps): Promise<() => void> {
  let answer = deps.known;
  let calls = 0;
  for (;;) {
    const question = questionOf(row, answer, deps);
    if (question === undefined || question.kind === 'list') {
      const known = answer;
      if (calls > 0) state.common.wentWell();
      const made = calls;
      return () => {
        store(row, made, deps, (counted) => decideRow(counted, known, deps));
      };
    }
    const result = await ask(row, question, deps);
    calls += result.calls;
    if (result.kind === 'failed') {
      judgeFailure(result.failure, state);
      const made = calls;
      const cause = state.common.failed('asked', result.failure, ownWords(row.customer));
      return () => {
        store(row, made, deps, (counted) => undecidable(counted, result.failure, deps));
        if (cause !== undefined) throw cause;
      };
    }
    state.misses = 0;
    const absent = [...(answer.absent ?? []), ...(result.value.absent ?? [])];
    answer = { ...answer, ...result.value, absent };
  }
}

function store(row: StoredRow, calls: number, deps: AskDeps, decided: (row: StoredRow) => Decided): void {
  deps.ledger.transaction(() => {
    addCalls(deps.ledger, deps.run, row.row, calls);
    storeDecisions(deps.ledger, deps.run, [decided({ ...row, calls: row.calls + calls })]);
  });
}

/** A refusal is the row's; everything else ends the run, a passing failure when it does not pass. */
function judgeFailure(failure: ApiFailure, state: FamilyState): void {
  if (failure.class === 'refused') {
    state.misses = 0;
    return;
  }
  state.misses += 1;
  if (failure.class === 'transient' && state.misses < MISSES) return;
  throw runFault(failure, 'asking about rows');
}

function ask(
  row: StoredRow,
  question: Exclude<Question, { readonly kind: 'list' }>,
  deps: AskDeps,
): Promise<ApiResult<Answer>> {
  switch (question.kind) {
    case 'ask':
      return askForIdentities(row, question.query, deps);
    case 'look':
      return lookFor(row, question.customer, deps);
    case 'tenant':
    case 'own':
    case 'user':
    case 'users':
      return askAboutOnboarding(row, question, deps);
    default:
      return assertNever(question);
  }
}

/** One that an earlier run had and that is no longer ours is not there; one that the row names is a matter for a person. */
async function lookFor(row: StoredRow, name: string, deps: AskDeps): Promise<ApiResult<Answer>> {
  const seen = await lookAt(name, undefined, deps);
  const isRowsOwn = row.customer.fields.customer === name;
  if (seen.kind === 'ok' || isRowsOwn || seen.failure.class !== 'refused') return seen;
  return { kind: 'ok', value: { absent: [name] }, calls: seen.calls };
}

async function askForIdentities(
  row: StoredRow,
  query: IdentityQuery,
  deps: AskDeps,
): Promise<ApiResult<Answer>> {
  const account = `accounts/${deps.account}`;
  const found = await deps.reader.checkCloudIdentityAccounts(account, query, { signal: deps.signal });
  if (found.kind === 'failed') return found;
  const identities = found.value;
  const choice = chooseIdentity(row.customer, identities);
  const chosen = choice.kind === 'one' ? choice.account : undefined;
  const { owned, customerName, cloudIdentityId, channelPartnerCloudIdentityId: partner } = chosen ?? {};
  if (owned !== true || customerName === undefined) {
    const [holder] =
      cloudIdentityId === undefined ? [] : customersByCloudIdentity(deps.ledger, cloudIdentityId);
    return { ...found, value: { identities, holder } };
  }
  const listed = customerByName(deps.ledger, customerName);
  if (listed !== undefined) return { ...found, value: { identities, holder: listed } };
  // Google says whose it is, and the snapshot has not seen that customer.
  const seen = await lookAt(customerName, partner, deps);
  const calls = found.calls + seen.calls;
  if (seen.kind === 'failed') return { ...seen, calls };
  return { kind: 'ok', value: { identities, holder: customerByName(deps.ledger, customerName) }, calls };
}

/** Reads a customer into the snapshot. */
async function lookAt(
  name: string,
  partner: string | undefined,
  { reader, ledger, signal }: AskDeps,
): Promise<ApiResult<Answer>> {
  const seen = await reader.getCustomer(name, { signal });
  if (seen.kind === 'ok' && seen.value.name === name) {
    storeCustomers(ledger, [seen.value], partner);
    return { ...seen, value: {} };
  }
  return seen.kind === 'ok' || seen.failure.code === 'NOT_FOUND'
    ? { kind: 'ok', value: { absent: [name] }, calls: seen.calls }
    : seen;
}

/**
 * Asks about a row that is to be onboarded. Where an earlier insert for it was never answered, what is not there yet is
 * looked for again once that insert has had its time.
 */
async function askAboutOnboarding(
  row: StoredRow,
  question: OnboardQuestion,
  deps: AskDeps,
): Promise<ApiResult<Answer>> {
  const first = await askOnboarding(question, deps, deps.signal);
  const isFree = first.kind === 'ok' && first.value.tenant?.kind === 'free';
  const { key } = row.customer;
  const open =
    isFree && deps.remembersLinks
      ? openInserts(deps.ledger, deps.run, key, tenantIdentity(row.customer))
      : [];
  const leftMs = Math.max(0, ...open.map(({ sentMs }) => sentMs + deps.settleMs - deps.now()));
  if (leftMs <= 0) return first;
  await deps.clock.sleep(leftMs, deps.signal);
  const second = await askOnboarding(question, deps, deps.signal);
  return { ...second, calls: first.calls + second.calls };
}
