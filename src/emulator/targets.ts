import { htmlAnswer, messageAnswer, refusalAnswer, statusAnswer } from './answers.ts';
import type { Answer } from './answers.ts';
import { ApiError, invalidArgument, permissionDenied } from './errors.ts';
import type { Incoming } from './incoming.ts';
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
  /** The answer to a call that is turned away before any fault rule sees it. */
  refuse(call: HeardCall): Answer | undefined;
  /** The answer, with the effect. `fate` is for the operation that the call starts, if any. */
  run(call: HeardCall, fate: OperationFate | undefined): Answer;
}

/** An API method: token and quota come before the faults; account, query and body are the method's own. */
export function methodTarget(method: Method): Target {
  return {
    id: method.id,
    bucket: method.bucket,
    refuse: (call) => unauthorized(call, method) ?? overQuota(call, method),
    run: (call, fate) =>
      orRefusal(() => {
        requireAccount(call);
        requireKnownQuery(method, call.incoming.query);
        const { params, query } = call.incoming;
        return messageAnswer(method.handle(call.session.state, { params, query, body: call.text, fate }));
      }),
  };
}

/** The token endpoint (RFC 6749, RFC 7523). */
export const tokenTarget: Target = {
  id: 'token',
  bucket: undefined,
  refuse: () => undefined,
  run: (call) => call.session.tokens.grant(Object.fromEntries(new URLSearchParams(call.text))),
};

/** A path that no API has gets an HTML page; one below an API, a JSON error. */
export const unknownTarget: Target = {
  id: 'unknown',
  bucket: undefined,
  refuse: () => undefined,
  run: ({ incoming }) =>
    incoming.path.startsWith('/v1/')
      ? statusAnswer(404, { code: 'NOT_FOUND', message: 'Method not found.' })
      : htmlAnswer(404, `Nothing is served at ${incoming.path}.`),
};

function unauthorized(call: HeardCall, method: Method): Answer | undefined {
  return orRefusal(() => {
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

function orRefusal<T>(work: () => T): T | Answer {
  try {
    return work();
  } catch (error) {
    if (error instanceof ApiError) return refusalAnswer(error);
    throw error;
  }
}
