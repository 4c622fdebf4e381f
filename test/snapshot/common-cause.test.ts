import { describe, expect, it } from 'vitest';
import type { Cause, RowEnding } from '../../src/model/row-ending.ts';
import { createCommonCause, noteEnding, ownWords } from '../../src/snapshot/common-cause.ts';
import { aCustomer } from '../builders.ts';

const DENIED: Cause = {
  code: 'PERMISSION_DENIED',
  reason: 'forbidden',
  message: 'Not Authorized to access this resource/api',
  hint: '',
};

function blocked(rest: Partial<Cause> = {}): Pick<RowEnding, 'outcome' | 'causes'> {
  return { outcome: 'blocked', causes: [{ ...DENIED, ...rest }] };
}

/** One row after another; by name where another family's is meant. */
type End = Pick<RowEnding, 'outcome' | 'causes'> & { readonly family?: string };

/** After which of the rows the run is told to stop, counted from 1; undefined where it is not. */
function stopsAfter(ends: readonly End[], rows = 3): number | undefined {
  const common = createCommonCause(rows);
  const own = ownWords(aCustomer({ domain: 'acme.example', admin_email: 'ada@acme.example' }));
  const faults = ends.map((end) => noteEnding(common, end.family ?? 'channel', end, own));
  const at = faults.findIndex((fault) => fault !== undefined);
  return at < 0 ? undefined : at + 1;
}

const DONE: End = { outcome: 'done', causes: [] };

describe('createCommonCause', () => {
  it.each<[string, readonly End[], number | undefined]>([
    ['so many first rows fail alike', [blocked(), blocked(), blocked()], 3],
    ['there are fewer rows', [blocked(), blocked()], undefined],
    ['one row went well before', [DONE, blocked(), blocked(), blocked()], undefined],
    [
      'one row went well between them',
      [blocked(), blocked(), DONE, blocked(), blocked(), blocked()],
      undefined,
    ],
    [
      'one row is as it should be',
      [{ outcome: 'unchanged', causes: [] }, blocked(), blocked(), blocked()],
      undefined,
    ],
    [
      'one row failed for another reason of Google',
      [blocked({ reason: 'other' }), blocked(), blocked(), blocked()],
      undefined,
    ],
    [
      'one row was refused in other words',
      [blocked(), blocked({ message: 'Forbidden' }), blocked(), blocked()],
      undefined,
    ],
    [
      'one row failed by its own fault',
      [blocked({ code: 'NOT_FOUND' }), blocked(), blocked(), blocked()],
      undefined,
    ],
    [
      'rows in doubt and rows not reached lie between them',
      [
        blocked(),
        { outcome: 'ambiguous', causes: [{ ...DENIED, code: 'TIMEOUT' }] },
        blocked(),
        { outcome: 'unprocessed', causes: [{ ...DENIED, code: 'ABORTED_BY_RUN' }] },
        blocked(),
      ],
      5,
    ],
    [
      'another family of rows fails in its own way',
      [blocked(), { ...blocked({ code: 'NOT_FOUND' }), family: 'onboard' }, blocked(), blocked()],
      4,
    ],
    [
      'a row of another family went well',
      [blocked(), { ...DONE, family: 'onboard' }, blocked(), blocked()],
      undefined,
    ],
  ])('%s', (_, ends, expected) => {
    expect(stopsAfter(ends)).toBe(expected);
  });

  it.each<[string, Partial<Cause>]>([
    ['what the row says is wrong', { code: 'INVALID_ARGUMENT' }],
    ['there is no such customer', { code: 'NOT_FOUND' }],
    ['there is one already', { code: 'ALREADY_EXISTS' }],
    ['the customer is in no state for it', { code: 'FAILED_PRECONDITION' }],
    ['a policy of ours says no', { code: 'policy.same_customer' }],
    ['the customer has shut resellers out', { reason: 'domainCannotUseApis' }],
    ['the message names the domain', { message: 'No right to manage ACME.example' }],
    ['the message names the admin', { message: 'ada@acme.example is not allowed' }],
  ])("leaves rows to themselves where %s: that is each row's own", (_, cause) => {
    expect(stopsAfter(Array.from({ length: 30 }, () => blocked(cause)))).toBeUndefined();
  });

  it.each<[string, Partial<Cause>, number]>([
    ['the caller is refused', {}, 77],
    ['the credentials are refused', { code: 'UNAUTHENTICATED', reason: undefined }, 77],
    ['Google fails inside', { code: 'INTERNAL', reason: undefined }, 5],
    ['Google is out of order', { code: 'UNAVAILABLE', reason: undefined }, 5],
    ['the method is not there', { code: 'UNIMPLEMENTED', reason: undefined }, 5],
  ])('names the exit code where %s', (_, cause, exitCode) => {
    const common = createCommonCause(1);

    expect(common.failed('channel', { ...DENIED, ...cause }, [])?.exitCode).toBe(exitCode);
  });

  it('takes faults on the side of Google for one, whatever number each message carries', () => {
    const ends = [1, 2, 3].map((id) => blocked({ code: 'INTERNAL', message: `Internal error, id ${id}` }));

    expect(stopsAfter(ends)).toBe(3);
  });

  it('says how many rows, what Google said and what to do next', () => {
    const common = createCommonCause(2);
    const [first, second, third] = [1, 2, 3].map(() => common.failed('channel', DENIED, []));

    expect([first, third]).toEqual([undefined, undefined]);
    expect([second?.code, second?.message, second?.next]).toEqual([
      'run.common_cause',
      'the first 2 rows failed alike, which looks like no fault of theirs: PERMISSION_DENIED: forbidden: Not Authorized to access this resource/api',
      "Check the account, that its API is enabled, and the scopes and roles of --subject, then type the same command again. If it is the rows' fault all the same, raise commonCauseRows in the config file.",
    ]);
  });
});
