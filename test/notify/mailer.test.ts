import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMailer, type Mailer, type MailerOptions } from '../../src/notify/mailer.ts';
import type { SmtpSettings } from '../../src/notify/smtp-settings.ts';
import { NOW, PASSWORD, compose, notificationOf, someFacts } from './a-notification.ts';
import { smtpAt, startMailServer, startRawServer } from './mail-server.ts';
import { readMail } from './read-mail.ts';

const SMTP_PASSWORD = 'relay-s3cret-88';

function aMailer(smtp: SmtpSettings, options: MailerOptions = {}): Mailer {
  const mailer = createMailer(smtp, options);
  onTestFinished(() => mailer.close());
  return mailer;
}

describe('createMailer', () => {
  it('leaves nodemailer unloaded until there is a mail', () => {
    const folder = new URL('../../src/notify/', import.meta.url);
    const imports = readdirSync(folder).flatMap((name) =>
      [...readFileSync(new URL(name, folder), 'utf8').matchAll(/^.*'nodemailer.*$/gm)].map(([line]) =>
        line.trim(),
      ),
    );

    expect(imports.filter((line) => !/^import type |await import\(/.test(line))).toEqual([]);
    expect(imports).not.toEqual([]);
  });
});

describe('send', () => {
  it('brings the mail to the server byte by byte, to every address of the envelope', async () => {
    const server = await startMailServer();
    const mail = await compose(someFacts(), notificationOf({ to: 'both', bcc: 'archive@reseller.example' }));

    const result = await aMailer(smtpAt(server)).send(mail);

    expect(result.kind === 'sent' && result.response).toMatch(/^250 /);
    expect(server.arrived).toEqual([
      {
        from: 'hello@reseller.example',
        to: ['zoe@home.example', 'office@acme-group.example', 'archive@reseller.example'],
        raw: mail.raw,
        user: undefined,
        isEncrypted: false,
      },
    ]);
    expect(mail.raw.toString()).not.toContain('archive@reseller.example');
  });

  it('sends a retry under the same Message-ID', async () => {
    const server = await startMailServer();
    const mailer = aMailer(smtpAt(server));

    await mailer.send(await compose());
    await mailer.send(await compose(someFacts({ password: undefined }), notificationOf(), NOW + 86_400_000));

    const [first, second] = server.arrived.map(({ raw }) => readMail(raw).headers);
    expect(second?.['message-id']).toBe(first?.['message-id']);
    expect(second?.['date']).not.toBe(first?.['date']);
  });

  it('sends many at once over two connections at most', async () => {
    const server = await startMailServer();
    const mailer = aMailer(smtpAt(server));
    const mails = await Promise.all(
      Array.from({ length: 12 }, (_, nth) => compose(someFacts({ customerId: `C${nth}` }))),
    );

    const results = await Promise.all(mails.map((mail) => mailer.send(mail)));

    expect(results.map(({ kind }) => kind)).toEqual(Array(12).fill('sent'));
    expect(server.connections()).toBeLessThanOrEqual(2);
    expect(new Set(server.arrived.map(({ raw }) => readMail(raw).headers['message-id'])).size).toBe(12);
  });

  it('signs in with the password of the environment, which wins over that of the file', async () => {
    const server = await startMailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _, done) {
        if (username === 'relay' && password === SMTP_PASSWORD) done(null, { user: username });
        else done(new Error('wrong'));
      },
    });

    const smtp = smtpAt(server, { auth: { user: 'relay', pass: 'from-the-file' } }, SMTP_PASSWORD);
    const result = await aMailer(smtp).send(await compose());

    expect(result.kind).toBe('sent');
    expect(server.arrived.map(({ user }) => user)).toEqual(['relay']);
  });

  it('fails with neither password in the message when the server repeats them while it refuses', async () => {
    const server = await startMailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ password }, _, done) {
        done(new Error(`${password ?? ''} is wrong`));
      },
    });

    const smtp = smtpAt(server, { user: 'relay', password: SMTP_PASSWORD });
    const result = await aMailer(smtp).send(await compose());

    expect(result).toMatchObject({ kind: 'failed', code: 'sign_in' });
    expect(JSON.stringify(result)).toContain('[redacted] is wrong');
    expect(JSON.stringify(result)).not.toContain(SMTP_PASSWORD);
  });

  it('fails in one bounded line without the password of the mail and without the address', async () => {
    const server = await startMailServer({
      refuseMail: () => `554 spam: ${PASSWORD} for <Zoe@home.example> ${'x'.repeat(400)}`,
    });

    const result = await aMailer(smtpAt(server)).send(
      await compose(someFacts(), notificationOf({ includePassword: true })),
    );

    expect(result).toMatchObject({ kind: 'failed', code: 'rejected' });
    const message = result.kind === 'failed' ? result.message : '';
    expect(message).toContain('554 spam: [redacted] for <[recipient]>');
    expect(message).toHaveLength(300);
    expect(message).not.toMatch(/[\r\n]/);
  });

  it('fails when the server refuses the address, and goes on with the next mail', async () => {
    const server = await startMailServer({
      refuseAddress: (address) => (address === 'zoe@home.example' ? '550 no such user' : undefined),
    });
    const mailer = aMailer(smtpAt(server));

    const refused = await mailer.send(await compose());
    const next = await mailer.send(await compose(someFacts({ alternateEmail: 'other@home.example' })));

    expect(refused).toMatchObject({ kind: 'failed', code: 'rejected' });
    expect(refused.kind === 'failed' && refused.message).toContain('550 no such user');
    expect(next.kind).toBe('sent');
  });

  it('says so when only some of the addresses were refused', async () => {
    const server = await startMailServer({
      refuseAddress: (address) => (address.startsWith('office@') ? '550 no such user' : undefined),
    });

    const result = await aMailer(smtpAt(server)).send(
      await compose(someFacts(), notificationOf({ to: 'both' })),
    );

    expect(result).toEqual({
      kind: 'failed',
      code: 'partly_rejected',
      message: '1 of 2 addresses were refused: 550 no such user',
    });
    expect(server.arrived.map(({ to }) => to)).toEqual([['zoe@home.example']]);
  });

  it('fails without a connection where the row has no usable address', async () => {
    const server = await startMailServer();

    const result = await aMailer(smtpAt(server)).send(
      await compose(someFacts({ alternateEmail: 'zoe at home' })),
    );

    expect(result).toEqual({
      kind: 'failed',
      code: 'bad_address',
      message: 'alternate_email: no e-mail address',
    });
    expect(server.connections()).toBe(0);
  });

  it('does not send a mail a second time when the connection ends after its last byte', async () => {
    let mails = 0;
    const server = await startRawServer((socket) => {
      socket.write('220 here\r\n');
      socket.on('data', (chunk) => {
        const text = chunk.toString();
        if (/^(?:EHLO|MAIL|RCPT)/.test(text)) socket.write('250 fine\r\n');
        if (text.startsWith('DATA')) socket.write('354 go on\r\n');
        if (text.endsWith('\r\n.\r\n')) {
          mails += 1;
          socket.destroy();
        }
      });
    });

    const result = await aMailer(smtpAt(server)).send(await compose());

    expect(result).toMatchObject({ kind: 'failed', code: 'unreachable' });
    expect(mails).toBe(1);
  });
});

