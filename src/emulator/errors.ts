/** Canonical codes, their gRPC numbers and HTTP statuses (google/rpc/code.proto). */
export const CODES = {
  CANCELLED: { grpc: 1, http: 499 },
  UNKNOWN: { grpc: 2, http: 500 },
  INVALID_ARGUMENT: { grpc: 3, http: 400 },
  DEADLINE_EXCEEDED: { grpc: 4, http: 504 },
  NOT_FOUND: { grpc: 5, http: 404 },
  ALREADY_EXISTS: { grpc: 6, http: 409 },
  PERMISSION_DENIED: { grpc: 7, http: 403 },
  RESOURCE_EXHAUSTED: { grpc: 8, http: 429 },
  FAILED_PRECONDITION: { grpc: 9, http: 400 },
  ABORTED: { grpc: 10, http: 409 },
  OUT_OF_RANGE: { grpc: 11, http: 400 },
  UNIMPLEMENTED: { grpc: 12, http: 501 },
  INTERNAL: { grpc: 13, http: 500 },
  UNAVAILABLE: { grpc: 14, http: 503 },
  DATA_LOSS: { grpc: 15, http: 500 },
  UNAUTHENTICATED: { grpc: 16, http: 401 },
} as const;
export type Code = keyof typeof CODES;

/** The gRPC number of a code; UNKNOWN's for a word that is no canonical code, such as CONDITION_NOT_MET. */
export function grpcNumber(code: string): number {
  return Object.hasOwn(CODES, code) ? CODES[code as Code].grpc : CODES.UNKNOWN.grpc;
}

/** The code with that gRPC number; UNKNOWN where there is none. */
export function codeOfNumber(number: number): Code {
  const found = Object.entries(CODES).find(([, { grpc }]) => grpc === number);
  return found === undefined ? 'UNKNOWN' : (found[0] as Code);
}

/** One entry of `google.rpc.BadRequest.fieldViolations`; `field` is left out for the body as a whole. */
export interface FieldViolation {
  readonly field?: string;
  readonly description: string;
}

/** A refusal by an emulated API, before it is written in that API's own format. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: Code;
  /** `google.rpc` messages with their `@type`; may be empty. */
  readonly details: readonly object[];

  constructor(code: Code, message: string, details: readonly object[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** INVALID_ARGUMENT with the fields that are at fault. */
export function invalidArgument(message: string, violations: readonly FieldViolation[] = []): ApiError {
  return new ApiError('INVALID_ARGUMENT', message, violations.length > 0 ? [badRequest(violations)] : []);
}

/** INVALID_ARGUMENT for one field, with the sentence in both places. */
export function invalidField(field: string, description: string): ApiError {
  return invalidArgument(description, [{ field, description }]);
}

export function notFound(message: string): ApiError {
  return new ApiError('NOT_FOUND', message);
}

export function permissionDenied(message: string): ApiError {
  return new ApiError('PERMISSION_DENIED', message);
}

export function alreadyExists(message: string): ApiError {
  return new ApiError('ALREADY_EXISTS', message);
}

export function badRequest(fieldViolations: readonly FieldViolation[]): object {
  return { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations };
}

export function errorInfo(reason: string, metadata: Readonly<Record<string, string>> = {}): object {
  return {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'googleapis.com',
    metadata,
  };
}

/** `google.rpc.RetryInfo`; the delay in seconds, fractions allowed. */
export function retryInfo(delaySeconds: number): object {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${delaySeconds}s` };
}
