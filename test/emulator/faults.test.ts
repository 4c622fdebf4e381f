import { describe, expect, it } from 'vitest';

import type { LoggedRequest } from '../../src/emulator/request-log.ts';
import type { FaultInput } from '../../src/emulator/world.ts';
import { ACCOUNT, anIdentity, aRemoteCustomer, aWorld, cloudIdentityIdOf, emulate } from './harness.ts';
import type { TestEmulator } from './harness.ts';

const CUSTOMERS = `/v1/accounts/${ACCOUNT}/customers`;

function worldWith(...faults: readonly FaultInput[]) {
  return aWorld({
    identities: ['new.example', 'b.example'].map((domain) => anIdentity({ domain })),
    customers: ['a.example', 'c.example'].map((domain) => aRemoteCustomer({ domain })),
    faults: [...faults],
  });
}

function emulateWith(...faults: readonly FaultInput[]): Promise<TestEmulator> {
  return emulate(worldWith(...faults));
}

/** Statuses of as many calls in a row; 0 where no answer came. */
async function statuses(google: TestEmulator, calls: number, path = `${CUSTOMERS}/a-example`) {
  const seen: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    seen.push(
      await google.call('GET', path).then(
        ({ status }) => status,
        () => 0,
      ),
    );
  }
  return seen;
}

describe('which calls a fault rule strikes', () => {
  it('the first matching one, unless it says more', async () => {
    expect(await statuses(await emulateWith({ method: 'customers.get' }), 3)).toEqual([503, 200, 200]);
  });

  it('from the nth on, every so many, so often', async () => {
    const google = await emulateWith({ method: 'customers.get', nth: 2, every: 2, count: 2 });
    expect(await statuses(google, 7)).toEqual([200, 503, 200, 503, 200, 200, 200]);
  });

  it('without end where the count is null', async () => {
    expect(await statuses(await emulateWith({ count: null }), 4)).toEqual([503, 503, 503, 503]);
  });

  it('one rule a call, in their order: the rules behind it do not see the call', async () => {
    const google = await emulateWith({ id: 'first', status: 500, count: 2 }, { id: 'second', status: 502 });
    expect(await statuses(google, 4)).toEqual([500, 500, 502, 200]);
    expect(google.emulator.requests.map((request) => request.fault)).toEqual([
      'first',
      'first',
      'second',
      undefined,
    ]);
  });

  it('only those of its method', async () => {
    const google = await emulateWith({ method: 'customers.import', count: null });
    expect(await statuses(google, 2)).toEqual([200, 200]);
    expect((await google.call('POST', `${CUSTOMERS}:import`, {})).status).toBe(503);
  });

  it('only those about its resource or parent', async () => {
    const google = await emulateWith({ name: `accounts/${ACCOUNT}/customers/a-example`, count: null });
    expect(await statuses(google, 1, `${CUSTOMERS}/c-example`)).toEqual([200]);
    expect(await statuses(google, 1, `${CUSTOMERS}/a-example`)).toEqual([503]);
  });

  it.each<[string, string, unknown]>([
    ['POST', `${CUSTOMERS}:import`, { domain: 'B.example' }],
    ['POST', `${CUSTOMERS}:import`, { cloudIdentityId: cloudIdentityIdOf('b.example') }],
    ['POST', `/v1/accounts/${ACCOUNT}:checkCloudIdentityAccountsExist`, { domain: 'b.example' }],
    ['GET', `${CUSTOMERS}?filter=${encodeURIComponent('domain = "b.example"')}`, undefined],
  ])('those about its domain: %s %s', async (verb, path, body) => {
    const google = await emulateWith({ domain: 'b.example' });
    expect(await statuses(google, 1)).toEqual([200]);
    expect((await google.call(verb, path, body)).status).toBe(503);
  });

  it('those about its domain by the customer’s name', async () => {
    const google = await emulateWith({ domain: 'c.example' });
    expect(await statuses(google, 1)).toEqual([200]);
    expect(await statuses(google, 1, `${CUSTOMERS}/c-example`)).toEqual([503]);
  });

  it('those that contain its text in query or body', async () => {
    const google = await emulateWith({ contains: 'overwriteIfExists":true' });
    await google.call('POST', `${CUSTOMERS}:import`, { domain: 'b.example', overwriteIfExists: false });
    await google.call('POST', `${CUSTOMERS}:import`, { domain: 'b.example', overwriteIfExists: true });
    expect(google.emulator.requests.map(({ status }) => status)).toEqual([200, 503]);
  });
});

