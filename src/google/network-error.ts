/** The system's or library's code of a network error (`ECONNREFUSED`), or undefined where it has none. */
export function errorCodeOf(error: unknown): string | undefined {
  for (let at = error; typeof at === 'object' && at !== null; at = 'cause' in at ? at.cause : undefined) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(at.code)) return at.code;
  }
  return undefined;
}

/** Whether Google's HTTP client threw it, as opposed to a fault in making the request. */
export function isHttpClientError(error: unknown): error is Error & {
  readonly config: unknown;
  readonly response?: { readonly status: number; readonly data?: unknown; readonly headers: Headers };
} {
  return error instanceof Error && 'config' in error;
}
