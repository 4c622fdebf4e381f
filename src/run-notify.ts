import { hostname } from 'node:os';
import { dirname, join, relative } from 'node:path';
import PQueue from 'p-queue';
import { CREDENTIALS_FILE, passwordIn } from './apply/credentials-file.ts';
import { PASSWORD_LOST, credentialOwner } from './apply/onboard-password.ts';
import { configFault } from './config/load.ts';
import {
  hasOnboarding,
  pendingNotification,
  pendingNotifications,
  type PendingNotification,
} from './ledger/notifications.ts';
import { addNote } from './ledger/rows.ts';
import { runDirectory } from './ledger/runs.ts';
import { setNotified, tenantById, type KnownTenant } from './ledger/tenants.ts';
import { toFatal } from './model/fatal.ts';
import type { RowEnding } from './model/row-ending.ts';
import { writeEml } from './notify/eml-file.ts';
import type { NotificationFacts } from './notify/facts.ts';
import { loadTemplates, type Templates } from './notify/load-templates.ts';
import type { Mailbox } from './notify/mailbox.ts';
import { createMailer, type Mailer } from './notify/mailer.ts';
import { composeNotification } from './notify/message.ts';
import { parseNotification, senderOf, type NotificationSettings } from './notify/notification-settings.ts';
import { parseSmtp, type SmtpSettings } from './notify/smtp-settings.ts';
import { contactName } from './plan/onboard-requests.ts';
import { onboardDomain } from './plan/tenant-facts.ts';
import type { NotificationCounts } from './reconcile/summary.ts';
import type { Job } from './run-job.ts';
import type { RunRequest } from './run-session.ts';
import { timeStamp } from './run-messages.ts';

/** The settings of notifications, read. */
export interface MailSettings {
  readonly smtp: SmtpSettings | undefined;
  readonly notification: NotificationSettings;
}

/** @throws FatalError 78 for a setting that cannot be used */
export function mailSettings({
  settings,
  environment,
  configFile,
}: Pick<RunRequest, 'settings' | 'environment' | 'configFile'>): MailSettings {
  const password = environment['CHANNELBOOK_SMTP_PASSWORD'];
  const smtp = settings.smtp === undefined ? undefined : parseSmtp(settings.smtp, password);
  if (smtp?.kind === 'fault') throw badSetting(configFile, 'smtp', smtp.sentence);
  const directory = configFile === undefined ? process.cwd() : dirname(configFile);
  const notification = parseNotification(settings.notification ?? {}, directory);
  if (notification.kind === 'fault') throw badSetting(configFile, 'notification', notification.sentence);
  return { smtp: smtp?.value, notification: notification.value };
}

function badSetting(file: string | undefined, key: string, sentence: string): Error {
  return configFault(
    `${file === undefined ? '' : `${file}: `}"${key}" ${sentence}`,
    'docs/notifications.md has every key.',
  );
}

/** Tells new customers, one after the other, while the run goes on. */
export interface Notifier {
  /** A row has ended: its customer is told, if it is a new one. */
  onRow(ending: RowEnding, row: number): void;
  /** Tells the customers that are left, those whose mail failed in an earlier run among them. Never throws. */
  finish(): Promise<NotificationCounts | undefined>;
}

/** Rows fetched from the ledger at a time. */
const PAGE = 200;

/** How long mails may go on once Google is done: a slow mail server must not keep the account's lock. */
const FINISH_MS = 600_000;

/** One mail at a time: of a run that is killed there is one at most whose end nobody knows. Google is the slower part. */
const CONCURRENCY = 1;

/**
 * Opens what notifications need, before the first write: a run must not make customers whom it then cannot tell.
 * Undefined where no row is about a new customer.
 *
 * @throws FatalError 78 where a template or an address cannot be used
 */
export async function openNotifier(job: Job, settings: MailSettings): Promise<Notifier | undefined> {
  if (!hasOnboarding(job.ledger, job.run)) return undefined;
  const { smtp, notification } = settings;
  const templates = await loadTemplates(notification);
  const sender = senderOf(notification, smtp, job.settings.subject, hostname());
  const over = new AbortController();
  const signal = AbortSignal.any([job.stop.ending, over.signal]);
  const mailer = smtp === undefined ? undefined : createMailer(smtp, { signal });
  return createNotifier(job, {
    mailer,
    templates,
    notification,
    sender,
    giveUp: () => {
      over.abort();
    },
  });
}

interface Tools {
  readonly mailer: Mailer | undefined;
  readonly templates: Templates;
  readonly notification: NotificationSettings;
  readonly sender: Mailbox;
  /** Begins no further mail. */
  readonly giveUp: () => void;
}