describe('what a fault rule answers', () => {
  const message = 'out of order';
  const html =
    '<!DOCTYPE html>\n<html lang=en><title>Error 502</title>\n<p><b>502.</b> out of order\n</html>\n';

  it.each<[FaultInput, number, unknown]>([
    [{ message }, 503, { error: { code: 503, message, status: 'UNAVAILABLE' } }],
    [{ status: 403, message }, 403, { error: { code: 403, message, status: 'PERMISSION_DENIED' } }],
    [{ status: 409, message }, 409, { error: { code: 409, message, status: 'ALREADY_EXISTS' } }],
    [{ code: 'ABORTED', message }, 409, { error: { code: 409, message, status: 'ABORTED' } }],
    [{ status: 500, message }, 500, { error: { code: 500, message, status: 'INTERNAL' } }],
    [
      { code: 'CONDITION_NOT_MET', message },
      400,
      { error: { code: 400, message, status: 'CONDITION_NOT_MET' } },
    ],
    [
      { status: 403, format: 'legacy', reason: 'rateLimitExceeded', message },
      403,
      { error: { code: 403, message, errors: [{ domain: 'global', reason: 'rateLimitExceeded', message }] } },
    ],
    [{ status: 429, format: 'text', message }, 429, 'out of order\n'],
    [{ status: 502, format: 'html', message }, 502, html],
    [{ status: 500, body: '{"error":' }, 500, '{"error":'],
    [{ status: 200, body: '' }, 200, ''],
    [
      {
        status: 429,
        message,
        reason: 'RATE_LIMIT_EXCEEDED',
        retryInfoSeconds: 1.5,
        details: [{ '@type': 'x' }],
      },
      429,
      {
        error: {
          code: 429,
          message,
          status: 'RESOURCE_EXHAUSTED',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
              reason: 'RATE_LIMIT_EXCEEDED',
              domain: 'googleapis.com',
              metadata: {},
            },
            { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' },
            { '@type': 'x' },
          ],
        },
      },
    ],
  ])('%j', async (fault, status, body) => {
    const google = await emulateWith(fault);
    const answer = await google.call('GET', `${CUSTOMERS}/a-example`);
    expect([answer.status, answer.body]).toEqual([status, body]);
  });

  it('names the time to wait in seconds or as a date', async () => {
    const google = await emulateWith(
      { retryAfterSeconds: 7 },
      { retryAfterSeconds: 90, retryAfterAs: 'date' },
    );
    const headers: (string | null)[] = [];
    for (let call = 0; call < 2; call += 1) {
      headers.push((await google.call('GET', CUSTOMERS)).headers.get('retry-after'));
    }
    expect(headers).toEqual(['7', 'Thu, 15 Jan 2026 12:01:30 GMT']);
  });

  it('repeats what it was sent where it is careless', async () => {
    const google = await emulateWith({ echo: true });
    const sent = { domain: 'b.example', authToken: 'planted-token' };
    const headers = { authorization: 'Bearer planted-bearer' };
    const answer = await google.call('POST', `${CUSTOMERS}:import`, sent, headers);
    const { message } = (answer.body as { error: { message: string } }).error;
    expect(message).toContain('"authToken":"planted-token"');
    expect(message).toContain('Bearer planted-bearer');
  });
});

/** Other calls are answered meanwhile: they carry the time until the import was struck. */
async function untilStruck(google: TestEmulator): Promise<LoggedRequest> {
  for (;;) {
    const struck = google.emulator.requests.find((request) => request.fault !== undefined);
    if (struck !== undefined) return struck;
    await google.call('GET', CUSTOMERS);
  }
}

