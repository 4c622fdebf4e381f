import type { SafetyCounts } from '../ledger/plan-facts.ts';
import { EXIT, FatalError } from '../model/fatal.ts';

export const SAFETY_KINDS = ['creates', 'imports', 'updates', 'shrink'] as const;
export type SafetyKind = (typeof SAFETY_KINDS)[number];

/** Config key `safety`: `creates` and `imports` in rows, `updates` and `shrink` in percent. */
export type SafetyLimits = Readonly<Record<SafetyKind, number>>;

/** With fewer customers than this a few rows would be a great share of them. */
const LEAST_BASE = 20;

/** What a plan is held against. */
export interface SafetyFacts {
  readonly counts: SafetyCounts;
  /** What earlier parts of a resumed run did; the limits hold for the whole of it. */
  readonly earlier?: SafetyCounts;
  readonly customersAtGoogle: number;
  /** False where rows were looked up one by one: then updates are a share of the book's rows. */
  readonly isCompleteListing: boolean;
  /** Rows of the book, those that are invalid or left out included. */
  readonly rows: number;
  /** Rows of the last book that was applied under the same name, where there was one. */
  readonly lastRows: number | undefined;
}

/** A limit that the plan passes. */
export interface SafetyFault {
  readonly kind: SafetyKind;
  readonly count: number;
  /** Most rows that may pass, a waiver that is too low included. */
  readonly limit: number;
  /** One sentence with the numbers. */
  readonly message: string;
  /** What lets it pass: `--allow creates=412`. */
  readonly waiver: string;
}

/** A limit that holds for this plan, in rows. */
interface AppliedLimit {
  readonly kind: SafetyKind;
  readonly count: number;
  readonly limit: number;
  /** What the rows do. */
  readonly what: string;
  /** Of what the limit is a share, if it is. */
  readonly share: string | undefined;
}

/**
 * The limits that a plan passes, in the order of `SAFETY_KINDS` (contract, section 7).
 *
 * @param allow waivers: rows by kind; each lifts its limit up to that number, none lowers it
 */
export function safetyFaults(
  facts: SafetyFacts,
  limits: SafetyLimits,
  allow: Readonly<Record<string, number>>,
): readonly SafetyFault[] {
  const counts = totals(facts);
  const applied: readonly (AppliedLimit | undefined)[] = [
    {
      kind: 'creates',
      count: counts.creates,
      limit: limits.creates,
      what: 'rows create, provision or onboard a customer',
      share: undefined,
    },
    {
      kind: 'imports',
      count: counts.imports,
      limit: limits.imports,
      what: 'rows import a customer',
      share: undefined,
    },
    updatesLimit(facts, limits.updates),
    shrinkLimit(facts, limits.shrink),
  ];
  return applied.flatMap((limit) => faultOf(limit, allow));
}

function totals({ counts, earlier }: SafetyFacts): SafetyCounts {
  if (earlier === undefined) return counts;
  return {
    creates: counts.creates + earlier.creates,
    imports: counts.imports + earlier.imports,
    updates: counts.updates + earlier.updates,
  };
}

function updatesLimit(facts: SafetyFacts, percent: number): AppliedLimit | undefined {
  const { customersAtGoogle, isCompleteListing, rows } = facts;
  const base = isCompleteListing ? customersAtGoogle : rows;
  if (base < LEAST_BASE) return undefined;
  return {
    kind: 'updates',
    count: totals(facts).updates,
    limit: shareOf(base, percent),
    what: 'rows change a customer that Google has',
    share: `${percent} % of ${isCompleteListing ? `${base} customers at Google` : `the book's ${base} rows`}`,
  };
}

function shrinkLimit({ rows, lastRows }: SafetyFacts, percent: number): AppliedLimit | undefined {
  if (lastRows === undefined) return undefined;
  return {
    kind: 'shrink',
    count: Math.max(0, lastRows - rows),
    limit: shareOf(lastRows, percent),
    what: `rows fewer than the last book had (${rows}, before ${lastRows})`,
    share: `${percent} % of ${lastRows} rows`,
  };
}

/** Whole rows that are not more than the percentage. */
function shareOf(base: number, percent: number): number {
  return Math.floor((base * percent) / 100);
}

function faultOf(
  applied: AppliedLimit | undefined,
  allow: Readonly<Record<string, number>>,
): readonly SafetyFault[] {
  if (applied === undefined) return [];
  const { kind, count, what, share } = applied;
  const waived = allow[kind] ?? 0;
  const limit = Math.max(applied.limit, waived);
  if (count <= limit) return [];
  const source = limit > applied.limit ? `--allow ${kind}=${waived}` : share;
  const message = `${count} ${what}, the limit is ${limit}${source === undefined ? '' : ` (${source})`}`;
  return [{ kind, count, limit, message, waiver: `--allow ${kind}=${count}` }];
}

/** The faults for a question on a terminal, a line each. */
export function safetyLines(faults: readonly SafetyFault[]): readonly string[] {
  return faults.map(({ kind, message }) => `${kind}: ${message}`);
}

/** What ends a run that nobody can be asked about. There is at least one fault. */
export function safetyRefusal(faults: readonly SafetyFault[]): FatalError {
  return new FatalError(
    EXIT.refused,
    `safety.${faults[0]?.kind ?? 'limit'}`,
    `refused by a safety limit, nothing was written: ${safetyLines(faults).join('; ')}`,
    `Look at the plan first (channelbook plan, or plan.ndjson of this run); if it is meant, add ${faults
      .map(({ waiver }) => waiver)
      .join(' ')}`,
  );
}
