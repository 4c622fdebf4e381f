import { request } from 'node:http';

import { describe, expect, it } from 'vitest';

import {
  aLegacyAddress,
  aLegacyError,
  anIdentity,
  aNewUser,
  aRemoteCustomer,
  aResellerBody,
  aWorld,
  cloudIdentityIdOf,
  emulate,
} from './harness.ts';
import type { TestEmulator } from './harness.ts';

const DIRECTORY = '/admin/directory/v1';
const CUSTOMER = `${DIRECTORY}/customers/C0a`;
const NOT_AUTHORIZED = aLegacyError(403, 'forbidden', 'Not Authorized to access this resource/api');

const A = {
  customerId: 'C0a',
  customerDomain: 'a.example',
  postalAddress: aLegacyAddress(),
  alternateEmail: 'owner@mail.example',
  phoneNumber: '+4930123456',
  customerDomainVerified: true,
  createTime: '2025-12-24T18:00:00Z',
};
const RECORD = {
  kind: 'admin#directory#customer',
  id: 'C0a',
  etag: expect.stringMatching(/^"[\w-]{27}"$/) as string,
  customerDomain: 'a.example',
  alternateEmail: 'owner@mail.example',
  phoneNumber: '+4930123456',
  language: 'en',
  customerCreationTime: '2025-12-24T18:00:00.000Z',
  postalAddress: aLegacyAddress(),
};

function emulateA(): Promise<TestEmulator> {
  return emulate(aWorld({ resellerCustomers: [A], identities: [anIdentity({ domain: 'foreign.example' })] }));
}

/** A PATCH with a Host header, which `fetch` does not let callers choose. */
function patchAtHost(google: TestEmulator, host: string, body: object): Promise<number | undefined> {
  const headers = { host, authorization: 'Bearer test', 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(google.emulator.url + CUSTOMER, { method: 'PATCH', headers }, (answer) => {
      answer.resume().on('end', () => {
        resolve(answer.statusCode);
      });
    });
    call.on('error', reject).end(JSON.stringify(body));
  });
}

async function languageOfNewUser(google: TestEmulator, name: string): Promise<unknown> {
  const body = aNewUser({ primaryEmail: `${name}@a.example` });
  return ((await google.call('POST', `${DIRECTORY}/users`, body)).body as { languages: unknown }).languages;
}

