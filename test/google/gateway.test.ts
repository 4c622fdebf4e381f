import { describe, expect, it } from 'vitest';
import { openReadGateway } from '../../src/google/gateway.ts';
import { DEFAULT_QUOTAS } from '../../src/model/bucket.ts';
import { FatalError } from '../../src/model/fatal.ts';
import { aGateway, aSetting, createEagerClock, type OpenedGateway } from './a-gateway.ts';
import { inTurn, startServer, type Arrived, type Reply } from './loopback-server.ts';

const CUSTOMER = { name: 'accounts/C1/customers/S1' };
const OK: Reply = { body: CUSTOMER };
const IMPORT = { domain: 'acme.example', authToken: 'TRANSFER-TOKEN-1', overwriteIfExists: false };

function rpcError(
  code: number,
  status: string,
  message = 'no',
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status: code, headers, body: { error: { code, status, message } } };
}

const UNAVAILABLE = rpcError(503, 'UNAVAILABLE');

async function opened(answer: (request: Arrived, nth: number) => Reply, settings = {}) {
  const server = await startServer(answer);
  return { server, gateway: await aGateway({ apiUrl: server.url, ...settings }) };
}

function get(gateway: OpenedGateway) {
  return gateway.reader.getCustomer(CUSTOMER.name, {});
}

