import { describe, expect, it } from 'vitest';
import { aGateway } from './a-gateway.ts';
import { startServer, type Reply } from './loopback-server.ts';

const CUSTOMER = { name: 'accounts/C1/customers/S1' };

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
});
