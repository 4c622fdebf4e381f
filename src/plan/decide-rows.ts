import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CloudIdentityAccount } from '../google/answers.ts';
import { storeLink } from '../ledger/applied.ts';
import { claimCustomer, isVainOverwrite } from '../ledger/claims.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { storeMentions } from '../ledger/mentions.ts';
import { storeDecisions, undecidedRows, type Decided, type StoredRow } from '../ledger/rows.ts';
import { lastApplied } from '../ledger/rows-to-find.ts';
import { customerByName, customersByDomain } from '../ledger/remote.ts';
import {
  closeOpenInserts,
  knownTenant,
  openInserts,
  sawTenantUser,
  sentFor,
  storeTenant,
  tenantOfKey,
  type KnownTenant,
} from '../ledger/tenants.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { Customer } from '../model/customer.ts';
import type { Candidate } from '../model/matches.ts';
import { waitsForCustomer, type RowPlan } from '../model/plan.ts';
import { ACCEPT_TERMS, type Cause, type RowEnding } from '../model/row-ending.ts';
import { findMatches } from '../snapshot/matches.ts';
import type { OnboardAnswer } from './ask-onboarding.ts';
import { criticalText } from './compare.ts';
import { decide, type Decision, type Question } from './decide.ts';
import { keepOverwritten, withEarlierWork } from './earlier-work.ts';
import {
  notLookedUp,
  saidDoneButUnseen,
  sameCustomer,
  sameNewTeam,
  stillDifferent,
} from './policy-causes.ts';
import { linkText } from './requests.ts';
import { saidToBeDone } from './said-done.ts';
import {
  NOTHING_KNOWN,
  adminAddress,
  fitsInsert,
  isNamedUser,
  newTenant,
  tenantIdentity,
  type OnboardFacts,
  type OwnWork,
} from './tenant-facts.ts';
import { collapse } from './text-forms.ts';

/** Rows decided in one transaction. */
const CHUNK = 500;