describe('directory.customers', () => {
  it('get tells a tenant of ours, whose language is English unless somebody said otherwise', async () => {
    const google = await emulateA();
    const answer = await google.call('GET', CUSTOMER);
    expect([answer.status, answer.body]).toEqual([200, RECORD]);
    expect(google.emulator.requests).toMatchObject([
      { method: 'directory.customers.get', bucket: 'directory', effect: false },
    ]);
  });

  it('get tells the same of a tenant as the API that made it', async () => {
    const google = await emulate();
    await google.call('POST', '/apps/reseller/v1/customers', aResellerBody());
    expect((await google.call('GET', `${DIRECTORY}/customers/C01000000`)).body).toEqual({
      ...RECORD,
      id: 'C01000000',
      customerDomain: 'new.example',
      phoneNumber: undefined,
      customerCreationTime: '2026-01-15T12:00:00.000Z',
    });
    const other = await emulate(aWorld({ customers: [aRemoteCustomer({ domain: 'a.example' })] }));
    const id = cloudIdentityIdOf('a.example');
    expect((await other.call('GET', `${DIRECTORY}/customers/${id}`)).body).toMatchObject({
      customerDomain: 'a.example',
      customerCreationTime: '2025-12-16T12:00:00.000Z',
    });
  });

  it.each(['GET', 'PATCH', 'PUT'])('%s refuses tenants that are not ours or not there', async (verb) => {
    const google = await emulateA();
    const body = verb === 'GET' ? undefined : { language: 'es' };
    const foreign = `${DIRECTORY}/customers/${cloudIdentityIdOf('foreign.example')}`;
    expect((await google.call(verb, foreign, body)).body).toEqual(NOT_AUTHORIZED);
    expect((await google.call(verb, `${DIRECTORY}/customers/C0nobody`, body)).body).toEqual(
      aLegacyError(404, 'notFound', 'Resource Not Found: customerKey'),
    );
    expect(google.emulator.requests).toMatchObject([{ effect: false }, { effect: false }]);
  });

  it('patch changes what the body says, update clears the rest, and both APIs tell it', async () => {
    const google = await emulateA();
    const patched = await google.call('PATCH', CUSTOMER, {
      language: 'es',
      postalAddress: { locality: 'Bonn' },
    });
    expect(patched.body).toEqual({
      ...RECORD,
      language: 'es',
      postalAddress: { ...RECORD.postalAddress, locality: 'Bonn' },
    });
    const updated = await google.call('PUT', CUSTOMER, { postalAddress: { countryCode: 'AT' } });
    expect(updated.body).toEqual({
      ...RECORD,
      alternateEmail: undefined,
      phoneNumber: undefined,
      postalAddress: { countryCode: 'AT' },
    });
    expect((await google.call('GET', '/apps/reseller/v1/customers/C0a')).body).toMatchObject({
      postalAddress: { kind: 'customers#address', countryCode: 'AT' },
    });
    expect(google.emulator.requests.map(({ method, effect }) => [method, effect])).toEqual([
      ['directory.customers.patch', true],
      ['directory.customers.update', true],
      ['reseller.customers.get', false],
    ]);
  });

  it.each([
    [{ language: 'not a language' }, 'invalid', 'Invalid Input: language'],
    [{ alternateEmail: 'x@a.example' }, 'invalid', 'Invalid Input: alternateEmail'],
    [{ phoneNumber: '030 123456' }, 'invalid', 'Invalid Input: phoneNumber'],
    [{ customerDomain: 'b.example' }, 'invalid', 'Invalid Input: customerDomain'],
    [{ postalAddress: { countryCode: '' } }, 'required', 'Missing required field: postalAddress.countryCode'],
    [
      { languageCode: 'es' },
      'invalid',
      'Invalid JSON payload received. Unknown name "languageCode": Cannot find field.',
    ],
  ])('patch refuses %j', async (body, reason, message) => {
    const google = await emulateA();
    expect((await google.call('PATCH', CUSTOMER, body)).body).toEqual(aLegacyError(400, reason, message));
    expect((await google.call('GET', CUSTOMER)).body).toEqual(RECORD);
  });

  it('patch is served on both hosts that Google documents, and the log tells which', async () => {
    const google = await emulateA();
    const hosts = ['reseller.googleapis.com', 'admin.googleapis.com'];
    expect(await patchAtHost(google, 'reseller.googleapis.com', { language: 'es' })).toBe(200);
    expect(await patchAtHost(google, 'admin.googleapis.com', { language: 'es' })).toBe(200);
    expect(google.emulator.requests).toMatchObject(
      hosts.map((host, index) => ({
        method: 'directory.customers.patch',
        host,
        body: { language: 'es' },
        effect: index === 0,
      })),
    );
  });
});

describe('the language of a tenant', () => {
  it('is that of users who are made afterwards, and those before keep theirs', async () => {
    const google = await emulateA();
    expect(await languageOfNewUser(google, 'one')).toEqual([{ languageCode: 'en', preference: 'preferred' }]);
    await google.call('PATCH', CUSTOMER, { language: 'es' });
    expect(await languageOfNewUser(google, 'two')).toEqual([{ languageCode: 'es', preference: 'preferred' }]);
    await google.call('PATCH', CUSTOMER, { language: 'fr' });
    expect(google.emulator.users().map(({ languages }) => languages?.[0]?.languageCode)).toEqual([
      'en',
      'es',
    ]);
  });

  it('gives way to the one that the caller names for a user', async () => {
    const google = await emulateA();
    const languages = [{ languageCode: 'it', preference: 'preferred' }];
    const made = await google.call('POST', `${DIRECTORY}/users`, aNewUser({ languages }));
    expect(made.body).toMatchObject({ languages });
  });
});

describe('directory.domains.get', () => {
  it('tells whether the primary domain is verified', async () => {
    const google = await emulateA();
    expect((await google.call('GET', `${DIRECTORY}/customer/C0a/domains/A.example`)).body).toEqual({
      kind: 'admin#directory#domain',
      etag: expect.stringMatching(/^"[\w-]{27}"$/) as string,
      domainName: 'a.example',
      isPrimary: true,
      verified: true,
      creationTime: String(Date.UTC(2025, 11, 24, 18)),
    });
  });

  it('knows no other domain, and no tenant of others', async () => {
    const google = await emulateA();
    expect((await google.call('GET', `${DIRECTORY}/customer/C0a/domains/b.example`)).body).toEqual(
      aLegacyError(404, 'notFound', 'Domain not found.'),
    );
    const foreign = `${DIRECTORY}/customer/${cloudIdentityIdOf('foreign.example')}/domains/foreign.example`;
    expect((await google.call('GET', foreign)).body).toEqual(NOT_AUTHORIZED);
  });
});
