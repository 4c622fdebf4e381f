import { z } from 'zod';

/** The parts of an error body that carry meaning, whichever of Google's forms it has. */
export interface ErrorBody {
  readonly form: 'json' | 'html' | 'text';
  /** Canonical name (`PERMISSION_DENIED`), where the body gives one. */
  readonly status: string | undefined;
  /** Google's reasons: `errors[].reason` first, then ErrorInfo's; may be empty. */
  readonly words: readonly string[];
  /** Not cleaned: may be long, of many lines, and hold secrets. */
  readonly message: string;
  /** From RetryInfo, in milliseconds. */
  readonly retryDelayMs: number | undefined;
}

const text = z.string().optional().catch(undefined);

const DETAIL = z.looseObject({
  '@type': text,
  reason: text,
  retryDelay: text,
  fieldViolations: z
    .array(z.looseObject({ field: text, description: text }))
    .optional()
    .catch(undefined),
});

/** Both forms at once: google.rpc.Status in JSON, and the older one with `errors[]`; some answers carry both. */
const ERROR = z.looseObject({
  status: text,
  message: text,
  errors: z
    .array(z.looseObject({ reason: text, message: text }))
    .optional()
    .catch(undefined),
  details: z.array(DETAIL).optional().catch(undefined),
});

/** Codes of google.rpc.Code that the older form's reasons stand for. */
const STATUS_BY_REASON: Readonly<Record<string, string>> = {
  duplicate: 'ALREADY_EXISTS',
  notFound: 'NOT_FOUND',
  invalid: 'INVALID_ARGUMENT',
  badRequest: 'INVALID_ARGUMENT',
  forbidden: 'PERMISSION_DENIED',
  conditionNotMet: 'FAILED_PRECONDITION',
  aborted: 'ABORTED',
};

/** Reads what a server said in an answer that is no success; anything at all may be given. */
export function readErrorBody(body: string): ErrorBody {
  const json = parsed(body);
  if (json !== undefined) return readErrorObject(json);
  const form = /^\s*(?:<!doctype html|<html|<head|<body|<\?xml)/i.test(body) ? 'html' : 'text';
  return {
    form,
    status: undefined,
    words: [],
    message: form === 'html' ? pageTitle(body) : body,
    retryDelayMs: undefined,
  };
}

/** The object of a JSON body (the first one of an array), or undefined where it is no JSON object. */
function parsed(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === 'object' && first !== null ? first : undefined;
  } catch {
    return undefined;
  }
}

/** The same of a body that is already read: `{"error": …}`, or what stands in there. */
export function readErrorObject(json: object): ErrorBody {
  const inner: unknown = 'error' in json ? json.error : json;
  if (typeof inner === 'string') return fromOAuth(inner, json);
  const result = ERROR.safeParse(inner);
  if (!result.success) {
    return { form: 'json', status: undefined, words: [], message: '', retryDelayMs: undefined };
  }
  const { status, message, errors = [], details = [] } = result.data;
  const words = [...errors, ...details].flatMap(({ reason }) => reason ?? []);
  const legacy = words.map((word) => STATUS_BY_REASON[word]).find((code) => code !== undefined);
  return {
    form: 'json',
    status: status ?? legacy,
    words,
    message: [message ?? errors[0]?.message ?? '', ...violations(details)].join('; '),
    retryDelayMs: retryDelay(details),
  };
}

/** `{"error": "invalid_token", "error_description": "…"}` (RFC 6750). */
function fromOAuth(error: string, json: object): ErrorBody {
  const description = 'error_description' in json ? json.error_description : undefined;
  return {
    form: 'json',
    status: undefined,
    words: [error],
    message: typeof description === 'string' ? `${error}: ${description}` : error,
    retryDelayMs: undefined,
  };
}

function violations(details: readonly z.infer<typeof DETAIL>[]): readonly string[] {
  return details
    .flatMap(({ fieldViolations = [] }) => fieldViolations)
    .map(({ field, description }) => [field, description].filter((part) => part !== undefined).join(': '));
}

/** RetryInfo.retryDelay is a Duration: seconds with an `s` (google/rpc/error_details.proto). */
function retryDelay(details: readonly z.infer<typeof DETAIL>[]): number | undefined {
  for (const { retryDelay: delay } of details) {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(delay ?? '')?.[1];
    if (seconds !== undefined) return Math.round(Number(seconds) * 1000);
  }
  return undefined;
}

function pageTitle(html: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(html)?.[1];
  return title ?? html.replace(/<[^>]*>/g, ' ');
}
