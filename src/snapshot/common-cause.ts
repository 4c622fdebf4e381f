import type { Customer } from '../model/customer.ts';
import { EXIT, FatalError } from '../model/fatal.ts';
import type { Cause, RowEnding } from '../model/row-ending.ts';

/**
 * Whether the first rows all fail for one reason that is not theirs (`commonCauseRows`). One per stage of a run.
 *
 * - watching: no row has gone well, and all that failed did so alike. The last of so many is the run's reason to stop.
 * - over: a row went well, or failed in another way or by its own fault. From then on each row answers for itself.
 *
 * Each family of rows has its own cause, since it talks to an API of its own; one row that goes well is over for all.
 */
export interface CommonCause {
  wentWell(): void;
  /**
   * Returns why the run is to stop, once.
   *
   * @param family rows of one kind, which fail alike
   * @param own what the row says of itself; a message that repeats it is about the row
   */
  failed(
    family: string,
    said: Pick<Cause, 'code' | 'reason' | 'message'>,
    own: readonly (string | undefined)[],
  ): FatalError | undefined;
}

/** Codes that speak of what a row says, or of the customer that it is about. */
const ROWS_OWN: ReadonlySet<string> = new Set([
  'INVALID_ARGUMENT',
  'OUT_OF_RANGE',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'FAILED_PRECONDITION',
]);

/** The customer, not the reseller, has shut the API out (Directory API v1, "Users: insert"). */
const ROWS_OWN_REASONS: ReadonlySet<string | undefined> = new Set(['domainCannotUseApis']);

/** Codes by which Google refuses whoever calls: for the whole run, when they meet every row. */
const REFUSALS: ReadonlySet<string> = new Set(['PERMISSION_DENIED', 'UNAUTHENTICATED']);

/** Shorter words stand in messages by chance. */
const SHORTEST_WORD = 4;

/** @param rows `commonCauseRows` */
export function createCommonCause(rows: number): CommonCause {
  const families = new Map<string, { readonly alike: string; count: number }>();
  const over = new Set<string>();
  let isOver = false;

  return {
    wentWell() {
      isOver = true;
    },
    failed(family, said, own) {
      if (isOver || over.has(family)) return undefined;
      const alike = isRowsOwn(said, own) ? undefined : keyOf(said);
      const first = families.get(family);
      if (alike === undefined || (first !== undefined && first.alike !== alike)) {
        over.add(family);
        return undefined;
      }
      const count = (first?.count ?? 0) + 1;
      families.set(family, { alike, count });
      return count === rows ? commonFault(rows, said) : undefined;
    },
  };
}

/** By what Google may name a row in a message that is about it alone, or about the rows of its partner. */
export function ownWords({ fields }: Customer): readonly (string | undefined)[] {
  const { domain, cloud_identity_id, admin_email, primary_admin_email, channel_partner_id, customer } =
    fields;
  return [domain, cloud_identity_id, admin_email, primary_admin_email, channel_partner_id, customer];
}

/** Takes the end of a row in; what is open or in doubt says nothing. */
export function noteEnding(
  common: CommonCause,
  family: string,
  { outcome, causes }: Pick<RowEnding, 'outcome' | 'causes'>,
  own: readonly (string | undefined)[],
): FatalError | undefined {
  if (outcome === 'ambiguous' || outcome === 'unprocessed') return undefined;
  const [cause] = causes;
  if ((outcome === 'blocked' || outcome === 'failed') && cause !== undefined)
    return common.failed(family, cause, own);
  common.wentWell();
  return undefined;
}

function isRowsOwn(
  { code, reason, message }: Pick<Cause, 'code' | 'reason' | 'message'>,
  own: readonly (string | undefined)[],
): boolean {
  // Rules and policies of ours have ids in small letters (`policy.same_customer`); they hold for one row.
  if (ROWS_OWN.has(code) || ROWS_OWN_REASONS.has(reason) || code !== code.toUpperCase()) return true;
  const text = message.toLowerCase();
  return own.some((word = '') => word.length >= SHORTEST_WORD && text.includes(word.toLowerCase()));
}

/** A fault on Google's side is one, whatever number its message carries; a refusal may be of many kinds. */
function keyOf({ code, reason, message }: Pick<Cause, 'code' | 'reason' | 'message'>): string {
  return JSON.stringify([code, reason, REFUSALS.has(code) ? message : undefined]);
}

function commonFault(rows: number, said: Pick<Cause, 'code' | 'reason' | 'message'>): FatalError {
  const { code, reason, message } = said;
  const answer = [code, reason, message].filter((part) => part !== undefined).join(': ');
  const isRefused = REFUSALS.has(code);
  const first = rows === 1 ? 'the first row failed' : `the first ${rows} rows failed alike`;
  const next = isRefused
    ? 'Check the account, that its API is enabled, and the scopes and roles of --subject, then type the same command again.'
    : 'Type the same command again later; where it stays, contact partner support.';
  return new FatalError(
    isRefused ? EXIT.credentials : EXIT.stopped,
    COMMON_CAUSE,
    `${first}, which looks like no fault of theirs: ${answer}`,
    `${next} If it is the rows' fault all the same, raise commonCauseRows in the config file.`,
  );
}

/** Code of the reason to stop. */
export const COMMON_CAUSE = 'run.common_cause';