function createNotifier(job: Job, tools: Tools): Notifier {
  const { ledger, run, stop } = job;
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const counts = { written: 0, sent: 0, failed: 0 };
  /** Whose mail failed in this run: the next one tries again. */
  const failedRows = new Set<number>();
  let firstFailure: string | undefined;

  /** Looks the row up anew: nobody is told twice, and what waits is a number, not a customer. */
  async function tell(row: number): Promise<void> {
    const pending = failedRows.has(row) ? undefined : pendingNotification(ledger, run, row);
    const tenant = pending && tenantById(ledger, pending.customerId);
    if (pending === undefined || tenant === undefined) return;
    const message = await deliver(pending, tenant);
    if (message === undefined) return;
    firstFailure ??= message;
    failedRows.add(row);
  }

  /** Writes the message, sends it where there is a mail server, and writes down what came of it. */
  async function deliver(pending: PendingNotification, tenant: KnownTenant): Promise<string | undefined> {
    const facts = factsOf(pending, tenant, job, tools.notification);
    const { templates, notification, sender, mailer } = tools;
    const mail = await composeNotification(facts, templates, notification, sender, job.deps.clock.now());
    const file = await writeEml(job.session.directory, facts.key, mail.raw);
    counts.written += 1;
    const result = await mailer?.send(mail);
    // Those who got it would get it again, at every run: the others are for a person to write to.
    const isPartly = result?.kind === 'failed' && result.code === 'partly_rejected';
    const state = result === undefined ? 'written' : isPartly ? 'sent' : result.kind;
    if (state !== 'written') counts[state] += 1;
    const note = [
      ...(state === 'failed' && result?.kind === 'failed' ? [notSent(result.message, file, job)] : []),
      ...(isPartly ? [`the notification did not reach everybody: ${result.message}`] : []),
      ...passwordNote(pending, tenant, job),
    ].join(' | ');
    ledger.transaction(() => {
      setNotified(ledger, tenant.customerId, state, timeStamp(job.deps.clock));
      if (note !== '') addNote(ledger, run, pending.row, note);
    });
    return state === 'failed' && result?.kind === 'failed' ? result.message : undefined;
  }

  function enqueue(row: number): void {
    void queue
      .add(() => tell(row))
      .catch((error: unknown) => {
        stop.abort(toFatal(error));
      });
  }

  async function tellTheRest(): Promise<void> {
    for (let after = 0; ;) {
      const page = pendingNotifications(ledger, run, after, PAGE);
      const last = page.at(-1);
      if (last === undefined || stop.aborting.aborted) return;
      after = last.row;
      for (const { row } of page) enqueue(row);
      await queue.onIdle();
    }
  }

  return {
    onRow(ending, row) {
      if (ending.outcome !== 'done' || ending.action !== 'onboard') return;
      enqueue(row);
    },
    async finish() {
      const limit = new AbortController();
      void job.deps.clock
        .sleep(FINISH_MS, limit.signal)
        .then(tools.giveUp)
        .catch(() => undefined);
      try {
        await queue.onIdle();
        await tellTheRest();
      } catch (error) {
        stop.abort(toFatal(error));
      } finally {
        limit.abort();
        await tools.mailer?.close();
      }
      if (counts.failed > 0) job.deps.terminal.warn(notSentText(counts.failed, firstFailure));
      return counts.written === 0 ? undefined : counts;
    },
  };
}

function factsOf(
  { customer }: PendingNotification,
  tenant: KnownTenant,
  job: Job,
  { includePassword }: NotificationSettings,
): NotificationFacts {
  const { fields, type, key } = customer;
  const adminEmail = type === 'team' ? fields.primary_admin_email : fields.admin_email;
  const domain = onboardDomain(customer);
  const name = contactName(customer);
  const { passwordRun } = tenant;
  const directory = passwordRun === undefined ? undefined : runDirectory(job.ledger, passwordRun);
  const isTold = includePassword && directory !== undefined;
  return {
    key,
    type,
    customerId: tenant.customerId,
    domain,
    organization: fields.org_display_name ?? '',
    contactName: name === '' ? undefined : name,
    adminEmail,
    alternateEmail: fields.alternate_email,
    contactEmail: fields.contact_email,
    signInUrl: tenant.consoleUrl,
    password: isTold ? passwordIn(directory, credentialOwner(customer)) : undefined,
  };
}

function notSent(message: string, file: string, { session }: Job): string {
  return `the notification could not be sent, and the next run tries again: ${message}; it is in ${relative(session.directory, file)}`;
}

/** Where a password is to be looked for that an earlier run wrote down. */
function passwordNote(
  { outcome, customer }: PendingNotification,
  { passwordRun }: KnownTenant,
  job: Job,
): readonly string[] {
  if (outcome !== 'unchanged' || passwordRun === undefined || passwordRun === job.run) return [];
  const directory = runDirectory(job.ledger, passwordRun);
  if (directory === undefined) return [];
  const owner = credentialOwner(customer);
  return [
    passwordIn(directory, owner) === undefined
      ? PASSWORD_LOST
      : `its temporary password is in ${join(directory, CREDENTIALS_FILE)}`,
  ];
}

function notSentText(count: number, message: string | undefined): string {
  const what = count === 1 ? '1 notification' : `${count} notifications`;
  return `${what} could not be sent (${message ?? 'unknown'}); the next run tries again`;
}
