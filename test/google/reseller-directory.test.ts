import { describe, expect, it } from 'vitest';
import { aGateway } from './a-gateway.ts';
import { startServer, type Arrived, type Reply } from './loopback-server.ts';

const TENANT = { customerId: 'C01', customerDomain: 'acme.example', customerType: 'domain' };
const USER = { primaryEmail: 'a@acme.example', id: '1', customerId: 'C01' };

function legacyError(code: number, reason: string, message = 'no'): Reply {
  return {
    status: code,
    body: { error: { code, message, errors: [{ domain: 'global', reason, message }] } },
  };
}

function parsed(body: string): unknown {
  return JSON.parse(body);
}

async function opened(answer: (request: Arrived, nth: number) => Reply, attempts = 1) {
  const server = await startServer(answer);
  return { server, gateway: await aGateway({ apiUrl: server.url, attempts }) };
}

describe('the Reseller API', () => {
  it('tells a whole record, which is ours, from one of three fields, which is not', async () => {
    const whole = {
      ...TENANT,
      alternateEmail: 'b@home.example',
      postalAddress: { organizationName: 'Acme', countryCode: 'DE' },
      resourceUiUrl: 'admin.google.com/x',
    };
    const answers = [{ body: { kind: 'reseller#customer', ...whole } }, { body: TENANT }];
    const { server, gateway } = await opened((_, nth) => answers[nth - 1] ?? {});

    const ours = await gateway.reseller.getCustomer('acme.example');
    const foreign = await gateway.reseller.getCustomer('C01');

    expect([ours, foreign]).toMatchObject([
      {
        kind: 'ok',
        value: { isOurs: true, organizationName: 'Acme', resourceUiUrl: 'admin.google.com/x' },
      },
      { kind: 'ok', value: { isOurs: false, customerId: 'C01' } },
    ]);
    expect(server.arrived.map(({ method, url }) => [method, url])).toEqual([
      ['GET', '/apps/reseller/v1/customers/acme.example'],
      ['GET', '/apps/reseller/v1/customers/C01'],
    ]);
    expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['reseller', 'reseller']);
  });

  it('inserts with just the fields of the request, and sends it once where no answer tells what came of it', async () => {
    const request = {
      customerDomain: 'acme.example',
      customerType: 'domain' as const,
      postalAddress: {
        contactName: 'Ada',
        organizationName: 'Acme',
        countryCode: 'DE',
        postalCode: '10115',
      },
      alternateEmail: 'b@home.example',
    };
    const { server, gateway } = await opened(() => ({ status: 500, body: {} }), 3);

    const result = await gateway.resellerWriter.insertCustomer(request);

    expect(result).toMatchObject({ kind: 'failed', calls: 1, failure: { effect: 'unknown' } });
    expect(server.arrived.map(({ method, url, body }) => [method, url, parsed(body)])).toEqual([
      ['POST', '/apps/reseller/v1/customers', request],
    ]);
  });

  it('takes a 503 for a quota answer that may have had its effect: the bucket waits, and the insert is not repeated', async () => {
    const { gateway, server } = await opened(() => legacyError(503, 'backendError'), 3);
    const request = {
      customerDomain: 'acme.example',
      customerType: 'team' as const,
      postalAddress: { contactName: 'A', organizationName: 'A', countryCode: 'US', postalCode: '94043' },
      primaryAdmin: { primaryEmail: 'a@acme.example' },
    };

    const result = await gateway.resellerWriter.insertCustomer(request);

    expect(result).toMatchObject({ failure: { class: 'quota', effect: 'unknown' } });
    expect(server.arrived).toHaveLength(1);
    expect(gateway.lines.map(({ message }) => message)).toContain('quota answer: the bucket waits');
  });

  it.each([
    [legacyError(404, 'notFound'), 'NOT_FOUND', 'refused'],
    [legacyError(403, 'forbidden'), 'PERMISSION_DENIED', 'refused'],
    [legacyError(409, 'conflict'), 'ALREADY_EXISTS', 'refused'],
    [legacyError(400, 'invalid'), 'INVALID_ARGUMENT', 'refused'],
    [legacyError(403, 'accessNotConfigured'), 'PERMISSION_DENIED', 'run'],
  ])('reads %j', async (answer, code, kind) => {
    const { gateway } = await opened(() => answer);

    expect(await gateway.reseller.getCustomer('acme.example')).toMatchObject({
      kind: 'failed',
      failure: { code, class: kind, effect: 'none' },
    });
  });

  it.each(['', 'a/b', '..', '\ud800'])('takes %j for no name, and sends nothing', async (name) => {
    const { server, gateway } = await opened(() => ({ body: TENANT }));

    expect(await gateway.reseller.getCustomer(name)).toMatchObject({
      failure: { code: 'INVALID_ARGUMENT' },
    });
    expect(server.arrived).toEqual([]);
  });
});

