import { assertNever } from '../model/assert-never.ts';
import type { OverwritePolicy } from '../model/action.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { OnboardKind, StepKind } from '../model/plan.ts';
import type { Cause } from '../model/row-ending.ts';

/** What a refused write makes of its row. */
export interface Verdict {
  readonly outcome: 'blocked' | 'failed';
  readonly cause: Cause;
}

/** What matters of a refused request besides Google's answer. */
export interface Refused {
  readonly step: Exclude<StepKind, OnboardKind>;
  readonly failure: ApiFailure;
  readonly tokenSent: boolean;
  /** The column that named the identity. */
  readonly identityColumn: string | undefined;
  /** The row's policy; decides which way on is left. */
  readonly overwrite: OverwritePolicy;
}

const NEW_TOKEN =
  "ask the customer's super admin for a new token and put it into auth_token; tokens last 14 days";

/**
 * Which outcome and which way on a refusal means (contract, section 5). Pure.
 *
 * Google answers INVALID_ARGUMENT for a bad row and for a stale token alike, so that with a token sent the row
 * is `blocked` until a person has looked (Cloud Channel API, `customers.import`).
 */
export function judge(refused: Refused): Verdict {
  switch (refused.step) {
    case 'import':
      return judgeImport(refused);
    case 'create':
      return judgeCreate(refused);
    case 'patch':
      return judgePatch(refused);
    case 'provision':
      return judgeProvision(refused);
    default:
      return assertNever(refused.step);
  }
}

function judgeImport(refused: Refused): Verdict {
  const { failure, tokenSent, identityColumn } = refused;
  switch (failure.code) {
    case 'PERMISSION_DENIED':
      return verdict('blocked', failure, tokenSent ? 'auth_token' : identityColumn, deniedHint(tokenSent));
    case 'INVALID_ARGUMENT':
      return tokenSent
        ? verdict(
            'blocked',
            failure,
            'auth_token',
            `Check the row; if it is right, ${NEW_TOKEN}.`,
            'token or row refused: ',
          )
        : verdict(
            'failed',
            failure,
            identityColumn,
            `Check the cells of this row; if the customer is with another reseller, ${NEW_TOKEN}.`,
          );
    case 'ALREADY_EXISTS':
      return verdict('blocked', failure, identityColumn, existsHint(refused.overwrite));
    case 'NOT_FOUND':
      return verdict(
        'failed',
        failure,
        identityColumn,
        'Google knows no such Cloud Identity: check the spelling; if it was deleted or never existed, the customer has to be created instead.',
      );
    default:
      return verdict('failed', failure, undefined, otherHint(failure));
  }
}

/** `always` has asked for the overwrite already: another policy cannot help such a row. */
function existsHint(overwrite: OverwritePolicy): string {
  return overwrite === 'always'
    ? 'A customer exists already that this row does not lead to: name it in the customer column, or correct the row.'
    : 'A customer with another domain or region is linked already: compare them, then set overwrite to always or correct the row.';
}

function deniedHint(tokenSent: boolean): string {
  return tokenSent
    ? `The token may be for another reseller, or your account may not import: ${NEW_TOKEN}.`
    : `The customer has not let you in yet: ${NEW_TOKEN}. If every row says so, check that your account may import customers.`;
}

function judgePatch({ failure }: Refused): Verdict {
  switch (failure.code) {
    case 'PERMISSION_DENIED':
      return verdict(
        'blocked',
        failure,
        undefined,
        'Your account may not change this customer: look at it in the Partner Sales Console.',
      );
    case 'ALREADY_EXISTS':
      return verdict(
        'blocked',
        failure,
        undefined,
        'Another customer has one of these values already: compare the two.',
      );
    case 'INVALID_ARGUMENT':
      return verdict(
        'failed',
        failure,
        undefined,
        'Correct the cell that Google names and apply the book again.',
      );
    case 'NOT_FOUND':
      return verdict(
        'failed',
        failure,
        undefined,
        'The customer was deleted while this ran: apply the book again.',
      );
    default:
      return verdict('failed', failure, undefined, otherHint(failure));
  }
}

/** Google documents PERMISSION_DENIED and INVALID_ARGUMENT; it names no uniqueness, so that the others are surprises. */
function judgeCreate({ failure }: Refused): Verdict {
  switch (failure.code) {
    case 'PERMISSION_DENIED':
      return verdict(
        'blocked',
        failure,
        undefined,
        'Your account may not create customers, or not under this partner: check the reseller agreement and the partner link.',
      );
    case 'ALREADY_EXISTS':
      return verdict(
        'blocked',
        failure,
        'domain',
        'A customer with this domain or contact is there already: look for it in the Partner Sales Console and name it in the customer column.',
      );
    case 'INVALID_ARGUMENT':
      return verdict(
        'failed',
        failure,
        undefined,
        'Correct the cell that Google names: domain and address must be whole, and contact_email on the domain.',
      );
    default:
      return verdict('failed', failure, undefined, otherHint(failure));
  }
}

