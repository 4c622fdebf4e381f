import type { CustomerChanges } from '../google/channel-requests.ts';
import type { FieldChange, WrittenPatch } from '../ledger/undo.ts';
import type { OverwritePolicy } from '../model/action.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { Cause } from '../model/row-ending.ts';
import { changedSince, notConfirmed, regionChanged } from './causes.ts';
import { asBefore, bodyOf, changesOf, patchable, regionsDiffer, type PatchableField } from './fields.ts';

/** What is to be done with one customer that an earlier run updated. */
export type UndoDecision =
  /** It is what it was before that run. */
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'patch';
      readonly updateMask: readonly PatchableField[];
      readonly body: CustomerChanges;
      readonly changes: readonly FieldChange[];
    }
  | { readonly kind: 'blocked'; readonly cause: Cause; readonly changes: readonly FieldChange[] };

/** What a decision hangs on besides the customer. */
export interface UndoQuestion {
  /**
   * Whether the fields are still as that run left them; undefined where nobody knows how it left them, because Google
   * never confirmed its write.
   */
  readonly isAsWritten: boolean | undefined;
  readonly overwrite: OverwritePolicy;
  /** Id of the run that is undone. */
  readonly run: string;
}

/**
 * Decides from what Google has now. Only fields that the run wrote are looked at, and only those that differ are
 * written. What somebody has changed since is left alone, unless `overwrite` is `always`; a region is left alone
 * always. Pure.
 */
export function decideUndo(
  { before, mask }: WrittenPatch,
  now: RemoteCustomer,
  { isAsWritten, overwrite, run }: UndoQuestion,
): UndoDecision {
  const back = asBefore(before, now);
  const updateMask = patchable(mask).filter((field) => changesOf(field, back, now).length > 0);
  if (updateMask.length === 0) return { kind: 'unchanged' };
  const changes = updateMask.flatMap((field) => changesOf(field, back, now));
  const cause = objection();
  if (cause !== undefined) return { kind: 'blocked', cause, changes };
  return { kind: 'patch', updateMask, body: bodyOf(updateMask, back), changes };

  function objection(): Cause | undefined {
    if (updateMask.includes('orgPostalAddress') && regionsDiffer(before, now)) return regionChanged(run);
    if (isAsWritten === true || overwrite === 'always') return undefined;
    return isAsWritten === false ? changedSince(updateMask, run) : notConfirmed(updateMask, run);
  }
}
