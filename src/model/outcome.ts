/** How a row ended; each row ends in exactly one (contract, section 5). */
export const OUTCOMES = [
  'done',
  'unchanged',
  'skipped',
  'planned',
  'invalid',
  'blocked',
  'failed',
  'ambiguous',
  'unprocessed',
] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

/** The outcomes whose rows go to errors.csv. */
export const ERROR_OUTCOMES: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>([
  'invalid',
  'blocked',
  'failed',
  'ambiguous',
  'unprocessed',
]);
