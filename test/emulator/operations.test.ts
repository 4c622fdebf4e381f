import { describe, expect, it } from 'vitest';

import type { FaultInput, WorldInput } from '../../src/emulator/world.ts';
import { ACCOUNT, anAddress, aRemoteCustomer, aWorld, emulate } from './harness.ts';
import type { TestEmulator } from './harness.ts';

const DOMAINS = ['a.example', 'b.example'];
const OPERATION = 'operations/op10000001';

function nameOf(domain: string): string {
  return `accounts/${ACCOUNT}/customers/${domain.replace('.', '-')}`;
}

function anOperationsWorld(parts: Partial<WorldInput> = {}): WorldInput {
  return aWorld({
    customers: DOMAINS.map((domain) => ({
      name: nameOf(domain),
      domain,
      orgDisplayName: domain,
      orgPostalAddress: anAddress(),
      primaryContactInfo: { firstName: 'Ann', lastName: 'Lee', email: `ann@${domain}` },
    })),
    ...parts,
  });
}

function emulateWith(...faults: readonly FaultInput[]): Promise<TestEmulator> {
  return emulate(anOperationsWorld({ faults: [...faults] }));
}

function provision(google: TestEmulator, domain = 'a.example', body: object = {}) {
  return google.call('POST', `/v1/${nameOf(domain)}:provisionCloudIdentity`, body);
}

function results(google: TestEmulator) {
  return google.emulator.operations().map(({ done, error, response }) => [done, error ?? response?.domain]);
}

describe('operations.get', () => {
  it('does not find what never was', async () => {
    const google = await emulate();
    for (const path of ['/v1/operations/none', '/v1/operations/', '/v1/operations/a/b']) {
      const answer = await google.call('GET', path);
      expect([answer.status, answer.body]).toMatchObject([404, { error: { status: 'NOT_FOUND' } }]);
    }
    expect(google.emulator.requests.map(({ method }) => method)).toEqual(Array(3).fill('operations.get'));
  });

  it('has 600 calls a minute of its own', async () => {
    const google = await emulate(aWorld({ quotas: { 'channel.operations': 1, 'channel.other': 0 } }));
    expect((await google.call('GET', '/v1/operations/none')).status).toBe(404);
    expect((await google.call('GET', '/v1/operations/none')).status).toBe(429);
    const usual = await emulate({ account: ACCOUNT });
    expect(usual.emulator.quotas()['channel.operations'].limit).toBe(600);
  });

  it('needs a bearer', async () => {
    const google = await emulate();
    expect((await google.call('GET', '/v1/operations/none', undefined, {})).status).toBe(401);
  });

  it('is struck by rules of its method, by the operation’s name and its customer’s domain', async () => {
    const google = await emulateWith(
      { method: 'operations.get', domain: 'b.example', status: 500 },
      { method: 'operations.get', name: OPERATION, status: 503 },
    );
    await provision(google, 'a.example');
    await provision(google, 'b.example');
    const statuses: number[] = [];
    for (const id of ['op10000001', 'op10000002', 'op10000001', 'op10000002']) {
      statuses.push((await google.call('GET', `/v1/operations/${id}`)).status);
    }
    expect(statuses).toEqual([503, 500, 200, 200]);
  });
});

describe('fail-operation', () => {
  it('answers an operation that ends in the error, and makes nothing', async () => {
    const google = await emulateWith({ do: 'fail-operation', code: 'ALREADY_EXISTS', message: 'taken' });
    const before = google.emulator.customers();
    expect((await provision(google)).body).not.toHaveProperty('done');
    google.clock.advance(1000);
    const { status, body } = await google.call('GET', `/v1/${OPERATION}`);
    expect([status, body]).toMatchObject([200, { done: true, error: { code: 6, message: 'taken' } }]);
    expect(body).not.toHaveProperty('response');
    expect([google.emulator.customers(), google.emulator.users()]).toEqual([before, []]);
    expect(google.emulator.requests[0]).toMatchObject({ status: 200, fault: 'fault-1', effect: true });
  });

  it.each<[FaultInput, object]>([
    [{}, { code: 13, message: 'Struck by a fault rule: INTERNAL.' }],
    [
      { code: 9, message: 'no' },
      { code: 9, message: 'no' },
    ],
    [
      { code: 'CONDITION_NOT_MET', message: 'no' },
      { code: 2, message: 'no' },
    ],
    [
      { message: 'no', details: [{ '@type': 'x' }] },
      { code: 13, message: 'no', details: [{ '@type': 'x' }] },
    ],
  ])('writes %j as a status with gRPC numbers', async (parts, error) => {
    const google = await emulateWith({ do: 'fail-operation', ...parts });
    await provision(google);
    google.clock.advance(1000);
    expect(results(google)).toEqual([[true, error]]);
  });

  it('takes as long as the rule says', async () => {
    const google = await emulateWith({ do: 'fail-operation', message: 'late', operationMs: 5000 });
    await provision(google);
    google.clock.advance(4999);
    expect(results(google)).toEqual([[false, undefined]]);
    google.clock.advance(1);
    expect(results(google)).toEqual([[true, { code: 13, message: 'late' }]]);
  });

  it('sees no call that starts no operation', async () => {
    const google = await emulateWith({ do: 'fail-operation', domain: 'b.example', message: 'no' });
    await google.call('GET', `/v1/${nameOf('b.example')}`);
    await provision(google, 'a.example');
    await provision(google, 'b.example', { validateOnly: true });
    await provision(google, 'b.example');
    google.clock.advance(1000);
    expect(google.emulator.requests.map(({ fault }) => fault)).toEqual([
      undefined,
      undefined,
      undefined,
      'fault-1',
    ]);
    expect(results(google)).toEqual([
      [true, 'a.example'],
      [true, 'b.example'],
      [true, { code: 13, message: 'no' }],
    ]);
  });
});

