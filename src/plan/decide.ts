import { assertNever } from '../model/assert-never.ts';
import type { Action } from '../model/action.ts';
import type { Customer } from '../model/customer.ts';
import type { Candidate, Matches } from '../model/matches.ts';
import type { Difference, RowPlan, StepPlan } from '../model/plan.ts';
import type { Cause } from '../model/row-ending.ts';
import { differences } from './compare.ts';
import { findLink, type Link } from './link.ts';
import {
  contradictingIdentifiers,
  differentCorrelation,
  differentPartner,
  criticalDifference,
  missingPartnerLink,
  notAvailable,
  severalMatches,
} from './policy-causes.ts';

/** What a row comes to: work to do, or an end without any. */
export type Decision =
  | { readonly kind: 'act'; readonly plan: RowPlan }
  | {
      readonly kind: 'settled';
      readonly outcome: 'unchanged' | 'skipped' | 'blocked' | 'unprocessed';
      readonly plan: RowPlan;
      readonly cause: Cause | undefined;
    };

/** What is known of a row's place at Google when it is decided. */
export interface Facts {
  readonly matches: Matches;
  /** Whether the channel partner link that the row names exists; true where it names none. */
  readonly partnerLinkExists: boolean;
}

/** Decides one row from the book, the snapshot and the policy. Pure; the table of sections 3 and 4 of the contract. */
export function decide(customer: Customer, facts: Facts): Decision {
  if (customer.action === 'skip') return settled('skipped', plan('skip', [], [], undefined), undefined);
  if (!facts.partnerLinkExists) {
    return settled('blocked', plan(actionName(customer), [], [], undefined), missingPartnerLink(customer));
  }
  const link = findLink(customer, facts.matches);
  switch (link.kind) {
    case 'several':
      return settled('blocked', plan(actionName(customer), [], [], undefined), severalMatches(link));
    case 'contradiction':
      return settled(
        'blocked',
        plan(actionName(customer), [], [], undefined),
        contradictingIdentifiers(link),
      );
    case 'unlinked':
      return decideUnlinked(customer);
    case 'linked':
      return decideLinked(customer, link);
    default:
      return assertNever(link);
  }
}

function decideUnlinked(customer: Customer): Decision {
  const overwriteIfExists = customer.overwrite === 'always';
  if (customer.action !== 'import') {
    const action = actionName(customer);
    return settled('unprocessed', plan(action, [], [], undefined), notAvailable(customer.action));
  }
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

function decideLinked(customer: Customer, link: Extract<Link, { kind: 'linked' }>): Decision {
  const { candidate } = link;
  const { name } = candidate.customer;
  const found = differences(customer.fields, candidate.customer);
  const blocked = blockingCause(customer, candidate, found);
  if (blocked !== undefined) return settled('blocked', plan('none', [], found, name), blocked);
  if (needsImport(customer, candidate, found)) {
    const steps: readonly StepPlan[] = [
      { kind: 'import', overwriteIfExists: true, customer: name },
      { kind: 'patch' },
    ];
    return act(plan('import', steps, found, name));
  }
  if (customer.fields.admin_email !== undefined && candidate.customer.cloudIdentityId === undefined) {
    return settled('unprocessed', plan('provision', [], found, name), notAvailable('provision'));
  }
  if (found.length === 0) return settled('unchanged', plan('none', [], [], name), undefined);
  if (customer.overwrite === 'never') return settled('skipped', plan('none', [], found, name), undefined);
  return act(plan('update', [{ kind: 'patch' }], found, name));
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

function settled(
  outcome: Extract<Decision, { kind: 'settled' }>['outcome'],
  rowPlan: RowPlan,
  cause: Cause | undefined,
): Decision {
  return { kind: 'settled', outcome, plan: rowPlan, cause };
}
