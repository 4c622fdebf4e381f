import { hash } from 'node:crypto';
import { z } from 'zod';
import { acts, plannedOutcome, type RowDecision } from '../ledger/row-decisions.ts';
import type { Customer } from '../model/customer.ts';
import { OUTCOMES } from '../model/outcome.ts';

const STEP = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('import'),
    overwriteIfExists: z.boolean(),
    customer: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('create') }),
  z.strictObject({ kind: z.literal('patch') }),
  z.strictObject({
    kind: z.literal('provision'),
    operation: z.string().optional(),
    inDoubt: z.literal(true).optional(),
  }),
  z.strictObject({ kind: z.literal(['insert', 'language', 'user', 'admin']) }),
]);

const DIFFERENCE = z.strictObject({
  column: z.string(),
  book: z.string(),
  google: z.string().optional(),
  weight: z.enum(['ordinary', 'critical']),
});

const PLAN_LINE = z
  .object({
    row: z.int().positive(),
    line: z.int().positive(),
    key: z.string(),
    account: z.string(),
    action: z.string(),
    outcome: z.enum(OUTCOMES),
    overwrite: z.string().optional(),
    customer: z.string().optional(),
    tenant: z.string().optional(),
    steps: z.array(STEP).readonly(),
    differences: z.array(DIFFERENCE).readonly(),
    cause: z.object({ code: z.string(), column: z.string().optional(), message: z.string() }).optional(),
    content: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .optional(),
  })
  .refine(({ outcome, steps }) => (outcome === 'planned') === steps.length > 0, 'outcome and steps disagree')
  .refine(({ content, steps }) => steps.length === 0 || content !== undefined, 'content is missing');

/** A line of plan.ndjson: one row with what was decided for it; `planned` where there are steps. */
export type PlanLine = Readonly<z.infer<typeof PLAN_LINE>>;

/** Reads one line; undefined where it is none of ours. */
export function parsePlanLine(text: string): PlanLine | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  return PLAN_LINE.safeParse(json).data;
}

/**
 * Undefined for a row that was left out or not come to: nothing was decided for it.
 *
 * @param account id without `accounts/`
 */
export function toPlanLine(decision: RowDecision, account: string): PlanLine | undefined {
  const { row, line, key, customer, plan, ending } = decision;
  const outcome = plannedOutcome(decision);
  if (plan === undefined && outcome !== 'invalid') return undefined;
  const cause = acts(plan) ? undefined : ending?.causes[0];
  return {
    row,
    line,
    key,
    account,
    action: plan?.action ?? decision.action,
    outcome,
    overwrite: customer?.overwrite,
    customer: plan?.customer,
    tenant: plan?.tenant?.customerId,
    steps: plan?.steps ?? [],
    differences: plan?.differences ?? [],
    cause: cause && { code: cause.code, column: cause.column, message: cause.message },
    content: customer && contentDigest(customer),
  };
}

/**
 * What a row says, without its token and the token's date, which may be renewed after the review: 32 hex digits, the same
 * in every ledger. Two rows with the same digest ask for the same.
 */
export function contentDigest({ key, type, action, overwrite, fields }: Customer): string {
  const cells = Object.entries(fields)
    .filter(([column]) => column !== 'auth_token_created')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return digestOf({ key, type, action, overwrite, cells });
}

function digestOf(value: unknown): string {
  return hash('sha256', JSON.stringify(value)).slice(0, 32);
}

/**
 * What of a line must be as it was reviewed, as 32 hex digits. Where the row stands in the book does not matter. Whether
 * an operation is waited for or another is begun does; which one it is that is waited for does not.
 */
export function workDigest({ action, steps, differences, customer, tenant, content }: PlanLine): string {
  return digestOf([
    action,
    steps.map(stepWork),
    differences.map(({ column, book, google, weight }) => [column, book, google ?? null, weight]),
    customer ?? tenant ?? null,
    content ?? null,
  ]);
}

function stepWork(step: PlanLine['steps'][number]): readonly unknown[] {
  switch (step.kind) {
    case 'import':
      return [step.kind, step.overwriteIfExists, step.customer ?? null];
    case 'provision':
      return [step.kind, step.operation !== undefined, step.inDoubt === true];
    default:
      return [step.kind];
  }
}