describe('what happens to a call that is struck', () => {
  async function importStruckBy(fault: FaultInput) {
    const google = await emulateWith({ id: 'it', ...fault });
    const answer = await google.call('POST', `${CUSTOMERS}:import`, { domain: 'new.example' }).then(
      ({ status }) => status,
      () => 'no answer',
    );
    const { status, effect, fault: id } = google.emulator.requests[0] ?? {};
    const isThere = google.emulator.customers().some((customer) => customer.domain === 'new.example');
    return { answer, isThere, logged: [status, effect, id] };
  }

  it.each<[FaultInput, Awaited<ReturnType<typeof importStruckBy>>]>([
    [{}, { answer: 503, isThere: false, logged: [503, false, 'it'] }],
    [{ afterEffect: true }, { answer: 503, isThere: true, logged: [503, true, 'it'] }],
    [{ do: 'reset' }, { answer: 'no answer', isThere: false, logged: [undefined, false, 'it'] }],
    [
      { do: 'reset', afterEffect: true },
      { answer: 'no answer', isThere: true, logged: [undefined, true, 'it'] },
    ],
    [{ do: 'truncate' }, { answer: 'no answer', isThere: true, logged: [200, true, 'it'] }],
    [
      { do: 'delay', delayMs: 1 },
      { answer: 200, isThere: true, logged: [200, true, 'it'] },
    ],
  ])('%j', async (fault, expected) => {
    expect(await importStruckBy(fault)).toEqual(expected);
  });

  it.each([
    [true, ['a.example', 'c.example', 'new.example']],
    [false, ['a.example', 'c.example']],
  ])('in silence takes effect or not (%s), and never gets an answer', async (afterEffect, expected) => {
    const google = await emulateWith({ method: 'customers.import', do: 'silence', afterEffect });
    const ending = google.call('POST', `${CUSTOMERS}:import`, { domain: 'new.example' }).then(
      () => 'answer',
      () => 'no answer',
    );
    const struck = await untilStruck(google);
    expect(google.emulator.customers().map((customer) => customer.domain)).toEqual(expected);
    expect(struck).toMatchObject({ status: undefined, effect: afterEffect });
    await google.emulator.close();
    expect(await ending).toBe('no answer');
  });

  it('takes effect at the end of a delay, or before it', async () => {
    for (const [afterEffect, count] of [
      [false, 2],
      [true, 3],
    ] as const) {
      const google = await emulateWith({
        method: 'customers.import',
        do: 'delay',
        delayMs: 3_600_000,
        afterEffect,
      });
      const ending = google
        .call('POST', `${CUSTOMERS}:import`, { domain: 'new.example' })
        .catch(() => 'gone');
      await untilStruck(google);
      expect(google.emulator.customers()).toHaveLength(count);
      await google.emulator.close();
      expect(await ending).toBe('gone');
    }
  });
});

describe('addFault and clearFaults', () => {
  it('work while the emulator runs, in this process and over HTTP', async () => {
    const google = await emulate(worldWith());
    expect(google.emulator.addFault({ method: 'customers.get', count: null })).toBe('fault-1');
    const posted = await google.call(
      'POST',
      '/_emulator/faults',
      { id: 'mine', method: 'customers.list' },
      {},
    );
    expect(posted.body).toEqual({ id: 'mine' });
    const listed = (await google.call('GET', '/_emulator/faults', undefined, {})).body;
    expect(listed).toMatchObject([{ id: 'fault-1' }, { id: 'mine' }]);
    expect([await statuses(google, 1), await statuses(google, 2, CUSTOMERS)]).toEqual([[503], [503, 200]]);
    expect((await google.call('DELETE', '/_emulator/faults', undefined, {})).status).toBe(200);
    expect([await statuses(google, 1), google.emulator.faults()]).toEqual([[200], []]);
  });

  it('name what is wrong with a rule', async () => {
    const google = await emulate();
    expect(() => google.emulator.addFault({ metod: 'token' })).toThrow('metod: unknown key');
    const posted = await google.call('POST', '/_emulator/faults', { nth: 0, do: 'explode' }, {});
    expect(posted.status).toBe(400);
    expect(posted.body).toMatchObject({ problems: [{ path: 'nth' }, { path: 'do' }] });
  });
});
