import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NOW, PASSWORD, aTeam, compose, notificationOf, someFacts } from './a-notification.ts';
import { readMail, type ReadMail } from './read-mail.ts';

async function composed(...args: Parameters<typeof compose>): Promise<ReadMail> {
  return readMail((await compose(...args)).raw);
}

const BOTH_PARTS = ['text/plain', 'text/html'] as const;

describe('composeNotification', () => {
  it('makes text and HTML side by side, from the reseller to the alternate address', async () => {
    const { headers, parts } = await composed();

    expect(Object.keys(parts)).toEqual(BOTH_PARTS);
    expect(headers).toMatchObject({
      from: 'Reseller GmbH <hello@reseller.example>',
      to: 'zoe@home.example',
      subject: 'Google Workspace for Acme & Söhne: sign in and accept the agreement',
      date: 'Wed, 25 Nov 2026 09:30:00 +0000',
      'auto-submitted': 'auto-generated',
    });
  });

  it.each(BOTH_PARTS)('tells a customer of type domain what to do, in %s', async (part) => {
    const { parts } = await composed();
    const said = parts[part]?.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');

    expect(said).toContain('Hello Zoë Ångström,');
    expect(said).toContain('admin@acme.example');
    expect(said).toContain('Accept the Google Workspace via Reseller agreement');
    expect(said).toContain(
      'You must accept it yourself: Reseller GmbH may not do it for you, and nothing works before.',
    );
    expect(said).toContain(
      'The temporary password is not in this message. Reseller GmbH gives it to you separately, by telephone or in another message.',
    );
    expect(said).toContain('Google asks you to change it when you sign in for the first time.');
    expect(said).not.toContain('verification link');
  });

  it.each(BOTH_PARTS)('tells a team to follow Google’s link, and of no password, in %s', async (part) => {
    const { headers, parts } = await composed(aTeam());
    const said = parts[part]?.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');

    expect(headers['to']).toBe('lead@team.example');
    expect(said).toContain('Google has sent a message with a verification link to lead@team.example.');
    expect(said).toContain('There is no temporary password');
    expect(said).toContain('Accept the Google Workspace via Reseller agreement');
    expect(said).not.toContain('Enter the temporary password');
  });

  it('has the password in both parts and nowhere else when the config says so', async () => {
    const { raw } = await compose(someFacts(), notificationOf({ includePassword: true }));
    const { headers, parts } = readMail(raw);

    expect(parts['text/plain']).toContain(`Temporary password: ${PASSWORD}`);
    expect(parts['text/html']).toContain(`<code>${PASSWORD}</code>`);
    expect(parts['text/plain']).not.toContain('separately');
    expect(JSON.stringify(headers)).not.toContain(PASSWORD);
  });

  it('has the password nowhere otherwise', async () => {
    const { headers, parts } = await composed();

    expect(JSON.stringify({ headers, parts })).not.toContain(PASSWORD);
  });

  it('says that the password comes separately where this run does not know it any more', async () => {
    const { parts } = await composed(
      someFacts({ password: undefined }),
      notificationOf({ includePassword: true }),
    );

    expect(parts['text/plain']).toContain('separately');
  });

  it.each([
    ['https://admin.google.com/ac?x=1&y="2"', 'href="https://admin.google.com/ac?x=1&amp;y=&quot;2&quot;"'],
    ['http://admin.google.com', 'href="http://admin.google.com"'],
    [undefined, 'href="https://admin.google.com/"'],
  ])('links where to sign in: %s', async (signInUrl, link) => {
    const { parts } = await composed(someFacts({ signInUrl }));

    expect(parts['text/html']).toContain(link);
    expect(parts['text/plain']).toContain(signInUrl ?? 'https://admin.google.com/');
  });

  it.each(['admin.google.com/acme', 'javascript:alert(1)', 'data:text/html,x', 'https://'])(
    'shows %s as the text that it is',
    async (signInUrl) => {
      const { parts } = await composed(someFacts({ signInUrl }));

      expect(parts['text/html']).toContain(`<bdi>${signInUrl}</bdi>`);
      expect(parts['text/html']).not.toContain('href');
      expect(parts['text/plain']).toContain(signInUrl);
    },
  );

  it('keeps every script, and shows HTML in a name as text', async () => {
    const organization = 'שלום בע"מ <script>alert(1)</script> 株式会社 & Größe 🎈';
    const { headers, parts } = await composed(someFacts({ organization, domain: 'müller.example' }));

    expect(headers['subject']).toContain(organization);
    expect(parts['text/plain']?.replace(/\s+/g, ' ')).toContain(`${organization} (müller.example)`);
    expect(parts['text/html']?.replace(/\s+/g, ' ')).toContain(
      'שלום בע&quot;מ &lt;script&gt;alert(1)&lt;/script&gt; 株式会社 &amp; Größe 🎈',
    );
    expect(parts['text/html']).not.toContain('<script');
  });

  it('travels as it is written where it is plain ASCII: nobody has to decode the file', async () => {
    const { raw } = await compose(
      someFacts({ organization: 'Acme', contactName: 'Zoe', domain: 'acme.example', signInUrl: undefined }),
      notificationOf({ reseller: 'Reseller' }),
    );
    const text = raw.toString('utf8');

    expect(text).not.toContain('quoted-printable');
    expect(text).toContain('Accept the Google Workspace via Reseller agreement');
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76);
  });

  it('leaves the lines of a template of the user as they are', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'channelbook-template-'));
    const textTemplate = join(directory, 'own.txt');
    const line = `To {{contact_name}}, ${'a word and '.repeat(12)}the end.`;
    writeFileSync(textTemplate, `${line}\n`);

    const { parts } = await composed(someFacts({ contactName: 'Zoe' }), notificationOf({ textTemplate }));

    expect(parts['text/plain']?.trimEnd()).toBe(line.replace('{{contact_name}}', 'Zoe'));
  });

  it('loads nothing from elsewhere', async () => {
    const { parts } = await composed();

    expect(parts['text/html']).not.toMatch(/<(?:img|link|script|iframe)|@import|url\(/i);
  });

  it.each(['\r\nBcc: thief@x.example', '\nBcc: thief@x.example\n\nbody', '\rBcc: thief@x.example\u2028x'])(
    'has no header out of a value with a line end (%j)',
    async (injected) => {
      const facts = someFacts({
        organization: `Acme${injected}`,
        contactName: `Zoë${injected}`,
        domain: `acme.example${injected}`,
        key: `17${injected}`,
      });
      const settings = notificationOf({ subject: '{{organization}} {{domain}} {{contact_name}} {{key}}' });
      const { raw, envelope } = await compose(facts, settings);
      const { headers, parts } = readMail(raw);

      expect(Object.keys(headers).sort()).toEqual(Object.keys((await composed()).headers).sort());
      expect(headers['subject']).toContain('Acme Bcc: thief@x.example');
      expect(parts['text/plain']).not.toMatch(/^Bcc/m);
      expect(envelope).toMatchObject({ to: ['zoe@home.example'] });
    },
  );

  it('takes marks that turn the writing direction out of names', async () => {
    const { parts } = await composed(someFacts({ organization: 'Acme\u202egro.live\u2066' }));

    expect(parts['text/plain']).toContain('Acme gro.live (acme.example)');
  });

  it('makes the same mail again from the same facts', async () => {
    expect((await compose()).raw).toEqual((await compose()).raw);
  });

  it('gives a customer one Message-ID for ever, and different customers different ones', async () => {
    const first = await compose();
    const later = await compose(
      someFacts({ contactName: 'Other', password: undefined, domain: 'ACME.example' }),
      notificationOf({ subject: 'again' }),
      NOW + 1e9,
    );
    const other = await compose(someFacts({ customerId: 'C0other' }));

    expect(later.messageId).toBe(first.messageId);
    expect(other.messageId).not.toBe(first.messageId);
    expect(readMail(first.raw).headers['message-id']).toBe(first.messageId);
    expect(first.messageId).toMatch(/^<channelbook-[0-9a-f]{32}@reseller\.example>$/);
  });

  it('is answered to the address that the config names', async () => {
    const { headers } = await composed(
      someFacts(),
      notificationOf({ replyTo: 'Hélène <help@reseller.example>' }),
    );

    expect(headers['reply-to']).toBe('Hélène <help@reseller.example>');
  });

  it('names the reseller as the config says, else as the sender is called, else by its domain', async () => {
    const names = [{ reseller: 'Workspace Ltd' }, {}, { from: 'hello@müller.example' }];
    const starts = [];
    for (const settings of names) {
      const { parts } = await composed(someFacts(), notificationOf(settings));
      starts.push(/^.* has set up/m.exec(parts['text/plain'] ?? '')?.[0]);
    }

    expect(starts).toEqual([
      'Workspace Ltd has set up',
      'Reseller GmbH has set up',
      'xn--mller-kva.example has set up',
    ]);
  });

  it('ends with the signature, line by line', async () => {
    const { parts } = await composed(someFacts(), notificationOf({ signature: 'Your team\n<Support>' }));

    expect(parts['text/plain']).toMatch(/Your team\n<Support>$/);
    expect(parts['text/html']).toContain('<p>Your team<br>\n&lt;Support&gt;</p>');
  });
});

