import type { CustomerChanges } from '../google/channel-requests.ts';
import type { FieldChange, WrittenRow } from '../ledger/undo.ts';
import type { OverwritePolicy } from '../model/action.ts';
import type { PatchableField } from '../model/patchable.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { Cause } from '../model/row-ending.ts';
import { changedSince, notConfirmed, regionChanged } from './causes.ts';
import { asBefore, bodyOf, changesOf, regionsDiffer } from './fields.ts';
import { customerBefore, staysOf, writtenFields } from './written.ts';

/**
 * What is to be done with one customer that an earlier run overwrote. `stays` is what an import changed and no patch
 * takes back: where there is any, the row cannot end well, whatever else is put back.
 */
export type UndoDecision =
  /** Whatever a patch can put back is what it was before that run. */
  | { readonly kind: 'unchanged'; readonly stays: readonly FieldChange[] }
  | {
      readonly kind: 'patch';
      readonly updateMask: readonly PatchableField[];
      readonly body: CustomerChanges;
      readonly changes: readonly FieldChange[];
      readonly stays: readonly FieldChange[];
    }
  | {
      readonly kind: 'blocked';
      readonly cause: Cause;
      readonly changes: readonly FieldChange[];
      readonly stays: readonly FieldChange[];
    };

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

const REGION = 'orgPostalAddress.regionCode';

/**
 * Decides from what Google has now. Only fields that the run wrote are looked at, and only those that differ are
 * written. What somebody has changed since is left alone, unless `overwrite` is `always`; a region is left alone
 * always. Pure.
 */
export function decideUndo(
  written: WrittenRow,
  now: RemoteCustomer,
  { isAsWritten, overwrite, run }: UndoQuestion,
): UndoDecision {
  const before = customerBefore(written);
  const back = asBefore(before, now);
  const stays = staysOf(written, now);
  const isInNewRegion = regionsDiffer(before, now);
  const addressStays = isInNewRegion && stays.some(({ field }) => field === REGION);
  const updateMask = writtenFields(written).filter(
    (field) => changesOf(field, back, now).length > 0 && !(addressStays && field === 'orgPostalAddress'),
  );
  if (updateMask.length === 0) return { kind: 'unchanged', stays };
  const changes = updateMask.flatMap((field) => changesOf(field, back, now));
  const cause = objection();
  if (cause !== undefined) return { kind: 'blocked', cause, changes, stays };
  return { kind: 'patch', updateMask, body: bodyOf(updateMask, back), changes, stays };

  function objection(): Cause | undefined {
    if (isInNewRegion && updateMask.includes('orgPostalAddress')) return regionChanged(run);
    if (isAsWritten === true || overwrite === 'always') return undefined;
    return isAsWritten === false ? changedSince(updateMask, run) : notConfirmed(updateMask, run);
  }
}