describe('the Directory API', () => {
  it('sets the language, makes a user and makes it an admin, each at its own address', async () => {
    const answers: readonly Reply[] = [{ body: { id: 'C01' } }, { body: USER }, { status: 204 }];
    const { server, gateway } = await opened((_, nth) => answers[nth - 1] ?? {});
    const user = {
      primaryEmail: 'a@acme.example',
      name: { givenName: 'Ada', familyName: 'Berg' },
      password: 'a-long-password-1',
      changePasswordAtNextLogin: true as const,
      recoveryEmail: 'b@home.example',
    };

    const results = [
      await gateway.directoryWriter.setLanguage('C01', 'de'),
      await gateway.directoryWriter.insertUser(user),
      await gateway.directoryWriter.makeAdmin('a@acme.example'),
    ];

    expect(results.map(({ kind }) => kind)).toEqual(['ok', 'ok', 'ok']);
    expect(server.arrived.map(({ method, url, body }) => [method, url, parsed(body)])).toEqual([
      ['PATCH', '/admin/directory/v1/customers/C01', { language: 'de' }],
      ['POST', '/admin/directory/v1/users', user],
      ['POST', '/admin/directory/v1/users/a%40acme.example/makeAdmin', { status: true }],
    ]);
    expect(gateway.sends.map(({ bucket }) => bucket)).toEqual(['directory', 'directory', 'directory']);
  });

  it.each([[{ status: 200 }], [{ status: 204 }], [{ body: {} }]])(
    'takes %j of makeAdmin for a yes',
    async (answer: Reply) => {
      const { gateway } = await opened(() => answer);

      expect(await gateway.directoryWriter.makeAdmin('a@acme.example')).toMatchObject({ kind: 'ok' });
    },
  );

  it('reads a user, what Google leaves out being false', async () => {
    const whole = {
      ...USER,
      name: { givenName: 'Ada', familyName: 'Berg' },
      isAdmin: true,
      agreedToTerms: true,
      suspended: false,
    };
    const answers = [{ body: USER }, { body: whole }];
    const { gateway } = await opened((_, nth) => answers[nth - 1] ?? {});
    const bare = { primaryEmail: 'a@acme.example', customerId: 'C01' };

    expect([
      await gateway.directory.getUser('a@acme.example'),
      await gateway.directory.getUser('1'),
    ]).toMatchObject([
      { value: { ...bare, isAdmin: false, agreedToTerms: false } },
      { value: { ...bare, givenName: 'Ada', familyName: 'Berg', isAdmin: true, agreedToTerms: true } },
    ]);
  });

  it('asks whether a tenant has users with a page of one', async () => {
    const answers = [{ body: { users: [USER] } }, { body: { kind: 'admin#directory#users' } }];
    const { server, gateway } = await opened((_, nth) => answers[nth - 1] ?? {});

    expect([await gateway.directory.hasUsers('C01'), await gateway.directory.hasUsers('C02')]).toMatchObject([
      { value: true },
      { value: false },
    ]);
    expect(server.arrived[0]?.url).toBe('/admin/directory/v1/users?customer=C01&maxResults=1');
  });

  it('repeats the password of a request in no message, however the server spells it', async () => {
    const password = 'pa"ss/wörd-1';
    const { gateway } = await opened(({ body }) =>
      legacyError(400, 'invalid', `${body} ${Buffer.from(password).toString('base64')}`),
    );
    const user = {
      primaryEmail: 'a@acme.example',
      name: { givenName: 'Ada', familyName: 'Berg' },
      password,
      changePasswordAtNextLogin: true as const,
    };

    const result = await gateway.directoryWriter.insertUser(user);

    expect(JSON.stringify(result)).not.toMatch(/pa\\*"ss|cGEic3M/);
  });

  it('sends what may be repeated again, and a new user not', async () => {
    const { server, gateway } = await opened(() => ({ status: 500, body: {} }), 3);
    const user = {
      primaryEmail: 'a@acme.example',
      name: { givenName: 'Ada', familyName: 'Berg' },
      password: 'a-long-password-1',
      changePasswordAtNextLogin: true as const,
    };

    await gateway.directoryWriter.setLanguage('C01', 'de');
    await gateway.directoryWriter.makeAdmin('a@acme.example');
    await gateway.directoryWriter.insertUser(user);

    expect(server.arrived.map(({ method, url }) => `${method} ${url.split('/').at(-1) ?? ''}`)).toEqual([
      'PATCH C01',
      'PATCH C01',
      'PATCH C01',
      'POST makeAdmin',
      'POST makeAdmin',
      'POST makeAdmin',
      'POST users',
    ]);
  });
});
