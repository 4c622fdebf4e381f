import { describe, expect, it } from 'vitest';
import type { ProvisionRequest } from '../../src/google/channel-requests.ts';
import { aGateway } from './a-gateway.ts';
import { inTurn, startServer, type Reply } from './loopback-server.ts';

const CUSTOMER = { name: 'accounts/C1/customers/S1' };

async function opened(answer: Reply) {
  const server = await startServer(() => answer);
  return { server, gateway: await aGateway({ apiUrl: server.url, attempts: 1 }) };
}

/** Answers of 2xx that are no listing. */
const wrong: readonly [string, Reply][] = [
  [
    'a web page',
    { headers: { 'content-type': 'text/html' }, body: '<html><title>Hotel WLAN</title></html>' },
  ],
  ['half a JSON', { headers: { 'content-type': 'application/json' }, body: '{"customers":[{"name":"acc' }],
  ['nothing', { body: '' }],
  ['JSON of something else', { body: { message: 'blocked by policy' } }],
  ['an error with status 200', { body: { error: { code: 403, message: 'no' }, customers: [] } }],
  ['a list', { body: [] }],
  ['a customer without a name', { body: { customers: [{ domain: 'a.example' }] } }],
  ['a field of another type', { body: { customers: [{ ...CUSTOMER, domain: 7 }] } }],
  ['no content', { status: 204 }],
];

