import { describe, expect, it } from 'vitest';
import { aGateway } from './a-gateway.ts';
import { startServer, type Reply } from './loopback-server.ts';

const CUSTOMER = { name: 'accounts/C1/customers/S1' };

async function opened(answer: Reply) {
  const server = await startServer(() => answer);
  return { server, gateway: await aGateway({ apiUrl: server.url, attempts: 1 }) };
}

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
  it.each(wrong)('never takes %s for an empty listing', async (_, reply) => {
    const { gateway } = await opened(reply);
    expect(await gateway.reader.listCustomers('accounts/C1', undefined)).toMatchObject({
      kind: 'failed',
      failure: { class: 'transient', effect: 'none', code: 'INVALID_ANSWER' },
    });
  });

  it.each(['accounts/..', 'accounts/C1/../C2', 'customers/S1', 'accounts/C1/customers', ''])(
    'sends nothing for the name %j',
    async (name) => {
      const { server, gateway } = await opened({ body: CUSTOMER });
      const results = [
        await gateway.reader.getCustomer(`${name}/customers/..`),
        await gateway.reader.listCustomers(`${name}/x/y`, undefined),
        await gateway.reader.getCustomer(name),
        await gateway.writer.patchCustomer(name, {}, []),
      ];
      for (const result of results) {
        expect(result).toMatchObject({
          kind: 'failed',
          calls: 0,
          failure: { class: 'refused', effect: 'none' },
        });
      }
      expect(server.arrived).toEqual([]);
    },
  );
});

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
});
