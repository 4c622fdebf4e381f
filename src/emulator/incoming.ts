import type { FastifyRequest } from 'fastify';

import { camelCase } from './proto-json.ts';
import { loggedBody } from './request-log.ts';
import { bearerToken } from './tokens.ts';

/** A request in the emulator's own words. */
export interface Incoming {
  readonly verb: string;
  /** The Host header as it was sent. */
  readonly host: string;
  /** Without prefix and query. */
  readonly path: string;
  /** As it was sent, without the question mark. */
  readonly queryText: string;
  /** By camelCase name; a parameter sent twice counts as its last value. */
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly token: string | undefined;
}

/** What is known of a request as soon as its header arrived. */
export function readHeader(request: FastifyRequest, prefix: string): Incoming {
  const url = request.raw.url ?? '';
  const queryText = url.split('?').slice(1).join('?');
  const query = camelCaseQuery(queryText);
  return {
    verb: request.method,
    host: request.headers.host ?? '',
    path: pathBelow(prefix, url),
    queryText,
    query,
    params: request.params as Record<string, string>,
    token: bearerToken(request.headers.authorization, query['accessToken']),
  };
}

/** The path of an address without prefix and query. */
export function pathBelow(prefix: string, url: string): string {
  const [path = ''] = url.split('?');
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}

/** The body as text, and as the request log shows it. */
export function readBody(request: FastifyRequest): {
  readonly text: string | undefined;
  readonly parsed: unknown;
} {
  const text = typeof request.body === 'string' ? request.body : undefined;
  return { text, parsed: loggedBody(text, request.headers['content-type']) };
}

function camelCaseQuery(queryText: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...new URLSearchParams(queryText)].map(([name, value]) => [camelCase(name), value]),
  );
}