describe('createChannelReader', () => {
  it.each([
    ['accounts/C1', undefined, '/v1/accounts/C1/customers?pageSize=50'],
    ['accounts/C1', 'a b+c/d==', '/v1/accounts/C1/customers?pageSize=50&pageToken=a%20b%2Bc%2Fd%3D%3D'],
    [
      'accounts/C1/channelPartnerLinks/C0p',
      't',
      '/v1/accounts/C1/channelPartnerLinks/C0p/customers?pageSize=50&pageToken=t',
    ],
  ])('lists the customers of %s, page %s', async (parent, pageToken, url) => {
    const { server, gateway } = await opened({ body: { customers: [CUSTOMER], nextPageToken: 'next' } });
    expect(await gateway.reader.listCustomers(parent, pageToken, {})).toEqual({
      kind: 'ok',
      value: { customers: [CUSTOMER], nextPageToken: 'next' },
      calls: 1,
    });
    expect(server.arrived.map(({ method, url: at, body }) => ({ method, url: at, body }))).toEqual([
      { method: 'GET', url, body: '' },
    ]);
    expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['channel.list']);
  });

  it('reads an empty object as a last page without customers', async () => {
    const { gateway } = await opened({ body: {} });
    expect(await gateway.reader.listCustomers('accounts/C1', undefined)).toEqual({
      kind: 'ok',
      value: { customers: [] },
      calls: 1,
    });
  });

  it('reads the fields of a customer, keeps what it does not know of address and contact, and drops the rest', async () => {
    const { server, gateway } = await opened({
      body: {
        ...CUSTOMER,
        orgDisplayName: 'Acme',
        orgPostalAddress: {
          regionCode: 'DE',
          addressLines: ['1 Main St'],
          sortingCode: 'x',
          recipients: ['y'],
        },
        primaryContactInfo: { email: 'a@acme.example', displayName: 'A', phone: null },
        alternateEmail: 'b@other.example',
        domain: 'acme.example',
        cloudIdentityId: 'C0acme',
        languageCode: 'de',
        channelPartnerId: 'C0p',
        correlationId: '7',
        cloudIdentityInfo: { customerType: 'TEAM', adminConsoleUri: 'admin.example/x', primaryDomain: 'z' },
        createTime: '2026-01-01T00:00:00Z',
        somethingNew: { deep: [1] },
      },
    });
    const result = await gateway.reader.getCustomer('accounts/C1/customers/S1', {});
    expect(result).toStrictEqual({
      kind: 'ok',
      value: {
        ...CUSTOMER,
        orgDisplayName: 'Acme',
        orgPostalAddress: {
          regionCode: 'DE',
          addressLines: ['1 Main St'],
          sortingCode: 'x',
          recipients: ['y'],
        },
        primaryContactInfo: { email: 'a@acme.example', displayName: 'A' },
        alternateEmail: 'b@other.example',
        domain: 'acme.example',
        cloudIdentityId: 'C0acme',
        languageCode: 'de',
        channelPartnerId: 'C0p',
        correlationId: '7',
        customerType: 'TEAM',
        adminConsoleUri: 'admin.example/x',
      },
      calls: 1,
    });
    expect(server.arrived[0]).toMatchObject({ method: 'GET', url: '/v1/accounts/C1/customers/S1' });
    expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['channel.other']);
  });

  it('asks which Cloud Identities a domain has', async () => {
    const { server, gateway } = await opened({
      body: {
        cloudIdentityAccounts: [
          {
            existing: true,
            owned: true,
            customerName: 'accounts/C1/customers/S1',
            customerCloudIdentityId: 'C0a',
          },
          { existing: true, customerCloudIdentityId: 'C0b', customerType: 'TEAM' },
        ],
      },
    });
    const query = { domain: 'acme.example', primaryAdminEmail: 'a@acme.example' };
    expect(await gateway.reader.checkCloudIdentityAccounts('accounts/C1', query, {})).toStrictEqual({
      kind: 'ok',
      value: [
        { existing: true, owned: true, customerName: 'accounts/C1/customers/S1', cloudIdentityId: 'C0a' },
        { existing: true, owned: false, cloudIdentityId: 'C0b', customerType: 'TEAM' },
      ],
      calls: 1,
    });
    const [request] = server.arrived;
    expect(request).toMatchObject({ method: 'POST', url: '/v1/accounts/C1:checkCloudIdentityAccountsExist' });
    expect(JSON.parse(request?.body ?? '')).toEqual(query);
  });

  it('reads an empty object as a domain without a Cloud Identity', async () => {
    const { gateway } = await opened({ body: {} });
    const result = await gateway.reader.checkCloudIdentityAccounts('accounts/C1', { domain: 'a.example' });
    expect(result).toMatchObject({ kind: 'ok', value: [] });
  });

  it.each(wrong)('never takes %s for an empty listing', async (_, reply) => {
    const { gateway } = await opened(reply);
    expect(await gateway.reader.listCustomers('accounts/C1', undefined)).toMatchObject({
      kind: 'failed',
      failure: { class: 'transient', effect: 'none', code: 'INVALID_ANSWER' },
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
      await gateway.reader.getCustomer(`${name}/customers/..`),
      await gateway.reader.listCustomers(`${name}/x/y`, undefined),
      await gateway.reader.getCustomer(name),
      await gateway.reader.findCustomers(`${name}/x/y`, { domain: 'a.example' }),
      await gateway.reader.listPartnerLinks(`${name}/x/y`, undefined),
      await gateway.reader.getPartnerLink(name),
      await gateway.reader.getOperation(name),
      await gateway.reader.validateProvision(name, {}),
    ];
    for (const result of results) {
      expect(result).toMatchObject({
        kind: 'failed',
        calls: 0,
        failure: { class: 'refused', effect: 'none' },
      });
    }
    expect(server.arrived).toEqual([]);
  });

  it.each([
    'operations/',
    'operations/..',
    'operations/a/../b',
    'operations/a?b',
    'operations/a#b',
    'operation/a',
  ])('sends nothing for the operation %j', async (name) => {
    const { server, gateway } = await opened({ body: { name } });
    expect(await gateway.reader.getOperation(name)).toStrictEqual({
      kind: 'failed',
      calls: 0,
      failure: {
        class: 'refused',
        effect: 'none',
        httpStatus: undefined,
        code: 'INVALID_ARGUMENT',
        reason: undefined,
        message: `"${name}" is no resource name of this kind; nothing was sent`,
        retryAfterMs: undefined,
      },
    });
    expect(server.arrived).toEqual([]);
  });

  it('asks for an operation from a quota of its own', async () => {
    const { server, gateway } = await opened({ body: { name: 'operations/a.b/c' } });
    expect(await gateway.reader.getOperation('operations/a.b/c')).toStrictEqual({
      kind: 'ok',
      value: { state: 'running', name: 'operations/a.b/c' },
      calls: 1,
    });
    expect(server.arrived[0]).toMatchObject({ method: 'GET', url: '/v1/operations/a.b/c', body: '' });
    expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['channel.operations']);
  });

  it('asks again for an operation whose answer makes no sense', async () => {
    const replies = inTurn({ body: '<html></html>' }, { body: { name: 'operations/1' } });
    const gateway = await aGateway({ apiUrl: (await startServer(replies)).url });
    expect(await gateway.reader.getOperation('operations/1')).toMatchObject({ kind: 'ok', calls: 2 });
  });
});

