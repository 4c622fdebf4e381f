/** Rate limits, by Google's word for them (https://developers.google.com/workspace/admin/directory/v1/limits). */
export const QUOTA_REASONS: ReadonlySet<string> = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'servingLimitExceeded',
  'concurrentLimitExceeded',
  'RATE_LIMIT_EXCEEDED',
  'RESOURCE_QUOTA_EXCEEDED',
  'RESOURCE_EXHAUSTED',
]);

/** The credentials or the project are refused, whatever the row says. */
export const RUN_REASONS: ReadonlySet<string> = new Set([
  'accessNotConfigured',
  'insufficientPermissions',
  'SERVICE_DISABLED',
  'API_DISABLED',
  'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
  'BILLING_DISABLED',
  'CONSUMER_INVALID',
  'CONSUMER_SUSPENDED',
  'USER_PROJECT_DENIED',
  'SECURITY_POLICY_VIOLATED',
]);

export const TOKEN_REASONS: ReadonlySet<string> = new Set([
  'authError',
  'ACCESS_TOKEN_EXPIRED',
  'ACCESS_TOKEN_TYPE_UNSUPPORTED',
  'CREDENTIALS_MISSING',
  'UNAUTHENTICATED',
]);

export const TRANSIENT_REASONS: ReadonlySet<string> = new Set([
  'backendError',
  'badGateway',
  'gatewayTimeout',
  'internalError',
  'transientError',
  'ABORTED',
  'UNAVAILABLE',
]);

/** What plain text says of a rate; Google's front ends answer so, without JSON, with 403, 429 or 503. */
export const QUOTA_TEXT =
  /rate ?limit ?exceeded|request rate (?:is )?higher than configured|quota exceeded|too many requests|daily ?limit ?exceeded/i;
/** Channel's documentation has 403 with this as the message of an ordinary refusal (docs/quotas). */
export const QUOTA_MESSAGE =
  /^\s*(?:\w*RateLimitExceeded|rateLimitExceeded|quotaExceeded|Quota exceeded for |Request rate higher than configured)/;

/** google.rpc.Code by its number, without OK (google/rpc/code.proto): what an operation's error carries. */
export const CODE_BY_NUMBER: Readonly<Record<number, string>> = {
  1: 'CANCELLED',
  2: 'UNKNOWN',
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  5: 'NOT_FOUND',
  6: 'ALREADY_EXISTS',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION',
  10: 'ABORTED',
  11: 'OUT_OF_RANGE',
  12: 'UNIMPLEMENTED',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  15: 'DATA_LOSS',
  16: 'UNAUTHENTICATED',
};

/** google.rpc.Code by HTTP status, where the answer itself names none (google/rpc/code.proto). */
export const CODE_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ALREADY_EXISTS',
  412: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};