describe('stall-operation', () => {
  it('answers an operation that never ends', async () => {
    const google = await emulateWith({ do: 'stall-operation', nth: 2 });
    await provision(google, 'a.example');
    await provision(google, 'b.example');
    google.clock.advance(365 * 86_400_000);
    expect(results(google)).toEqual([
      [true, 'a.example'],
      [false, undefined],
    ]);
  });

  it('ends after as long as the rule says', async () => {
    const google = await emulateWith({ do: 'stall-operation', operationMs: 90_000 });
    await provision(google);
    google.clock.advance(89_999);
    expect(results(google)).toEqual([[false, undefined]]);
    google.clock.advance(1);
    expect(results(google)).toEqual([[true, 'a.example']]);
  });
});

describe('operations and the rules for answers', () => {
  it('run on when the answer to their call is lost', async () => {
    const google = await emulateWith({
      method: 'customers.provisionCloudIdentity',
      do: 'reset',
      afterEffect: true,
    });
    await expect(provision(google)).rejects.toThrow();
    google.clock.advance(1000);
    expect(results(google)).toEqual([[true, 'a.example']]);
    expect(google.emulator.requests).toMatchObject([{ effect: true }]);
  });

  it('never start when the call fails before its effect', async () => {
    const google = await emulateWith({ method: 'customers.provisionCloudIdentity', code: 'ALREADY_EXISTS' });
    expect((await provision(google)).status).toBe(409);
    expect([google.emulator.operations(), google.emulator.requests[0]?.effect]).toEqual([[], false]);
  });
});

describe('the operations of a world', () => {
  const customer = nameOf('a.example');

  it('go on from the start: done, to come, failed, without end', async () => {
    const google = await emulate(
      anOperationsWorld({
        operations: [
          { name: 'operations/done', customer },
          { name: 'operations/failed', customer: nameOf('b.example'), error: { code: 6, message: 'taken' } },
          { name: 'operations/later', customer: nameOf('b.example'), doneInMs: 2000 },
          { name: 'operations/never', customer, doneInMs: null },
        ],
      }),
    );
    expect(results(google)).toEqual([
      [true, 'a.example'],
      [true, { code: 6, message: 'taken' }],
      [false, undefined],
      [false, undefined],
    ]);
    google.clock.advance(2000);
    const answer = await google.call('GET', '/v1/operations/later');
    expect(answer.body).toMatchObject({ done: true, response: { cloudIdentityId: 'C01000001' } });
    expect(google.emulator.users().map(({ primaryEmail }) => primaryEmail)).toEqual([
      'ann@a.example',
      'ann@b.example',
    ]);
  });

  it('answer the customer as it is where it has its Cloud Identity', async () => {
    const linked = aRemoteCustomer({ domain: 'c.example' });
    const operations = [{ name: 'operations/done', customer: linked.name ?? '' }];
    const google = await emulate(aWorld({ customers: [linked], operations }));
    const [operation] = google.emulator.operations();
    expect(operation?.response).toEqual({
      '@type': 'type.googleapis.com/google.cloud.channel.v1.Customer',
      ...google.emulator.customers()[0],
    });
  });

  it('need no admin', async () => {
    const customers = ['c', 'd'].map((id) => ({
      name: `accounts/${ACCOUNT}/customers/${id}`,
      domain: `${id}.example`,
    }));
    const operations = customers.map(({ name }, index) => ({ name: `operations/${index}`, customer: name }));
    const google = await emulate(aWorld({ customers, operations }));
    expect(results(google)).toEqual([
      [true, 'c.example'],
      [true, 'd.example'],
    ]);
    expect(google.emulator.users()).toEqual([]);
  });

  it('stand in the way of a provisioning while they run', async () => {
    const operations = [{ name: 'operations/never', customer, doneInMs: null }];
    const google = await emulate(anOperationsWorld({ operations }));
    expect((await provision(google)).body).toMatchObject({ error: { status: 'ABORTED' } });
    expect((await provision(google, 'b.example')).body).toMatchObject({ name: 'operations/op10000002' });
  });

  it('begin again with a reset', async () => {
    const google = await emulate(anOperationsWorld());
    await provision(google);
    google.emulator.reset();
    expect([google.emulator.operations(), google.emulator.users()]).toEqual([[], []]);
  });
});

describe('GET /_emulator/operations and /_emulator/users', () => {
  it('tell what the emulator’s own functions tell', async () => {
    const google = await emulateWith({ do: 'fail-operation', domain: 'b.example' });
    await provision(google, 'a.example');
    await provision(google, 'b.example');
    google.clock.advance(1000);
    const operations = (await google.call('GET', '/_emulator/operations', undefined, {})).body;
    expect(operations).toEqual(JSON.parse(JSON.stringify(google.emulator.operations())));
    expect(operations).toMatchObject([
      { customer: nameOf('a.example'), validateOnly: false, done: true, response: { domain: 'a.example' } },
      { customer: nameOf('b.example'), validateOnly: false, done: true, error: { code: 13 } },
    ]);
    const users = (await google.call('GET', '/_emulator/users', undefined, {})).body;
    expect(users).toEqual(JSON.parse(JSON.stringify(google.emulator.users())));
    expect(users).toMatchObject([{ primaryEmail: 'ann@a.example' }]);
  });
});