describe('findCustomers', () => {
  const FILTER = { domain: 'acme.example', cloudIdentityId: 'C0acme' };
  const OTHER = { name: 'accounts/C1/customers/S2' };

  it.each(['accounts/C1', 'accounts/C1/channelPartnerLinks/C0p'])(
    'asks for all pages with one filter: %s',
    async (parent) => {
      const server = await startServer(
        inTurn({ body: { customers: [CUSTOMER], nextPageToken: 'p2' } }, { body: { customers: [OTHER] } }),
      );
      const gateway = await aGateway({ apiUrl: server.url });
      expect(await gateway.reader.findCustomers(parent, FILTER)).toEqual({
        kind: 'ok',
        value: [CUSTOMER, OTHER],
        calls: 2,
      });
      const asked = server.arrived.map(({ url }) => new URL(url, server.url));
      expect(asked.map(({ pathname }) => pathname)).toEqual([
        `/v1/${parent}/customers`,
        `/v1/${parent}/customers`,
      ]);
      const filter = 'domain = "acme.example" OR cloud_identity_id = "C0acme"';
      expect(asked.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual([
        { pageSize: '50', filter },
        { pageSize: '50', filter, pageToken: 'p2' },
      ]);
      expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['channel.list', 'channel.list']);
    },
  );

  it('finds nobody in an empty object', async () => {
    const { gateway } = await opened({ body: {} });
    const result = await gateway.reader.findCustomers('accounts/C1', FILTER);
    expect(result).toEqual({ kind: 'ok', value: [], calls: 1 });
  });

  it.each([{}, { domain: '' }, { domain: '', cloudIdentityId: '' }])(
    'does not list everyone where there is nothing to look for: %j',
    async (filter) => {
      const { server, gateway } = await opened({ body: { customers: [CUSTOMER] } });
      expect(await gateway.reader.findCustomers('accounts/C1', filter)).toMatchObject({
        kind: 'failed',
        failure: { class: 'refused', effect: 'none', code: 'INVALID_ARGUMENT' },
        calls: 0,
      });
      expect(server.arrived).toEqual([]);
    },
  );

  it('fails as a whole where one page fails, with the calls of all', async () => {
    const server = await startServer(
      inTurn({ body: { customers: [CUSTOMER], nextPageToken: 'p2' } }, { status: 503 }),
    );
    const gateway = await aGateway({ apiUrl: server.url, attempts: 2 });
    expect(await gateway.reader.findCustomers('accounts/C1', FILTER)).toMatchObject({
      kind: 'failed',
      failure: { class: 'transient', effect: 'none', code: 'UNAVAILABLE' },
      calls: 3,
    });
  });
});

