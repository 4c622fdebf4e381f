import { describe, expect, it } from 'vitest';

import type { FaultInput, WorldInput } from '../../src/emulator/world.ts';
import { aLegacyError, aNewUser, aResellerBody, aWorld, emulate } from './harness.ts';
import type { TestEmulator } from './harness.ts';

/*
 * What the Reseller and Directory APIs share: the format of their errors, tokens, quotas, and how fault rules see them.
 */

const RESELLER = '/apps/reseller/v1/customers';
const DIRECTORY = '/admin/directory/v1';
const BOTH = [`${RESELLER}/C0a`, `${DIRECTORY}/customers/C0a`];

function emulateA(parts: Partial<WorldInput> = {}): Promise<TestEmulator> {
  return emulate(
    aWorld({
      resellerCustomers: ['a', 'b'].map((name) => ({
        customerId: `C0${name}`,
        customerDomain: `${name}.example`,
      })),
      users: [{ primaryEmail: 'ann@a.example', id: '117' }],
      ...parts,
    }),
  );
}

describe('errors that every API knows', () => {
  it.each(BOTH)('are in the legacy format at %s', async (path) => {
    const google = await emulateA({ switches: { expiredTokens: ['stale'] } });
    const credentials = aLegacyError(401, 'authError', 'Invalid Credentials');
    for (const headers of [{}, { authorization: 'Bearer stale' }]) {
      const answer = await google.call('GET', path, undefined, headers);
      expect([answer.status, answer.body]).toEqual([401, credentials]);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
    expect((await google.call('GET', `${path}?colour=red`)).body).toEqual(
      aLegacyError(
        400,
        'invalid',
        'Invalid JSON payload received. Unknown name "colour": Cannot bind query parameter.',
      ),
    );
    expect((await google.call('GET', `${path}?fields=kind&alt=json`)).status).toBe(200);
    expect((await google.call('DELETE', path)).body).toEqual(
      aLegacyError(404, 'notFound', 'Method not found.'),
    );
    const large = await google.call('PATCH', path, 'x'.repeat(5 * 1024 * 1024));
    expect(large.body).toMatchObject({ error: { code: 413, errors: [{ reason: 'badRequest' }] } });
  });

  it.each([
    `${RESELLER}/C0a/subscriptions`,
    '/apps/reseller/v1/subscriptions',
    `${DIRECTORY}/groups`,
    `${DIRECTORY}/users/117/undelete`,
  ])('say 404 where nothing is served below them: %s', async (path) => {
    const google = await emulateA();
    const answer = await google.call('GET', path);
    expect([answer.status, answer.body]).toEqual([404, aLegacyError(404, 'notFound', 'Method not found.')]);
    expect(google.emulator.requests).toMatchObject([{ method: 'unknown', bucket: undefined }]);
  });
});

describe('a prefix', () => {
  it('comes before the paths of every API', async () => {
    const google = await emulate(aWorld(), { prefix: '/google' });
    const unknown = aLegacyError(404, 'notFound', 'Method not found.');
    expect((await google.call('POST', RESELLER, aResellerBody())).status).toBe(200);
    expect((await google.call('GET', `${DIRECTORY}/customers/C01000000`)).status).toBe(200);
    expect((await google.call('GET', '/apps/reseller/v1/subscriptions')).body).toEqual(unknown);
    expect(google.emulator.requests.map(({ path }) => path)).toEqual([
      RESELLER,
      `${DIRECTORY}/customers/C01000000`,
      '/apps/reseller/v1/subscriptions',
    ]);
  });
});

describe('scopes', () => {
  const GOOGLE = 'https://www.googleapis.com/auth';

  async function statusWith(scope: string, verb: string, path: string, body?: object): Promise<number> {
    const google = await emulateA();
    const claims = {
      iss: 'robot@project.example',
      sub: 'admin@reseller.example',
      scope: `${GOOGLE}/${scope}`,
    };
    const assertion = ['{}', JSON.stringify(claims), 'x'].map((part) => btoa(part)).join('.');
    const grant = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { body: minted } = await google.call('POST', '/token', grant.toString(), headers);
    const { access_token: token } = minted as { access_token: string };
    const answer = await google.call(verb, path, body, { authorization: `Bearer ${token}` });
    if (answer.status === 403) {
      const message = 'Insufficient Permission: Request had insufficient authentication scopes.';
      expect(answer.body).toEqual(aLegacyError(403, 'insufficientPermissions', message));
    }
    return answer.status;
  }

  it.each<[string, string, object | undefined, readonly string[], readonly string[]]>([
    [
      'GET',
      `${RESELLER}/C0a`,
      undefined,
      ['apps.order', 'apps.order.readonly'],
      ['admin.directory.customer'],
    ],
    ['POST', RESELLER, aResellerBody(), ['apps.order'], ['apps.order.readonly']],
    [
      'GET',
      `${DIRECTORY}/customers/C0a`,
      undefined,
      ['admin.directory.customer', 'admin.directory.customer.readonly'],
      ['admin.directory.user', 'apps.order'],
    ],
    [
      'PATCH',
      `${DIRECTORY}/customers/C0a`,
      {},
      ['admin.directory.customer'],
      ['admin.directory.customer.readonly'],
    ],
    [
      'GET',
      `${DIRECTORY}/users/117`,
      undefined,
      ['admin.directory.user', 'admin.directory.user.readonly'],
      ['admin.directory.customer'],
    ],
    ['POST', `${DIRECTORY}/users`, aNewUser(), ['admin.directory.user'], ['admin.directory.user.readonly']],
    [
      'POST',
      `${DIRECTORY}/users/117/makeAdmin`,
      { status: true },
      ['admin.directory.user'],
      ['admin.directory.user.readonly'],
    ],
    [
      'GET',
      `${DIRECTORY}/customer/C0a/domains/a.example`,
      undefined,
      ['admin.directory.domain', 'admin.directory.domain.readonly'],
      ['admin.directory.user'],
    ],
  ])('let %s %s through with those that Google names', async (verb, path, body, enough, wrong) => {
    for (const scope of enough) expect(await statusWith(scope, verb, path, body)).not.toBe(403);
    for (const scope of wrong) expect(await statusWith(scope, verb, path, body)).toBe(403);
  });
});

describe('over quota', () => {
  const reseller = 'Quota exceeded for the current request';

  it.each<[string, WorldInput['switches'], unknown]>([
    [`${RESELLER}/C0a`, {}, aLegacyError(429, 'quotaExceeded', reseller, 'usageLimits')],
    [`${RESELLER}/C0a`, { resellerOverQuota: 'backendError' }, aLegacyError(503, 'backendError', reseller)],
    [
      `${DIRECTORY}/users/117`,
      {},
      aLegacyError(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded', 'usageLimits'),
    ],
    [
      `${DIRECTORY}/users/117`,
      { directoryOverQuota: 'rateLimitExceeded' },
      aLegacyError(429, 'rateLimitExceeded', 'Rate Limit Exceeded', 'usageLimits'),
    ],
  ])('%s with %j is refused until the window has moved on', async (path, switches, error) => {
    const google = await emulateA({ quotas: { reseller: 2, directory: 2 }, switches });
    await google.call('GET', path);
    await google.call('GET', path);
    const refused = await google.call('GET', path);
    expect([refused.status, refused.body]).toEqual([
      (error as { error: { code: number } }).error.code,
      error,
    ]);
    google.clock.advance(60_000);
    expect((await google.call('GET', path)).status).toBe(200);
  });

  it('counts the two APIs apart, each for all of its methods', async () => {
    const google = await emulateA({ quotas: { reseller: 60, directory: 2400 } });
    await google.call('GET', `${RESELLER}/C0a`);
    await google.call('POST', RESELLER, {});
    await google.call('GET', `${DIRECTORY}/users/117`);
    await google.call('GET', `${DIRECTORY}/customers/C0a`);
    await google.call('POST', `${DIRECTORY}/users`, {});
    expect(google.emulator.quotas()).toMatchObject({
      'channel.other': { arrivals: 0 },
      reseller: { limit: 60, arrivals: 2 },
      directory: { limit: 2400, arrivals: 3 },
    });
  });

  it('may say when to come back', async () => {
    const google = await emulateA({
      quotas: { directory: 0 },
      switches: { overQuotaRetryAfter: 'seconds' },
    });
    const answer = await google.call('GET', `${DIRECTORY}/users/117`);
    expect(answer.headers.get('retry-after')).toBe('60');
  });
});

describe('fault rules', () => {
  const message = 'out of order';

  it.each<[FaultInput, unknown]>([
    [{ message }, aLegacyError(503, 'backendError', message)],
    [{ status: 400, message }, aLegacyError(400, 'invalid', message)],
    [{ status: 401, message }, aLegacyError(401, 'authError', message)],
    [{ status: 403, message }, aLegacyError(403, 'forbidden', message)],
    [{ status: 404, message }, aLegacyError(404, 'notFound', message)],
    [{ status: 412, message }, aLegacyError(412, 'conditionNotMet', message)],
    [{ status: 502, message }, aLegacyError(502, 'backendError', message)],
    [{ code: 'PERMISSION_DENIED', message }, aLegacyError(403, 'forbidden', message)],
    [{ status: 409, reason: 'duplicate', message }, aLegacyError(409, 'duplicate', message)],
    [
      { status: 429, format: 'status', message },
      { error: { code: 429, message, status: 'RESOURCE_EXHAUSTED' } },
    ],
    [{ status: 503, format: 'text', message }, `${message}\n`],
  ])('%j answers in the format of the API', async (fault, body) => {
    for (const path of BOTH) {
      const google = await emulateA({ faults: [fault] });
      expect((await google.call('GET', path)).body).toEqual(body);
      expect((await google.call('GET', path)).status).toBe(200);
    }
  });

  it.each([
    [`${RESELLER}/C0a`, 409, aLegacyError(409, 'conflict', message)],
    [`${DIRECTORY}/users/117`, 409, aLegacyError(409, 'duplicate', message)],
    [`${RESELLER}/C0a`, 429, aLegacyError(429, 'quotaExceeded', message, 'usageLimits')],
    [`${DIRECTORY}/users/117`, 429, aLegacyError(429, 'rateLimitExceeded', message, 'usageLimits')],
  ])('answer %s with the usual reason of its API for %s', async (path, status, error) => {
    const google = await emulateA({ faults: [{ status, message }] });
    expect((await google.call('GET', path)).body).toEqual(error);
  });

  it.each<[string, string, unknown]>([
    ['GET', `${RESELLER}/B.example`, undefined],
    ['GET', `${RESELLER}/C0b`, undefined],
    ['PATCH', `${RESELLER}/C0b`, {}],
    ['POST', RESELLER, { customerDomain: 'B.example' }],
    ['POST', RESELLER, { customerType: 'team', primaryAdmin: { primaryEmail: 'x@b.example' } }],
    ['PATCH', `${DIRECTORY}/customers/C0b`, { language: 'es' }],
    ['POST', `${DIRECTORY}/users`, { primaryEmail: 'x@B.example' }],
    ['GET', `${DIRECTORY}/users/x%40b.example`, undefined],
    ['GET', `${DIRECTORY}/users/118`, undefined],
    ['POST', `${DIRECTORY}/users/x@b.example/makeAdmin`, { status: true }],
    ['GET', `${DIRECTORY}/users?domain=b.example`, undefined],
    ['GET', `${DIRECTORY}/users?customer=C0b`, undefined],
    ['GET', `${DIRECTORY}/customer/C0b/domains/b.example`, undefined],
  ])('find calls about their domain: %s %s', async (verb, path, body) => {
    const google = await emulateA({
      users: [
        { primaryEmail: 'ann@a.example', id: '117' },
        { primaryEmail: 'kim@b.example', id: '118' },
      ],
      faults: [{ domain: 'b.example', status: 500 }],
    });
    for (const other of [...BOTH, `${DIRECTORY}/users/117`]) {
      expect((await google.call('GET', other)).status).toBe(200);
    }
    expect((await google.call(verb, path, body)).status).toBe(500);
  });

  it('find calls about a resource, and below it', async () => {
    const google = await emulateA({
      faults: [{ name: 'users/ann@a.example', count: null }],
      switches: { userWindowMs: 0 },
    });
    expect((await google.call('GET', `${DIRECTORY}/users/117`)).status).toBe(200);
    expect((await google.call('GET', `${DIRECTORY}/users/ann%40a.example`)).status).toBe(503);
    const path = `${DIRECTORY}/users/ann@a.example/makeAdmin`;
    expect((await google.call('POST', path, { status: true })).status).toBe(503);
  });

  it('tell methods of the same name apart by their API', async () => {
    const google = await emulateA({ faults: [{ method: 'directory.customers.get', count: null }] });
    const seen: number[] = [];
    for (const path of BOTH) seen.push((await google.call('GET', path)).status);
    expect(seen).toEqual([200, 503]);
  });

  it.each<[FaultInput, boolean]>([
    [{ method: 'directory.users.insert', do: 'reset', afterEffect: true }, true],
    [{ method: 'directory.users.insert', do: 'reset' }, false],
  ])('with %j leave in doubt whether a user was made', async (fault, isThere) => {
    const google = await emulateA({ users: [], faults: [fault] });
    await expect(google.call('POST', `${DIRECTORY}/users`, aNewUser())).rejects.toThrow();
    expect(google.emulator.users().map(({ primaryEmail }) => primaryEmail)).toEqual(
      isThere ? ['ann@a.example'] : [],
    );
    expect(google.emulator.requests).toMatchObject([{ status: undefined, effect: isThere }]);
  });

  it('leave in doubt whether a customer was made', async () => {
    const fault = { method: 'reseller.customers.insert', do: 'reset', afterEffect: true } as const;
    const google = await emulateA({ faults: [fault] });
    await expect(google.call('POST', RESELLER, aResellerBody())).rejects.toThrow();
    expect((await google.call('GET', `${RESELLER}/new.example`)).status).toBe(200);
  });
});
