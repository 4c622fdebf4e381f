import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseNotification, senderOf } from '../../src/notify/notification-settings.ts';
import { notificationOf } from './a-notification.ts';
import { smtpAt } from './mail-server.ts';

describe('parseNotification', () => {
  it('writes to the alternate address and keeps passwords out unless told otherwise', () => {
    expect(parseNotification({}, '/etc/book')).toEqual({
      kind: 'value',
      value: { bcc: [], to: 'alternate', includePassword: false },
    });
  });

  it('takes the names of templates from the folder of the config file', () => {
    const parsed = parseNotification(
      { textTemplate: 'mail/welcome.txt', htmlTemplate: '/srv/w.html' },
      '/etc',
    );

    expect(parsed.kind === 'value' && parsed.value).toMatchObject({
      textTemplate: resolve('/etc/mail/welcome.txt'),
      htmlTemplate: resolve('/srv/w.html'),
    });
  });

  it('takes one address for copies or several', () => {
    expect(notificationOf({ bcc: 'a@x.example' }).bcc).toEqual(['a@x.example']);
    expect(notificationOf({ bcc: ['a@x.example', 'b@x.example'] }).bcc).toHaveLength(2);
  });

  it.each([
    [{ form: 'x' }, 'has no "form"; did you mean "from"?'],
    [{ from: 'a@b, c@d' }, '"from" must be one address, like Name <name@example.com>'],
    [{ from: 'A\r\nBcc: x@y.example <a@b.example>' }, '"from" must be one line'],
    [{ replyTo: '<a@b' }, '"replyTo" must be one address, like Name <name@example.com>'],
    [{ bcc: ['nobody'] }, '"bcc.0" must be one address, like name@example.com'],
    [{ to: 'everybody' }, '"to" must be one of alternate, contact, both'],
    [{ subject: 'a\nb' }, '"subject" must be one line'],
    [{ includePassword: 'no' }, '"includePassword" must be true or false'],
    [[], 'must be an object'],
  ])('refuses %j', (raw, sentence) => {
    expect(parseNotification(raw, '/')).toEqual({ kind: 'fault', sentence });
  });
});

describe('senderOf', () => {
  const HOST = 'job.x.example';
  const nobody = notificationOf({ from: undefined });
  const smtp = smtpAt({ port: 25 }, { from: 'Relay <relay@x.example>' });

  it('is notification.from, else smtp.from, else the reseller admin, else the user of the mail server', () => {
    const from = notificationOf({ from: '"Us, Ltd." <us@x.example>' });

    expect(senderOf(from, smtp, 'admin@x.example', HOST)).toEqual({
      name: 'Us, Ltd.',
      address: 'us@x.example',
    });
    expect(senderOf(nobody, smtp, 'admin@x.example', HOST)).toEqual({
      name: 'Relay',
      address: 'relay@x.example',
    });
    expect(senderOf(nobody, undefined, 'admin@x.example', HOST)).toEqual({
      name: '',
      address: 'admin@x.example',
    });
    const signedIn = smtpAt({ port: 25 }, { user: 'mailer@x.example', password: 'p' });
    expect(senderOf(nobody, signedIn, undefined, HOST)).toEqual({ name: '', address: 'mailer@x.example' });
  });

  it('is this program on this machine where nobody is named', () => {
    expect(senderOf(nobody, undefined, undefined, HOST)).toEqual({
      name: 'Your reseller',
      address: 'channelbook@job.x.example',
    });
    expect(senderOf(nobody, undefined, undefined, 'no host')).toEqual({
      name: 'Your reseller',
      address: 'channelbook@localhost',
    });
  });
});
