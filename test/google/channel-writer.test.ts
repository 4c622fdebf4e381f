import { describe, expect, it } from 'vitest';
import type { ProvisionRequest } from '../../src/google/channel-requests.ts';
import type { ApiResult } from '../../src/model/api-failure.ts';
import { aGateway, type OpenedGateway } from './a-gateway.ts';
import { inTurn, startServer, type Reply } from './loopback-server.ts';

const CUSTOMER = { name: 'accounts/C1/customers/S1' };

const NEW = {
  domain: 'acme.example',
  orgDisplayName: 'Acme',
  orgPostalAddress: { regionCode: 'DE', postalCode: '10115', addressLines: ['Weg 1', 'Haus 2'] },
};

const PROVISION: ProvisionRequest = {
  cloudIdentityInfo: {
    customerType: 'DOMAIN',
    alternateEmail: 'b@other.example',
    phoneNumber: '+493012345',
    languageCode: 'de',
  },
  user: { email: 'admin@acme.example', givenName: 'Ada', familyName: 'Admin' },
};

function rpcError(code: number, status: string, message = 'no'): Reply {
  return { status: code, body: { error: { code, status, message } } };
}

async function opened(answer: Reply) {
  const server = await startServer(() => answer);
  return { server, gateway: await aGateway({ apiUrl: server.url, attempts: 1 }) };
}

