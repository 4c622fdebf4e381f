import { describe, expect, it } from 'vitest';
import { doubtCause, judge, type Refused } from '../../src/apply/verdict.ts';
import type { ApiFailure } from '../../src/model/api-failure.ts';

function aFailure(rest: Partial<ApiFailure> = {}): ApiFailure {
  return {
    class: 'refused',
    effect: 'none',
    httpStatus: 400,
    code: 'INVALID_ARGUMENT',
    reason: undefined,
    message: 'Google says no',
    retryAfterMs: undefined,
    ...rest,
  };
}

function judged(rest: Partial<Refused> = {}): ReturnType<typeof judge> {
  return judge({
    step: 'import',
    failure: aFailure(),
    tokenSent: false,
    identityColumn: 'domain',
    overwrite: 'never',
    ...rest,
  });
}

type Line = readonly [
  step: Refused['step'],
  code: string,
  tokenSent: boolean,
  outcome: string,
  column: string | undefined,
  message: string,
  hint: RegExp,
];

const REFUSALS: readonly Line[] = [
  [
    'import',
    'PERMISSION_DENIED',
    false,
    'blocked',
    'domain',
    'Google says no',
    /^The customer has not let you in/,
  ],
  [
    'import',
    'PERMISSION_DENIED',
    true,
    'blocked',
    'auth_token',
    'Google says no',
    /^The token may be for another/,
  ],
  ['import', 'INVALID_ARGUMENT', false, 'failed', 'domain', 'Google says no', /^Check the cells of this row/],
  [
    'import',
    'INVALID_ARGUMENT',
    true,
    'blocked',
    'auth_token',
    'token or row refused: Google says no',
    /^Check the row; if it is right/,
  ],
  [
    'import',
    'ALREADY_EXISTS',
    false,
    'blocked',
    'domain',
    'Google says no',
    /another domain or region is linked/,
  ],
  [
    'import',
    'ALREADY_EXISTS',
    true,
    'blocked',
    'domain',
    'Google says no',
    /another domain or region is linked/,
  ],
  [
    'import',
    'NOT_FOUND',
    false,
    'failed',
    'domain',
    'Google says no',
    /^Google knows no such Cloud Identity/,
  ],
  ['import', 'NOT_FOUND', true, 'failed', 'domain', 'Google says no', /^Google knows no such Cloud Identity/],
  ['import', 'FAILED_PRECONDITION', false, 'failed', undefined, 'Google says no', /^Read what Google says/],
  ['import', 'FAILED_PRECONDITION', true, 'failed', undefined, 'Google says no', /^Read what Google says/],
  [
    'patch',
    'PERMISSION_DENIED',
    false,
    'blocked',
    undefined,
    'Google says no',
    /^Your account may not change/,
  ],
  [
    'patch',
    'ALREADY_EXISTS',
    false,
    'blocked',
    undefined,
    'Google says no',
    /^Another customer has one of these/,
  ],
  [
    'patch',
    'INVALID_ARGUMENT',
    false,
    'failed',
    undefined,
    'Google says no',
    /^Correct the cell that Google names/,
  ],
  ['patch', 'NOT_FOUND', false, 'failed', undefined, 'Google says no', /^The customer was deleted/],
  ['patch', 'FAILED_PRECONDITION', false, 'failed', undefined, 'Google says no', /^Read what Google says/],
];

describe('judge', () => {
  it.each(REFUSALS)(
    'makes of %s and %s (token sent: %s) a row that is %s',
    (step, code, tokenSent, outcome, column, message, hint) => {
      const failure = aFailure({ code, reason: 'WHY' });

      expect(judged({ step, tokenSent, failure })).toEqual({
        outcome,
        cause: { code, reason: 'WHY', column, message, hint: expect.stringMatching(hint) as unknown },
      });
    },
  );

  it.each([
    ['never', 'set overwrite to always'],
    ['safe', 'set overwrite to always'],
    [undefined, 'set overwrite to always'],
    ['always', 'name it in the customer column'],
  ] as const)(
    'gives a row that exists already under overwrite %s a way that is left to it',
    (overwrite, way) => {
      const failure = aFailure({ code: 'ALREADY_EXISTS' });
      const { hint } = judged({ failure, ...(overwrite === undefined ? {} : { overwrite }) }).cause;

      expect(hint).toContain(way);
      expect(hint.includes('overwrite to always')).toBe(overwrite !== 'always');
    },
  );

  it('asks for a new token wherever one may help', () => {
    const hints = [true, false].flatMap((tokenSent) =>
      ['PERMISSION_DENIED', 'INVALID_ARGUMENT'].map(
        (code) => judged({ tokenSent, failure: aFailure({ code }) }).cause.hint,
      ),
    );

    expect(hints.filter((hint) => !hint.includes('new token'))).toEqual([]);
  });

  it.each(['import', 'patch'] as const)(
    'says of an %s given up for outages that nothing was changed',
    (step) => {
      const failure = aFailure({ class: 'transient', code: 'UNAVAILABLE', httpStatus: 503 });

      expect(judged({ step, failure })).toEqual({
        outcome: 'failed',
        cause: {
          code: 'UNAVAILABLE',
          reason: undefined,
          column: undefined,
          message: 'Google says no',
          hint: 'Nothing was changed at Google; apply the book again.',
        },
      });
    },
  );
});

describe('doubtCause', () => {
  it('keeps what the network or Google said', () => {
    const failure = aFailure({
      class: 'transient',
      effect: 'unknown',
      code: 'TIMEOUT',
      message: 'no answer',
    });

    expect(doubtCause(failure)).toMatchObject({
      code: 'TIMEOUT',
      message: 'it is not known whether the write took effect: no answer',
    });
  });
});
