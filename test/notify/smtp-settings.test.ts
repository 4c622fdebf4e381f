import { describe, expect, it } from 'vitest';
import { describeSmtp, parseSmtp, smtpSecrets, type SmtpSettings } from '../../src/notify/smtp-settings.ts';

function settings(raw: unknown, environmentPassword?: string): SmtpSettings {
  const parsed = parseSmtp(raw, environmentPassword);
  if (parsed.kind === 'fault') throw new Error(parsed.sentence);
  return parsed.value;
}

function sentence(raw: unknown, environmentPassword?: string): string {
  const parsed = parseSmtp(raw, environmentPassword);
  return parsed.kind === 'fault' ? parsed.sentence : 'no fault';
}

describe('parseSmtp', () => {
  it('settles every default', () => {
    expect(settings({ host: 'mail.example' })).toEqual({
      host: 'mail.example',
      port: 587,
      secure: false,
      user: undefined,
      password: undefined,
      requireTls: false,
      ignoreTls: false,
      rejectUnauthorized: true,
      name: undefined,
      from: undefined,
      connectionTimeoutSeconds: 10,
      timeoutSeconds: 60,
    });
  });

  it.each([
    ['an object', { host: 'mail.example', port: 2525, user: 'me', password: 'p@ss' }],
    ["nodemailer's spelling", { host: 'mail.example', port: 2525, auth: { user: 'me', pass: 'p@ss' } }],
    ['an address', 'smtp://me:p%40ss@mail.example:2525'],
  ])('reads server, user and password from %s', (_, raw) => {
    expect(settings(raw)).toMatchObject({
      host: 'mail.example',
      port: 2525,
      user: 'me',
      password: 'p@ss',
      secure: false,
    });
  });

  it.each([
    ['smtps://mail.example', { port: 465, secure: true }],
    ['SMTPS://mail.example:4465/', { port: 4465, secure: true }],
    ['smtp://mail.example:465', { port: 465, secure: true }],
    ['smtp://[::1]:25', { host: '::1', port: 25 }],
    ['smtp://mail.example?requireTLS=true&timeoutSeconds=5', { requireTls: true, timeoutSeconds: 5 }],
    ['smtp://mail.example?tls.rejectUnauthorized=false', { rejectUnauthorized: false }],
    ['smtp://mail.example?ignoreTLS=true&name=us.example', { ignoreTls: true, name: 'us.example' }],
  ])('reads %s', (raw, parts) => {
    expect(settings(raw)).toMatchObject(parts);
  });

  it.each([
    [{ requireTLS: true }, { requireTls: true }],
    [{ ignoreTLS: true }, { ignoreTls: true }],
    [{ tls: { rejectUnauthorized: false } }, { rejectUnauthorized: false }],
    [{ from: 'Us <us@example.com>' }, { from: 'Us <us@example.com>' }],
  ])('reads %j', (raw, parts) => {
    expect(settings({ host: 'mail.example', ...raw })).toMatchObject(parts);
  });

  it('lets the password of the environment win', () => {
    expect(settings('smtp://me:file@mail.example', 'environment').password).toBe('environment');
    expect(settings({ host: 'mail.example', user: 'me' }, 'environment').password).toBe('environment');
  });

  it('sends no password without TLS, unless told to or to this machine', () => {
    const auth = { user: 'me', password: 'secret' };

    expect(settings({ host: 'mail.example', ...auth }).requireTls).toBe(true);
    expect(settings({ host: 'mail.example', ...auth, requireTls: false }).requireTls).toBe(false);
    expect(settings({ host: 'mail.example', ...auth, ignoreTls: true }).requireTls).toBe(false);
    expect(settings({ host: 'localhost', ...auth }).requireTls).toBe(false);
  });

  it('asks this machine for no certificate, and every other', () => {
    const hosts = ['localhost', '127.0.0.1', '::1', 'localhost.example', '127.0.0.1.example', '10.0.0.1'];

    expect(hosts.filter((host) => !settings({ host }).rejectUnauthorized)).toEqual([
      'localhost',
      '127.0.0.1',
      '::1',
    ]);
    expect(settings({ host: 'localhost', rejectUnauthorized: true }).rejectUnauthorized).toBe(true);
  });

  it.each([
    [{ hots: 'mail.example' }, 'has no "hots"; did you mean "host"?'],
    [{ host: 'a', requireTsl: true }, 'has no "requireTsl"; did you mean "requireTls"?'],
    [
      { host: 'a', tls: { rejectUnauthorised: false } },
      'has no "tls.rejectUnauthorised"; did you mean "tls.rejectUnauthorized"?',
    ],
    ['smtp://mail.example?requireTsl=true', 'has no "requireTsl"; did you mean "requireTls"?'],
    [{}, '"host" is missing'],
    [{ host: 5 }, '"host" must be a text'],
    [{ host: 'mail.example:25' }, '"host" must be the name or address of a server, without a port'],
    [{ host: 'a', port: '25' }, '"port" must be a whole number'],
    [{ host: 'a', port: 65_536 }, '"port" must be 65535 or less'],
    [{ host: 'a', secure: 'yes' }, '"secure" must be true or false'],
    [{ host: 'a', from: 'nobody' }, '"from" must be one address, like Name <name@example.com>'],
    [{ host: 'a', timeoutSeconds: 0 }, '"timeoutSeconds" must be 1 second or more'],
    [{ host: 'a', user: 'me' }, 'has a "user" and no password: set CHANNELBOOK_SMTP_PASSWORD'],
    [{ host: 'a', password: 'secret' }, 'has a password and no "user"'],
    [{ host: 'a', user: 'x', auth: { user: 'y' } }, 'has both "user" and "auth.user": keep one of them'],
    [{ host: 'a', requireTls: true, ignoreTLS: true }, 'both requires TLS and ignores it'],
    [25, 'must be an smtp:// or smtps:// address or an object with at least a host'],
    ['mail.example:25', 'must be an smtp:// or smtps:// address'],
    ['https://mail.example', 'must be an smtp:// or smtps:// address'],
    ['smtp://me:%zz@mail.example', 'has a % that stands for no character: write it as %25'],
  ])('refuses %j', (raw, words) => {
    expect(sentence(raw)).toBe(words);
  });

  it.each([
    'smtp://me:hush#1@mail.example',
    'smtp://me:hush/1@mail.example',
    'smtp://me:hush?1@mail.example',
    'smtp://me:hush@mail.example:99999',
    'smtp://me:hush%zz@mail.example',
    { host: 'mail.example', user: 'me', password: ['hush'] },
    { host: 'mail.example', user: 'me', password: 'hu\nsh' },
    { host: 'smtp://me:hush@mail.example' },
  ])('refuses %j without quoting it', (raw) => {
    expect(sentence(raw)).not.toBe('no fault');
    expect(sentence(raw)).not.toMatch(/hu\s?sh/);
  });
});

describe('describeSmtp', () => {
  it('shows server and user, and never the password', () => {
    const smtp = settings('smtp://me:hush-hush@mail.example');

    expect(describeSmtp(smtp)).toEqual({
      host: 'mail.example',
      port: 587,
      secure: false,
      user: 'me',
      requireTls: true,
      ignoreTls: false,
      rejectUnauthorized: true,
    });
    expect(smtpSecrets(smtp)).toEqual(['hush-hush']);
  });

  it('has no secret and no user where there is no sign-in', () => {
    const smtp = settings('smtp://mail.example');

    expect(describeSmtp(smtp)).not.toHaveProperty('user');
    expect(smtpSecrets(smtp)).toEqual([]);
  });
});
