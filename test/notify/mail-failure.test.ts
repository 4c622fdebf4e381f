import { describe, expect, it } from 'vitest';
import { mailFailure, said } from '../../src/notify/mail-failure.ts';

describe('said', () => {
  it.each([
    ['a secret, in base64 too', `no: hush-hush ${btoa('hush-hush')}`, 'no: [redacted] [redacted]'],
    ['a secret that an address is a part of', 'no: hush-zoe@home.example-7', 'no: [redacted]'],
    ['an address in another case', 'no <ZOE@Home.example>', 'no <[recipient]>'],
    ['line ends', '550-no\r\n550 \u001b[1mway', '550-no 550 [1mway'],
  ])('takes out %s', (_, text, clean) => {
    const secrets = ['hush-hush', 'hush-zoe@home.example-7'];

    expect(said(text, secrets, ['zoe@home.example'])).toBe(clean);
  });
});

describe('mailFailure', () => {
  it.each([
    [{ code: 'ECONNECTION' }, 'unreachable'],
    [{ code: 'EDNS' }, 'unreachable'],
    [{ code: 'EMESSAGE', responseCode: 421 }, 'unreachable'],
    [{ code: 'ETIMEDOUT' }, 'timed_out'],
    [{ code: 'ETLS' }, 'tls'],
    [{ code: 'ESOCKET', message: 'self-signed certificate' }, 'tls'],
    [{ code: 'EAUTH', responseCode: 535 }, 'sign_in'],
    [{ code: 'EENVELOPE', responseCode: 550 }, 'rejected'],
    [{}, 'rejected'],
  ])('reads %j as %s', (error, code) => {
    expect(mailFailure(error, [], [])).toMatchObject({ kind: 'failed', code });
  });

  it('has the words of the server once', () => {
    const response = '550 no such user';

    expect(mailFailure({ message: `Refused: ${response}`, response }, [], []).message).toBe(
      'Refused: 550 no such user',
    );
    expect(mailFailure({ message: 'Refused', response }, [], []).message).toBe('Refused: 550 no such user');
    expect(mailFailure({}, [], []).message).toBe('the mail was not sent');
  });
});
