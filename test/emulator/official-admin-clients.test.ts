import { admin as directoryApi } from 'googleapis/build/src/apis/admin/index.js';
import { reseller as resellerApi } from 'googleapis/build/src/apis/reseller/index.js';
import { describe, expect, it } from 'vitest';

import { aLegacyError, aWorld, emulate } from './harness.ts';

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

  it('reach every other method', async () => {
    const { google, reseller, directory } = await official();
    const requestBody = { customerDomain: 'new.example', alternateEmail: 'a@mail.example', postalAddress };
    const { customerId = '' } = (await reseller.customers.insert({ requestBody })).data;
    const customer = customerId ?? '';
    await reseller.customers.patch({ customerId: customer, requestBody: { phoneNumber: '+4930123456' } });
    await reseller.customers.update({ customerId: customer, requestBody });
    await directory.customers.update({
      customerKey: customer,
      requestBody: { language: 'fr', postalAddress },
    });
    const domain = await directory.domains.get({ customer, domainName: 'new.example' });
    const users = await directory.users.list({ customer, maxResults: 500, orderBy: 'email' });
    expect(domain.data).toMatchObject({ domainName: 'new.example', verified: false });
    expect(users.data).toMatchObject({ kind: 'admin#directory#users' });
    expect(google.emulator.requests.map(({ method, status }) => `${method} ${status ?? ''}`)).toEqual([
      'reseller.customers.insert 200',
      'reseller.customers.patch 200',
      'reseller.customers.update 200',
      'directory.customers.update 200',
      'directory.domains.get 200',
      'directory.users.list 200',
    ]);
  });

  it('tell refusals by status and reason', async () => {
    const { reseller, directory } = await official();
    const unknown = await reseller.customers.get({ customerId: 'free.example' }).catch(refusalOf);
    const foreign = await directory.users.get({ userKey: 'x@free.example' }).catch(refusalOf);
    expect([unknown, foreign]).toEqual([
      [404, aLegacyError(404, 'notFound', 'Resource Not Found: customerId')],
      [403, aLegacyError(403, 'forbidden', 'Not Authorized to access this resource/api')],
    ]);
  });
});

function refusalOf(error: unknown): unknown {
  const { status, response } = error as { status: number; response: { data: unknown } };
  return [status, response.data];
}
