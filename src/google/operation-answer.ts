import { z } from 'zod';
import type { Operation } from '../model/operation.ts';
import { readCustomer } from './answers.ts';
import { readErrorObject } from './error-body.ts';
import { oneLine } from './one-line.ts';
import { CODE_BY_NUMBER } from './reasons.ts';
import { isOperation } from './resource-names.ts';

/** What an operation says of its failure. */
export interface OperationError {
  /** Canonical name of the gRPC number; `UNKNOWN` where the number is none. */
  readonly code: string;
  /** One line, redacted. */
  readonly message: string;
}

/** What Google thinks of a request that it was asked to validate only. */
export type Verdict =
  { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly error: OperationError };

const ERROR = z.looseObject({ code: z.number().optional().catch(undefined) });

/** google.longrunning.Operation in JSON; what is false or empty is left out there. */
const OUTCOME = z.object({
  done: z.boolean().nullish(),
  error: ERROR.nullish(),
  response: z.unknown().optional(),
});

const OPERATION = OUTCOME.extend({ name: z.string().refine(isOperation) });

/** An operation as answered, or undefined where the answer is no such thing: without its name nobody can ask for it. */
export function readOperation(json: unknown, secrets: readonly string[]): Operation | undefined {
  const result = OPERATION.safeParse(json);
  if (!result.success) return undefined;
  const { name, done, error, response } = result.data;
  const isFailed = error !== null && error !== undefined;
  if (done !== true) return isFailed ? undefined : { state: 'running', name };
  if (isFailed) return { state: 'failed', name, error: operationError(error, secrets) };
  return { state: 'done', name, customer: readCustomer(response) };
}

/**
 * The verdict of a call with `validateOnly`, of which Google says only that it answers: `{}`, an operation done or
 * not, named or not, are a yes. An error in an operation that is not done is nobody's verdict, and no answer.
 */
export function readVerdict(json: unknown, secrets: readonly string[]): Verdict | undefined {
  const result = OUTCOME.safeParse(json);
  if (!result.success) return undefined;
  const { done, error } = result.data;
  if (error === null || error === undefined) return { kind: 'accepted' };
  return done === true ? { kind: 'refused', error: operationError(error, secrets) } : undefined;
}

function operationError(error: z.infer<typeof ERROR>, secrets: readonly string[]): OperationError {
  const said = oneLine(readErrorObject({ error }).message, secrets);
  return {
    code: CODE_BY_NUMBER[error.code ?? 0] ?? 'UNKNOWN',
    message: said === '' ? 'the operation failed without a message' : said,
  };
}
