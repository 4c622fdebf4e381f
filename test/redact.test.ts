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
