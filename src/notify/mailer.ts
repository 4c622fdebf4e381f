import type { SMTPPoolOptions, SMTPPoolSentMessageInfo, Transporter } from 'nodemailer';
import PQueue from 'p-queue';
import { failed, isOfTheServer, mailFailure, said } from './mail-failure.ts';
import type { MailResult } from './mail-result.ts';
import type { Envelope, Notification } from './message.ts';
import { smtpSecrets, type SmtpSettings } from './smtp-settings.ts';

export interface Mailer {
  /** Sends one mail. Every failure is a value; a mail that cannot be addressed fails without being sent. */
  send(mail: Pick<Notification, 'raw' | 'envelope' | 'secrets'>): Promise<MailResult>;
  /** Resolves when the mails under way are through and the connections closed. */
  close(): Promise<void>;
}

export interface MailerOptions {
  /** Longest wait for a connection, and again for the greeting; the settings' where not given. */
  readonly connectionTimeoutMs?: number;
  /** Longest time for one mail, connecting included; the settings' where not given. */
  readonly timeoutMs?: number;
  /** When it fires, no further mail is begun; those under way are brought to their end. */
  readonly signal?: AbortSignal | undefined;
}

/** A run has few mails a minute: Google's quota for new customers is the slower of the two. */
const CONNECTIONS = 2;
/** So many failures of the server in a row, and it is left alone for the rest of the run. */
const FAILURES_UNTIL_GIVEN_UP = 3;

/** Sends mails over one server. Nothing is loaded or connected before the first mail. */
export function createMailer(smtp: SmtpSettings, options: MailerOptions = {}): Mailer {
  const timeoutMs = options.timeoutMs ?? smtp.timeoutSeconds * 1000;
  const queue = new PQueue({ concurrency: CONNECTIONS });
  let transport: Promise<Transporter<SMTPPoolSentMessageInfo>> | undefined;
  let failuresInARow = 0;
  let lastFailure = '';
  let isClosed = false;

  function reasonNotToTry(): string | undefined {
    if (isClosed || options.signal?.aborted === true) return 'the run is ending';
    if (failuresInARow < FAILURES_UNTIL_GIVEN_UP) return undefined;
    return `the mail server failed ${failuresInARow} times in a row, at last: ${lastFailure}`;
  }

  function learnFrom(result: MailResult): void {
    const isFailure = result.kind === 'failed' && isOfTheServer(result);
    failuresInARow = isFailure ? failuresInARow + 1 : 0;
    if (isFailure) lastFailure = result.message;
  }

  async function sendOne(raw: Buffer, envelope: Envelope, secrets: readonly string[]): Promise<MailResult> {
    const reason = reasonNotToTry();
    if (reason !== undefined) return failed('not_tried', said(`not tried: ${reason}`, secrets, envelope.to));
    transport ??= openTransport(smtp, timeoutMs, options.connectionTimeoutMs);
    const result = await deliver(await transport, { raw, envelope, secrets, timeoutMs });
    learnFrom(result);
    return result;
  }

  return {
    async send({ raw, envelope, secrets }) {
      if (envelope.kind === 'failed') return envelope;
      return queue.add(() => sendOne(raw, envelope, [...smtpSecrets(smtp), ...secrets]));
    },
    async close() {
      isClosed = true;
      await queue.onIdle();
      (await transport)?.close();
    },
  };
}

async function openTransport(
  smtp: SmtpSettings,
  timeoutMs: number,
  connectionTimeoutMs = smtp.connectionTimeoutSeconds * 1000,
): Promise<Transporter<SMTPPoolSentMessageInfo>> {
  const { host, port, secure, user, password, requireTls, ignoreTls, rejectUnauthorized, name } = smtp;
  const { createTransport } = await import('nodemailer');
  const options: SMTPPoolOptions & { readonly pool: true } = {
    pool: true,
    maxConnections: CONNECTIONS,
    // Once, for a connection that the server closed while it was idle.
    maxRequeues: 1,
    host,
    port,
    secure,
    requireTLS: requireTls,
    ignoreTLS: ignoreTls,
    tls: { rejectUnauthorized },
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password } }),
    ...(name === undefined ? {} : { name }),
    connectionTimeout: connectionTimeoutMs,
    dnsTimeout: connectionTimeoutMs,
    greetingTimeout: connectionTimeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return createTransport(options);
}

interface Delivery {
  readonly raw: Buffer;
  readonly envelope: Envelope;
  readonly secrets: readonly string[];
  readonly timeoutMs: number;
}

async function deliver(
  transport: Transporter<SMTPPoolSentMessageInfo>,
  { raw, envelope: { from, to }, secrets, timeoutMs }: Delivery,
): Promise<MailResult> {
  // A server that answers a little now and then never lets the socket time out.
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const info = await transport.sendMail({ raw, envelope: { from, to: [...to] }, signal });
    if (info.rejected.length === 0) return { kind: 'sent', response: said(info.response, secrets, to) };
    const why = info.rejectedErrors?.[0]?.response ?? '';
    const count = `${info.rejected.length} of ${to.length} addresses were refused`;
    return failed('partly_rejected', said(`${count}: ${why}`, secrets, to));
  } catch (error) {
    if (signal.aborted) return failed('timed_out', `the mail server took longer than ${timeoutMs} ms`);
    return mailFailure(error, secrets, to);
  }
}