export interface DecideDeps {
  readonly run: number;
  readonly ledger: LedgerDb;
  /** Channel partner links that rows name and that do not exist for the account. */
  readonly missingPartners: ReadonlySet<string>;
  /** Rows that Google would not look up, with its answer. */
  readonly refusedRows: ReadonlyMap<number, ApiFailure>;
  /** Whether all customers were listed. */
  readonly isListed: boolean;
  /** Customers for which an earlier run sent a provisioning whose answer never came. */
  readonly provisionsInDoubt: ReadonlySet<string>;
  /** Operations of earlier runs whose end is not known, by the customer's resource name. */
  readonly operations: ReadonlyMap<string, string>;
  /** Whether links are remembered for later runs; a run that only looks leaves nothing behind. */
  readonly remembersLinks: boolean;
  /** Whether a person has ever settled a write. */
  readonly hasWords: boolean;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** What Google answered for a row that the snapshot left open; empty where it was not asked. */
export interface Answer extends OnboardAnswer {
  readonly identities?: readonly CloudIdentityAccount[];
  /** The customer that has the Cloud Identity, where there is one. */
  readonly holder?: Candidate | undefined;
  /** Resource names that Google was asked for and does not have. */
  readonly absent?: readonly string[];
}

export const NOT_ASKED: Answer = {};

/**
 * Decides every row that was read, from the snapshot in the ledger, and commits the decisions there. Rows that the
 * snapshot does not settle are left `open`.
 */
export async function decideRows(deps: DecideDeps): Promise<void> {
  let after = 0;
  for (;;) {
    const rows = undecidedRows(deps.ledger, deps.run, after, CHUNK);
    const last = rows.at(-1);
    if (last === undefined) return;
    deps.ledger.transaction(() => {
      storeDecisions(
        deps.ledger,
        deps.run,
        rows.map((row) => decideRow(row, NOT_ASKED, deps)),
      );
    });
    after = last.row;
    // A million rows take a while: signals and the lock's renewal get their turn in between.
    await nextTurn();
    deps.signal.throwIfAborted();
  }
}

/** Decides one row; `open` where a question about it is left. */
export function decideRow(row: StoredRow, answer: Answer, deps: DecideDeps): Decided {
  const decision = heldBack(row, decideAlone(row, answer, deps), deps);
  if (isQuestion(decision)) return { kind: 'open', row: row.row };
  if (row.customer.action === 'onboard') adopt(row, answer, isHeld(decision), deps);
  if (decision.plan.customer === undefined) mention(row, decision.plan, deps);
  else if (decision.kind === 'settled' && decision.outcome !== 'blocked')
    rememberLink(row, decision.plan, deps);
  if (decision.kind === 'act') {
    keepOverwritten(row, decision.plan, deps);
    return { kind: 'planned', row: row.row, plan: decision.plan };
  }
  const ending = withEarlierWork(row, toEnding(row, decision, deps), deps);
  return { kind: 'ended', row: row.row, plan: decision.plan, ending };
}

/** What Google still has to be asked about an open row. */
export function questionOf(row: StoredRow, answer: Answer, deps: DecideDeps): Question | undefined {
  const decision = decideAlone(row, answer, deps);
  return isQuestion(decision) ? decision : undefined;
}

/** Only a user that the decision is about is taken in: one that it holds back is somebody else's. */
function isHeld(decision: Act | Settled): boolean {
  return decision.kind === 'settled' && decision.outcome !== 'unchanged';
}

function isQuestion(decision: Decision): decision is Question {
  return decision.kind !== 'act' && decision.kind !== 'settled';
}

/** Ends a row that Google would not answer for. */
export function undecidable(row: StoredRow, failure: ApiFailure, deps: DecideDeps): Decided {
  const decision = notAnswered(row.customer, failure);
  mention(row, decision.plan, deps);
  return { kind: 'ended', row: row.row, plan: decision.plan, ending: toEnding(row, decision, deps) };
}

/** Where rows are looked up instead of listed, a key that was linked once is found again by its customer's name. */
function rememberLink({ key, customer }: StoredRow, plan: RowPlan, deps: DecideDeps): void {
  const identity = linkText(customer);
  if (!deps.remembersLinks || identity === undefined || plan.customer === undefined) return;
  storeLink(deps.ledger, { key, identity, customer: plan.customer }, deps.run);
}

/** What a row names is no orphan, linked or not; a team's domain is not its own. */
function mention({ customer }: StoredRow, { tenant }: RowPlan, { ledger, run }: DecideDeps): void {
  if (tenant !== undefined) storeMentions(ledger, run, { cloud_identity_id: tenant.customerId });
  const { domain, ...others } = customer.fields;
  const isShared = customer.type === 'team' || domain === undefined;
  storeMentions(ledger, run, isShared ? others : { ...others, domain });
  for (const name of namesakesOf(customer, ledger)) storeMentions(ledger, run, { customer: name });
}

/**
 * A customer that Google has, and that an insert without an answer must have made, is ours from here on, and so is the user
 * that is there for it. A run that only looks leaves the doubt to the next.
 *
 * @param isUserOther whether the user that is there is not the one that the row means
 */
function adopt(row: StoredRow, answer: Answer, isUserOther: boolean, deps: DecideDeps): void {
  const { customer } = row;
  const { ledger, run } = deps;
  const { user } = answer;
  const tenant = answer.tenant?.kind === 'ours' ? answer.tenant : answer.ownTenant;
  if (!deps.remembersLinks || tenant?.kind !== 'ours') return;
  const { customerId, resourceUiUrl: consoleUrl } = tenant.customer;
  const facts = onboardFacts(row, answer, deps);
  const isKnown = facts.own?.customerId === customerId;
  if (!isKnown && !(facts.sentInsert !== undefined && fitsInsert(facts.sentInsert, tenant.customer))) return;
  const at = new Date(deps.now()).toISOString();
  storeTenant(ledger, newTenant(customer, customerId, consoleUrl), run, at);
  closeOpenInserts(ledger, run, tenantIdentity(customer), at);
  if (!isUserOther && user?.kind === 'there' && isNamedUser(customer, user.user, customerId))
    sawTenantUser(ledger, customerId, adminAddress(customer), user.user.isAdmin, at);
}

function onboardFacts(
  { customer }: StoredRow,
  answer: Answer,
  { ledger, run, now }: DecideDeps,
): OnboardFacts {
  if (customer.action !== 'onboard') return NOTHING_KNOWN;
  const identity = tenantIdentity(customer);
  const own = ownWork(knownTenant(ledger, identity, customer.fields.cloud_identity_id), now());
  const open = own === undefined ? openInserts(ledger, run, customer.key, identity) : [];
  const sentInsert = sentFor(open, identity);
  return {
    tenant: answer.tenant,
    ownTenant: answer.ownTenant,
    user: answer.user,
    hasUsers: answer.hasUsers,
    own,
    ofKey: own === undefined ? ownWork(tenantOfKey(ledger, customer.key), now()) : undefined,
    sentInsert,
    isKeyInDoubt: open.length > 0 && sentInsert === undefined,
  };
}

/** Google shows a new user after minutes at most (Directory API v1, "Users: insert"). */
const FRESH_MS = 900_000;

function ownWork(known: KnownTenant | undefined, now: number): OwnWork | undefined {
  return (
    known && {
      ...known,
      isUserSent: known.userSentMs !== undefined,
      isUserMade: known.userMs !== undefined,
      isUserFresh: known.userMs !== undefined && now - known.userMs < FRESH_MS,
    }
  );
}

type Settled = Extract<Decision, { readonly kind: 'settled' }>;
type Act = Extract<Decision, { readonly kind: 'act' }>;

function notAnswered({ action }: Customer, failure: ApiFailure): Settled {
  return {
    kind: 'settled',
    outcome: failure.code === 'PERMISSION_DENIED' ? 'blocked' : 'failed',
    plan: { action: action === 'auto' ? 'none' : action, steps: [], differences: [], customer: undefined },
    causes: [notLookedUp(failure)],
  };
}

function decideAlone(stored: StoredRow, answer: Answer, deps: DecideDeps): Decision {
  const { row, customer } = stored;
  const refusal = deps.refusedRows.get(row);
  if (refusal !== undefined) return notAnswered(customer, refusal);
  const partner = customer.fields.channel_partner_id;
  const matches = findMatches(deps.ledger, customer, linkText(customer));
  // Most rows are linked: what an earlier run had for a row is looked up only for those that are not.
  const { ledger, customer: named, cloud_identity_id: identity, id, domain } = matches;
  const isMatched = [named, identity, id, domain, ledger].some((found) => (found ?? []).length > 0);
  return decide(customer, {
    matches,
    partnerLinkExists: partner === undefined || !deps.missingPartners.has(partner),
    identities: answer.identities,
    identityHolder: answer.holder,
    isListed: deps.isListed,
    // Where rows were looked up, the customer that a row names was looked up first.
    isAbsent: !deps.isListed || isIn(answer.absent, customer.fields.customer),
    remembered: deps.isListed && !isMatched ? rememberedCustomer(stored, answer, deps.ledger) : undefined,
    operations: deps.operations,
    provisionsInDoubt: deps.provisionsInDoubt,
    namesakes: namesakesOf(customer, deps.ledger),
    onboard: onboardFacts(stored, answer, deps),
  });
}

function isIn(names: readonly string[] | undefined, name: string | undefined): boolean {
  return name !== undefined && names?.includes(name) === true;
}

function rememberedCustomer(
  { key, customer }: StoredRow,
  { absent }: Answer,
  ledger: LedgerDb,
): string | undefined {
  return lastApplied(ledger, key, linkText(customer), customer.fields.id !== undefined)
    .map((known) => known.customer)
    .find((name) => !isIn(absent, name) && customerByName(ledger, name) === undefined);
}

/** Customers on a team's domain that bear its name: nothing else would tell that the team is there already. */
function namesakesOf({ type, fields }: Customer, ledger: LedgerDb): readonly string[] {
  const { domain, org_display_name: name } = fields;
  if (type !== 'team' || domain === undefined || name === undefined) return [];
  return customersByDomain(ledger, domain)
    .filter(({ customer }) => collapse(customer.orgDisplayName ?? '') === collapse(name))
    .map(({ customer }) => customer.name);
}

/**
 * What the row alone does not tell: that a person has settled it, that another row has its customer, or that an earlier
 * run did the same in vain.
 */
function heldBack(row: StoredRow, decision: Decision, deps: DecideDeps): Decision {
  if (isQuestion(decision)) return decision;
  const { plan } = decision;
  const settled = decision.kind === 'act' ? saidToBeDone(row, plan, deps) : undefined;
  if (settled !== undefined) return blocked(plan, saidDoneButUnseen(settled, row.key));
  if (plan.tenant !== undefined) return heldTenant(row, decision, plan.tenant.customerId, deps);
  if (plan.customer === undefined) return heldTeam(row, decision, deps);
  const holder = claimCustomer(deps.ledger, deps.run, plan.customer, row.row);
  if (holder !== row.row) return blocked(plan, sameCustomer(plan.customer, holder));
  const remote = customerByName(deps.ledger, plan.customer)?.customer;
  if (decision.kind !== 'act' || plan.action !== 'import' || remote === undefined) return decision;
  return isVainOverwrite(deps.ledger, row.key, row.contentHash, criticalText(remote))
    ? blocked(plan, stillDifferent(row.customer, remote, plan.differences))
    : decision;
}

/** Two rows that lead to one Google Workspace account would onboard it twice. */
function heldTenant(row: StoredRow, decision: Settled | Act, customerId: string, deps: DecideDeps): Decision {
  const holder = claimCustomer(deps.ledger, deps.run, `tenant ${customerId}`, row.row);
  return holder === row.row ? decision : blocked(decision.plan, sameCustomer(customerId, holder));
}

/** Teams are not told apart by their domain: two rows of one name would make one team twice. */
function heldTeam(row: StoredRow, decision: Decision, deps: DecideDeps): Decision {
  const { type, fields } = row.customer;
  if (decision.kind !== 'act' || decision.plan.action !== 'create' || type !== 'team') return decision;
  const team = `new team ${fields.domain ?? ''} ${collapse(fields.org_display_name ?? '')}`;
  const holder = claimCustomer(deps.ledger, deps.run, team, row.row);
  return holder === row.row ? decision : blocked(decision.plan, sameNewTeam(holder));
}

function blocked(plan: RowPlan, cause: Cause): Settled {
  return { kind: 'settled', outcome: 'blocked', plan: { ...plan, steps: [] }, causes: [cause] };
}

function toEnding(row: StoredRow, { outcome, plan, causes }: Settled, deps: DecideDeps): RowEnding {
  const hasDrift = outcome === 'skipped' && plan.differences.length > 0;
  const { tenant } = plan;
  const waits = waitsForCustomer(tenant);
  const linked = plan.customer === undefined ? undefined : customerByName(deps.ledger, plan.customer);
  return {
    outcome,
    action: plan.action,
    causes,
    customer: plan.customer,
    cloudIdentityId: linked?.customer.cloudIdentityId ?? tenant?.customerId,
    attempts: 0,
    calls: row.calls,
    checkedBy: 'local',
    nextStep: outcome === 'unchanged' && waits === true ? ACCEPT_TERMS : undefined,
    waitsForCustomer: waits,
    finishedAt: new Date(deps.now()).toISOString(),
    changedFields: plan.differences.map(({ column }) => column),
    drift: hasDrift,
    note: plan.note ?? (hasDrift ? DRIFT_NOTE : undefined),
  };
}

const DRIFT_NOTE =
  'Google differs from the book in these fields and overwrite is never; safe or always would write the book';
