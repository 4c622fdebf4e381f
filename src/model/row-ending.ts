import type { Action } from './action.ts';
import type { OutcomeKind } from './outcome.ts';

/** Why a row did not end well, or what a person has to know of it. */
export interface Cause {
  /** Canonical Google code (`NOT_FOUND`), a rule id (`domain.syntax`) or a policy id (`policy.drift`). */
  readonly code: string;
  /** Google's reason, where there is one. */
  readonly reason?: string | undefined;
  readonly column?: string | undefined;
  readonly message: string;
  readonly hint: string;
}

/** `next_step` of a new customer: nobody but the customer can accept the agreement. */
export const ACCEPT_TERMS = 'customer_accepts_terms';

/** `resolvedBy` of what a person has settled. */
export const PERSON = 'person';

/** How a row ended: everything that its line in results.csv needs besides its place in the book. */
export interface RowEnding {
  readonly outcome: OutcomeKind;
  readonly action: Action | 'auto';
  /** Causes of an outcome that is not fine; several for an invalid row, otherwise at most one. */
  readonly causes: readonly Cause[];
  readonly customer?: string | undefined;
  readonly cloudIdentityId?: string | undefined;
  readonly operation?: string | undefined;
  /** Sends of the row's last write; 0 where nothing was written. */
  readonly attempts: number;
  /** All calls made for the row alone. */
  readonly calls: number;
  /** Who checked the row: Google, by a call for it, or only this program. */
  readonly checkedBy: 'google' | 'local';
  /** What settled a write in doubt (`customers.get`, `listing`). */
  readonly resolvedBy?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  /** Columns of the book that were written, or that differ where the row was left alone. */
  readonly changedFields: readonly string[];
  readonly nextStep?: string | undefined;
  /** Whether the customer's first user has yet to sign in and accept the terms; undefined where that is not known. */
  readonly waitsForCustomer?: boolean | undefined;
  /** Something to know of a row that ended well; stands in the hint column. */
  readonly note?: string | undefined;
  /** True for a row that `--limit`, `--only` or `--partner` left out: no error, not in errors.csv. */
  readonly leftOut?: boolean | undefined;
  /** True where Google differs from the book and the policy lets it be. */
  readonly drift?: boolean | undefined;
}

/** One line of results.csv. */
export interface ResultLine {
  readonly row: number;
  readonly line: number;
  readonly key: string;
  readonly ending: RowEnding;
}
