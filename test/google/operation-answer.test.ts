import { describe, expect, it } from 'vitest';
import { readOperation, readVerdict } from '../../src/google/operation-answer.ts';

const NAME = 'operations/abc-1';
const METADATA = {
  '@type': 'type.googleapis.com/google.cloud.channel.v1.OperationMetadata',
  operationType: 'PROVISION_CLOUD_IDENTITY',
};

function failed(error: unknown, secrets: readonly string[] = []) {
  return readOperation({ name: NAME, metadata: METADATA, done: true, error }, secrets);
}

describe('readOperation', () => {
  it.each([{}, { done: false }, { done: null, error: null }])('reads one that runs: %j', (rest) => {
    expect(readOperation({ name: NAME, metadata: METADATA, ...rest }, [])).toStrictEqual({
      state: 'running',
      name: NAME,
    });
  });

  it('reads the customer of one that is done', () => {
    const response = {
      '@type': 'type.googleapis.com/google.cloud.channel.v1.Customer',
      name: 'accounts/C1/customers/S1',
      cloudIdentityId: 'C0a',
      cloudIdentityInfo: { customerType: 'DOMAIN', adminConsoleUri: 'admin.example/x' },
    };
    expect(readOperation({ name: NAME, metadata: METADATA, done: true, response }, [])).toStrictEqual({
      state: 'done',
      name: NAME,
      customer: {
        name: 'accounts/C1/customers/S1',
        cloudIdentityId: 'C0a',
        customerType: 'DOMAIN',
        adminConsoleUri: 'admin.example/x',
      },
    });
  });

  it.each([
    {},
    { response: {} },
    { response: null },
    { response: 'S1' },
    { response: { '@type': 'type.googleapis.com/google.protobuf.Empty' } },
  ])('knows no customer of one that is done without: %j', (rest) => {
    expect(readOperation({ name: NAME, done: true, ...rest }, [])).toStrictEqual({
      state: 'done',
      name: NAME,
      customer: undefined,
    });
  });

  it.each([
    [1, 'CANCELLED'],
    [2, 'UNKNOWN'],
    [3, 'INVALID_ARGUMENT'],
    [4, 'DEADLINE_EXCEEDED'],
    [5, 'NOT_FOUND'],
    [6, 'ALREADY_EXISTS'],
    [7, 'PERMISSION_DENIED'],
    [8, 'RESOURCE_EXHAUSTED'],
    [9, 'FAILED_PRECONDITION'],
    [10, 'ABORTED'],
    [11, 'OUT_OF_RANGE'],
    [12, 'UNIMPLEMENTED'],
    [13, 'INTERNAL'],
    [14, 'UNAVAILABLE'],
    [15, 'DATA_LOSS'],
    [16, 'UNAUTHENTICATED'],
    [0, 'UNKNOWN'],
    [17, 'UNKNOWN'],
    [-1, 'UNKNOWN'],
    [undefined, 'UNKNOWN'],
    ['6', 'UNKNOWN'],
  ])('names the number %j of one that failed', (number, code) => {
    expect(failed({ code: number, message: 'no' })).toStrictEqual({
      state: 'failed',
      name: NAME,
      error: { code, message: 'no' },
    });
  });

  it('tells a failure in one line, with the fields at fault and without secrets', () => {
    const details = [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field: 'user.email', description: 'is taken' }],
      },
    ];
    expect(
      failed({ code: 3, message: 'bad\n request of Row-Secret', details }, ['row-secret']),
    ).toMatchObject({
      error: { code: 'INVALID_ARGUMENT', message: 'bad request of [redacted]; user.email: is taken' },
    });
  });

  it.each([{}, { code: 13 }, { code: 13, message: '' }, { code: 13, message: 7 }])(
    'says so where a failure has no message: %j',
    (error) => {
      expect(failed(error)).toMatchObject({ error: { message: 'the operation failed without a message' } });
    },
  );

  it.each([
    ['without a name', { done: true }],
    ['with an empty name', { name: '', done: true }],
    ['with a name that cannot be asked for', { name: 'operations/..' }],
    ['with the name of something else', { name: 'accounts/C1/customers/S1' }],
    ['with a number for a name', { name: 1 }],
    ['with an error before it is done', { name: NAME, error: { code: 6 } }],
    ['with a word for done', { name: NAME, done: 'true' }],
    ['with a word for an error', { name: NAME, done: true, error: 'no' }],
    ['that is nothing', null],
    ['that is a list', [{ name: NAME }]],
    ['that is a word', NAME],
  ])('is no operation: one %s', (_, json) => {
    expect(readOperation(json, [])).toBeUndefined();
  });
});

describe('readVerdict', () => {
  it.each([{}, { name: NAME }, { done: true, response: {} }, { error: null }])('reads a yes: %j', (json) => {
    expect(readVerdict(json, [])).toStrictEqual({ kind: 'accepted' });
  });

  it.each([{ name: NAME }, {}])('reads a no, with a name or without: %j', (rest) => {
    const json = { ...rest, done: true, error: { code: 6, message: 'in use by row-secret' } };
    expect(readVerdict(json, ['row-secret'])).toStrictEqual({
      kind: 'refused',
      error: { code: 'ALREADY_EXISTS', message: 'in use by [redacted]' },
    });
  });
});
