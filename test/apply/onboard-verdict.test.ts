import { describe, expect, it } from 'vitest';
import { judgeOnboarding } from '../../src/apply/onboard-verdict.ts';
import type { ApiFailure } from '../../src/model/api-failure.ts';
import type { OnboardKind } from '../../src/model/plan.ts';

function failure(code: string, message: string): ApiFailure {
  return {
    class: 'refused',
    effect: 'none',
    httpStatus: 400,
    code,
    reason: 'invalid',
    message,
    retryAfterMs: undefined,
  };
}

const table: readonly (readonly [
  OnboardKind,
  code: string,
  message: string,
  expected: readonly [outcome: string, column: string | undefined],
])[] = [
  [
    'insert',
    'INVALID_ARGUMENT',
    'resource.alternateEmail - Email address contains invalid domain name',
    ['failed', 'alternate_email'],
  ],
  ['insert', 'INVALID_ARGUMENT', 'resource.postalAddress.postalCode - bad', ['failed', 'postal_code']],
  ['insert', 'INVALID_ARGUMENT', 'countryCode is not eligible', ['failed', 'region_code']],
  ['insert', 'INVALID_ARGUMENT', 'no', ['failed', undefined]],
  ['insert', 'PERMISSION_DENIED', 'Forbidden', ['blocked', undefined]],
  ['insert', 'FAILED_PRECONDITION', 'terms not accepted', ['failed', undefined]],
  ['language', 'PERMISSION_DENIED', 'Forbidden', ['blocked', undefined]],
  ['language', 'INVALID_ARGUMENT', 'no', ['failed', 'language_code']],
  ['user', 'PERMISSION_DENIED', 'Not Authorized to access this resource/api', ['blocked', 'admin_email']],
  ['user', 'INVALID_ARGUMENT', 'Invalid Input: primary_user_email', ['failed', 'admin_email']],
  ['user', 'INVALID_ARGUMENT', 'Invalid Given/Family Name: FamilyName', ['failed', 'admin_family_name']],
  ['user', 'ALREADY_EXISTS', 'Entity already exists.', ['blocked', 'admin_email']],
  ['user', 'NOT_FOUND', 'Domain not found.', ['failed', 'admin_email']],
  ['admin', 'NOT_FOUND', 'Resource Not Found: userKey', ['failed', 'admin_email']],
  ['admin', 'FAILED_PRECONDITION', 'User creation is not complete.', ['failed', undefined]],
  ['admin', 'PERMISSION_DENIED', 'Not Authorized', ['blocked', undefined]],
  ['admin', 'INTERNAL', 'no', ['failed', undefined]],
];

describe('judgeOnboarding', () => {
  it.each(table)('makes of a refused %s with %s (%s) %j', (kind, code, message, expected) => {
    const { outcome, cause } = judgeOnboarding(kind, failure(code, message));

    expect([outcome, cause.column]).toEqual(expected);
    expect([cause.code, cause.message, cause.hint === '']).toEqual([code, message, false]);
  });
});
