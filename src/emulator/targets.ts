import {
  htmlAnswer,
  jsonAnswer,
  legacyAnswer,
  legacyRefusalAnswer,
  messageAnswer,
  refusalAnswer,
  statusAnswer,
} from './answers.ts';
import type { Answer } from './answers.ts';
import { errorFormatAt, errorFormatOf } from './apis.ts';
import type { ErrorFormat } from './apis.ts';
import { ApiError, invalidArgument, permissionDenied } from './errors.ts';
import type { Incoming } from './incoming.ts';
import { asLegacy, LegacyError } from './legacy-errors.ts';
import type { Method, OperationFate } from './method.ts';
import { overQuotaAnswer } from './over-quota.ts';
import type { Admission } from './quotas.ts';
import type { Session } from './session.ts';
import type { Bucket } from './world-schema.ts';

/** A call that arrived whole. */
export interface HeardCall {
  readonly session: Session;
  readonly incoming: Incoming;
  readonly admission: Admission;
  /** The body as it came; undefined without one. */
  readonly text: string | undefined;
  /** The body as the log shows it. */
  readonly parsed: unknown;
}

/** What an address does. */
export interface Target {
  /** API method, `token`, or `unknown`. */
  readonly id: string;
  readonly bucket: Bucket | undefined;
  /** How errors are written here, those of fault rules included. */
  readonly errors: ErrorFormat | 'oauth';
  /** The answer to a call that is turned away before any fault rule sees it. */
  refuse(call: HeardCall): Answer | undefined;
  /** The answer, with the effect. `fate` is for the operation that the call starts, if any. */
  run(call: HeardCall, fate: OperationFate | undefined): Answer;
}

/** An API method: token and quota come before the faults; account, query and body are the method's own. */
export function methodTarget(method: Method): Target {
  const errors = errorFormatOf(method.bucket);
  return {
    id: method.id,
    bucket: method.bucket,
    errors,
    refuse: (call) => unauthorized(call, method, errors) ?? overQuota(call, method),
    run: (call, fate) =>
      orRefusal(errors, () => {
        requireAccount(call);
        requireKnownQuery(method, call.incoming.query);
        const { params, query } = call.incoming;
        const { state } = call.session;
        const message = method.handle(state, { params, query, body: call.text, fate });
        return method.answer?.(message, state) ?? success(errors, message);
      }),
  };
}

/** The Reseller and Directory APIs write what is false, too. */
function success(errors: ErrorFormat, message: unknown): Answer {
  return errors === 'status' ? messageAnswer(message) : jsonAnswer(200, message);
}

/** The token endpoint (RFC 6749, RFC 7523). */
export const tokenTarget: Target = {
  id: 'token',
  bucket: undefined,
  errors: 'oauth',
  refuse: () => undefined,
  run: (call) => call.session.tokens.grant(Object.fromEntries(new URLSearchParams(call.text))),
};

/** A path that no API has gets an HTML page; one below an API, an error in that API's format. */
export function unknownTarget(path: string): Target {
  const errors = errorFormatAt(path);
  return {
    id: 'unknown',
    bucket: undefined,
    errors: errors ?? 'status',
    refuse: () => undefined,
    run: () => unknownAnswer(path, errors),
  };
}

function unknownAnswer(path: string, errors: ErrorFormat | undefined): Answer {
  const message = 'Method not found.';
  switch (errors) {
    case 'status':
      return statusAnswer(404, { code: 'NOT_FOUND', message });
    case 'legacy':
      return legacyAnswer(404, { reason: 'notFound', message });
    case undefined:
      return htmlAnswer(404, `Nothing is served at ${path}.`);
  }
}

function unauthorized(call: HeardCall, method: Method, errors: ErrorFormat): Answer | undefined {
  return orRefusal(errors, () => {
    call.session.tokens.authorize(call.incoming.token, method.scopes);
    return undefined;
  });
}

function overQuota(call: HeardCall, method: Method): Answer | undefined {
  const { session, admission } = call;
  if (admission.kind === 'admitted') return undefined;
  return overQuotaAnswer(
    { bucket: method.bucket, ...admission },
    session.world.switches,
    session.clock.now(),
  );
}

/** Operations are below no account. */
function requireAccount({ incoming, session }: HeardCall): void {
  const { account } = incoming.params;
  if (account === undefined || `accounts/${account}` === session.state.account) return;
  throw permissionDenied(`The caller is not a user of the reseller account accounts/${account}.`);
}

/** Parameters that every method of Google's APIs knows (discovery document, `parameters`). */
const SYSTEM_PARAMETERS: ReadonlySet<string> = new Set([
  '$.xgafv',
  'accessToken',
  'alt',
  'callback',
  'fields',
  'key',
  'oauthToken',
  'prettyPrint',
  'quotaUser',
  'uploadProtocol',
  'uploadType',
]);

function requireKnownQuery(method: Method, query: Incoming['query']): void {
  const unknown = Object.keys(query).filter(
    (name) => !SYSTEM_PARAMETERS.has(name) && !method.query.includes(name),
  );
  if (unknown.length === 0) return;
  const violations = unknown.map((name) => ({
    description: `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter.`,
  }));
  throw invalidArgument(violations.map((violation) => violation.description).join('\n'), violations);
}

function orRefusal<T>(errors: ErrorFormat, work: () => T): T | Answer {
  try {
    return work();
  } catch (error) {
    if (error instanceof LegacyError) return legacyRefusalAnswer(error);
    if (!(error instanceof ApiError)) throw error;
    return errors === 'status' ? refusalAnswer(error) : legacyRefusalAnswer(asLegacy(error));
  }
}
