import { once } from 'node:events';
import { Agent, request } from 'node:http';

import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../src/emulator/server.ts';
import { ACCOUNT, anIdentity, aRemoteCustomer, aWorld, emulate } from './harness.ts';

const CUSTOMERS = `/v1/accounts/${ACCOUNT}/customers`;

describe('startEmulator', () => {
  it('serves an empty account where no world is given', async () => {
    const emulator = await startEmulator();
    expect([emulator.world.account, emulator.customers(), emulator.requests]).toEqual(['C012345', [], []]);
    expect(emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await emulator.close();
  });

  it('refuses a world that is none, and an address that is not loopback', async () => {
    await expect(startEmulator({ world: { acount: 'C1' } })).rejects.toThrow('acount: unknown key');
    await expect(startEmulator({ host: '0.0.0.0' })).rejects.toThrow('loopback');
  });

  it.each(['/google', 'google/', '/a/google'])('serves everything below the prefix %s', async (prefix) => {
    const google = await emulate(aWorld(), { prefix });
    expect(google.emulator.url).toMatch(/[^/]\/(a\/)?google$/);
    expect((await google.call('GET', CUSTOMERS)).status).toBe(200);
    expect((await google.call('GET', '/_emulator/requests')).body).toMatchObject([{ path: CUSTOMERS }]);
    const bare = google.emulator.url.replace(/(\/a)?\/google$/, '');
    expect((await fetch(bare + CUSTOMERS)).status).toBe(404);
  });

  it('accepts an account with or without accounts/', async () => {
    const google = await emulate(aWorld({ account: `accounts/${ACCOUNT}` }));
    expect((await google.call('GET', CUSTOMERS)).status).toBe(200);
  });

  it('tells of each call as it arrives, and once more when it has had its answer or its fault', async () => {
    const heard: unknown[] = [];
    const google = await emulate(aWorld({ faults: [{ method: 'customers.list', do: 'reset' }] }), {
      onCall: ({ number, status }, moment) => heard.push([number, moment, status]),
    });
    await expect(google.call('GET', CUSTOMERS)).rejects.toThrow();
    await google.call('GET', CUSTOMERS);
    expect(heard).toEqual([
      [1, 'arrived', undefined],
      [1, 'ended', undefined],
      [2, 'arrived', undefined],
      [2, 'ended', 200],
    ]);
  });

  it('closes at once while keep-alive connections are open', async () => {
    const google = await emulate();
    const agent = new Agent({ keepAlive: true });
    const sent = request(google.emulator.url + CUSTOMERS, { agent }).end();
    const [answer] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    await once(answer.resume(), 'end');
    const ended = once(sent.socket as never, 'close');
    await google.emulator.close();
    await ended;
    agent.destroy();
    await expect(google.call('GET', CUSTOMERS)).rejects.toThrow();
  });
});

describe('paths', () => {
  it.each([
    ['GET', '/v1/accounts'],
    ['GET', `/v1/products`],
    ['PUT', CUSTOMERS],
    ['GET', `${CUSTOMERS}/a:listPurchasableSkus`],
    ['POST', `/v1/accounts/${ACCOUNT}/channelPartnerLinks/C0p/customers/a:provisionCloudIdentity`],
    ['POST', `/v1/accounts/${ACCOUNT}:unknown`],
  ])('below an API get a JSON 404 where nothing is served: %s %s', async (verb, path) => {
    const google = await emulate();
    const answer = await google.call(verb, path);
    expect([answer.status, answer.body]).toEqual([
      404,
      { error: { code: 404, message: 'Method not found.', status: 'NOT_FOUND' } },
    ]);
    expect(google.emulator.requests).toMatchObject([{ method: 'unknown', status: 404, bucket: undefined }]);
  });

  it.each(['/', '/v2/accounts', '/favicon.ico', '/token'])('that no API has get a page: %s', async (path) => {
    const answer = await (await emulate()).call('GET', path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8']);
  });

  it('are read with their escapes', async () => {
    const google = await emulate(aWorld({ customers: [aRemoteCustomer({ domain: 'a.example' })] }));
    expect((await google.call('GET', `${CUSTOMERS}/a%2Dexample`)).status).toBe(200);
  });

  it('may be long', async () => {
    const google = await emulate();
    expect((await google.call('GET', `${CUSTOMERS}/${'x'.repeat(900)}`)).body).toMatchObject({
      error: { status: 'NOT_FOUND', message: expect.stringContaining('was not found') as string },
    });
  });
});

describe('bodies', () => {
  it('of more than 4 MiB are refused and logged', async () => {
    const google = await emulate();
    const answer = await google.call('POST', `${CUSTOMERS}:import`, { domain: 'x'.repeat(5 * 1024 * 1024) });
    expect(answer.status).toBe(413);
    expect(google.emulator.requests).toMatchObject([
      { method: 'customers.import', status: 413, effect: false },
    ]);
  });

  it('may be empty, with or without a content type', async () => {
    const google = await emulate();
    const headers = { authorization: 'Bearer test', 'content-type': 'application/json' };
    for (const body of ['', undefined]) {
      const answer = await google.call('POST', `${CUSTOMERS}:import`, body, headers);
      expect(answer.body).toMatchObject({ error: { status: 'INVALID_ARGUMENT' } });
    }
  });
});

describe('quota', () => {
  const world = aWorld({ quotas: { 'channel.list': 1, 'channel.other': 2 } });

  it('turns calls away by bucket, with the time to wait, and lets them in again later', async () => {
    const google = await emulate(world);
    expect((await google.call('GET', CUSTOMERS)).status).toBe(200);
    google.clock.advance(20_000);
    const over = await google.call('GET', CUSTOMERS);
    expect([over.status, over.headers.get('retry-after'), over.body]).toEqual([
      429,
      null,
      {
        error: {
          code: 429,
          message: expect.stringContaining('Quota exceeded') as string,
          status: 'RESOURCE_EXHAUSTED',
          details: [
            expect.objectContaining({ reason: 'RATE_LIMIT_EXCEEDED' }),
            expect.objectContaining({ '@type': 'type.googleapis.com/google.rpc.QuotaFailure' }),
            { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '40s' },
          ],
        },
      },
    ]);
    expect((await google.call('GET', `${CUSTOMERS}/x`)).status).toBe(404);
    google.clock.advance(40_000);
    expect((await google.call('GET', CUSTOMERS)).status).toBe(200);
    expect(google.emulator.quotas()['channel.list']).toEqual({ limit: 1, arrivals: 3, refused: 1, peak: 2 });
  });

  it('is used up by calls that are invalid or carry no token', async () => {
    const google = await emulate(world);
    const results = [
      await google.call('GET', `${CUSTOMERS}/x`, undefined, {}),
      await google.call('POST', `${CUSTOMERS}:import`, '{'),
      await google.call('POST', `${CUSTOMERS}:import`, {}),
    ];
    expect(results.map(({ status }) => status)).toEqual([401, 400, 429]);
  });

  it.each([
    ['legacy', 403, { error: { errors: [{ domain: 'usageLimits', reason: 'rateLimitExceeded' }] } }],
    ['text', 429, expect.stringContaining('Quota exceeded') as unknown],
  ] as const)('is answered as the world says: %s', async (overQuota, status, body) => {
    const google = await emulate(
      aWorld({ ...world, switches: { overQuota, overQuotaRetryAfter: 'seconds' } }),
    );
    await google.call('GET', CUSTOMERS);
    google.clock.advance(10_500);
    const answer = await google.call('GET', CUSTOMERS);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, '50']);
    expect({ body: answer.body }).toMatchObject({ body });
  });

  it('names the time to wait as a date where the world says so, without RetryInfo', async () => {
    const switches = { overQuotaRetryAfter: 'date', overQuotaRetryInfo: false } as const;
    const google = await emulate(aWorld({ ...world, switches }));
    await google.call('GET', CUSTOMERS);
    const answer = await google.call('GET', CUSTOMERS);
    expect(answer.headers.get('retry-after')).toBe('Thu, 15 Jan 2026 12:01:00 GMT');
    expect(JSON.stringify(answer.body)).not.toContain('RetryInfo');
  });
});

