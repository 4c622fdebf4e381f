import { describe, expect, it } from 'vitest';

import { ACCOUNT, aWorld, emulate } from './harness.ts';
import type { Heard, TestEmulator } from './harness.ts';

const LIST = `/v1/accounts/${ACCOUNT}/customers`;
const SCOPE = 'https://www.googleapis.com/auth/apps.order';
const CLAIMS = { iss: 'robot@project.example', sub: 'admin@reseller.example', scope: SCOPE };

function assertion(claims: object): string {
  function part(value: object): string {
    return Buffer.from(JSON.stringify(value)).toString('base64url');
  }
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

function askToken(google: TestEmulator, form: Record<string, string>, path = '/token'): Promise<Heard> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return google.call('POST', path, new URLSearchParams(form).toString(), headers);
}

function askForAssertion(google: TestEmulator, claims: object): Promise<Heard> {
  const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  return askToken(google, { grant_type: grantType, assertion: assertion(claims) });
}

function listWith(google: TestEmulator, authorization?: string): Promise<Heard> {
  return google.call('GET', LIST, undefined, authorization === undefined ? {} : { authorization });
}

function reasonOf(answer: Heard): string | undefined {
  const { error } = answer.body as { error?: { status: string; details?: { reason: string }[] } };
  return error && `${answer.status} ${error.status} ${error.details?.[0]?.reason ?? ''}`.trim();
}

async function tokenOf(google: TestEmulator, claims: object): Promise<string> {
  const { access_token: token } = (await askForAssertion(google, claims)).body as { access_token: string };
  return `Bearer ${token}`;
}

describe('bearer tokens', () => {
  it.each([undefined, '', 'Bearer ', 'Basic abc'])('are required: %s is refused', async (authorization) => {
    const google = await emulate();
    const answer = await listWith(google, authorization);
    expect(reasonOf(answer)).toBe('401 UNAUTHENTICATED');
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(google.emulator.requests).toMatchObject([{ bearer: false, status: 401, bucket: 'channel.list' }]);
  });

  it('are accepted whatever they are, in the header or the query', async () => {
    const google = await emulate();
    expect((await listWith(google, 'Bearer anything')).status).toBe(200);
    expect((await google.call('GET', `${LIST}?access_token=anything`, undefined, {})).status).toBe(200);
  });

  it('are refused where the world does not list them, or lists them as expired', async () => {
    const switches = { acceptedTokens: ['good', 'stale'], expiredTokens: ['stale'] };
    const google = await emulate(aWorld({ switches }));
    expect((await listWith(google, 'Bearer good')).status).toBe(200);
    expect(reasonOf(await listWith(google, 'Bearer bad'))).toBe('401 UNAUTHENTICATED');
    expect(reasonOf(await listWith(google, 'Bearer stale'))).toBe('401 UNAUTHENTICATED ACCESS_TOKEN_EXPIRED');
  });
});

describe('the token endpoint', () => {
  it('mints a token for a service account that acts for an admin', async () => {
    const google = await emulate(aWorld({ switches: { acceptedTokens: [] } }));
    const answer = await askForAssertion(google, CLAIMS);
    expect(answer.body).toEqual({
      access_token: 'ya29.emulated-1',
      expires_in: 3599,
      token_type: 'Bearer',
      scope: SCOPE,
    });
    expect((await listWith(google, 'Bearer ya29.emulated-1')).status).toBe(200);
  });

  it('mints a token for a refresh token, at any path that ends in /token', async () => {
    const google = await emulate(aWorld({ switches: { acceptedTokens: [] } }));
    const form = { grant_type: 'refresh_token', refresh_token: 'r', client_id: 'c', client_secret: 's' };
    const answer = await askToken(google, form, '/oauth2/v4/token?alt=json');
    expect(answer.body).toMatchObject({ access_token: 'ya29.emulated-1', token_type: 'Bearer' });
    expect((await listWith(google, 'Bearer ya29.emulated-1')).status).toBe(200);
  });

  it('mints tokens that end with their life, by the clock', async () => {
    const google = await emulate();
    const bearer = await tokenOf(google, CLAIMS);
    google.clock.advance(3_598_999);
    expect((await listWith(google, bearer)).status).toBe(200);
    google.clock.advance(1);
    expect(reasonOf(await listWith(google, bearer))).toBe('401 UNAUTHENTICATED ACCESS_TOKEN_EXPIRED');
  });

  it('mints tokens good for their scopes only', async () => {
    const google = await emulate();
    const bearer = await tokenOf(google, { ...CLAIMS, scope: 'https://www.googleapis.com/auth/drive' });
    expect(reasonOf(await listWith(google, bearer))).toBe(
      '403 PERMISSION_DENIED ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    );
  });

  it('mints tokens of no use for a service account that acts for nobody, unless the world says otherwise', async () => {
    const google = await emulate();
    const claims = { ...CLAIMS, sub: undefined };
    expect(reasonOf(await listWith(google, await tokenOf(google, claims)))).toBe('403 PERMISSION_DENIED');
    google.emulator.reset(aWorld({ switches: { subjectRequired: false } }));
    expect((await listWith(google, await tokenOf(google, claims))).status).toBe(200);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['no grant type', {}, 400, 'unsupported_grant_type'],
    ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no refresh token', { grant_type: 'refresh_token', client_id: 'c' }, 400, 'invalid_request'],
    ['no client', { grant_type: 'refresh_token', refresh_token: 'r' }, 401, 'invalid_client'],
    [
      'no JWT',
      { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x.y' },
      400,
      'invalid_grant',
    ],
  ])('refuses %s', async (_, form, status, error) => {
    const answer = await askToken(await emulate(), form);
    expect([answer.status, (answer.body as { error: string }).error]).toEqual([status, error]);
  });

  it('refuses a subject that the world does not know, and an assertion without scope', async () => {
    const google = await emulate(aWorld({ switches: { subjects: ['other@reseller.example'] } }));
    expect((await askForAssertion(google, CLAIMS)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await askForAssertion(google, { iss: 'robot' })).body).toMatchObject({ error: 'invalid_scope' });
  });

  it('fails as a fault rule says, in the words of OAuth', async () => {
    const google = await emulate(
      aWorld({ faults: [{ method: 'token', reason: 'unauthorized_client', status: 401, message: 'no' }] }),
    );
    const refused = await askForAssertion(google, CLAIMS);
    expect([refused.status, refused.body]).toEqual([
      401,
      { error: 'unauthorized_client', error_description: 'no' },
    ]);
    expect((await askForAssertion(google, CLAIMS)).status).toBe(200);
    expect(google.emulator.requests).toMatchObject([
      { method: 'token', status: 401, fault: 'fault-1', bucket: undefined },
      { method: 'token', status: 200, fault: undefined, body: { assertion: assertion(CLAIMS) } },
    ]);
  });
});
