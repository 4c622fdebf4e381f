import type { OverwritePolicy } from '../model/action.ts';
import type { ApiFailure } from '../model/api-failure.ts';
import type { StepKind } from '../model/plan.ts';
import type { Cause } from '../model/row-ending.ts';

/** What a refused write makes of its row. */
export interface Verdict {
  readonly outcome: 'blocked' | 'failed';
  readonly cause: Cause;
}

/** What matters of a refused request besides Google's answer. */
export interface Refused {
  readonly step: StepKind;
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
  return refused.step === 'import' ? judgeImport(refused) : judgePatch(refused);
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

function otherHint(failure: ApiFailure): string {
  return failure.class === 'refused'
    ? 'Read what Google says, correct the row and apply it again.'
    : 'Nothing was changed at Google; apply the book again.';
}

function verdict(
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