function judgeProvision({ failure }: Refused): Verdict {
  const { outcome, column, hint } = provisionRefusal(failure.code) ?? {
    outcome: 'failed' as const,
    column: undefined,
    hint: otherHint(failure),
  };
  return verdict(outcome, failure, column, hint);
}

/**
 * Each error that Google documents for `provisionCloudIdentity`, with the way on; at the call and in the operation.
 * Undefined for any other.
 */
function provisionRefusal(
  code: string,
):
  | { readonly outcome: Verdict['outcome']; readonly column: string | undefined; readonly hint: string }
  | undefined {
  switch (code) {
    case 'PERMISSION_DENIED':
      return {
        outcome: 'blocked',
        column: undefined,
        hint: 'The customer belongs to another reseller account, or yours may not provision Cloud Identities: check both in the Partner Sales Console.',
      };
    case 'ALREADY_EXISTS':
      return {
        outcome: 'blocked',
        column: 'admin_email',
        hint: 'The e-mail address or the domain has a Cloud Identity already: use another admin_email or contact_email, or import the customer instead.',
      };
    case 'INVALID_ARGUMENT':
      return {
        outcome: 'failed',
        column: 'admin_email',
        hint: 'Check the admin (on the domain, with both names), alternate_email (on another domain), phone and language_code.',
      };
    case 'NOT_FOUND':
      return {
        outcome: 'failed',
        column: 'customer',
        hint: 'Google has no such customer: correct the customer cell, or clear it so that the row is matched or created.',
      };
    case 'FAILED_PRECONDITION':
      return {
        outcome: 'failed',
        column: undefined,
        hint: 'The customer is in no state to be provisioned: look at it in the Partner Sales Console.',
      };
    case 'INTERNAL':
    case 'UNKNOWN':
      return {
        outcome: 'failed',
        column: undefined,
        hint: "A fault on Google's side: apply the book again later; if it stays, contact partner support with the operation and the time.",
      };
    default:
      return undefined;
  }
}

/** An operation that ended with an error: the row failed, and Google's message says why. */
export function operationFailed({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): Cause {
  const known = provisionRefusal(code);
  return {
    code,
    column: known?.column,
    message: `the operation failed: ${message}`,
    hint: known?.hint ?? 'Read what Google says, correct the row and apply it again.',
  };
}

/** An operation whose end is not known. */
export function operationCause(operation: string, why: string): Cause {
  return {
    code: 'operation.running',
    message: `Google took the request as ${operation}, and ${why}`,
    hint: 'Apply the book again: it asks after the operation and begins no other.',
  };
}

export function operationGone(operation: string): Cause {
  return {
    code: 'operation.gone',
    message: `Google no longer knows ${operation}, and the customer has no Cloud Identity`,
    hint: 'Apply the book again: it begins another operation.',
  };
}

/** Sent a second time after a doubt, and refused because something is there: perhaps the first one at work. */
export function provisionInDoubt({ code, reason, message }: ApiFailure): Cause {
  return {
    code,
    reason,
    message: `a provisioning was sent and never answered, and another is refused: ${message}`,
    hint: 'The first request may be under way: apply the book again in some minutes, and look at the customer at Google.',
  };
}

/** A create that no listing showed was sent again, and is refused because something is there: perhaps the first one's. */
export function createdMeanwhile({ code, reason, message }: ApiFailure): Cause {
  return {
    code,
    reason,
    message: `a create was sent and never answered, and another is refused: ${message}`,
    hint: 'The first one may have taken effect late: apply the book again, it lists what is there before it sends anything.',
  };
}

/** The first try had no answer, and the second was refused: what was overwritten by the first is not known. */
export function sentTwice({ code, reason, message }: ApiFailure): Cause {
  return {
    code,
    reason,
    message: `sent once without an answer, and refused the second time: ${message}`,
    hint: 'Look at the customer at Google; what it was like before is in undo.ndjson. Then apply the book again.',
  };
}

export function otherHint(failure: ApiFailure): string {
  return failure.class === 'refused'
    ? 'Read what Google says, correct the row and apply it again.'
    : 'Nothing was changed at Google; apply the book again.';
}

export function verdict(
  outcome: Verdict['outcome'],
  failure: ApiFailure,
  column: string | undefined,
  hint: string,
  prefix = '',
): Verdict {
  const { code, reason, message } = failure;
  return {
    outcome,
    cause: { code, reason, column, message: `${prefix}${message}`, hint: capitalised(hint) },
  };
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** The cause of a row whose write may or may not have taken effect. */
export function doubtCause(failure: ApiFailure): Cause {
  return {
    code: failure.code,
    reason: failure.reason,
    message: `it is not known whether the write took effect: ${failure.message}`,
    hint: 'Look at the customer at Google, then apply the book again: it lists what is there before it sends anything.',
  };
}
