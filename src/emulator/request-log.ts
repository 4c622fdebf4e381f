import type { Bucket } from './world-schema.ts';

/** One call as it arrived and how it ended; calls to `/_emulator` are not logged. Holds secrets: it is for tests. */
export interface LoggedRequest {
  /** 1 for the first call. */
  readonly number: number;
  /** Milliseconds since the epoch, by the emulator's clock. */
  readonly arrivedAt: number;
  /** API method such as `customers.import` or `directory.users.get`, `token`, or `unknown`. */
  readonly method: string;
  readonly verb: string;
  /** The Host header: Google serves some paths on two hosts. */
  readonly host: string;
  /** Without prefix and query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed where it is JSON or a form, else the text; undefined without one. */
  readonly body: unknown;
  /** Whether a bearer token came with it. */
  readonly bearer: boolean;
  /** Undefined while there is no answer, and for ever where none was sent. */
  readonly status: number | undefined;
  /** The quota bucket that it counts in. */
  readonly bucket: Bucket | undefined;
  /** Whether it changed anything. */
  readonly effect: boolean;
  /** ID of the fault rule that struck. */
  readonly fault: string | undefined;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
/** An entry while its call is going on. */
export type OpenEntry = Writable<LoggedRequest>;

/** The calls in order of arrival. */
export interface RequestLog {
  readonly entries: readonly LoggedRequest[];
  open(
    entry: Pick<
      LoggedRequest,
      'arrivedAt' | 'method' | 'verb' | 'host' | 'path' | 'query' | 'bearer' | 'bucket'
    >,
  ): OpenEntry;
  clear(): void;
}

export function createRequestLog(): RequestLog {
  const entries: OpenEntry[] = [];
  return {
    entries,
    open: (arrival) => {
      const entry: OpenEntry = {
        number: entries.length + 1,
        ...arrival,
        body: undefined,
        status: undefined,
        effect: false,
        fault: undefined,
      };
      entries.push(entry);
      return entry;
    },
    clear: () => {
      entries.length = 0;
    },
  };
}

/** A body as the log shows it. */
export function loggedBody(text: string | undefined, contentType: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  if (contentType?.startsWith('application/x-www-form-urlencoded') === true) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