describe('createChannelWriter', () => {
  it.each([
    [{ domain: 'acme.example', overwriteIfExists: false }],
    [{ cloudIdentityId: 'C0a', overwriteIfExists: true, customer: 'accounts/C1/customers/S1' }],
    [
      {
        primaryAdminEmail: 'a@acme.example',
        authToken: 'tok',
        overwriteIfExists: false,
        channelPartnerId: 'C0p',
      },
    ],
  ])('imports with just the fields of the request: %j', async (request) => {
    const { server, gateway } = await opened({ body: CUSTOMER });
    expect(await gateway.writer.importCustomer('accounts/C1', request)).toEqual({
      kind: 'ok',
      value: CUSTOMER,
      calls: 1,
    });
    const [arrived] = server.arrived;
    expect(arrived).toMatchObject({ method: 'POST', url: '/v1/accounts/C1/customers:import' });
    expect(arrived?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(arrived?.body ?? '')).toEqual(request);
    expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['channel.other']);
  });

  it('imports under a channel partner link', async () => {
    const { server, gateway } = await opened({ body: CUSTOMER });
    const parent = 'accounts/C1/channelPartnerLinks/C0p';
    await gateway.writer.importCustomer(parent, { domain: 'acme.example', overwriteIfExists: false });
    expect(server.arrived[0]?.url).toBe('/v1/accounts/C1/channelPartnerLinks/C0p/customers:import');
  });

  it('patches with the mask in one parameter and without what is output only', async () => {
    const { server, gateway } = await opened({ body: CUSTOMER });
    const changes = {
      orgDisplayName: 'Acme',
      orgPostalAddress: { regionCode: 'DE', addressLines: ['1'], sortingCode: 's' },
      primaryContactInfo: { firstName: 'A', displayName: 'A B' },
    };
    const body = { ...changes, name: 'accounts/C1/customers/S2', cloudIdentityId: 'C0x' };
    const mask = ['orgDisplayName', 'orgPostalAddress', 'primaryContactInfo'];
    const result = await gateway.writer.patchCustomer('accounts/C1/customers/S1', body, mask);
    expect(result).toEqual({ kind: 'ok', value: CUSTOMER, calls: 1 });
    const [arrived] = server.arrived;
    expect(arrived).toMatchObject({
      method: 'PATCH',
      url: '/v1/accounts/C1/customers/S1?updateMask=orgDisplayName%2CorgPostalAddress%2CprimaryContactInfo',
    });
    expect(JSON.parse(arrived?.body ?? '')).toEqual({ ...changes, primaryContactInfo: { firstName: 'A' } });
  });

  it('does not know whether a write was done whose answer makes no sense', async () => {
    const { gateway } = await opened({ body: '<html></html>' });
    const result = await gateway.writer.importCustomer('accounts/C1', {
      domain: 'acme.example',
      overwriteIfExists: false,
    });
    expect(result).toMatchObject({ kind: 'failed', failure: { effect: 'unknown', code: 'INVALID_ANSWER' } });
  });

  it('patches with a mask that names more than the body has: what is missing is cleared', async () => {
    const { server, gateway } = await opened({ body: CUSTOMER });
    const mask = ['alternateEmail', 'primaryContactInfo', 'correlationId'];
    const result = await gateway.writer.patchCustomer(CUSTOMER.name, { correlationId: '7' }, mask);
    expect(result).toMatchObject({ kind: 'ok' });
    await gateway.writer.patchCustomer(CUSTOMER.name, {}, ['languageCode']);
    expect(server.arrived.map(({ url, body }) => ({ url, body: JSON.parse(body) as unknown }))).toEqual([
      {
        url: `/v1/${CUSTOMER.name}?updateMask=alternateEmail%2CprimaryContactInfo%2CcorrelationId`,
        body: { correlationId: '7' },
      },
      { url: `/v1/${CUSTOMER.name}?updateMask=languageCode`, body: {} },
    ]);
  });

  it('patches nothing without a mask, which might replace the whole customer', async () => {
    const { server, gateway } = await opened({ body: CUSTOMER });
    expect(await gateway.writer.patchCustomer(CUSTOMER.name, { languageCode: 'de' }, [])).toMatchObject({
      kind: 'failed',
      failure: { class: 'refused', effect: 'none', code: 'INVALID_ARGUMENT' },
      calls: 0,
    });
    expect(server.arrived).toEqual([]);
  });

  it.each(['accounts/C1', 'accounts/C1/channelPartnerLinks/C0p'])('creates under %s', async (parent) => {
    const { server, gateway } = await opened({ body: CUSTOMER });
    expect(await gateway.writer.createCustomer(parent, NEW)).toEqual({
      kind: 'ok',
      value: CUSTOMER,
      calls: 1,
    });
    const [arrived] = server.arrived;
    expect(arrived).toMatchObject({ method: 'POST', url: `/v1/${parent}/customers` });
    expect(JSON.parse(arrived?.body ?? '')).toEqual(NEW);
    expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['channel.other']);
  });

  it('creates with all that may be set, and without what only Google sets', async () => {
    const { server, gateway } = await opened({ body: CUSTOMER });
    const whole = {
      ...NEW,
      primaryContactInfo: { firstName: 'A', email: 'a@acme.example' },
      alternateEmail: 'b@other.example',
      languageCode: 'de',
      correlationId: '7',
    };
    const outputOnly = { name: 'accounts/C1/customers/S2', cloudIdentityId: 'C0x', createTime: 'now' };
    const contact = { ...whole.primaryContactInfo, displayName: 'A' };
    await gateway.writer.createCustomer('accounts/C1', {
      ...whole,
      ...outputOnly,
      primaryContactInfo: contact,
    });
    expect(JSON.parse(server.arrived[0]?.body ?? '')).toEqual(whole);
  });

  it.each<[string, ProvisionRequest]>([
    ['all that may be said', PROVISION],
    ['an admin', { user: { email: 'admin@acme.example', givenName: 'Ada', familyName: 'Admin' } }],
    ['a team', { cloudIdentityInfo: { customerType: 'TEAM' } }],
    ['nothing', {}],
  ])('provisions with %s, never for validation', async (_, request) => {
    const { server, gateway } = await opened({ body: { name: 'operations/1' } });
    const sly = { ...request, validateOnly: true, customer: 'accounts/C1/customers/S2' };
    expect(await gateway.writer.provisionCloudIdentity(CUSTOMER.name, sly)).toStrictEqual({
      kind: 'ok',
      value: { state: 'running', name: 'operations/1' },
      calls: 1,
    });
    const [arrived] = server.arrived;
    expect(arrived).toMatchObject({ method: 'POST', url: `/v1/${CUSTOMER.name}:provisionCloudIdentity` });
    expect(JSON.parse(arrived?.body ?? '')).toEqual(request);
    expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['channel.other']);
  });

  it('provisions with the known fields of the admin and the Cloud Identity alone', async () => {
    const { server, gateway } = await opened({ body: { name: 'operations/1' } });
    const request = {
      cloudIdentityInfo: { languageCode: 'de', primaryDomain: 'x.example', isDomainVerified: true },
      user: { email: 'admin@acme.example', givenName: 'Ada', familyName: 'Admin', password: 'pw' },
    };
    await gateway.writer.provisionCloudIdentity(CUSTOMER.name, request);
    await gateway.writer.provisionCloudIdentity(CUSTOMER.name, { cloudIdentityInfo: {} });
    expect(server.arrived.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      {
        cloudIdentityInfo: { languageCode: 'de' },
        user: { email: 'admin@acme.example', givenName: 'Ada', familyName: 'Admin' },
      },
      {},
    ]);
  });

  it('hands on an operation that failed at once as a value, without secrets', async () => {
    const body = { name: 'operations/1', done: true, error: { code: 6, message: 'in use: row-secret' } };
    const { gateway } = await opened({ body });
    const context = { secrets: ['row-secret'] };
    expect(await gateway.writer.provisionCloudIdentity(CUSTOMER.name, PROVISION, context)).toStrictEqual({
      kind: 'ok',
      value: {
        state: 'failed',
        name: 'operations/1',
        error: { code: 'ALREADY_EXISTS', message: 'in use: [redacted]' },
      },
      calls: 1,
    });
  });

  it.each([
    'accounts/..',
    'accounts/C1/../C2',
    'customers/S1',
    'accounts/C1/customers',
    'accounts/\ud800',
    '',
  ])('sends nothing for the name %j', async (name) => {
    const { server, gateway } = await opened({ body: CUSTOMER });
    const results = [
      await gateway.writer.importCustomer(name, { domain: 'acme.example', overwriteIfExists: false }),
      await gateway.writer.createCustomer(name, NEW),
      await gateway.writer.patchCustomer(name, {}, ['languageCode']),
      await gateway.writer.provisionCloudIdentity(name, {}),
      await gateway.writer.provisionCloudIdentity('accounts/C1/channelPartnerLinks/C0p/customers/S1', {}),
    ];
    const refused = { kind: 'failed', calls: 0, failure: { class: 'refused', effect: 'none' } };
    for (const result of results) expect(result).toMatchObject(refused);
    expect(server.arrived).toEqual([]);
  });
});