describe('send over TLS', () => {
  it('uses STARTTLS where it is offered; on this machine without asking for a certificate', async () => {
    const server = await startMailServer({ disabledCommands: [] });

    const result = await aMailer(smtpAt(server)).send(await compose());

    expect(result.kind).toBe('sent');
    expect(server.arrived.map(({ isEncrypted }) => isEncrypted)).toEqual([true]);
  });

  it('fails on a certificate that nobody vouches for', async () => {
    const server = await startMailServer({ disabledCommands: [] });

    const result = await aMailer(smtpAt(server, { rejectUnauthorized: true })).send(await compose());

    expect(result).toMatchObject({ kind: 'failed', code: 'tls' });
    expect(server.arrived).toEqual([]);
  });

  it('fails on such a certificate where TLS is spoken from the first byte, too', async () => {
    const server = await startMailServer({ secure: true });

    const smtp = smtpAt(server, { secure: true, tls: { rejectUnauthorized: true } });
    const result = await aMailer(smtp).send(await compose());

    expect(result).toMatchObject({ kind: 'failed', code: 'tls' });
    expect(server.arrived).toEqual([]);
  });

  it('sends neither mail nor password to a server without TLS when TLS is required', async () => {
    const said: string[] = [];
    const server = await startRawServer((socket) => {
      socket.write('220 here\r\n');
      socket.on('data', (chunk) => {
        said.push(chunk.toString());
        socket.write(chunk.toString().startsWith('EHLO') ? '250-here\r\n250 AUTH PLAIN\r\n' : '502 no\r\n');
      });
    });

    const smtp = smtpAt(server, { user: 'relay', password: SMTP_PASSWORD, requireTLS: true });
    const result = await aMailer(smtp).send(await compose());

    expect(result).toMatchObject({ kind: 'failed', code: 'tls' });
    expect(said.map((line) => line.split(/\s/)[0])).toEqual(['EHLO', 'STARTTLS']);
  });

  it('stays without TLS where it is told to ignore it', async () => {
    const server = await startMailServer({ disabledCommands: [] });

    await aMailer(smtpAt(server, { ignoreTLS: true })).send(await compose());

    expect(server.arrived.map(({ isEncrypted }) => isEncrypted)).toEqual([false]);
  });
});

