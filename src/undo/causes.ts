import { judge, type Verdict } from '../apply/verdict.ts';
import type { FieldChange } from '../ledger/undo.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { FatalError } from '../model/fatal.ts';
import type { Cause } from '../model/row-ending.ts';

/** What to do when an undo has not come to its end. */
export const AGAIN = 'Type the same command again: what is back already is known by what Google has.';

/** Somebody wrote to the customer after the run that is undone. */
export function changedSince(fields: readonly string[], run: string): Cause {
  return {
    code: 'undo.changed_since',
    message: `what run ${run} wrote was changed since; ${list(fields)} ${fields.length === 1 ? 'is' : 'are'} not as before it`,
    hint: 'Compare plan.ndjson, then leave it, or undo with --overwrite always.',
  };
}

/** The run that is undone did not write down how Google left what it wrote: the answer never came. */
export function notConfirmed(fields: readonly string[], run: string): Cause {
  return {
    code: 'undo.not_confirmed',
    message: `it is not known how run ${run} left ${list(fields)}: somebody else may have changed ${fields.length === 1 ? 'it' : 'them'}`,
    hint: 'Compare plan.ndjson, then leave it, or undo with --overwrite always.',
  };
}

/** The address of the before-image is one in another region. */
export function regionChanged(run: string): Cause {
  return {
    code: 'undo.region',
    message: `Google has another region now than before run ${run}, and a region cannot be patched`,
    hint: 'Look at the customer in the Partner Sales Console; undo.ndjson of that run has the earlier address.',
  };
}

/** An import of that run changed what no patch takes back. */
export function importStays(stays: readonly FieldChange[], run: string): Cause {
  const [first] = stays;
  const fields = [...new Set(stays.map(({ field }) => field.split('.')[0] ?? field))];
  return {
    code: 'undo.import',
    message:
      first?.field === 'name'
        ? `the import of run ${run} led to another customer, ${String(first.now)}, which no patch takes back`
        : `run ${run} overwrote this customer by an import, and no patch takes back ${list(fields)}`,
    hint: `undo.ndjson of run ${run} has the customer as it was: put right what stays in the Partner Sales Console.`,
  };
}

/** The cause of a row whose patch may or may not have taken effect. */
export function undoDoubt({ code, reason, message }: ApiFailure): Cause {
  return {
    code,
    reason,
    message: `it is not known whether the patch took effect: ${message}`,
    hint: AGAIN,
  };
}

/** Which outcome a refusal means is the patch's own rule; what to do about it is not. */
export function judgeUndo(failure: ApiFailure): Verdict {
  const { outcome, cause } = judge({
    step: 'patch',
    failure,
    tokenSent: false,
    identityColumn: undefined,
    overwrite: 'never',
  });
  return { outcome, cause: { ...cause, hint: HINTS[failure.code] ?? otherHint(failure) } };
}

const HINTS: Readonly<Partial<Record<string, string>>> = {
  PERMISSION_DENIED:
    'Your account may not change this customer any more: look at it in the Partner Sales Console.',
  ALREADY_EXISTS: 'Another customer has one of the earlier values by now: compare the two.',
  INVALID_ARGUMENT:
    'Google does not take the earlier values back: see plan.ndjson, and correct them by hand.',
  NOT_FOUND: 'The customer was deleted since: there is nothing to put back.',
};

function otherHint(failure: ApiFailure): string {
  return failure.class === 'refused'
    ? 'Read what Google says; plan.ndjson has the earlier values.'
    : `Nothing was changed. ${AGAIN}`;
}

/** The end of a row that the run has not brought to one. */
export function undoUnfinished(begun: boolean, reason: FatalError | undefined): Cause {
  return {
    code: reason?.code ?? 'run.ended',
    message: `${begun ? 'a patch was sent, and what came of it is not known' : 'not processed'}: ${reason?.message ?? 'the run ended before this row'}`,
    hint: reason?.next ?? AGAIN,
  };
}

function list(fields: readonly string[]): string {
  return fields.length < 2 ? fields.join('') : `${fields.slice(0, -1).join(', ')} and ${fields.at(-1) ?? ''}`;
}
