import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FatalError } from '../../src/model/fatal.ts';
import { loadTemplates } from '../../src/notify/load-templates.ts';
import { PLACEHOLDERS } from '../../src/notify/placeholders.ts';
import { PASSWORD, aTeam, compose, notificationOf, someFacts } from './a-notification.ts';
import { readMail } from './read-mail.ts';

function aFile(name: string, content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'channelbook-template-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function faultOf(raw: Readonly<Record<string, unknown>>): Promise<FatalError> {
  const error: unknown = await loadTemplates(notificationOf(raw)).catch((reason: unknown) => reason);
  if (!(error instanceof FatalError)) throw new Error('no fault');
  return error;
}

describe('loadTemplates', () => {
  it('puts files in the place of text and HTML', async () => {
    const settings = notificationOf({
      subject: 'For {{domain}}',
      textTemplate: aFile('t.txt', '\ufeffText for {{organization}}\r\n'),
      htmlTemplate: aFile('t.html', '<p>HTML for {{organization}}</p>'),
    });

    const { headers, parts } = readMail((await compose(someFacts(), settings)).raw);

    expect(headers['subject']).toBe('For acme.example');
    expect(parts).toEqual({
      'text/plain': 'Text for Acme & Söhne',
      'text/html': '<p>HTML for Acme &amp; Söhne</p>',
    });
  });

  it('makes the HTML from a replaced text, so that both say the same', async () => {
    const textTemplate = aFile('t.txt', 'Dear <you>,\n\nsee {{sign_in_url}}.\n{{organization}}\n');

    const { parts } = readMail((await compose(someFacts(), notificationOf({ textTemplate }))).raw);

    expect(parts['text/html']).toBe(
      [
        '<p>Dear &lt;you&gt;,</p>',
        '<p>see <a href="https://admin.google.com/ac/signin?x=1&amp;y=2">https://admin.google.com/ac/signin?x=1&amp;y=2</a>.<br>',
        'Acme &amp; Söhne</p>',
      ].join('\n'),
    );
  });

  it('keeps the default text beside a replaced HTML', async () => {
    const htmlTemplate = aFile('t.html', '<p>{{key}}</p>');

    const { parts } = readMail((await compose(someFacts(), notificationOf({ htmlTemplate }))).raw);

    expect(parts['text/html']).toBe('<p>acme-17</p>');
    expect(parts['text/plain']).toContain('Accept the Google Workspace via Reseller agreement');
  });

  it('knows every placeholder', async () => {
    const textTemplate = aFile('t.txt', PLACEHOLDERS.map((name) => `${name}: {{${name}}}`).join('\n'));
    const settings = notificationOf({ textTemplate, includePassword: true, signature: 'Us' });

    const { parts } = readMail((await compose(someFacts(), settings)).raw);

    expect(parts['text/plain']?.split('\n')).toEqual([
      'organization: Acme & Söhne',
      'domain: acme.example',
      'contact_name: Zoë Ångström',
      'admin_email: admin@acme.example',
      'sign_in_url: https://admin.google.com/ac/signin?x=1&y=2',
      'sign_in_link: https://admin.google.com/ac/signin?x=1&y=2',
      `password: ${PASSWORD}`,
      'reseller: Reseller GmbH',
      'signature: Us',
      'key: acme-17',
      'type: domain',
    ]);
  });

  it('refuses a placeholder that is none, with file and line', async () => {
    const textTemplate = aFile('t.txt', 'Hello\n{{organisation}}');
    const fault = await faultOf({ textTemplate });

    expect(fault).toMatchObject({ exitCode: 78, code: 'config.template' });
    expect(fault.message).toBe(
      `notification template: ${textTemplate}, line 2: {{organisation}} is no placeholder; did you mean {{organization}}?`,
    );
  });

  it('refuses a password that would always be empty', async () => {
    const htmlTemplate = aFile('t.html', '<p>\n\n{{password}}</p>');
    const fault = await faultOf({ htmlTemplate });

    expect(fault.message).toContain(`${htmlTemplate}, line 3: {{password}}`);
    expect(fault.next).toContain('includePassword');
  });

  it('refuses the password in a subject even when the mail may hold it', async () => {
    const fault = await faultOf({ subject: '{{password}}', includePassword: true });

    expect(fault.message).toContain('notification.subject, line 1: {{password}} is no placeholder');
  });

  it.each([
    ['is empty', ' \n'],
    ['is not UTF-8', Buffer.from([0x47, 0xfc, 0x6e])],
    ['is longer than 500000 bytes', 'x'.repeat(500_001)],
  ])('refuses a file that %s', async (words, content) => {
    expect((await faultOf({ textTemplate: aFile('t.txt', content) })).message).toContain(`t.txt ${words}`);
  });

  it('refuses a file that is not there', async () => {
    expect((await faultOf({ textTemplate: '/no/such/t.txt' })).message).toBe(
      'notification template: /no/such/t.txt cannot be read (ENOENT)',
    );
  });
});

describe('the sample templates', () => {
  const samples = new URL('../../samples/notification/', import.meta.url).pathname;
  const raw = { textTemplate: join(samples, 'welcome.txt'), htmlTemplate: join(samples, 'welcome.html') };
  const withPassword = notificationOf({ ...raw, includePassword: true });

  it.each(['text/plain', 'text/html'])('say all that must be said, in %s', async (part) => {
    const said = readMail((await compose(someFacts(), notificationOf(raw))).raw).parts[part];

    expect(said?.replace(/\s+/g, ' ')).toContain('We are not allowed to accept it for you');
    expect(said?.replace(/\s+/g, ' ')).toContain('Google Workspace via Reseller agreement');
    expect(said).toContain('admin@acme.example');
    expect(said).toContain('https://admin.google.com/ac/signin');
    expect(said?.replace(/\s+/g, ' ')).toContain('The temporary password is not in this message.');
    expect(said).not.toContain('{{');
    expect(said).not.toContain(PASSWORD);
  });

  it.each(['text/plain', 'text/html'])('have the password when the config says so, in %s', async (part) => {
    const said = readMail((await compose(someFacts(), withPassword)).raw).parts[part];

    expect(said).toContain(PASSWORD);
    expect(said).not.toContain('telephone');
  });

  it.each(['text/plain', 'text/html'])('tell a team of no password, in %s', async (part) => {
    const said = readMail((await compose(aTeam(), withPassword)).raw).parts[part];

    expect(said).toContain('Google has sent a message with a link');
    expect(said).not.toContain('password');
  });
});
