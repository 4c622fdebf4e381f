import { wrap } from '../reconcile/fit-line.ts';
import { createHash } from 'node:crypto';
import type { NotificationFacts } from './facts.ts';
import type { Templates } from './load-templates.ts';
import { asciiAddress, domainOf, isAddress, type Mailbox } from './mailbox.ts';
import type { MailFailed } from './mail-result.ts';
import type { NotificationSettings } from './notification-settings.ts';
import { oneLine } from './one-line.ts';
import { placeholderValues, textAsHtml } from './placeholders.ts';
import { escapeHtml, renderTemplate } from './template.ts';

export interface Envelope {
  readonly kind: 'envelope';
  readonly from: string;
  readonly to: readonly string[];
}

/** One mail, ready to be written and sent. */
export interface Notification {
  /** The whole mail, as a file and as the server gets it. */
  readonly raw: Buffer;
  /** With its brackets; the same whenever the mail of this customer is made again. */
  readonly messageId: string;
  /** Whom it goes to, or why it cannot be sent. */
  readonly envelope: Envelope | MailFailed;
  /** What must be taken out of whatever is said about this mail. */
  readonly secrets: readonly string[];
}

/** A header may be long; a line of a list of mails is not. */
const LONGEST_SUBJECT = 200;

/**
 * Makes the mail of one customer: text and HTML side by side.
 *
 * @param sender see `senderOf`
 * @param now milliseconds since the epoch, for the mail's date
 */
export async function composeNotification(
  facts: NotificationFacts,
  templates: Templates,
  settings: NotificationSettings,
  sender: Mailbox,
  now: number,
): Promise<Notification> {
  // Loaded here, so that only a run that writes mails pays for it.
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const { to, envelope } = addressed(facts, settings, sender);
  const identity = identityOf(facts);
  const messageId = `<${identity}@${domainOf(sender.address)}>`;
  const values = placeholderValues(facts, settings, sender);
  const { textTemplate, htmlTemplate } = settings;
  const text = laidOut(renderTemplate(templates.text, values, String), textTemplate);
  const subject = oneLine(renderTemplate(templates.subject, values, String)).slice(0, LONGEST_SUBJECT);
  const composer = new MailComposer({
    from: { ...sender },
    to: [...to],
    ...(settings.replyTo === undefined ? {} : { replyTo: settings.replyTo }),
    subject,
    messageId,
    date: new Date(now),
    // So that no absence message or robot answers it (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    text,
    html:
      templates.html === undefined
        ? textAsHtml(text)
        : laidOut(renderTemplate(templates.html, values, escapeHtml), htmlTemplate),
    baseBoundary: identity,
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const raw = await composer.compile().build();
  return { raw, messageId, envelope, secrets: facts.password === undefined ? [] : [facts.password] };
}

/** Longer lines are cut into pieces on their way (RFC 2045, section 6.7), which nobody can read in an .eml. */
const LONGEST_LINE = 76;

/** Ours is broken at blanks; a template of the user stays as it is laid out there. */
function laidOut(text: string, template: string | undefined): string {
  if (template !== undefined) return text;
  return text
    .split('\n')
    .flatMap((line) => wrap(line, LONGEST_LINE))
    .join('\n');
}

/** The usable addresses of a row, and the envelope where all are. */
function addressed(
  facts: NotificationFacts,
  settings: NotificationSettings,
  sender: Mailbox,
): { readonly to: readonly string[]; readonly envelope: Envelope | MailFailed } {
  const wanted = addressees(facts, settings);
  const to = wanted
    .map(({ address }) => address)
    .filter(isAddress)
    .map(asciiAddress);
  const bad = wanted.filter(({ address }) => !isAddress(address)).map(({ column }) => column);
  if (wanted.length > 0 && bad.length === 0) {
    return {
      to,
      envelope: {
        kind: 'envelope',
        from: asciiAddress(sender.address),
        to: [...to, ...settings.bcc.map(asciiAddress)],
      },
    };
  }
  const message =
    wanted.length === 0 ? 'the row has no address to write to' : `${bad.join(' and ')}: no e-mail address`;
  return { to, envelope: { kind: 'failed', code: 'bad_address', message } };
}

interface Addressee {
  readonly column: 'alternate_email' | 'primary_admin_email' | 'contact_email';
  readonly address: string;
}

/** Without a contact's address the first goes: a customer must learn of it in any case. */
function addressees(facts: NotificationFacts, { to }: NotificationSettings): readonly Addressee[] {
  const first = filled(
    facts.type === 'team'
      ? { column: 'primary_admin_email', address: facts.adminEmail }
      : { column: 'alternate_email', address: facts.alternateEmail },
  );
  const contact = filled({ column: 'contact_email', address: facts.contactEmail });
  if (to === 'alternate') return first;
  if (to === 'contact') return contact.length > 0 ? contact : first;
  const isSame = contact[0]?.address.toLowerCase() === first[0]?.address.toLowerCase();
  return isSame ? first : [...first, ...contact];
}

function filled({
  column,
  address,
}: {
  readonly column: Addressee['column'];
  readonly address: string | undefined;
}): readonly Addressee[] {
  const text = address?.trim() ?? '';
  return text === '' ? [] : [{ column, address: text }];
}

/** Nothing can be read from it, and it is the same whenever this customer's mail is made. */
function identityOf({ customerId, domain }: NotificationFacts): string {
  const whose = JSON.stringify(['welcome', customerId, domain.toLowerCase()]);
  return `channelbook-${createHash('sha256').update(whose).digest('hex').slice(0, 32)}`;
}
