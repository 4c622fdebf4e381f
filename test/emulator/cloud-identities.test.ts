import { describe, expect, it } from 'vitest';

import { ACCOUNT, anIdentity, aRemoteCustomer, aWorld, cloudIdentityIdOf, emulate } from './harness.ts';
import type { Heard, TestEmulator } from './harness.ts';

const C0A = cloudIdentityIdOf('a.example');
const linked = aRemoteCustomer({ domain: 'a.example' });

function check(google: TestEmulator, body?: unknown): Promise<Heard> {
  return google.call('POST', `/v1/accounts/${ACCOUNT}:checkCloudIdentityAccountsExist`, body);
}

describe('checkCloudIdentityAccountsExist', () => {
  it('answers an empty message for a free domain, and for one whose identity was deleted', async () => {
    const google = await emulate(
      aWorld({ identities: [anIdentity({ domain: 'a.example', deleted: true })] }),
    );
    expect((await check(google, { domain: 'a.example' })).body).toEqual({});
    expect((await check(google, { domain: 'b.example' })).body).toEqual({});
  });

  it('names an identity that others own without a customer', async () => {
    const google = await emulate(aWorld({ identities: [anIdentity({ domain: 'a.example' })] }));
    expect((await check(google, { domain: 'A.example' })).body).toEqual({
      cloudIdentityAccounts: [{ existing: true, customerCloudIdentityId: C0A, customerType: 'DOMAIN' }],
    });
  });

  it('names the customer of an identity that buys from this reseller', async () => {
    const google = await emulate(aWorld({ customers: [linked] }));
    expect((await check(google, { domain: 'a.example' })).body).toEqual({
      cloudIdentityAccounts: [
        {
          existing: true,
          owned: true,
          customerName: linked.name,
          customerCloudIdentityId: C0A,
          customerType: 'DOMAIN',
        },
      ],
    });
  });

  it('does not call a customer owned that has neither subscriptions nor consent', async () => {
    const identities = [anIdentity({ domain: 'a.example', consent: false, subscribed: false })];
    const google = await emulate(aWorld({ identities, customers: [linked] }));
    expect((await check(google, { domain: 'a.example' })).body).toEqual({
      cloudIdentityAccounts: [{ existing: true, customerCloudIdentityId: C0A, customerType: 'DOMAIN' }],
    });
  });

  it('does not call a customer owned right after its import by token, which moves no subscription', async () => {
    const identities = [anIdentity({ domain: 'a.example', consent: false, tokens: [{ token: 't' }] })];
    const google = await emulate(aWorld({ identities }));
    const body = { domain: 'a.example', authToken: 't' };
    expect((await google.call('POST', `/v1/accounts/${ACCOUNT}/customers:import`, body)).status).toBe(200);
    expect(JSON.stringify((await check(google, { domain: 'a.example' })).body)).not.toContain('owned');
  });

  it('names every team on a domain, or the one of an admin', async () => {
    const team = anIdentity({
      domain: 'a.example',
      customerType: 'TEAM',
      cloudIdentityId: 'C01',
      primaryAdminEmail: 'x@a.example',
    });
    const second = {
      ...team,
      cloudIdentityId: 'C02',
      primaryAdminEmail: 'y@a.example',
      channelPartnerId: 'C0partner',
    };
    const google = await emulate(aWorld({ identities: [team, second] }));
    const answers = [
      { existing: true, customerCloudIdentityId: 'C01', customerType: 'TEAM' },
      {
        existing: true,
        customerCloudIdentityId: 'C02',
        customerType: 'TEAM',
        channelPartnerCloudIdentityId: 'C0partner',
      },
    ];
    expect((await check(google, { domain: 'a.example' })).body).toEqual({ cloudIdentityAccounts: answers });
    expect((await check(google, { domain: 'a.example', primaryAdminEmail: 'Y@a.example' })).body).toEqual({
      cloudIdentityAccounts: [answers[1]],
    });
  });

  it.each<[string, unknown, readonly string[]]>([
    ['no body', undefined, ['google.rpc.BadRequest']],
    ['an admin without domain', { primaryAdminEmail: 'x@a.example' }, ['google.rpc.BadRequest']],
    ['a domain that is none', { domain: 'not a domain' }, ['google.rpc.ErrorInfo', 'google.rpc.BadRequest']],
    ['an unknown field', { domain: 'a.example', email: 'x' }, ['google.rpc.BadRequest']],
  ])('refuses %s', async (_, body, details) => {
    const answer = (await check(await emulate(), body)).body as {
      error: { code: number; status: string; details: { '@type': string }[] };
    };
    const types = answer.error.details.map((detail) => detail['@type'].replace('type.googleapis.com/', ''));
    expect([answer.error.code, answer.error.status, types]).toEqual([400, 'INVALID_ARGUMENT', details]);
  });
});