describe('the envelope', () => {
  const facts = someFacts({ contactEmail: 'büro@müller.example' });

  it.each([
    ['alternate', someFacts(), ['zoe@home.example']],
    ['contact', someFacts(), ['office@acme-group.example']],
    ['both', someFacts(), ['zoe@home.example', 'office@acme-group.example']],
    ['both', someFacts({ contactEmail: 'ZOE@home.example' }), ['zoe@home.example']],
    ['both', someFacts({ contactEmail: undefined }), ['zoe@home.example']],
    ['contact', someFacts({ contactEmail: '' }), ['zoe@home.example']],
    ['contact', facts, ['büro@xn--mller-kva.example']],
    ['alternate', aTeam(), ['lead@team.example']],
    ['both', aTeam(), ['lead@team.example', 'office@acme-group.example']],
  ])('goes to %s', async (to, of, addresses) => {
    const { envelope } = await compose(of, notificationOf({ to }));

    expect(envelope).toEqual({ kind: 'envelope', from: 'hello@reseller.example', to: addresses });
  });

  it.each([
    [someFacts({ alternateEmail: 'nobody' }), 'alternate_email: no e-mail address'],
    [someFacts({ alternateEmail: 'a@x.example,b@x.example' }), 'alternate_email: no e-mail address'],
    [someFacts({ alternateEmail: 'a@x.example\r\nBcc: b@x.example' }), 'alternate_email: no e-mail address'],
    [aTeam({ adminEmail: '<x@y>' }), 'primary_admin_email: no e-mail address'],
    [someFacts({ alternateEmail: undefined }), 'the row has no address to write to'],
  ])('is a failure of the mail where an address is none', async (of, message) => {
    const mail = await compose(of);

    expect(mail.envelope).toEqual({ kind: 'failed', code: 'bad_address', message });
    expect(readMail(mail.raw).headers).not.toHaveProperty('to');
    expect(readMail(mail.raw).headers).not.toHaveProperty('bcc');
  });

  it('is a failure as well where one of two addresses is none, and the mail names the other', async () => {
    const mail = await compose(someFacts({ contactEmail: 'office at acme' }), notificationOf({ to: 'both' }));

    expect(mail.envelope).toEqual({
      kind: 'failed',
      code: 'bad_address',
      message: 'contact_email: no e-mail address',
    });
    expect(readMail(mail.raw).headers['to']).toBe('zoe@home.example');
  });
});
