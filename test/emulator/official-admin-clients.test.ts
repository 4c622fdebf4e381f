import { admin as directoryApi } from 'googleapis/build/src/apis/admin/index.js';
import { reseller as resellerApi } from 'googleapis/build/src/apis/reseller/index.js';
import { describe, expect, it } from 'vitest';

import { aWorld, emulate } from './harness.ts';

/** Google's own client libraries, which know paths and parameters from the discovery documents. */
async function official() {
  const google = await emulate(aWorld({ quotas: { reseller: null, directory: null } }));
  const options = { rootUrl: google.emulator.url, headers: { authorization: 'Bearer test' }, retry: false };
  const reseller = resellerApi({ version: 'v1', ...options });
  const directory = directoryApi({ version: 'directory_v1', ...options });
  return { google, reseller, directory };
}

const postalAddress = {
  contactName: 'Ann Lee',
  organizationName: 'New',
  postalCode: '10115',
  countryCode: 'DE',
};

describe('Google’s own clients of the Reseller and Directory APIs', () => {
  it('make a customer, set its language, make its first admin, and read all of it', async () => {
    const { google, reseller, directory } = await official();
    const made = await reseller.customers.insert({
      requestBody: { customerDomain: 'new.example', alternateEmail: 'a@mail.example', postalAddress },
    });
    const customerKey = made.data.customerId ?? '';
    await directory.customers.patch({ customerKey, requestBody: { language: 'es' } });
    const user = await directory.users.insert({
      requestBody: {
        primaryEmail: 'ann@new.example',
        name: { givenName: 'Ann', familyName: 'Lee' },
        password: 'correct horse',
      },
    });
    const userKey = user.data.id ?? '';
    google.clock.advance(1000);
    await directory.users.makeAdmin({ userKey, requestBody: { status: true } });
    const read = await directory.users.get({ userKey, projection: 'full', viewType: 'admin_view' });
    const customer = await directory.customers.get({ customerKey });
    const again = await reseller.customers.get({ customerId: 'new.example' });
    expect(again.data).toEqual(made.data);
    expect(customer.data).toMatchObject({ id: customerKey, language: 'es', postalAddress });
    expect(read.data).toMatchObject({
      primaryEmail: 'ann@new.example',
      customerId: customerKey,
      isAdmin: true,
      languages: [{ languageCode: 'es', preference: 'preferred' }],
    });
    expect(google.emulator.requests.map(({ method, status }) => `${method} ${status ?? ''}`)).toEqual([
      'reseller.customers.insert 200',
      'directory.customers.patch 200',
      'directory.users.insert 200',
      'directory.users.makeAdmin 200',
      'directory.users.get 200',
      'directory.customers.get 200',
      'reseller.customers.get 200',
    ]);
  });
});
