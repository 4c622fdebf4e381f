import { cloudchannel } from 'googleapis/build/src/apis/cloudchannel/index.js';
import type { cloudchannel_v1 } from 'googleapis/build/src/apis/cloudchannel/v1.js';
import { describe, expect, it } from 'vitest';

import { ACCOUNT, anIdentity, aPartnerLink, aWorld, emulate } from './harness.ts';

/** Google's own client library, which knows paths and parameters from the discovery document. */
async function official() {
  const google = await emulate(
    aWorld({
      identities: [anIdentity({ domain: 'import.example' })],
      partnerLinks: [aPartnerLink()],
      switches: { provisionDelayMs: 0 },
    }),
  );
  const api = cloudchannel({
    version: 'v1',
    rootUrl: google.emulator.url,
    headers: { authorization: 'Bearer test' },
    retry: false,
  });
  return { google, api };
}

const parent = `accounts/${ACCOUNT}`;
const requestBody: cloudchannel_v1.Schema$GoogleCloudChannelV1Customer = {
  domain: 'new.example',
  orgDisplayName: 'New',
  orgPostalAddress: { regionCode: 'DE', postalCode: '10115', addressLines: ['Weg 1'] },
};
const user = { email: 'admin@new.example', givenName: 'Ann', familyName: 'Lee' };

describe('Google’s own client', () => {
  it('creates, provisions and reads the operation', async () => {
    const { google, api } = await official();
    const created = await api.accounts.customers.create({ parent, requestBody });
    const name = created.data.name ?? '';
    const started = await api.accounts.customers.provisionCloudIdentity({
      customer: name,
      requestBody: { user },
    });
    const operation = await api.operations.get({ name: started.data.name ?? '' });
    const customer = await api.accounts.customers.get({ name });
    expect(operation.data).toEqual(started.data);
    expect(operation.data).toMatchObject({ done: true, response: customer.data });
    expect(customer.data.cloudIdentityId).toMatch(/^C0[a-z0-9]{7}$/);
    expect(google.emulator.requests.map(({ method, status }) => `${method} ${status ?? ''}`)).toEqual([
      'customers.create 200',
      'customers.provisionCloudIdentity 200',
      'operations.get 200',
      'customers.get 200',
    ]);
  });

  it('reaches every other method, under the account and under a partner link', async () => {
    const { google, api } = await official();
    const { accounts } = api;
    const link = `${parent}/channelPartnerLinks/C0partner`;
    await accounts.channelPartnerLinks.list({ parent });
    await accounts.channelPartnerLinks.get({ name: link, view: 'FULL' });
    await accounts.checkCloudIdentityAccountsExist({ parent, requestBody: { domain: 'import.example' } });
    await accounts.customers.import({ parent, requestBody: { domain: 'import.example' } });
    const { data } = await accounts.channelPartnerLinks.customers.create({ parent: link, requestBody });
    const below = `${link}/customers/${data.name?.split('/').at(-1) ?? ''}`;
    await accounts.channelPartnerLinks.customers.get({ name: below });
    await accounts.channelPartnerLinks.customers.patch({
      name: below,
      updateMask: 'orgDisplayName',
      requestBody: { orgDisplayName: 'Newer' },
    });
    await accounts.customers.list({ parent, pageSize: 50, filter: 'domain = "new.example"' });
    await accounts.channelPartnerLinks.customers.list({ parent: link });
    expect(google.emulator.requests.map(({ method, status }) => `${method} ${status ?? ''}`)).toEqual([
      'channelPartnerLinks.list 200',
      'channelPartnerLinks.get 200',
      'checkCloudIdentityAccountsExist 200',
      'customers.import 200',
      'customers.create 200',
      'customers.get 200',
      'customers.patch 200',
      'customers.list 200',
      'customers.list 200',
    ]);
    expect(google.emulator.customers()).toMatchObject([
      { domain: 'import.example' },
      { orgDisplayName: 'Newer' },
    ]);
  });
});
