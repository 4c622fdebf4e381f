import type { Answer } from './answers.ts';
import { invalidField, notFound } from './errors.ts';
import type { RpcStatus } from './resources.ts';
import type { State } from './state.ts';
import type { Bucket } from './world-schema.ts';

/** A call as a method's handler sees it. */
export interface Call {
  /** Parts of the path: `account`, `link`, `customer`; `*` for the rest of it. */
  readonly params: Readonly<Record<string, string>>;
  /** By camelCase name; a parameter sent twice counts as its last value. */
  readonly query: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** What a fault rule has in store for the operation that the call starts. */
  readonly fate: OperationFate | undefined;
}

/** How an operation goes other than usual. */
export interface OperationFate {
  /** By the clock; Infinity for without end, undefined for as long as usual. */
  readonly delayMs: number | undefined;
  /** What it ends in; undefined for as usual. */
  readonly error: RpcStatus | undefined;
}

/** One method of an emulated API. */
export interface Method {
  /** As Google names it: without `accounts.` in the Channel API, with its name in the others: `reseller.customers.get`. */
  readonly id: string;
  readonly verb: 'GET' | 'POST' | 'PATCH' | 'PUT';
  /** Routes below the prefix, in the router's notation: `::` is a colon. */
  readonly paths: readonly string[];
  readonly bucket: Bucket;
  /** Scopes of which a minted token needs one. */
  readonly scopes: readonly string[];
  /** Query parameters besides those that every method knows. */
  readonly query: readonly string[];
  /** The answer's message; throws ApiError, in the Reseller and Directory APIs LegacyError, too. */
  handle(state: State, call: Call): unknown;
  /** How the message is answered; 200 with it where this is missing. */
  answer?(message: unknown, state: State): Answer;
}

/** The only scope of the Channel API (https://docs.cloud.google.com/channel/docs). */
export const CHANNEL_SCOPES = ['https://www.googleapis.com/auth/apps.order'] as const;

export const ACCOUNT_PATH = '/v1/accounts/:account';
export const LINK_PATH = '/v1/accounts/:account/channelPartnerLinks/:link(^[^:/]+)';
/** The last part of a customer's path; without a colon, which would start a custom method. */
export const CUSTOMER_PART = ':customer(^[^:/]+)';

/** ID of the partner link in the path; NOT_FOUND for a link that the account does not have. */
export function linkInPath(state: State, call: Call): string | undefined {
  const link = call.params['link'];
  if (link !== undefined && state.link(link) === undefined) {
    throw notFound(`Channel partner link ${link} was not found.`);
  }
  return link;
}

/** The account or partner link in the path, as a resource name. */
export function parentName(state: State, link: string | undefined): string {
  return link === undefined ? state.account : `${state.account}/channelPartnerLinks/${link}`;
}

/** How many entries a page has; throws INVALID_ARGUMENT. */
export function pageSize(
  text: string | undefined,
  rule: { readonly usual: number; readonly maximum: number; readonly over: 'coerce' | 'refuse' },
): number {
  const size = Number(text ?? '0');
  if (!/^-?\d*$/.test(text ?? '') || !Number.isSafeInteger(size)) {
    throw invalidField('page_size', `Invalid value at 'page_size' (TYPE_INT32), "${text ?? ''}"`);
  }
  if (size < 0) throw invalidField('page_size', 'page_size must not be negative.');
  if (size > rule.maximum && rule.over === 'refuse') {
    throw invalidField('page_size', `page_size must not exceed ${rule.maximum}.`);
  }
  return size === 0 ? rule.usual : Math.min(size, rule.maximum);
}
