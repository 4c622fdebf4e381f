import { describe, expect, it } from 'vitest';
import {
  classifyAnswer,
  classifySilence,
  invalidAnswer,
  type Answer,
  type Silence,
} from '../../src/google/classify.ts';
import type { ApiFailure } from '../../src/model/api-failure.ts';
import type { Bucket } from '../../src/model/bucket.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');

function status(code: number, name: string, message: string, details: readonly object[] = []): Answer {
  return { httpStatus: code, body: JSON.stringify({ error: { code, message, status: name, details } }) };
}

function legacy(code: number, reason: string, message: string, domain = 'global'): Answer {
  const errors = [{ domain, reason, message }];
  return { httpStatus: code, body: JSON.stringify({ error: { code, message, errors } }) };
}

function errorInfo(reason: string): object {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' };
}

function classified(answer: Answer, bucket: Bucket = 'channel.other'): ApiFailure {
  return classifyAnswer(answer, bucket, [], NOW);
}

describe('classifyAnswer', () => {
  const cases: readonly [string, Answer, Partial<ApiFailure>][] = [
    [
      '404 of an import',
      status(404, 'NOT_FOUND', 'no such Cloud Identity'),
      { class: 'refused', effect: 'none', code: 'NOT_FOUND' },
    ],
    [
      '400 of a bad row',
      status(400, 'INVALID_ARGUMENT', 'bad'),
      { class: 'refused', effect: 'none', code: 'INVALID_ARGUMENT' },
    ],
    [
      '400 of an operation that does not fit',
      status(400, 'FAILED_PRECONDITION', 'x'),
      { class: 'refused', code: 'FAILED_PRECONDITION' },
    ],
    [
      '403 of a customer',
      status(403, 'PERMISSION_DENIED', 'not yours'),
      { class: 'refused', effect: 'none', code: 'PERMISSION_DENIED', reason: undefined },
    ],
    [
      '409 of a conflict',
      status(409, 'ALREADY_EXISTS', 'conflict'),
      { class: 'refused', effect: 'none', code: 'ALREADY_EXISTS' },
    ],
    [
      '400 of a value, by status',
      status(400, 'INVALID_VALUE', 'x'),
      { class: 'refused', effect: 'none', code: 'INVALID_VALUE', reason: undefined },
    ],
    [
      '400 of a value, by reason',
      status(400, 'INVALID_ARGUMENT', 'x', [errorInfo('INVALID_VALUE')]),
      { class: 'refused', effect: 'none', code: 'INVALID_ARGUMENT', reason: 'INVALID_VALUE' },
    ],
    [
      '400 of a value, by reason in the older form',
      legacy(400, 'INVALID_VALUE', 'x'),
      { class: 'refused', effect: 'none', code: 'INVALID_ARGUMENT', reason: 'INVALID_VALUE' },
    ],
    [
      '500 of an unknown failure',
      status(500, 'UNKNOWN', 'x'),
      { class: 'transient', effect: 'unknown', code: 'UNKNOWN' },
    ],
    [
      '409 of a lost race',
      status(409, 'ABORTED', 'again'),
      { class: 'transient', effect: 'unknown', code: 'ABORTED' },
    ],
    [
      '429 with a status',
      status(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for quota metric'),
      { class: 'quota', effect: 'none', code: 'RESOURCE_EXHAUSTED' },
    ],
    [
      '429 with ErrorInfo',
      status(429, 'RESOURCE_EXHAUSTED', 'x', [errorInfo('RATE_LIMIT_EXCEEDED')]),
      { class: 'quota', reason: 'RATE_LIMIT_EXCEEDED' },
    ],
    [
      '429 without a body',
      { httpStatus: 429, body: '' },
      { class: 'quota', effect: 'none', code: 'RESOURCE_EXHAUSTED' },
    ],
    [
      '429 in plain text',
      { httpStatus: 429, body: 'Too many requests' },
      { class: 'quota', message: 'Too many requests' },
    ],
    [
      '403 whose reason is a rate',
      legacy(403, 'rateLimitExceeded', 'slow down', 'usageLimits'),
      { class: 'quota', effect: 'none', code: 'PERMISSION_DENIED', reason: 'rateLimitExceeded' },
    ],
    [
      '403 of a user rate',
      legacy(403, 'userRateLimitExceeded', 'slow down'),
      { class: 'quota', reason: 'userRateLimitExceeded' },
    ],
    ['403 of quotaExceeded', legacy(403, 'quotaExceeded', 'x'), { class: 'quota' }],
    [
      '403 of a daily limit',
      legacy(403, 'dailyLimitExceeded', 'tomorrow'),
      { class: 'quota', retryAfterMs: 3_600_000 },
    ],
    ['403 whose status is a rate', status(403, 'RESOURCE_EXHAUSTED', 'x'), { class: 'quota' }],
    [
      '403 whose message is a rate',
      status(403, 'PERMISSION_DENIED', 'rateLimitExceeded'),
      { class: 'quota', effect: 'none' },
    ],
    ['403 in plain text', { httpStatus: 403, body: 'Rate Limit Exceeded' }, { class: 'quota' }],
    [
      '403 of a request rate, in plain text',
      { httpStatus: 403, body: 'Request rate higher than configured.' },
      {
        class: 'quota',
        effect: 'none',
        code: 'PERMISSION_DENIED',
        message: 'Request rate higher than configured.',
      },
    ],
    [
      '403 of a request rate, in JSON',
      status(403, 'PERMISSION_DENIED', 'Request rate higher than configured.'),
      { class: 'quota', effect: 'none' },
    ],
    [
      '403 of a quota metric, in plain text',
      {
        httpStatus: 403,
        body: "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'.",
      },
      { class: 'quota', effect: 'none' },
    ],
    [
      '429 of a quota metric, in plain text',
      { httpStatus: 429, body: "Quota exceeded for quota metric 'Requests'." },
      { class: 'quota', effect: 'none' },
    ],
    [
      '503 of a quota, in plain text',
      { httpStatus: 503, body: 'Quota exceeded for the current request.' },
      { class: 'quota', effect: 'unknown', code: 'UNAVAILABLE' },
    ],
    [
      '503 of a request rate, in plain text',
      { httpStatus: 503, body: 'Request rate higher than configured.' },
      { class: 'quota', effect: 'unknown' },
    ],
    [
      '503 of a failure, in plain text',
      { httpStatus: 503, body: 'Service unavailable. Please try again' },
      { class: 'transient', effect: 'unknown' },
    ],
    [
      '403 of another kind, in plain text',
      { httpStatus: 403, body: 'Forbidden: the rate plan of this customer is higher than yours.' },
      { class: 'refused', effect: 'none', code: 'PERMISSION_DENIED' },
    ],
    [
      '403 that only mentions a request rate',
      status(403, 'PERMISSION_DENIED', '"Request rate higher than configured Ltd" is not yours'),
      { class: 'refused' },
    ],
    [
      '403 that only mentions a rate',
      status(403, 'PERMISSION_DENIED', 'customer "Rate Limit Exceeded Ltd" is not yours'),
      { class: 'refused' },
    ],
    [
      '403 of a disabled API',
      status(403, 'PERMISSION_DENIED', 'x', [errorInfo('SERVICE_DISABLED')]),
      { class: 'run', effect: 'none', reason: 'SERVICE_DISABLED' },
    ],
    [
      '403 of API_DISABLED',
      status(403, 'PERMISSION_DENIED', 'x', [errorInfo('API_DISABLED')]),
      { class: 'run' },
    ],
    [
      '403 of a missing scope',
      status(403, 'PERMISSION_DENIED', 'x', [errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT')]),
      { class: 'run' },
    ],
    ['403 of a missing scope, older form', legacy(403, 'insufficientPermissions', 'x'), { class: 'run' }],
    [
      '403 of an API that is off, older form',
      legacy(403, 'accessNotConfigured', 'x', 'usageLimits'),
      { class: 'run' },
    ],
    [
      '403 forbidden',
      legacy(403, 'forbidden', 'Forbidden'),
      { class: 'refused', code: 'PERMISSION_DENIED', reason: 'forbidden' },
    ],
    [
      '401',
      status(401, 'UNAUTHENTICATED', 'x'),
      { class: 'unauthenticated', effect: 'none', code: 'UNAUTHENTICATED' },
    ],
    [
      '401 of RFC 6750',
      { httpStatus: 401, body: '{"error":"invalid_token","error_description":"expired"}' },
      { class: 'unauthenticated', reason: 'invalid_token', message: 'invalid_token: expired' },
    ],
    [
      '401 without a body',
      { httpStatus: 401, body: '' },
      { class: 'unauthenticated', code: 'UNAUTHENTICATED', message: 'HTTP 401 without a body' },
    ],
    ['500', status(500, 'INTERNAL', 'x'), { class: 'transient', effect: 'unknown', code: 'INTERNAL' }],
    [
      '502 as a web page',
      { httpStatus: 502, body: '<!DOCTYPE html><html><title>Error 502 (Server Error)!!1</title>' },
      {
        class: 'transient',
        effect: 'unknown',
        code: 'UNAVAILABLE',
        message: 'HTTP 502, a web page instead of an answer: Error 502 (Server Error)!!1',
      },
    ],
    ['503', status(503, 'UNAVAILABLE', 'x'), { class: 'transient', effect: 'unknown', code: 'UNAVAILABLE' }],
    [
      '503 backendError',
      legacy(503, 'backendError', 'x'),
      { class: 'transient', effect: 'unknown', code: 'UNAVAILABLE', reason: 'backendError' },
    ],
    [
      '504',
      status(504, 'DEADLINE_EXCEEDED', 'x'),
      { class: 'transient', effect: 'unknown', code: 'DEADLINE_EXCEEDED' },
    ],
    ['501', status(501, 'UNIMPLEMENTED', 'x'), { class: 'refused', effect: 'none' }],
    [
      '409 duplicate',
      legacy(409, 'duplicate', 'Entity already exists.'),
      { class: 'refused', code: 'ALREADY_EXISTS', reason: 'duplicate' },
    ],
    ['412', legacy(412, 'conditionNotMet', 'x'), { class: 'refused', code: 'FAILED_PRECONDITION' }],
    [
      '404 notFound',
      legacy(404, 'notFound', 'x'),
      { class: 'refused', code: 'NOT_FOUND', reason: 'notFound' },
    ],
    [
      '404 of a server that knows no such path',
      { httpStatus: 404, body: '<html><body>Not Found</body></html>' },
      { class: 'run', effect: 'none', code: 'NOT_FOUND' },
    ],
    ['404 in plain text', { httpStatus: 404, body: 'not found' }, { class: 'run' }],
    [
      '403 of a proxy, as a web page',
      { httpStatus: 403, body: '<html><title>Blocked</title></html>' },
      { class: 'run' },
    ],
    ['407', { httpStatus: 407, body: '' }, { class: 'run', code: 'HTTP_407' }],
    ['a redirect', { httpStatus: 302, body: '' }, { class: 'run', effect: 'none', code: 'HTTP_302' }],
    [
      'an error in an array',
      { httpStatus: 404, body: '[{"error":{"code":404,"status":"NOT_FOUND","message":"gone"}}]' },
      { class: 'refused', code: 'NOT_FOUND', message: 'gone' },
    ],
    [
      'a body that is half a JSON',
      { httpStatus: 503, body: '{"error":{"code":50' },
      { class: 'transient', code: 'UNAVAILABLE' },
    ],
    [
      'JSON of another shape',
      { httpStatus: 500, body: '{"error":[1,2]}' },
      { class: 'transient', code: 'INTERNAL', message: 'HTTP 500 without a message' },
    ],
    [
      'fields of the wrong type',
      { httpStatus: 400, body: '{"error":{"status":7,"message":["x"],"errors":"no","details":{}}}' },
      { class: 'refused', code: 'INVALID_ARGUMENT' },
    ],
  ];
  it.each(cases)('reads %s', (_, answer, expected) => {
    expect(classified(answer)).toMatchObject(expected);
  });

  it('takes the 503 of the Reseller API for quota, with an effect that is not known', () => {
    expect(classified(legacy(503, 'backendError', 'x'), 'reseller')).toMatchObject({
      class: 'quota',
      effect: 'unknown',
    });
    expect(classified({ httpStatus: 503, body: '' }, 'reseller')).toMatchObject({
      class: 'quota',
      effect: 'unknown',
    });
    expect(classified(status(500, 'INTERNAL', 'x'), 'reseller')).toMatchObject({ class: 'transient' });
  });

  it('names the fields that Google complains about', () => {
    const badRequest = {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ field: 'customer.domain', description: 'not a domain' }],
    };
    expect(classified(status(400, 'INVALID_ARGUMENT', 'Bad request', [badRequest])).message).toBe(
      'Bad request; customer.domain: not a domain',
    );
  });

  const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12.5s' };
  const waits: readonly [string, Partial<Answer>, number | undefined][] = [
    ['seconds', { retryAfter: '7' }, 7_000],
    ['no seconds at all', { retryAfter: '0' }, 0],
    ['a date', { retryAfter: 'Fri, 01 May 2026 12:00:30 GMT' }, 30_000],
    [
      "a date, by the server's own clock",
      { retryAfter: 'Fri, 01 May 2026 09:00:30 GMT', date: 'Fri, 01 May 2026 09:00:00 GMT' },
      30_000,
    ],
    ['a date gone by', { retryAfter: 'Fri, 01 May 2026 11:00:00 GMT' }, 0],
    ['years, as a day', { retryAfter: '99999999' }, 86_400_000],
    ['nonsense', { retryAfter: 'soon' }, undefined],
    ['a negative number', { retryAfter: '-5' }, undefined],
    ['RetryInfo', { body: JSON.stringify({ error: { details: [retryInfo] } }) }, 12_500],
    [
      'the longer of both',
      { retryAfter: '3', body: JSON.stringify({ error: { details: [retryInfo] } }) },
      12_500,
    ],
  ];
  it.each(waits)('reads a wait given as %s', (_, parts, expected) => {
    expect(classified({ httpStatus: 429, body: '', ...parts }).retryAfterMs).toBe(expected);
  });

  it('keeps secrets that the server echoes out of every part', () => {
    const secret = 'tok-SECRET-1';
    const echo = status(400, secret, `token ${secret} in {"authToken":"other-secret"} for Bearer abc.def`, [
      errorInfo(secret),
    ]);
    const failure = classifyAnswer(echo, 'channel.other', [secret], NOW);
    expect(JSON.stringify(failure)).not.toMatch(/SECRET|other-secret|abc\.def/);
    expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', reason: undefined });
  });

  it('makes one line of at most 500 characters without control characters', () => {
    const { message } = classified(
      status(400, 'INVALID_ARGUMENT', `a\r\nb\u0000\u001b[31m\u2028${'x'.repeat(900)}`),
    );
    expect(message).toMatch(/^a b \[31m x+…$/);
    expect(message).toHaveLength(500);
  });

  it('cuts a long message after the secrets are out, not through one', () => {
    const secret = `S${'9'.repeat(400)}`;
    const echo = { httpStatus: 400, body: `${'y'.repeat(300)}${secret}` };
    expect(classifyAnswer(echo, 'channel.other', [secret], NOW).message).not.toContain('999');
  });

  it('finds a secret that control characters were put into', () => {
    const echo = { httpStatus: 400, body: 'token se\u0000cret-value' };
    expect(classifyAnswer(echo, 'channel.other', ['se cret-value'], NOW).message).toBe('token [redacted]');
  });
});

describe('classifySilence', () => {
  const base: Silence = { cause: 'error', connected: true, errorCode: undefined, host: 'h.example:1' };
  const cases: readonly [string, Partial<Silence>, Partial<ApiFailure>][] = [
    [
      'a refused connection',
      { connected: false, errorCode: 'ECONNREFUSED' },
      {
        class: 'unreachable',
        effect: 'none',
        code: 'UNREACHABLE',
        message: 'no connection to h.example:1 (ECONNREFUSED)',
      },
    ],
    [
      'an unknown host',
      { connected: false, errorCode: 'ENOTFOUND' },
      { class: 'unreachable', effect: 'none', code: 'UNREACHABLE' },
    ],
    [
      'a bad certificate',
      { connected: false, errorCode: 'CERT_HAS_EXPIRED' },
      { class: 'unreachable', effect: 'none' },
    ],
    [
      'a reset before a connection stood',
      { connected: false, errorCode: 'ECONNRESET' },
      { class: 'unreachable', effect: 'none' },
    ],
    [
      'a reset',
      { errorCode: 'ECONNRESET' },
      { class: 'transient', effect: 'unknown', code: 'CONNECTION_LOST' },
    ],
    [
      'an early end',
      { errorCode: 'ERR_STREAM_PREMATURE_CLOSE' },
      { class: 'transient', effect: 'unknown', code: 'CONNECTION_LOST' },
    ],
    [
      'a time-out',
      { cause: 'timeout' },
      {
        class: 'transient',
        effect: 'unknown',
        code: 'TIMEOUT',
        message: 'h.example:1 did not answer in time',
      },
    ],
    [
      'a time-out before a connection stood',
      { cause: 'timeout', connected: false },
      { class: 'unreachable', effect: 'none', code: 'TIMEOUT' },
    ],
    ['an abort', { cause: 'abort' }, { class: 'aborted', effect: 'unknown' }],
    [
      'an abort before a connection stood',
      { cause: 'abort', connected: false },
      { class: 'aborted', effect: 'none' },
    ],
  ];
  it.each(cases)('reads %s', (_, parts, expected) => {
    expect(classifySilence({ ...base, ...parts })).toMatchObject({ httpStatus: undefined, ...expected });
  });
});

describe('invalidAnswer', () => {
  it('says what came instead, without secrets, and that the effect is not known', () => {
    expect(invalidAnswer(200, '<html><title>Sign in, tok-1</title></html>', ['tok-1'])).toEqual({
      class: 'transient',
      effect: 'unknown',
      httpStatus: 200,
      code: 'INVALID_ANSWER',
      reason: undefined,
      message: 'the answer (HTTP 200) is not what this method returns: Sign in, [redacted]',
      retryAfterMs: undefined,
    });
  });
});
