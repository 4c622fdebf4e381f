import { assertNever } from '../model/assert-never.ts';
import type { CloudIdentityAccount } from '../google/answers.ts';
import type { Action } from '../model/action.ts';
import type { Customer } from '../model/customer.ts';
import type { Candidate, Matches } from '../model/matches.ts';
import type { Difference, RowPlan, StepPlan } from '../model/plan.ts';
import type { Cause } from '../model/row-ending.ts';
import { missingForCreate } from '../validate/required.ts';
import { differences } from './compare.ts';
import { decideOnboard, type OnboardQuestion } from './decide-onboard.ts';
import { chooseIdentity, identityQuery, type IdentityQuery } from './identities.ts';
import { findLink } from './link.ts';
import {
  contradictingIdentifiers,
  differentCorrelation,
  differentPartner,
  criticalDifference,
  missingPartnerLink,
  namesake,
  noSuchCustomer,
  nothingToProvision,
  otherIdentity,
  severalIdentities,
  severalMatches,
  unnamedTeam,
} from './policy-causes.ts';
import { importIdentity } from './requests.ts';
import type { OnboardFacts } from './tenant-facts.ts';

/** What a row comes to: work to do, an end without any, or a question that only Google can answer. */
export type Decision =
  | { readonly kind: 'act'; readonly plan: RowPlan }
  | Question
  | {
      readonly kind: 'settled';
      readonly outcome: 'unchanged' | 'skipped' | 'blocked' | 'invalid' | 'failed' | 'ambiguous';
      readonly plan: RowPlan;
      /** Several for a row that is invalid, otherwise one, or none where all is well. */
      readonly causes: readonly Cause[];
    };

/**
 * What Google has to be asked before a row can be decided.
 *
 * - `ask`: which Cloud Identities it knows.
 * - `look`: whether it has the customer that the row names, or that an earlier run had for it, and no listing showed.
 * - `list`: everything, because it cannot be asked for a customer by its `correlationId`.
 */
export type Question =
  | { readonly kind: 'ask'; readonly query: IdentityQuery }
  | { readonly kind: 'look'; readonly customer: string }
  | { readonly kind: 'list' }
  | OnboardQuestion;

/** What is known of a row's place at Google when it is decided. */
export interface Facts {
  readonly matches: Matches;
  /** Whether the channel partner link that the row names exists; true where it names none. */
  readonly partnerLinkExists: boolean;
  /** Google's answer for the row's domain; undefined where it was not asked. */
  readonly identities: readonly CloudIdentityAccount[] | undefined;
  /** The customer that has the Cloud Identity of that answer, where there is one. */
  readonly identityHolder: Candidate | undefined;
  /** Whether all customers were listed: only then is one that matches nothing not there. */
  readonly isListed: boolean;
  /** Whether Google was asked for the customer that the row names, and has none. */
  readonly isAbsent: boolean;
  /** The customer that an earlier run had for this row, where the listing does not show it and nobody has looked yet. */
  readonly remembered: string | undefined;
  /** Operations that earlier runs began and whose end is not known, by the customer's resource name. */
  readonly operations: ReadonlyMap<string, string>;
  /** Customers for which an earlier run sent a provisioning whose answer never came. */
  readonly provisionsInDoubt: ReadonlySet<string>;
  /** Resource names of customers on a team's domain that bear its name. */
  readonly namesakes: readonly string[];
  /** What is known of it as an onboarding. */
  readonly onboard: OnboardFacts;
}

/** Decides one row from the book, the snapshot and the policy. Pure; the table of sections 3 and 4 of the contract. */
export function decide(customer: Customer, facts: Facts): Decision {
  if (customer.action === 'skip') return settled('skipped', plan('skip', [], [], undefined));
  if (customer.action === 'onboard') return decideOnboard(customer, facts.onboard);
  if (!facts.partnerLinkExists) return held('blocked', customer, missingPartnerLink(customer));
  const link = findLink(customer, facts.matches);
  switch (link.kind) {
    case 'several':
      return held('blocked', customer, severalMatches(link));
    case 'contradiction':
      return held('blocked', customer, contradictingIdentifiers(link));
    case 'unlinked':
      return decideUnlinked(customer, facts);
    case 'linked':
      return decideLinked(customer, link.candidate, facts);
    default:
      return assertNever(link);
  }
}

/** Not linked: the row gets the action that it names, and Google's refusal if that does not fit. */
function decideUnlinked(customer: Customer, facts: Facts): Decision {
  // It may be under a partner link that nothing lists.
  if (facts.remembered !== undefined) return { kind: 'look', customer: facts.remembered };
  switch (customer.action) {
    case 'import':
      return importing(customer);
    case 'create':
      return creating(customer, facts);
    case 'provision':
      return provisioningUnseen(customer, facts);
    default:
      return decideByIdentity(customer, facts);
  }
}

/** `auto`: what to do hangs on the Cloud Identities that Google knows. */
function decideByIdentity(customer: Customer, facts: Facts): Decision {
  const { customer: named, cloud_identity_id: identity } = customer.fields;
  if (named !== undefined) return namedCustomer(customer, named, facts);
  const query = identityQuery(customer);
  if (query === undefined) return identity === undefined ? creating(customer, facts) : importing(customer);
  if (facts.identities === undefined) return { kind: 'ask', query };
  const choice = chooseIdentity(customer, facts.identities);
  switch (choice.kind) {
    case 'none':
      return creating(customer, facts);
    case 'several':
      return held('blocked', customer, severalIdentities(choice.ids));
    case 'other':
      return held('blocked', customer, otherIdentity(identity ?? '', choice.ids));
    case 'one':
      if (facts.identityHolder !== undefined) return decideLinked(customer, facts.identityHolder, facts);
      return importIdentity(customer) === undefined
        ? held('blocked', customer, unnamedTeam(choice.account?.cloudIdentityId))
        : importing(customer);
    default:
      return assertNever(choice);
  }
}