describe('channel partner links', () => {
  const LINK = {
    name: 'accounts/C1/channelPartnerLinks/C0p',
    resellerCloudIdentityId: 'C0p',
    linkState: 'ACTIVE',
    publicId: 'P-1',
    inviteLinkUri: 'https://partner.example/x',
  };
  const READ = { name: LINK.name, id: 'C0p', state: 'ACTIVE', publicId: 'P-1' };

  it.each([
    [undefined, '/v1/accounts/C1/channelPartnerLinks?pageSize=200'],
    ['t=', '/v1/accounts/C1/channelPartnerLinks?pageSize=200&pageToken=t%3D'],
  ])('are listed 200 at a time, page %s', async (pageToken, url) => {
    const unnamed = {
      name: 'accounts/C1/channelPartnerLinks/C0q',
      linkState: 'CHANNEL_PARTNER_LINK_STATE_UNSPECIFIED',
    };
    const { server, gateway } = await opened({
      body: { channelPartnerLinks: [LINK, unnamed], nextPageToken: 'next' },
    });
    expect(await gateway.reader.listPartnerLinks('accounts/C1', pageToken)).toStrictEqual({
      kind: 'ok',
      value: {
        links: [READ, { name: unnamed.name, id: 'C0q', state: undefined, publicId: undefined }],
        nextPageToken: 'next',
      },
      calls: 1,
    });
    expect(server.arrived.map(({ method, url: at }) => ({ method, url: at }))).toEqual([
      { method: 'GET', url },
    ]);
    expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['channel.other']);
  });

  it('are none in an empty object, and no next page is an empty token', async () => {
    const replies = inTurn({ body: {} }, { body: { nextPageToken: '' } });
    const gateway = await aGateway({ apiUrl: (await startServer(replies)).url });
    const none = { kind: 'ok', value: { links: [] }, calls: 1 };
    expect(await gateway.reader.listPartnerLinks('accounts/C1', undefined)).toStrictEqual(none);
    expect(await gateway.reader.listPartnerLinks('accounts/C1', undefined)).toStrictEqual(none);
  });

  it.each(wrong)('are never taken to be none: %s', async (_, reply) => {
    const { gateway } = await opened(reply);
    expect(await gateway.reader.listPartnerLinks('accounts/C1', undefined)).toMatchObject({
      kind: 'failed',
      failure: { class: 'transient', effect: 'none', code: 'INVALID_ANSWER' },
    });
  });

  it('are read one by one', async () => {
    const { server, gateway } = await opened({ body: LINK });
    expect(await gateway.reader.getPartnerLink(LINK.name)).toStrictEqual({
      kind: 'ok',
      value: READ,
      calls: 1,
    });
    expect(server.arrived[0]).toMatchObject({ method: 'GET', url: `/v1/${LINK.name}` });
    expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['channel.other']);
  });
});

