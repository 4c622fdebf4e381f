import type { Clock } from '../clock.ts';
import { createAgents, type Environment } from './agents.ts';
import { redirected } from './base-address.ts';
import type { Answer, Silence } from './classify.ts';
import { createConnectionWatch, type CallTrace } from './connection-watch.ts';
import { createCutOff } from './cut-off.ts';
import type { AuthLibrary, MethodOptions, OAuth2Client, Transporter } from './load-api.ts';
import { errorCodeOf, isHttpClientError } from './network-error.ts';

/** What one method of an API module is called with besides its parameters. */
export interface CallTools {
  readonly auth: OAuth2Client;
  readonly options: MethodOptions;
}

/** The part of a response that we read; `data` is the body's text. */
export interface RawResponse {
  readonly status: number;
  readonly headers: unknown;
  readonly data: unknown;
}

export type Invoke = (tools: CallTools) => Promise<RawResponse>;

export type Sent =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'silence'; readonly silence: Silence };

export interface TransportOptions {
  readonly auth: AuthLibrary;
  readonly base: URL | undefined;
  readonly callTimeoutMs: number;
  readonly clock: Clock;
  readonly environment: Environment;
}

export interface BearerToken {
  readonly value: string;
  /** Project that pays and whose quota is used, where user credentials name one. */
  readonly quotaProject: string | undefined;
}

export interface Transport {
  /** For token calls: the same redirection, agents and absence of retries. */
  readonly transporter: Transporter;
  /** Puts the same rules on another HTTP client of the library. */
  adopt(transporter: Transporter): void;
  /**
   * Sends exactly one request. Never retried, never redirected, never longer than the time-out, the body included.
   *
   * @throws only where no request could be made from what `invoke` was given
   */
  send(token: BearerToken, invoke: Invoke, signal: AbortSignal | undefined): Promise<Sent>;
  close(): void;
}

/** No answer of these APIs is near this; a body without end must not fill the memory until the time-out. */
const LARGEST_BODY_BYTES = 32 * 1024 * 1024;

/** What a timer of Node takes; a longer one is refused. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The one place that sends. */
export function createTransport(options: TransportOptions): Transport {
  const { auth, base, callTimeoutMs, clock } = options;
  const agents = createAgents(options.environment);
  const connections = createConnectionWatch();
  const { transporter } = new auth.OAuth2({ useAuthRequestParameters: false });

  function adopt(other: Transporter): void {
    other.interceptors.request.add({
      resolved: (config) => {
        config.url = redirected(config.url, base);
        const trace = connections.current();
        if (trace !== undefined) trace.host = config.url.host;
        const agent = agents.agentFor(config.url);
        if (agent !== undefined) config.agent = agent;
        // Requests must not multiply behind the limiter's back: no retries of the library, no redirects.
        config.retry = false;
        delete config.retryConfig;
        config.redirect = 'manual';
        config.signal ??= AbortSignal.timeout(Math.min(LONGEST_TIMER_MS, Math.ceil(callTimeoutMs)));
        return Promise.resolve(config);
      },
    });
  }
  adopt(transporter);

  /** A client for one call: it holds no refresh token, so that it has nothing to retry a 401 or 403 with. */
  function clientFor(token: BearerToken): OAuth2Client {
    return new auth.OAuth2({
      transporter,
      useAuthRequestParameters: false,
      credentials: { access_token: token.value },
      ...(token.quotaProject === undefined ? {} : { quotaProjectId: token.quotaProject }),
    });
  }

  async function send(token: BearerToken, invoke: Invoke, signal: AbortSignal | undefined): Promise<Sent> {
    const trace: CallTrace = { host: base?.host ?? 'googleapis.com', connected: true };
    const cut = createCutOff(callTimeoutMs, clock, signal);
    try {
      const tools = { auth: clientFor(token), options: methodOptions(cut.signal) };
      const response = await Promise.race([connections.watch(trace, () => invoke(tools)), cut.ended]);
      return { kind: 'answer', answer: answerOf(response) };
    } catch (error) {
      const cause = cut.cause();
      if (cause === undefined && !isHttpClientError(error)) throw error;
      const errorCode = cause === undefined ? errorCodeOf(error) : undefined;
      const { host, connected } = trace;
      return { kind: 'silence', silence: { cause: cause ?? 'error', connected, errorCode, host } };
    } finally {
      cut.release();
    }
  }

  return {
    transporter,
    adopt,
    send,
    close() {
      agents.close();
      connections.close();
    },
  };
}

/** Every status is an answer, and every body is text: what it means is decided elsewhere. */
function methodOptions(signal: AbortSignal): MethodOptions {
  return {
    signal,
    retry: false,
    responseType: 'text',
    validateStatus: () => true,
    maxContentLength: LARGEST_BODY_BYTES,
  };
}

function answerOf(response: RawResponse): Answer {
  return {
    httpStatus: response.status,
    retryAfter: headerOf(response.headers, 'retry-after'),
    date: headerOf(response.headers, 'date'),
    body: typeof response.data === 'string' ? response.data : '',
  };
}

/** The library hands on whatever headers its fetch has: sometimes an object with `get`, sometimes a plain one. */
function headerOf(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const value: unknown =
    'get' in headers && typeof headers.get === 'function'
      ? (headers.get as (name: string) => unknown).call(headers, name)
      : (headers as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}
