import { setImmediate as nextTurn } from 'node:timers/promises';
import { claimCustomer, isVainOverwrite } from '../ledger/claims.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { storeDecisions, undecidedRows, type Decided, type StoredRow } from '../ledger/rows.ts';
import { customerByName } from '../ledger/remote.ts';
import type { RowPlan } from '../model/plan.ts';
import type { Cause, RowEnding } from '../model/row-ending.ts';
import { findMatches } from '../snapshot/matches.ts';
import { criticalText } from './compare.ts';
import { decide, type Decision } from './decide.ts';
import { sameCustomer, stillDifferent } from './policy-causes.ts';
import { identityText } from './requests.ts';

/** Rows decided in one transaction. */
const CHUNK = 500;

export interface DecideDeps {
  readonly run: number;
  readonly ledger: LedgerDb;
  /** Channel partner links that rows name and that do not exist for the account. */
  readonly missingPartners: ReadonlySet<string>;
  /** `--validate-only`: what would be done is `planned`, and nothing else happens to it. */
  readonly validateOnly: boolean;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Decides every row that was read, from the snapshot in the ledger, and commits the whole plan there. */
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
        rows.map((row) => decideRow(row, deps)),
      );
    });
    after = last.row;
    // A million rows take a while: signals and the lock's renewal get their turn in between.
    await nextTurn();
    deps.signal.throwIfAborted();
  }
}

function decideRow(row: StoredRow, deps: DecideDeps): Decided {
  const decision = heldBack(row, decideAlone(row, deps), deps);
  if (decision.kind === 'act' && !deps.validateOnly)
    return { kind: 'planned', row: row.row, plan: decision.plan };
  return { kind: 'ended', row: row.row, plan: decision.plan, ending: toEnding(decision, deps) };
}

function decideAlone({ customer }: StoredRow, deps: DecideDeps): Decision {
  const partner = customer.fields.channel_partner_id;
  return decide(customer, {
    matches: findMatches(deps.ledger, customer, identityText(customer)),
    partnerLinkExists: partner === undefined || !deps.missingPartners.has(partner),
  });
}

/** What the row alone does not tell: that another row has its customer, or that an earlier run did the same in vain. */
function heldBack(row: StoredRow, decision: Decision, deps: DecideDeps): Decision {
  const { plan } = decision;
  if (plan.customer === undefined) return decision;
  const holder = claimCustomer(deps.ledger, deps.run, plan.customer, row.row);
  if (holder !== row.row) return blocked(plan, sameCustomer(plan.customer, holder));
  const remote = customerByName(deps.ledger, plan.customer)?.customer;
  if (decision.kind !== 'act' || plan.action !== 'import' || remote === undefined) return decision;
  return isVainOverwrite(deps.ledger, row.key, row.contentHash, criticalText(remote))
    ? blocked(plan, stillDifferent(row.customer, remote, plan.differences))
    : decision;
}

function blocked(plan: RowPlan, cause: Cause): Decision {
  return { kind: 'settled', outcome: 'blocked', plan: { ...plan, steps: [] }, cause };
}

function toEnding(decision: Decision, deps: DecideDeps): RowEnding {
  const { plan } = decision;
  const outcome = decision.kind === 'act' ? 'planned' : decision.outcome;
  const cause = decision.kind === 'settled' ? decision.cause : undefined;
  const hasDrift = outcome === 'skipped' && plan.differences.length > 0;
  const linked = plan.customer === undefined ? undefined : customerByName(deps.ledger, plan.customer);
  return {
    outcome,
    action: plan.action,
    causes: cause === undefined ? [] : [cause],
    customer: plan.customer,
    cloudIdentityId: linked?.customer.cloudIdentityId,
    attempts: 0,
    calls: 0,
    checkedBy: 'local',
    finishedAt: new Date(deps.now()).toISOString(),
    changedFields: plan.differences.map(({ column }) => column),
    drift: hasDrift,
    note: hasDrift
      ? 'Google differs from the book in these fields and overwrite is never; safe or always would write the book'
      : undefined,
  };
}
