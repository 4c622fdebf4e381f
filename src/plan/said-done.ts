import type { LedgerDb } from '../ledger/ledger.ts';
import type { StoredRow } from '../ledger/rows.ts';
import { saidDone } from '../ledger/words.ts';
import type { Customer } from '../model/customer.ts';
import type { RowPlan, StepPlan } from '../model/plan.ts';
import { identityText, linkText } from './requests.ts';

/** The run in which a person said that what is planned here has been done: such a write is not sent again. */
export function saidToBeDone(
  { customer }: StoredRow,
  { steps }: RowPlan,
  { ledger, hasWords }: { readonly ledger: LedgerDb; readonly hasWords: boolean },
): string | undefined {
  const kinds = steps.flatMap((step) => (isOnceOnly(step) ? [step.kind] : []));
  return hasWords && kinds.length > 0 ? saidDone(ledger, kinds, wordIdentity(customer)) : undefined;
}

/** Steps that must not be sent twice. */
function isOnceOnly(step: StepPlan): boolean {
  return step.kind === 'provision'
    ? step.operation === undefined
    : ['create', 'insert', 'user'].includes(step.kind);
}

/**
 * What a person's word is about: whoever the row names, under whatever key. Teams may share a domain, and are told apart by
 * their key where nothing else is given.
 */
export function wordIdentity(customer: Customer): string {
  const named = customer.type === 'team' ? identityText(customer) : linkText(customer);
  return named ?? `key:${customer.key}`;
}