function importing(customer: Customer): Decision {
  const overwriteIfExists = customer.overwrite === 'always';
  const patch: readonly StepPlan[] = customer.overwrite === 'never' ? [] : [{ kind: 'patch' }];
  return act(
    plan(
      'import',
      [{ kind: 'import', overwriteIfExists, customer: customer.fields.customer }, ...patch],
      [],
      undefined,
    ),
  );
}

/** A row that names a customer is about one that exists: another is never made for it. */
function namedCustomer(customer: Customer, named: string, { isAbsent }: Facts): Decision {
  if (!isAbsent) return { kind: 'look', customer: named };
  return held('blocked', customer, noSuchCustomer(named));
}

function creating(customer: Customer, facts: Facts): Decision {
  const { customer: named, admin_email: admin, id } = customer.fields;
  if (named !== undefined) return namedCustomer(customer, named, facts);
  const missing = missingForCreate(customer.fields).map(({ rule, column, message, hint }) => ({
    code: rule,
    column,
    message,
    hint,
  }));
  if (missing.length > 0) return settled('invalid', plan('create', [], [], undefined), missing);
  // At most one customer per key: Google may have one with this id and another domain, and no filter would show it.
  if (id !== undefined && !facts.isListed) return { kind: 'list' };
  if (facts.namesakes.length > 0) return held('blocked', customer, namesake(facts.namesakes));
  const provision: readonly StepPlan[] = admin === undefined ? [] : [PROVISION];
  return act(plan('create', [{ kind: 'create' }, ...provision], [], undefined));
}

function provisioningUnseen(customer: Customer, { isAbsent }: Facts): Decision {
  const { customer: named } = customer.fields;
  if (named === undefined) return held('blocked', customer, nothingToProvision());
  if (!isAbsent) return { kind: 'look', customer: named };
  return settled('failed', plan('provision', [], [], undefined), [noSuchCustomer(named)]);
}

const PROVISION = { kind: 'provision', operation: undefined } as const;

/** On a linked customer `import`, `create` and `provision` act as `auto` does. */
function decideLinked(customer: Customer, candidate: Candidate, facts: Facts): Decision {
  const { name, cloudIdentityId } = candidate.customer;
  const found = differences(customer.fields, candidate.customer);
  const blocked = blockingCause(customer, candidate, found);
  if (blocked !== undefined) return settled('blocked', plan('none', [], found, name), [blocked]);
  if (needsImport(customer, candidate, found)) {
    const steps: readonly StepPlan[] = [
      { kind: 'import', overwriteIfExists: true, customer: name },
      { kind: 'patch' },
    ];
    return act(plan('import', steps, found, name));
  }
  const patch: readonly StepPlan[] =
    found.length === 0 || customer.overwrite === 'never' ? [] : [{ kind: 'patch' }];
  if (customer.fields.admin_email !== undefined && cloudIdentityId === undefined) {
    const provision: StepPlan = {
      ...PROVISION,
      operation: facts.operations.get(name),
      ...(facts.provisionsInDoubt.has(name) ? { inDoubt: true } : {}),
    };
    return act(plan('provision', [...patch, provision], found, name));
  }
  if (found.length === 0) return settled('unchanged', plan('none', [], [], name));
  return patch.length === 0
    ? settled('skipped', plan('none', [], found, name))
    : act(plan('update', patch, found, name));
}

/** What a person has to decide about a linked customer under the row's policy, if anything. */
function blockingCause(
  customer: Customer,
  candidate: Candidate,
  found: readonly Difference[],
): Cause | undefined {
  const partner = candidate.customer.channelPartnerId ?? candidate.partner;
  const wanted = customer.fields.channel_partner_id;
  if (wanted !== undefined && wanted !== partner) return differentPartner(wanted, partner);
  if (customer.overwrite === 'always') return undefined;
  const correlation = found.find((difference) => difference.column === 'id');
  if (correlation?.google !== undefined) return differentCorrelation(correlation);
  return needsImport(customer, candidate, found)
    ? criticalDifference(customer, candidate.customer, found)
    : undefined;
}

/** Domain, region and Cloud Identity cannot be patched: only an import brings them in. */
function needsImport(customer: Customer, candidate: Candidate, found: readonly Difference[]): boolean {
  return found.some((difference) => difference.weight === 'critical') || lacksIdentity(customer, candidate);
}

function lacksIdentity(customer: Customer, candidate: Candidate): boolean {
  return customer.fields.cloud_identity_id !== undefined && candidate.customer.cloudIdentityId === undefined;
}

function actionName(customer: Customer): Action {
  return customer.action === 'auto' ? 'none' : customer.action;
}

function plan(
  action: Action,
  steps: readonly StepPlan[],
  found: readonly Difference[],
  customer: string | undefined,
): RowPlan {
  return { action, steps, differences: found, customer };
}

function act(rowPlan: RowPlan): Decision {
  return { kind: 'act', plan: rowPlan };
}

function held(outcome: 'blocked', customer: Customer, cause: Cause): Decision {
  return settled(outcome, plan(actionName(customer), [], [], undefined), [cause]);
}

function settled(
  outcome: Extract<Decision, { kind: 'settled' }>['outcome'],
  rowPlan: RowPlan,
  causes: readonly Cause[] = [],
): Decision {
  return { kind: 'settled', outcome, plan: rowPlan, causes };
}
