import { resolve } from 'node:path';
import { z } from 'zod';
import { parseMailbox, type Mailbox } from './mailbox.ts';
import { issueSentence, settingFault, type ParsedSetting } from './parsed-setting.ts';
import { addressShape, flagShape, lineShape, mailboxShape } from './setting-shapes.ts';
import type { SmtpSettings } from './smtp-settings.ts';

const ADDRESSEES = ['alternate', 'contact', 'both'] as const;

/** As it may stand in the config file. */
export const notificationShape = z.strictObject(
  {
    from: mailboxShape.optional(),
    replyTo: mailboxShape.optional(),
    bcc: z
      .union([addressShape.transform((address) => [address]), z.array(addressShape)], {
        error: 'must be one address or a list of them',
      })
      .default([]),
    /** Whom the mail goes to: the alternate address (of a team its primary admin), the contact, or both. */
    to: z.enum(ADDRESSEES, { error: `must be one of ${ADDRESSEES.join(', ')}` }).default('alternate'),
    /** The reseller's name as customers know it. */
    reseller: lineShape.optional(),
    /** Stands under the message; may have several lines. */
    signature: z.string({ error: 'must be a text' }).trim().optional(),
    /** A template of one line. */
    subject: lineShape.optional(),
    textTemplate: lineShape.optional(),
    htmlTemplate: lineShape.optional(),
    includePassword: flagShape.default(false),
  },
  { error: 'must be an object' },
);

export type NotificationSettings = Readonly<z.infer<typeof notificationShape>>;

/** Nothing set. */
export const DEFAULT_NOTIFICATION: NotificationSettings = notificationShape.parse({});

const KNOWN_KEYS = Object.keys(notificationShape.shape);

/**
 * Reads the setting `notification`.
 *
 * @param directory what the names of templates are relative to: the folder of the config file
 */
export function parseNotification(raw: unknown, directory: string): ParsedSetting<NotificationSettings> {
  const parsed = notificationShape.safeParse(raw);
  if (!parsed.success) return settingFault(issueSentence(parsed.error, KNOWN_KEYS));
  const { textTemplate, htmlTemplate } = parsed.data;
  return {
    kind: 'value',
    value: {
      ...parsed.data,
      ...(textTemplate === undefined ? {} : { textTemplate: resolve(directory, textTemplate) }),
      ...(htmlTemplate === undefined ? {} : { htmlTemplate: resolve(directory, htmlTemplate) }),
    },
  };
}

/**
 * Who the mails come from: `notification.from`, else `smtp.from`, else the reseller admin, else the user of the mail
 * server, else this program on this machine, which many a mail server will refuse: that is then said of the mail.
 *
 * @param subject the setting `subject`, the reseller admin for whom the service account acts
 * @param host name of this machine
 */
export function senderOf(
  notification: NotificationSettings,
  smtp: SmtpSettings | undefined,
  subject: string | undefined,
  host: string,
): Mailbox {
  for (const text of [notification.from, smtp?.from, subject, smtp?.user]) {
    const sender = text === undefined ? undefined : parseMailbox(text);
    if (sender !== undefined) return sender;
  }
  const here = `channelbook@${host}`;
  return {
    name: 'Your reseller',
    address: parseMailbox(here) === undefined ? 'channelbook@localhost' : here,
  };
}