describe('send to a server that is not well', () => {
  it.each([
    ['never greets', () => undefined],
    [
      'greets and falls silent',
      (write: (text: string) => void) => {
        write('220 here\r\n');
      },
    ],
  ])('fails in time when it %s', async (_, talk: (write: (text: string) => void) => void) => {
    const server = await startRawServer((socket) => {
      talk((text) => socket.write(text));
    });

    const mailer = aMailer(smtpAt(server), { connectionTimeoutMs: 50, timeoutMs: 150 });
    const result = await mailer.send(await compose());

    expect(result).toMatchObject({ kind: 'failed', code: 'timed_out' });
  });

  it('fails in time when it talks on and on and never comes to an end', async () => {
    const server = await startRawServer((socket) => {
      socket.write('220 here\r\n');
      const talking = setInterval(() => socket.write('250-more\r\n'), 10);
      socket.on('close', () => {
        clearInterval(talking);
      });
    });

    const result = await aMailer(smtpAt(server), { timeoutMs: 200 }).send(await compose());

    expect(result).toMatchObject({ kind: 'failed', code: 'timed_out' });
  });

  it('gives up after three failures in a row: later mails fail at once, with the reason', async () => {
    const server = await startRawServer((socket) => socket.end('554 closed today\r\n'));
    const mailer = aMailer(smtpAt(server));
    const mail = await compose();

    const results = [];
    for (let nth = 0; nth < 5; nth += 1) results.push(await mailer.send(mail));

    expect(results.map((result) => result.kind === 'failed' && result.code)).toEqual([
      'unreachable',
      'unreachable',
      'unreachable',
      'not_tried',
      'not_tried',
    ]);
    const last = results.at(-1);
    expect(last?.kind === 'failed' && last.message).toMatch(
      /^not tried: the mail server failed 3 times in a row, at last: .*closed/,
    );
    const connections = server.connections();
    await mailer.send(mail);
    expect(server.connections()).toBe(connections);
  });

  it('fails when nobody is there', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');

    const result = await aMailer(smtpAt({ port })).send(await compose());

    expect(result).toMatchObject({ kind: 'failed', code: 'unreachable' });
    expect(result.kind === 'failed' && result.message).toContain('ECONNREFUSED');
  });

  it('tries once more, and not again, when the connection ends before the greeting', async () => {
    const server = await startRawServer((socket) => socket.destroy());

    const result = await aMailer(smtpAt(server)).send(await compose());

    expect(result).toMatchObject({ kind: 'failed', code: 'unreachable' });
    expect(server.connections()).toBe(2);
  });

  it('does not count refused mails as failures of the server', async () => {
    const server = await startMailServer({ refuseMail: () => '550 not wanted' });
    const mailer = aMailer(smtpAt(server));
    const mail = await compose();

    const codes = [];
    for (let nth = 0; nth < 5; nth += 1) {
      const result = await mailer.send(mail);
      codes.push(result.kind === 'failed' && result.code);
    }

    expect(codes).toEqual(Array(5).fill('rejected'));
  });
});

describe('close', () => {
  it('lets mails under way come to their end and begins no more', async () => {
    const server = await startMailServer();
    const mailer = createMailer(smtpAt(server));
    const mail = await compose();
    const underWay = mailer.send(mail);

    await mailer.close();

    expect((await underWay).kind).toBe('sent');
    expect(await mailer.send(mail)).toEqual({
      kind: 'failed',
      code: 'not_tried',
      message: 'not tried: the run is ending',
    });
  });

  it('begins no mail after the signal of the run has fired', async () => {
    const server = await startMailServer();

    const mailer = aMailer(smtpAt(server), { signal: AbortSignal.abort() });
    const result = await mailer.send(await compose());

    expect(result).toMatchObject({ kind: 'failed', code: 'not_tried' });
    expect(server.connections()).toBe(0);
  });
});