describe('validateProvision', () => {
  const REQUEST: ProvisionRequest = {
    cloudIdentityInfo: { alternateEmail: 'a@other.example', languageCode: 'de' },
    user: { email: 'admin@acme.example', givenName: 'Ada', familyName: 'Admin' },
  };

  it.each<[string, object]>([
    ['an empty object', {}],
    [
      'an operation that runs',
      { name: 'operations/1', metadata: { operationType: 'PROVISION_CLOUD_IDENTITY' } },
    ],
    ['an operation that is done', { name: 'operations/1', done: true, response: CUSTOMER }],
    ['an operation without a name', { done: true }],
    ['an operation whose error is null', { done: true, error: null }],
  ])('takes %s for a yes', async (_, body) => {
    const { server, gateway } = await opened({ body });
    expect(await gateway.reader.validateProvision(CUSTOMER.name, REQUEST)).toEqual({
      kind: 'ok',
      value: true,
      calls: 1,
    });
    const [arrived] = server.arrived;
    expect(arrived).toMatchObject({ method: 'POST', url: `/v1/${CUSTOMER.name}:provisionCloudIdentity` });
    expect(JSON.parse(arrived?.body ?? '')).toEqual({ ...REQUEST, validateOnly: true });
    expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['channel.other']);
  });

  it('asks for validation only, whatever the request holds', async () => {
    const { server, gateway } = await opened({ body: {} });
    const sly = { ...REQUEST, validateOnly: false, customer: 'accounts/C1/customers/S2' };
    await gateway.reader.validateProvision(CUSTOMER.name, sly);
    await gateway.reader.validateProvision(CUSTOMER.name, {});
    expect(server.arrived.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { ...REQUEST, validateOnly: true },
      { validateOnly: true },
    ]);
  });

  it('takes an operation that ended with an error for a refusal', async () => {
    const { gateway } = await opened({
      body: { name: 'operations/1', done: true, error: { code: 6, message: 'in use,\nROW-SECRET' } },
    });
    const context = { secrets: ['row-secret'] };
    expect(await gateway.reader.validateProvision(CUSTOMER.name, REQUEST, context)).toStrictEqual({
      kind: 'failed',
      failure: {
        class: 'refused',
        effect: 'none',
        httpStatus: 200,
        code: 'ALREADY_EXISTS',
        reason: undefined,
        message: 'in use, [redacted]',
        retryAfterMs: undefined,
      },
      calls: 1,
    });
  });

  it('is refused where the call is', async () => {
    const error = { code: 400, status: 'INVALID_ARGUMENT', message: 'no admin' };
    const { gateway } = await opened({ status: 400, body: { error } });
    expect(await gateway.reader.validateProvision(CUSTOMER.name, REQUEST)).toMatchObject({
      kind: 'failed',
      failure: {
        class: 'refused',
        effect: 'none',
        httpStatus: 400,
        code: 'INVALID_ARGUMENT',
        message: 'no admin',
      },
      calls: 1,
    });
  });

  it.each<[string, Reply]>([
    ['a web page', { headers: { 'content-type': 'text/html' }, body: '<html><title>Log in</title></html>' }],
    ['nothing', { body: '' }],
    ['a list', { body: [] }],
    ['a word', { headers: { 'content-type': 'application/json' }, body: '"yes"' }],
    ['null', { headers: { 'content-type': 'application/json' }, body: 'null' }],
    ['an error with status 200', { body: { error: { code: 403, message: 'no' } } }],
    ['an error of an operation that still runs', { body: { name: 'operations/1', error: { code: 6 } } }],
    ['another type', { body: { name: 'operations/1', done: 'true' } }],
  ])('takes %s for no answer', async (_, reply) => {
    const { gateway } = await opened(reply);
    expect(await gateway.reader.validateProvision(CUSTOMER.name, REQUEST)).toMatchObject({
      kind: 'failed',
      failure: { class: 'transient', effect: 'none', code: 'INVALID_ANSWER' },
    });
  });

  it.each([
    ['500 INTERNAL', { status: 500, body: { error: { code: 500, status: 'INTERNAL' } } }],
    ['409 ABORTED', { status: 409, body: { error: { code: 409, status: 'ABORTED' } } }],
  ])('asks again after %s, for it changes nothing', async (_, reply) => {
    const server = await startServer(inTurn(reply, { body: {} }));
    const gateway = await aGateway({ apiUrl: server.url });
    expect(await gateway.reader.validateProvision(CUSTOMER.name, REQUEST)).toEqual({
      kind: 'ok',
      value: true,
      calls: 2,
    });
  });

  it('sends nothing for a customer named by a channel partner link, where Google has no such method', async () => {
    const { server, gateway } = await opened({ body: {} });
    const name = 'accounts/C1/channelPartnerLinks/C0p/customers/S1';
    expect(await gateway.reader.validateProvision(name, REQUEST)).toMatchObject({ kind: 'failed', calls: 0 });
    expect(server.arrived).toEqual([]);
  });
});
