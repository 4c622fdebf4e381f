import { createVerify, generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { aGateway } from './a-gateway.ts';
import { startServer, type Arrived, type Reply } from './loopback-server.ts';

const CUSTOMER = { name: 'accounts/C1/customers/S1' };
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const KEY = {
  type: 'service_account',
  client_email: 'robot@project.example',
  private_key: privateKey,
  private_key_id: 'key-id-1',
  client_id: '1234567890',
  project_id: 'project',
};

function aFile(name: string, content: string, mode = 0o600): string {
  const directory = mkdtempSync(join(tmpdir(), 'google-auth-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true });
  });
  const path = join(directory, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function aKeyFile(rest: object = {}): string {
  return aFile('key.json', JSON.stringify({ ...KEY, ...rest }));
}

/** Hands out token-1, token-2 and so on, and answers calls with `call`. */
async function startGoogle(call: (request: Arrived, nth: number) => Reply, token?: (nth: number) => Reply) {
  const tokenCalls: Arrived[] = [];
  const apiCalls: Arrived[] = [];
  const server = await startServer((request) => {
    if (request.url !== '/p/token') return call(request, apiCalls.push(request));
    const nth = tokenCalls.push(request);
    return (
      token?.(nth) ?? { body: { access_token: `ya29.token-${nth}`, expires_in: 3600, token_type: 'Bearer' } }
    );
  });
  return { url: `${server.url}/p`, tokenCalls, apiCalls, server };
}

function ok(): Reply {
  return { body: CUSTOMER };
}

function bearers(calls: readonly Arrived[]): readonly (string | undefined)[] {
  return calls.map(({ headers }) => headers.authorization);
}

/** The scopes that a token call asks for. */
function scopesOf({ body }: Arrived): readonly string[] {
  const [, claims = ''] = (new URLSearchParams(body).get('assertion') ?? '').split('.');
  const { scope } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { readonly scope: string };
  return scope.split(' ');
}

/** Everything that an exception would show if somebody printed it. */
function printed(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true });
}

beforeEach(() => {
  // No test may find the credentials of the machine that it runs on, or ask a metadata server.
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
  vi.stubEnv('CLOUDSDK_CONFIG', '/nonexistent');
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
  return () => {
    vi.unstubAllEnvs();
  };
});

describe('openCredentials with a key file', () => {
  it('signs for the subject and the scope, asks the given address for a token once, and uses it', async () => {
    const google = await startGoogle(ok);
    const settings = { apiUrl: google.url, keyFile: aKeyFile(), subject: 'admin@reseller.example' };
    const gateway = await aGateway({ ...settings, accessToken: undefined });
    const calls = [1, 2, 3].map(() => gateway.reader.getCustomer(CUSTOMER.name));
    for (const result of await Promise.all(calls)) expect(result).toMatchObject({ kind: 'ok', calls: 1 });

    expect(bearers(google.apiCalls)).toEqual(Array(3).fill('Bearer ya29.token-1'));
    const [tokenCall] = google.tokenCalls;
    const form = new URLSearchParams(tokenCall?.body);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
    expect(verify.verify(publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      iss: 'robot@project.example',
      sub: 'admin@reseller.example',
      scope: 'https://www.googleapis.com/auth/apps.order',
      aud: 'https://oauth2.googleapis.com/token',
    });
    expect(google.tokenCalls).toHaveLength(1);
  });

  it('asks for a token of the Directory API apart, when a call needs one, and uses each for its own', async () => {
    const google = await startGoogle(({ url }) =>
      url.includes('/directory/') ? { body: { primaryEmail: 'a@acme.example' } } : ok(),
    );
    const settings = { apiUrl: google.url, keyFile: aKeyFile(), subject: 'admin@reseller.example' };
    const gateway = await aGateway({ ...settings, accessToken: undefined });

    await gateway.reader.getCustomer(CUSTOMER.name);
    await gateway.authorize('directory');
    await gateway.directory.getUser('a@acme.example');
    await gateway.reader.getCustomer(CUSTOMER.name);

    expect(google.tokenCalls.map(scopesOf)).toEqual([
      ['https://www.googleapis.com/auth/apps.order'],
      [
        'https://www.googleapis.com/auth/admin.directory.user',
        'https://www.googleapis.com/auth/admin.directory.customer',
      ],
    ]);
    expect(bearers(google.apiCalls)).toEqual([
      'Bearer ya29.token-1',
      'Bearer ya29.token-2',
      'Bearer ya29.token-1',
    ]);
  });

  it('names the scopes of the Directory API where Google gives no token for them', async () => {
    const google = await startGoogle(ok, () => ({ status: 401, body: { error: 'unauthorized_client' } }));
    const settings = { apiUrl: google.url, keyFile: aKeyFile(), subject: 's@r.example' };
    const gateway = await aGateway({ ...settings, accessToken: undefined });

    await expect(gateway.authorize('directory')).rejects.toMatchObject({
      exitCode: 77,
      next: expect.stringMatching(/scopes .*admin\.directory\.user, .*admin\.directory\.customer/) as unknown,
    });
    expect(google.apiCalls).toEqual([]);
  });

  it('fetches another token once after a 401, and no more', async () => {
    const google = await startGoogle(({ headers }) =>
      headers.authorization === 'Bearer ya29.token-2' ? ok() : { status: 401 },
    );
    const gateway = await aGateway({
      apiUrl: google.url,
      keyFile: aKeyFile(),
      subject: 'a@r.example',
      accessToken: undefined,
      attempts: 1,
    });
    expect(await gateway.reader.getCustomer(CUSTOMER.name)).toMatchObject({ kind: 'ok', calls: 2 });
    expect(bearers(google.apiCalls)).toEqual(['Bearer ya29.token-1', 'Bearer ya29.token-2']);
  });

  it('ends as unauthenticated when the second token is refused too', async () => {
    const google = await startGoogle(() => ({ status: 401, body: 'no' }));
    const gateway = await aGateway({ apiUrl: google.url, keyFile: aKeyFile(), accessToken: undefined });
    expect(await gateway.reader.getCustomer(CUSTOMER.name)).toMatchObject({
      kind: 'failed',
      failure: { class: 'unauthenticated', effect: 'none', httpStatus: 401 },
      calls: 2,
    });
    expect({ tokens: google.tokenCalls.length, calls: google.apiCalls.length }).toEqual({
      tokens: 2,
      calls: 2,
    });
  });

  it('ends as unauthenticated, with what was answered known, when Google gives no second token', async () => {
    const google = await startGoogle(
      () => ({ status: 401 }),
      (nth) =>
        nth === 1
          ? { body: { access_token: 'ya29.token-1', expires_in: 3600, token_type: 'Bearer' } }
          : { status: 400, body: { error: 'invalid_grant' } },
    );
    const gateway = await aGateway({ apiUrl: google.url, keyFile: aKeyFile(), accessToken: undefined });

    expect(await gateway.reader.getCustomer(CUSTOMER.name)).toMatchObject({
      kind: 'failed',
      failure: {
        class: 'unauthenticated',
        effect: 'none',
        message: 'Google gives no token to robot@project.example: invalid_grant',
      },
      calls: 1,
    });
    await expect(gateway.reader.getCustomer(CUSTOMER.name)).rejects.toMatchObject({ code: 'auth.refused' });
  });

  it('renews a token once for all calls that were refused with it', async () => {
    const google = await startGoogle(({ headers }) =>
      headers.authorization === 'Bearer ya29.token-1' ? { status: 401 } : ok(),
    );
    const gateway = await aGateway({ apiUrl: google.url, keyFile: aKeyFile(), accessToken: undefined });
    const results = await Promise.all([1, 2, 3, 4].map(() => gateway.reader.getCustomer(CUSTOMER.name)));
    expect(results.map(({ kind }) => kind)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(google.tokenCalls).toHaveLength(2);
  });

  it('tries token calls again while the endpoint is out of order, and never more often than allowed', async () => {
    const google = await startGoogle(ok, (nth) =>
      nth < 3 ? { status: 503 } : { body: { access_token: 'ya29.late', expires_in: 3600 } },
    );
    const settings = { apiUrl: google.url, keyFile: aKeyFile(), accessToken: undefined, attempts: 3 };
    const gateway = await aGateway(settings);
    expect(await gateway.reader.getCustomer(CUSTOMER.name)).toMatchObject({ kind: 'ok', calls: 1 });
    expect(google.tokenCalls).toHaveLength(3);
    expect(gateway.clock.slept).toEqual([500, 1_000]);
  });

  it('fails without sending anything while no token is to be had', async () => {
    const google = await startGoogle(ok, () => ({ status: 500, body: 'out of order' }));
    const settings = { apiUrl: google.url, keyFile: aKeyFile(), accessToken: undefined, attempts: 1 };
    const gateway = await aGateway(settings);
    const result = await gateway.writer.importCustomer('accounts/C1', {
      domain: 'a.example',
      overwriteIfExists: false,
    });
    expect(result).toMatchObject({
      kind: 'failed',
      failure: { class: 'unreachable', effect: 'none', httpStatus: 500, code: 'TOKEN_UNAVAILABLE' },
      calls: 0,
    });
    expect({ tokens: google.tokenCalls.length, calls: google.apiCalls.length }).toEqual({
      tokens: 1,
      calls: 0,
    });
    await google.server.close();
    expect(await gateway.reader.getCustomer(CUSTOMER.name)).toMatchObject({
      kind: 'failed',
      failure: { class: 'unreachable', effect: 'none', code: 'UNREACHABLE' },
    });
  });

  it.each<[string, Reply]>([
    ['answers 503', { status: 503 }],
    ['answers 429', { status: 429 }],
    ['answers 408', { status: 408 }],
    ['hangs up', (response) => response.destroy()],
    ['never answers', () => undefined],
    ['never ends its answer', (response) => response.write('{"access_token":')],
  ])('takes a token endpoint that %s for an outage, which is no fault of the row', async (_, reply) => {
    const google = await startGoogle(ok, () => reply);
    const settings = { apiUrl: google.url, keyFile: aKeyFile(), accessToken: undefined, attempts: 1 };
    const gateway = await aGateway({ ...settings, callTimeoutMs: 200 });
    expect(await gateway.reader.getCustomer(CUSTOMER.name)).toMatchObject({
      kind: 'failed',
      failure: { class: 'unreachable', effect: 'none' },
      calls: 0,
    });
    expect(google.apiCalls).toEqual([]);
  });

  it.each([
    ['unauthorized_client', 401, /client ID 1234567890 with the scope/],
    ['invalid_grant', 400, /--subject/],
  ])('ends the run when Google gives no token (%s)', async (error, status, hint) => {
    const google = await startGoogle(ok, () => ({
      status,
      body: { error, error_description: `no: ${privateKey} eyJhbGciOiJ.eyJpc3MiOi.c2ln` },
    }));
    const settings = {
      apiUrl: google.url,
      keyFile: aKeyFile(),
      subject: 's@r.example',
      accessToken: undefined,
    };
    const gateway = await aGateway(settings);
    const thrown: unknown = await gateway.reader
      .getCustomer(CUSTOMER.name)
      .catch((caught: unknown) => caught);
    expect(thrown).toMatchObject({ name: 'FatalError', exitCode: 77, code: 'auth.refused' });
    expect(thrown).toMatchObject({ next: expect.stringMatching(hint) as unknown });
    expect(String(thrown)).toContain(`robot@project.example acting for s@r.example: ${error}`);
    expect(printed(thrown)).not.toMatch(/PRIVATE KEY|eyJ|assertion/);
    expect(google.tokenCalls).toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ['a web page', { body: '<html>' }],
    ['no token', { body: { expires_in: 3600 } }],
    ['a token that is none', { body: { access_token: 'two words', expires_in: 3600 } }],
  ])('ends the run when the token endpoint answers with %s', async (_, reply) => {
    const google = await startGoogle(ok, () => reply);
    const gateway = await aGateway({ apiUrl: google.url, keyFile: aKeyFile(), accessToken: undefined });
    await expect(gateway.reader.getCustomer(CUSTOMER.name)).rejects.toMatchObject({ exitCode: 77 });
    expect(google.apiCalls).toEqual([]);
  });

  it.each([
    ['is not JSON', 'PLANTED-SECRET {'],
    ['is no service account key', '{"type":"authorized_user","refresh_token":"PLANTED-SECRET"}'],
    ['is no service account key', '["PLANTED-SECRET"]'],
    ['no RSA key', JSON.stringify({ ...KEY, private_key: 'PLANTED-SECRET' })],
  ])('names a key file that %s, never its content', async (fault, content) => {
    const keyFile = aFile('bad.json', content);
    const thrown: unknown = await aGateway({ keyFile, accessToken: undefined }).catch(
      (caught: unknown) => caught,
    );
    expect(thrown).toMatchObject({ name: 'FatalError', exitCode: 78, code: 'auth.key_file' });
    expect(String(thrown)).toContain(keyFile);
    expect(String(thrown)).toContain(fault);
    expect(printed(thrown)).not.toContain('PLANTED-SECRET');
  });

  it('names a key file that is not there', async () => {
    await expect(
      aGateway({ keyFile: '/nonexistent/key.json', accessToken: undefined }),
    ).rejects.toMatchObject({
      exitCode: 78,
      message: 'the key file /nonexistent/key.json cannot be read (ENOENT)',
    });
  });

  it('warns of a key file that others can read', async () => {
    const settings = { subject: 'a@r.example', accessToken: undefined };
    const open = await aGateway({ ...settings, keyFile: aFile('key.json', JSON.stringify(KEY), 0o644) });
    const closed = await aGateway({ ...settings, keyFile: aKeyFile() });
    expect([open, closed].map(({ lines }) => lines.length)).toEqual([1, 0]);
  });

  it('keeps keys and tokens out of everything that is logged or answered', async () => {
    const google = await startGoogle(({ headers }) => ({
      status: 400,
      body: { error: { status: 'INVALID_ARGUMENT', message: `you sent ${headers.authorization ?? ''}` } },
    }));
    const gateway = await aGateway({ apiUrl: google.url, keyFile: aKeyFile(), accessToken: undefined });
    const result = await gateway.reader.getCustomer(CUSTOMER.name);
    expect(printed([result, gateway.lines, gateway.stats()])).not.toMatch(/token-1|PRIVATE KEY|eyJ/);
  });
});

describe('openCredentials with a given access token', () => {
  it('uses it as it is, without asking for another', async () => {
    const google = await startGoogle(() => ({ status: 401 }));
    const gateway = await aGateway({
      apiUrl: google.url,
      keyFile: aKeyFile(),
      accessToken: ' given-token\n',
    });
    expect(await gateway.reader.getCustomer(CUSTOMER.name)).toMatchObject({
      failure: { class: 'unauthenticated' },
      calls: 1,
    });
    expect(bearers(google.apiCalls)).toEqual(['Bearer given-token']);
    expect(google.tokenCalls).toEqual([]);
  });

  it.each(['', ' ', 'Bearer PLANTED', 'PLANTED\nSECRET'])(
    'refuses %j without repeating it',
    async (accessToken) => {
      const thrown: unknown = await aGateway({ accessToken }).catch((caught: unknown) => caught);
      expect(thrown).toMatchObject({ name: 'FatalError', exitCode: 78, code: 'auth.access_token' });
      expect(printed(thrown)).not.toContain('PLANTED');
    },
  );
});

describe('openCredentials with application default credentials', () => {
  it('uses a service account key that the environment names, for the subject', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', aKeyFile());
    const google = await startGoogle(ok);
    const gateway = await aGateway({
      apiUrl: google.url,
      subject: 'admin@r.example',
      accessToken: undefined,
    });
    expect(await gateway.reader.getCustomer(CUSTOMER.name)).toMatchObject({ kind: 'ok' });
    const assertion = new URLSearchParams(google.tokenCalls[0]?.body).get('assertion') ?? '';
    expect(JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      sub: 'admin@r.example',
      scope: 'https://www.googleapis.com/auth/apps.order',
    });
  });

  it("uses a user's credentials, with the project that they name, and renews them after a 401", async () => {
    const user = {
      type: 'authorized_user',
      client_id: 'id',
      client_secret: 'client-secret',
      refresh_token: 'refresh-secret',
      quota_project_id: 'paying-project',
    };
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', aFile('adc.json', JSON.stringify(user)));
    const google = await startGoogle((_, nth) => (nth === 1 ? { status: 401 } : ok()));
    const gateway = await aGateway({ apiUrl: google.url, accessToken: undefined });
    expect(await gateway.reader.getCustomer(CUSTOMER.name)).toMatchObject({ kind: 'ok', calls: 2 });
    expect(bearers(google.apiCalls)).toEqual(['Bearer ya29.token-1', 'Bearer ya29.token-2']);
    expect(google.apiCalls[0]?.headers['x-goog-user-project']).toBe('paying-project');
    expect(new URLSearchParams(google.tokenCalls[0]?.body).get('refresh_token')).toBe('refresh-secret');
  });

  it('says what to do where there are none', async () => {
    await expect(aGateway({ accessToken: undefined })).rejects.toMatchObject({
      exitCode: 77,
      code: 'auth.none',
      next: 'Name a service account key with --key-file, or run `gcloud auth application-default login`.',
    });
  });

  it.each(['not JSON: PLANTED-SECRET', '{"type":"service_account","private_key":"PLANTED-SECRET"}'])(
    'names a file that cannot be used, never its content (%#)',
    async (content) => {
      const file = aFile('adc.json', content);
      vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);
      const thrown: unknown = await aGateway({ accessToken: undefined }).catch((caught: unknown) => caught);
      expect(thrown).toMatchObject({ name: 'FatalError', exitCode: 78 });
      expect(String(thrown)).toContain(file);
      expect(printed(thrown)).not.toContain('PLANTED-SECRET');
    },
  );
});