describe('openGateway', () => {
  it('uses one connection for calls that follow each other', async () => {
    const { server, gateway } = await opened(() => OK);
    for (let call = 0; call < 5; call += 1) expect(await get(gateway)).toMatchObject({ kind: 'ok' });
    expect({ requests: server.arrived.length, connections: server.connections() }).toEqual({
      requests: 5,
      connections: 1,
    });
  });

  it('tries a passing failure again, and says what it cost', async () => {
    const { server, gateway } = await opened(inTurn(UNAVAILABLE, UNAVAILABLE, OK));
    expect(await get(gateway)).toEqual({ kind: 'ok', value: CUSTOMER, calls: 3 });
    expect(server.arrived).toHaveLength(3);
    expect(gateway.clock.slept).toEqual([500, 1_000]);
  });

  it.each([
    ['500', rpcError(500, 'INTERNAL'), 3],
    ['429', rpcError(429, 'RESOURCE_EXHAUSTED'), 4],
    ['401', rpcError(401, 'UNAUTHENTICATED'), 1],
    ['403', rpcError(403, 'PERMISSION_DENIED'), 1],
    ['408', { status: 408 }, 3],
    ['302', { status: 302, headers: { location: '/elsewhere' } }, 1],
    ['307', { status: 307, headers: { location: '/elsewhere' } }, 1],
  ] as [string, Reply, number][])(
    'sends nothing of its own accord beside the attempts: %s',
    async (_, reply, sends) => {
      // The fourth request, where there is one, is let through: quota answers are tried again without end.
      const { server, gateway } = await opened((__, nth) => (nth === 4 ? OK : reply));
      const result = await gateway.writer.importCustomer('accounts/C1', IMPORT);
      expect({ calls: result.calls, arrived: server.arrived.length }).toEqual({
        calls: sends,
        arrived: sends,
      });
      expect(gateway.stats()['channel.other'].calls).toBe(sends);
    },
  );

  it('runs onSend right before each attempt, and passes on what it throws without sending', async () => {
    const { server, gateway } = await opened(inTurn(UNAVAILABLE, OK));
    const seen: [number, number][] = [];
    const fatal = new FatalError(74, 'disk', 'disk full', 'Make room.');
    await gateway.writer.importCustomer('accounts/C1', IMPORT, {
      onSend: (attempt) => seen.push([attempt, server.arrived.length]),
    });
    expect(seen).toEqual([
      [1, 0],
      [2, 1],
    ]);
    function onSend(): never {
      throw fatal;
    }
    await expect(gateway.writer.importCustomer('accounts/C1', IMPORT, { onSend })).rejects.toBe(fatal);
    expect(server.arrived).toHaveLength(2);
    expect(gateway.sends).toHaveLength(2);
  });

  it('does not know the effect of a write once one attempt was in doubt, whatever the last one says', async () => {
    const { gateway } = await opened(inTurn(UNAVAILABLE, rpcError(403, 'PERMISSION_DENIED')));
    expect(await gateway.writer.importCustomer('accounts/C1', IMPORT)).toMatchObject({
      kind: 'failed',
      failure: { class: 'refused', code: 'PERMISSION_DENIED', effect: 'unknown' },
      calls: 2,
    });
  });

  it('knows that a read has no effect', async () => {
    const { gateway } = await opened(() => UNAVAILABLE);
    expect(await get(gateway)).toMatchObject({
      kind: 'failed',
      failure: { class: 'transient', effect: 'none' },
    });
  });

  it('pauses the whole bucket after a quota answer, and no other', async () => {
    const tooFast = rpcError(403, 'PERMISSION_DENIED', 'rateLimitExceeded', { 'retry-after': '30' });
    const { server, gateway } = await opened(({ url }, nth) => {
      if (nth === 1) return tooFast;
      return url.includes('?') ? { body: {} } : OK;
    });
    const start = gateway.clock.monotonic();
    const meanwhile: unknown[] = [];
    gateway.clock.onSleep = async () => {
      gateway.clock.onSleep = () => undefined;
      meanwhile.push(await gateway.reader.listCustomers('accounts/C1', undefined));
    };
    expect(await get(gateway)).toEqual({ kind: 'ok', value: CUSTOMER, calls: 2 });
    expect(meanwhile).toEqual([{ kind: 'ok', value: { customers: [] }, calls: 1 }]);
    expect(gateway.clock.monotonic() - start).toBe(30_000);
    expect(gateway.stats()['channel.other']).toEqual({
      calls: 2,
      callsByCode: { '200': 1, '403': 1 },
      waitedSeconds: 30,
      largestWindow: 2,
      pauses: 1,
    });
    expect(server.arrived).toHaveLength(3);
    expect(gateway.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { data: { bucket: 'channel.other', pausedMs: 30_000, code: 'PERMISSION_DENIED' } },
    ]);
  });

  const inPlainText: readonly Reply[] = [
    { status: 403, body: 'Request rate higher than configured.' },
    { status: 429, body: "Quota exceeded for quota metric 'Requests'." },
    { status: 503, body: 'Quota exceeded for the current request.' },
  ];
  const calls: Readonly<Record<string, (gateway: OpenedGateway) => Promise<unknown>>> = {
    list: ({ reader }) => reader.listCustomers('accounts/C1', undefined),
    import: ({ writer }) => writer.importCustomer('accounts/C1', IMPORT),
    patch: ({ writer }) => writer.patchCustomer(CUSTOMER.name, { languageCode: 'de' }, ['languageCode']),
  };
  it.each(Object.keys(calls))('pauses and goes on after quota answers in plain text: %s', async (name) => {
    const answers = inTurn(...(inPlainText as [Reply, ...Reply[]]), {
      body: name === 'list' ? {} : CUSTOMER,
    });
    // One attempt: a failure that is not about quota would be the last word.
    const { gateway } = await opened(answers, { attempts: 1 });
    expect(await calls[name]?.(gateway)).toMatchObject({ kind: 'ok', calls: 4 });
    const bucket = name === 'list' ? 'channel.list' : 'channel.other';
    expect(gateway.stats()[bucket]).toMatchObject({ calls: 4, pauses: 3 });
  });

  it('waits for quota without end, attempts or not', async () => {
    const { server, gateway } = await opened(
      (_, nth) => (nth <= 20 ? rpcError(429, 'RESOURCE_EXHAUSTED') : OK),
      { attempts: 1 },
    );
    expect(await get(gateway)).toMatchObject({ kind: 'ok', calls: 21 });
    expect(server.arrived).toHaveLength(21);
  });

  it('lets a failed attempt wait without a turn, so that others go on', async () => {
    const { gateway } = await opened(inTurn(UNAVAILABLE, OK), { concurrency: 1 });
    const meanwhile: unknown[] = [];
    gateway.clock.onSleep = async () => {
      gateway.clock.onSleep = () => undefined;
      meanwhile.push(await get(gateway));
    };
    expect(await get(gateway)).toEqual({ kind: 'ok', value: CUSTOMER, calls: 2 });
    expect(meanwhile).toEqual([{ kind: 'ok', value: CUSTOMER, calls: 1 }]);
  });

  it('counts the sends of the run before', async () => {
    const clock = createEagerClock();
    const earlier = Array.from({ length: 2 }, () => clock.now() - 1_000);
    const server = await startServer(() => OK);
    const quotas = { ...DEFAULT_QUOTAS, 'channel.other': 2 };
    const gateway = await aGateway({ apiUrl: server.url, quotas }, earlier);
    const start = gateway.clock.monotonic();
    await get(gateway);
    expect(gateway.clock.monotonic() - start).toBeGreaterThan(59_000);
    expect(gateway.stats()['channel.other'].waitedSeconds).toBeGreaterThan(59);
    expect(gateway.sends).toEqual([{ bucket: 'channel.other', atMs: gateway.clock.now() }]);
  });

  it('puts its path before the path of each call, with or without a slash at its end', async () => {
    const server = await startServer(() => OK);
    for (const suffix of ['', '/', '/google', '/google/', '/a/b//']) {
      const gateway = await aGateway({ apiUrl: `${server.url}${suffix}` });
      await get(gateway);
    }
    expect(server.arrived.map(({ url }) => url)).toEqual([
      '/v1/accounts/C1/customers/S1',
      '/v1/accounts/C1/customers/S1',
      '/google/v1/accounts/C1/customers/S1',
      '/google/v1/accounts/C1/customers/S1',
      '/a/b/v1/accounts/C1/customers/S1',
    ]);
  });

  it('ends waiting calls when it is stopped, lets those under way finish, and sends nothing after', async () => {
    const { server, gateway } = await opened(inTurn(UNAVAILABLE, OK));
    gateway.clock.onSleep = () => {
      gateway.stop(new Error('stopped'));
    };
    const stopped = { class: 'aborted', code: 'UNAVAILABLE', effect: 'none' };
    expect(await get(gateway)).toMatchObject({ kind: 'failed', failure: stopped, calls: 1 });
    const after = { class: 'aborted', code: 'ABORTED_BY_RUN', effect: 'none' };
    expect(await get(gateway)).toMatchObject({ kind: 'failed', failure: after, calls: 0 });
    expect(server.arrived).toHaveLength(1);
  });

  it('ends the wait for quota when it is stopped', async () => {
    const { gateway } = await opened(inTurn(rpcError(429, 'RESOURCE_EXHAUSTED'), OK));
    gateway.clock.onSleep = () => {
      gateway.stop(new Error('stopped'));
    };
    expect(await gateway.writer.importCustomer('accounts/C1', IMPORT)).toMatchObject({
      kind: 'failed',
      failure: { class: 'aborted', effect: 'none' },
      calls: 1,
    });
  });

  it('lets a call under way finish when it is stopped', async () => {
    const { gateway } = await opened(() => (response) => {
      gateway.stop(new Error('stopped'));
      response.end(JSON.stringify(CUSTOMER));
    });
    expect(await get(gateway)).toEqual({ kind: 'ok', value: CUSTOMER, calls: 1 });
  });

  it('cuts a call under way off when its own signal fires; a write is then in doubt', async () => {
    const control = new AbortController();
    const { server, gateway } = await opened(() => () => {
      control.abort(new Error('second signal'));
    });
    const context = { signal: control.signal };
    expect(await gateway.writer.importCustomer('accounts/C1', IMPORT, context)).toMatchObject({
      kind: 'failed',
      failure: { class: 'aborted', effect: 'unknown' },
      calls: 1,
    });
    expect(await gateway.writer.importCustomer('accounts/C1', IMPORT, context)).toMatchObject({
      failure: { class: 'aborted', effect: 'none' },
      calls: 0,
    });
    expect(server.arrived).toHaveLength(1);
  });

  it('keeps secrets out of failures and logs, whatever the server echoes', async () => {
    const { gateway } = await opened(({ headers, body }, nth) => {
      const echo = `${JSON.stringify(headers)} ${body} ROW-SECRET row%2Dsecret`;
      if (nth === 1) return { status: 429, body: echo };
      if (nth === 2) return { status: 500, body: { error: { status: 'INTERNAL', message: echo } } };
      if (nth === 3) return { status: 400, body: { error: { status: 'TRANSFER-TOKEN-1', message: echo } } };
      return { status: 200, body: `<html>${echo}</html>` };
    });
    const context = { secrets: ['row-secret'] };
    const failures = [
      await gateway.writer.importCustomer('accounts/C1', IMPORT, context),
      await gateway.writer.importCustomer('accounts/C1', IMPORT, context),
    ];
    const written = JSON.stringify([failures, gateway.lines, gateway.stats()]);
    expect(failures.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
    expect(written).not.toMatch(/TRANSFER-TOKEN|token-of-the-run|row-secret/i);
    expect(written).toContain('[redacted]');
  });

  it('logs a line for each call without addresses, bodies or headers', async () => {
    const { gateway } = await opened(() => OK);
    await gateway.writer.importCustomer('accounts/C1', IMPORT);
    expect(gateway.lines).toEqual([
      {
        level: 'debug',
        message: 'call',
        data: { bucket: 'channel.other', method: 'customers.import', status: '200', ms: 0, attempt: 1 },
      },
    ]);
  });

  it('fails as unreachable, with no effect, where nobody listens', async () => {
    const server = await startServer(() => OK);
    await server.close();
    const gateway = await aGateway({ apiUrl: server.url });
    const result = await gateway.writer.importCustomer('accounts/C1', IMPORT);
    expect(result).toMatchObject({
      kind: 'failed',
      failure: { class: 'unreachable', effect: 'none', code: 'UNREACHABLE' },
      calls: 3,
    });
    expect(gateway.stats()['channel.other'].callsByCode).toEqual({ UNREACHABLE: 3 });
  });

  it.each(['', 'ftp://x.example', 'x.example', 'http://user:pass-word@x.example', 'http://x.example/?a=1'])(
    'refuses the address %j',
    async (apiUrl) => {
      const error = await aGateway({ apiUrl }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'FatalError', exitCode: 78, code: 'config.api_url' });
      expect(String(error)).not.toContain('pass-word');
    },
  );

  it('warns of tokens that travel unencrypted, on this machine not', async () => {
    const far = await aGateway({ apiUrl: 'http://proxy.example' });
    const near = await aGateway({ apiUrl: 'http://127.0.0.1:1' });
    const encrypted = await aGateway({ apiUrl: 'https://proxy.example' });
    expect([far, near, encrypted].map(({ lines }) => lines.map(({ level }) => level))).toEqual([
      ['warn'],
      [],
      [],
    ]);
  });
});

describe('openReadGateway', () => {
  it('has nothing to write with', async () => {
    const clock = createEagerClock();
    const gateway = await openReadGateway(aSetting(), {
      clock,
      random: () => 0.5,
      log: () => undefined,
      history: { recent: () => [], record: () => undefined },
    });
    expect(Object.keys(gateway).sort()).toEqual([
      'authorize',
      'close',
      'directory',
      'reader',
      'reseller',
      'stats',
      'stop',
    ]);
    expect(Object.keys(gateway.reseller)).toEqual(['getCustomer']);
    expect(Object.keys(gateway.directory).sort()).toEqual(['getLanguage', 'getUser', 'hasUsers']);
    expect(Object.keys(gateway.reader).sort()).toEqual([
      'checkCloudIdentityAccounts',
      'findCustomers',
      'getCustomer',
      'getOperation',
      'getPartnerLink',
      'listCustomers',
      'listPartnerLinks',
      'validateProvision',
    ]);
    await gateway.close();
  });
});
