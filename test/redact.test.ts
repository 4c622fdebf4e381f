import { describe, expect, it } from 'vitest';
import { redact, redactUrl } from '../src/redact.ts';

describe('redact', () => {
  it.each([
    ['as it is', 'the token tok+1/x= is stale', 'the token [redacted] is stale'],
    ['as part of an address', 'GET /?t=tok%2B1%2Fx%3D', 'GET /?t=[redacted]'],
    ['in another case', 'TOK+1/X= is stale', '[redacted] is stale'],
  ])('takes a known secret out %s', (_, text, clean) => {
    expect(redact(text, ['tok+1/x='])).toBe(clean);
  });

  it('takes a secret with a quote out of JSON', () => {
    expect(redact(JSON.stringify({ t: 'a"b' }), ['a"b'])).toBe('{"t":"[redacted]"}');
  });

  it('takes the longer of two secrets out first', () => {
    expect(redact('got abcdef-123 back', ['abcdef', 'abcdef-123'])).toBe('got [redacted] back');
  });

  describe('of encoded secrets', () => {
    // Every character of both alphabets comes up in their base64; six characters are the least.
    const secrets = ['s3cret', 'transfer-token-17', 'tok?>~ÿÿ+/x=', 'a"b\\cde', 'ya29.A0AfH6SMB-_x~~~???>>>'];
    const encodings: Readonly<Record<string, (bytes: Buffer) => string>> = {
      base64: (bytes) => bytes.toString('base64'),
      'base64 without padding': (bytes) => bytes.toString('base64').replaceAll('=', ''),
      'base64 of URLs': (bytes) => bytes.toString('base64url'),
      'base64 of URLs with padding': (bytes) =>
        bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
      'base64 in an address': (bytes) => encodeURIComponent(bytes.toString('base64')),
      'base64 in an address, in small letters': (bytes) =>
        encodeURIComponent(bytes.toString('base64')).replace(/%../g, (code) => code.toLowerCase()),
      'base64 with slashes escaped': (bytes) => bytes.toString('base64').replaceAll('/', '\\/'),
      hex: (bytes) => bytes.toString('hex'),
      'hex in capitals': (bytes) => bytes.toString('hex').toUpperCase(),
    };
    const cases = secrets.flatMap((secret) => Object.keys(encodings).map((name) => ({ secret, name })));

    it.each(cases)('takes $secret out of $name, alone', ({ secret, name }) => {
      const echo = encodings[name]?.(Buffer.from(secret)) ?? '';
      expect(redact(`bad value (${echo}).`, [secret])).toBe('bad value ([redacted]).');
    });

    it.each(cases)('takes $secret out of a longer text in $name, wherever it begins', ({ secret, name }) => {
      for (const before of ['', '{', '{"', '{"a', '{"authToken":"']) {
        for (const after of ['', '"', '"}', '"}\n', '","domain":"acme.com"}']) {
          const echo = encodings[name]?.(Buffer.from(before + secret + after)) ?? '';
          const clean = redact(`no: ${echo}`, ['another-secret', secret]);
          expect(clean).toMatch(/^no: \S*\[redacted\]\S*$/);
          // Just the characters are left that hold no bit of the secret.
          const left = clean.slice('no: '.length).split('[redacted]').join('');
          const bits = name.startsWith('hex') ? 4 : 6;
          const start = 8 * before.length;
          const end = start + 8 * Buffer.byteLength(secret);
          const total = end + 8 * after.length;
          expect(decodeURIComponent(left).replace(/[=\\]/g, '')).toHaveLength(
            Math.floor(start / bits) + Math.ceil(total / bits) - Math.ceil(end / bits),
          );
        }
      }
    });

    it('finds a secret in a whole body that was encoded, as JSON spells it', () => {
      const body = JSON.stringify({ domain: 'acme.com', authToken: 'pa"ss\nword', overwriteIfExists: false });
      const clean = redact(Buffer.from(body).toString('base64'), ['pa"ss\nword']);
      expect(clean).toMatch(/^[\w+/]+\[redacted\][\w+/]+=*$/);
      expect(Buffer.from(clean.split('[redacted]')[0] ?? '', 'base64').toString()).toMatch(/"authToken":"?$/);
    });

    it('leaves secrets of fewer than six characters encoded, which other text may hold by chance', () => {
      expect(redact('YWJjZGU= 6162636465', ['abcde'])).toBe('YWJjZGU= 6162636465');
    });

    it('leaves base64 and hex of other things alone', () => {
      const other = Buffer.from('{"domain":"acme.com","locality":"Berlin"}');
      const text = `${other.toString('base64')} ${other.toString('hex')}`;
      expect(redact(text, secrets)).toBe(text);
    });
  });

  it.each([
    ['Authorization: Bearer abc.def-123', 'Authorization: [redacted]'],
    ['got ya29.a0Af_x-1 back', 'got [redacted] back'],
    ['{"authToken":"xyz","domain":"a.com"}', '{"authToken":"[redacted]","domain":"a.com"}'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- end', '[redacted] end'],
    ['jwt eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln end', 'jwt [redacted] end'],
  ])('knows the shape of %s', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  it('leaves other text alone', () => {
    expect(redact('no such Cloud Identity: acme.com')).toBe('no such Cloud Identity: acme.com');
  });
});

describe('redactUrl', () => {
  it('takes user and password off', () => {
    expect(redactUrl('http://me:pw@proxy:80/x')).toBe('http://[redacted]@proxy:80/x');
  });
});