describe('the request log', () => {
  it('holds every call in order of arrival with what it did, inside the process and over HTTP', async () => {
    const google = await emulate(aWorld({ identities: [anIdentity({ domain: 'a.example' })] }));
    await google.call('GET', `${CUSTOMERS}?page_size=5`);
    google.clock.advance(1000);
    await google.call('POST', `${CUSTOMERS}:import`, { domain: 'a.example', authToken: undefined });
    await google.call('GET', '/nowhere', undefined, {});
    const arrivedAt = Date.UTC(2026, 0, 15, 12);
    const { host } = new URL(google.emulator.url);
    expect(google.emulator.requests).toEqual([
      {
        number: 1,
        arrivedAt,
        method: 'customers.list',
        verb: 'GET',
        host,
        path: CUSTOMERS,
        query: { pageSize: '5' },
        body: undefined,
        bearer: true,
        status: 200,
        bucket: 'channel.list',
        effect: false,
        fault: undefined,
      },
      {
        number: 2,
        arrivedAt: arrivedAt + 1000,
        method: 'customers.import',
        verb: 'POST',
        host,
        path: `${CUSTOMERS}:import`,
        query: {},
        body: { domain: 'a.example' },
        bearer: true,
        status: 200,
        bucket: 'channel.other',
        effect: true,
        fault: undefined,
      },
      {
        number: 3,
        arrivedAt: arrivedAt + 1000,
        method: 'unknown',
        verb: 'GET',
        host,
        path: '/nowhere',
        query: {},
        body: undefined,
        bearer: false,
        status: 404,
        bucket: undefined,
        effect: false,
        fault: undefined,
      },
    ]);
    const overHttp = (await google.call('GET', '/_emulator/requests', undefined, {})).body;
    expect(overHttp).toEqual(JSON.parse(JSON.stringify(google.emulator.requests)));
  });
});

describe('reset', () => {
  it('starts afresh with the first world, or with another', async () => {
    const google = await emulate(aWorld({ identities: [anIdentity({ domain: 'a.example' })] }));
    const { requests } = google.emulator;
    await google.call('POST', `${CUSTOMERS}:import`, { domain: 'a.example' });
    expect((await google.call('POST', '/_emulator/reset', undefined, {})).status).toBe(200);
    expect([
      google.emulator.customers(),
      requests,
      google.emulator.quotas()['channel.other'].arrivals,
    ]).toEqual([[], [], 0]);
    const other = aWorld({ customers: [aRemoteCustomer({ domain: 'b.example' })] });
    await google.call('POST', '/_emulator/reset', other, {});
    expect((await google.call('GET', '/_emulator/customers', undefined, {})).body).toMatchObject([
      { domain: 'b.example' },
    ]);
    const refused = await google.call('POST', '/_emulator/reset', { account: '' }, {});
    expect([refused.status, refused.body]).toMatchObject([400, { problems: [{ path: 'account' }] }]);
  });
});