describe('a write that must not be repeated', () => {
  const writes: Readonly<Record<string, (gateway: OpenedGateway) => Promise<ApiResult<unknown>>>> = {
    create: ({ writer }) => writer.createCustomer('accounts/C1', NEW),
    provision: ({ writer }) => writer.provisionCloudIdentity(CUSTOMER.name, PROVISION),
  };
  const names = Object.keys(writes);

  const inDoubt: readonly [string, Reply, string][] = [
    ['500 INTERNAL', rpcError(500, 'INTERNAL'), 'INTERNAL'],
    ['500 UNKNOWN', rpcError(500, 'UNKNOWN'), 'UNKNOWN'],
    ['503 UNAVAILABLE', rpcError(503, 'UNAVAILABLE'), 'UNAVAILABLE'],
    ['504', rpcError(504, 'DEADLINE_EXCEEDED'), 'DEADLINE_EXCEEDED'],
    ['409 ABORTED', rpcError(409, 'ABORTED'), 'ABORTED'],
    ['502 of a web page', { status: 502, body: '<html><title>Bad Gateway</title></html>' }, 'UNAVAILABLE'],
    ['503 of a quota, in plain text', { status: 503, body: 'Quota exceeded for this.' }, 'UNAVAILABLE'],
    ['a web page with status 200', { body: '<html><title>Log in</title></html>' }, 'INVALID_ANSWER'],
    ['half a JSON', { body: '{"name":"operations/1' }, 'INVALID_ANSWER'],
    ['nothing with status 200', { body: '' }, 'INVALID_ANSWER'],
    ['204', { status: 204 }, 'INVALID_ANSWER'],
    ['an empty object', { body: {} }, 'INVALID_ANSWER'],
    ['an empty name', { body: { name: '' } }, 'INVALID_ANSWER'],
    ['an error with status 200', { body: { error: { code: 403, message: 'no' } } }, 'INVALID_ANSWER'],
    ['a cut connection', (response) => response.destroy(), 'CONNECTION_LOST'],
  ];
  const inDoubtOfEach = names.flatMap((name) => inDoubt.map((answer) => [name, ...answer] as const));

  it.each(inDoubtOfEach)('is sent once and in doubt: %s answered by %s', async (name, _, reply, code) => {
    const server = await startServer(() => reply);
    const gateway = await aGateway({ apiUrl: server.url, attempts: 5 });
    expect(await writes[name]?.(gateway)).toMatchObject({
      kind: 'failed',
      failure: { effect: 'unknown', code },
      calls: 1,
    });
    expect(server.arrived).toHaveLength(1);
  });

  it.each(names)('is sent once and in doubt where no answer comes in time: %s', async (name) => {
    const server = await startServer(() => () => {
      gateway.clock.timeOut();
    });
    const gateway = await aGateway({ apiUrl: server.url, attempts: 5 });
    expect(await writes[name]?.(gateway)).toMatchObject({
      kind: 'failed',
      failure: { class: 'transient', effect: 'unknown', code: 'TIMEOUT' },
      calls: 1,
    });
  });

  it.each(names)('is sent again where certainly nothing was done: %s', async (name) => {
    const done = { body: name === 'create' ? CUSTOMER : { name: 'operations/1' } };
    const server = await startServer(
      inTurn(
        rpcError(429, 'RESOURCE_EXHAUSTED'),
        rpcError(403, 'PERMISSION_DENIED', 'rateLimitExceeded'),
        { status: 403, body: 'Request rate higher than configured.' },
        done,
      ),
    );
    const gateway = await aGateway({ apiUrl: server.url, attempts: 1 });
    expect(await writes[name]?.(gateway)).toMatchObject({ kind: 'ok', calls: 4 });
  });

  it.each(names)('is tried again where nobody listens: %s', async (name) => {
    const server = await startServer(() => ({}));
    await server.close();
    const gateway = await aGateway({ apiUrl: server.url, attempts: 3 });
    expect(await writes[name]?.(gateway)).toMatchObject({
      kind: 'failed',
      failure: { class: 'unreachable', effect: 'none' },
      calls: 3,
    });
  });

  const refusals: readonly [number, string][] = [
    [400, 'INVALID_ARGUMENT'],
    [400, 'FAILED_PRECONDITION'],
    [400, 'INVALID_VALUE'],
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND'],
    [409, 'ALREADY_EXISTS'],
  ];
  const refusalsOfEach = names.flatMap((name) => refusals.map((refusal) => [name, ...refusal] as const));

  it.each(refusalsOfEach)('is refused for certain: %s answered by %i %s', async (name, status, code) => {
    const { server, gateway } = await opened(rpcError(status, code, 'because'));
    expect(await writes[name]?.(gateway)).toStrictEqual({
      kind: 'failed',
      failure: {
        class: 'refused',
        effect: 'none',
        httpStatus: status,
        code,
        reason: undefined,
        message: 'because',
        retryAfterMs: undefined,
      },
      calls: 1,
    });
    expect(server.arrived).toHaveLength(1);
  });
});
