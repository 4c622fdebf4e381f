import { z } from 'zod';
import { settingFault, issueSentence, type ParsedSetting } from './parsed-setting.ts';
import { flagShape, lineShape, mailboxShape, secondsShape, secretShape } from './setting-shapes.ts';
import { readSmtpUrl } from './smtp-url.ts';

/** The mail server, every default settled. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly user: string | undefined;
  /** A secret. */
  readonly password: string | undefined;
  /** No mail and no password without TLS. */
  readonly requireTls: boolean;
  /** No STARTTLS although the server offers it. */
  readonly ignoreTls: boolean;
  /** Whether the server must prove its name by a certificate. */
  readonly rejectUnauthorized: boolean;
  /** What we call ourselves (EHLO); undefined for the name of this machine. */
  readonly name: string | undefined;
  /** Sender where `notification.from` is not set. */
  readonly from: string | undefined;
  /** Longest wait for the connection, and again for the server's greeting. */
  readonly connectionTimeoutSeconds: number;
  /** Longest time for one mail, connecting included. */
  readonly timeoutSeconds: number;
}

const HOST = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}._-]*)|[0-9a-f]*:[0-9a-f:.]+)$/iu;
const DEFAULT_CONNECTION_SECONDS = 10;
const DEFAULT_MAIL_SECONDS = 60;

/** As it may stand in the config file: our own spellings and nodemailer's. */
export const smtpShape = z.strictObject(
  {
    host: lineShape.regex(HOST, { error: 'must be the name or address of a server, without a port' }),
    port: z
      .int({ error: 'must be a whole number' })
      .min(1, { error: 'must be 1 or more' })
      .max(65_535, { error: 'must be 65535 or less' })
      .optional(),
    secure: flagShape.optional(),
    user: lineShape.optional(),
    password: secretShape.optional(),
    auth: z
      .strictObject(
        { user: lineShape.optional(), pass: secretShape.optional() },
        { error: 'must be { user, pass }' },
      )
      .optional(),
    requireTls: flagShape.optional(),
    requireTLS: flagShape.optional(),
    ignoreTls: flagShape.optional(),
    ignoreTLS: flagShape.optional(),
    rejectUnauthorized: flagShape.optional(),
    tls: z
      .strictObject({ rejectUnauthorized: flagShape.optional() }, { error: 'must be { rejectUnauthorized }' })
      .optional(),
    name: lineShape.optional(),
    from: mailboxShape.optional(),
    connectionTimeoutSeconds: secondsShape.optional(),
    timeoutSeconds: secondsShape.optional(),
  },
  // Missing keys are told of by this as well.
  { error: 'must be an smtp:// or smtps:// address or an object with at least a host' },
);
type GivenSmtp = z.infer<typeof smtpShape>;

const KNOWN_KEYS = [...Object.keys(smtpShape.shape), 'auth.user', 'auth.pass', 'tls.rejectUnauthorized'];

/**
 * Reads the setting `smtp`: an address like `smtp://user:password@host:587?requireTLS=true`, or an object.
 *
 * @param environmentPassword `CHANNELBOOK_SMTP_PASSWORD`, which wins over a password that stands in the setting
 */
export function parseSmtp(raw: unknown, environmentPassword?: string): ParsedSetting<SmtpSettings> {
  const given = typeof raw === 'string' ? readSmtpUrl(raw) : { kind: 'value' as const, value: raw };
  if (given.kind === 'fault') return given;
  const parsed = smtpShape.safeParse(given.value);
  if (!parsed.success) return settingFault(issueSentence(parsed.error, KNOWN_KEYS));
  const twice = givenTwice(parsed.data);
  if (twice !== undefined) return settingFault(`has both ${twice}: keep one of them`);
  return settled(parsed.data, environmentPassword);
}

function givenTwice(given: GivenSmtp): string | undefined {
  const pairs: readonly (readonly [string, unknown, string, unknown])[] = [
    ['user', given.user, 'auth.user', given.auth?.user],
    ['password', given.password, 'auth.pass', given.auth?.pass],
    ['requireTls', given.requireTls, 'requireTLS', given.requireTLS],
    ['ignoreTls', given.ignoreTls, 'ignoreTLS', given.ignoreTLS],
    ['rejectUnauthorized', given.rejectUnauthorized, 'tls.rejectUnauthorized', given.tls?.rejectUnauthorized],
  ];
  const pair = pairs.find(([, one, , other]) => one !== undefined && other !== undefined);
  return pair === undefined ? undefined : `"${pair[0]}" and "${pair[2]}"`;
}

function settled(given: GivenSmtp, environmentPassword: string | undefined): ParsedSetting<SmtpSettings> {
  const { host } = given;
  const user = given.user ?? given.auth?.user;
  const password = environmentPassword ?? given.password ?? given.auth?.pass;
  if (user === undefined && password !== undefined) return settingFault('has a password and no "user"');
  if (user !== undefined && password === undefined) {
    return settingFault('has a "user" and no password: set CHANNELBOOK_SMTP_PASSWORD');
  }
  const secure = given.secure ?? given.port === 465;
  const ignoreTls = given.ignoreTls ?? given.ignoreTLS ?? false;
  const requireTls = given.requireTls ?? given.requireTLS;
  if (ignoreTls && requireTls === true) return settingFault('both requires TLS and ignores it');
  const isHere = isThisMachine(host);
  return {
    kind: 'value',
    value: {
      host,
      port: given.port ?? (secure ? 465 : 587),
      secure,
      user,
      password,
      // Without it, whoever takes the offer of STARTTLS out of the server's greeting gets the password.
      requireTls: requireTls ?? (password !== undefined && !ignoreTls && !isHere),
      ignoreTls,
      // What never leaves this machine needs no proof of whom it reaches, and hardly any server has one for localhost.
      rejectUnauthorized: given.rejectUnauthorized ?? given.tls?.rejectUnauthorized ?? !isHere,
      name: given.name,
      from: given.from,
      connectionTimeoutSeconds: given.connectionTimeoutSeconds ?? DEFAULT_CONNECTION_SECONDS,
      timeoutSeconds: given.timeoutSeconds ?? DEFAULT_MAIL_SECONDS,
    },
  };
}

function isThisMachine(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host);
}

/** The mail server as manifests and logs may show it. */
export function describeSmtp(smtp: SmtpSettings): Readonly<Record<string, string | number | boolean>> {
  const { host, port, secure, user, requireTls, ignoreTls, rejectUnauthorized } = smtp;
  return {
    host,
    port,
    secure,
    ...(user === undefined ? {} : { user }),
    requireTls,
    ignoreTls,
    rejectUnauthorized,
  };
}

/** What must be taken out of whatever the server or nodemailer says. */
export function smtpSecrets(smtp: SmtpSettings): readonly string[] {
  return smtp.password === undefined ? [] : [smtp.password];
}
