import { escapeHtml, type TemplateNames, type TemplateValues } from './template.ts';
import type { NotificationFacts } from './facts.ts';
import { domainOf, type Mailbox } from './mailbox.ts';
import type { NotificationSettings } from './notification-settings.ts';
import { oneLine } from './one-line.ts';

/** What a template may name, for people: docs/notifications.md explains each. */
export const PLACEHOLDERS = [
  'organization',
  'domain',
  'contact_name',
  'admin_email',
  'sign_in_url',
  'sign_in_link',
  'password',
  'reseller',
  'signature',
  'key',
  'type',
] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

export const TEMPLATE_NAMES: TemplateNames = { values: PLACEHOLDERS, conditions: ['team'] };

/** A subject has none of the password. */
export const SUBJECT_NAMES: TemplateNames = {
  values: PLACEHOLDERS.filter((name) => name !== 'password' && name !== 'signature'),
  conditions: ['team'],
};

/** Google's Admin console, for a customer whose own address of it Google did not give. */
const ADMIN_CONSOLE = 'https://admin.google.com/';

/** The values of one customer. All but the signature are one line, so that none can pass for a part of the text. */
export function placeholderValues(
  facts: NotificationFacts,
  settings: NotificationSettings,
  sender: Mailbox,
): TemplateValues {
  const signInUrl = given(facts.signInUrl) ?? ADMIN_CONSOLE;
  const reseller = resellerName(settings, sender);
  const values: Record<Placeholder | 'team', string | undefined> = {
    organization: given(facts.organization) ?? given(facts.domain),
    domain: given(facts.domain),
    contact_name: given(facts.contactName),
    admin_email: given(facts.adminEmail),
    sign_in_url: signInUrl,
    sign_in_link: isLink(signInUrl) ? signInUrl : undefined,
    password: settings.includePassword ? facts.password : undefined,
    reseller,
    signature: settings.signature ?? reseller,
    key: given(facts.key),
    type: facts.type,
    team: facts.type === 'team' ? 'team' : undefined,
  };
  return values;
}

function given(text: string | undefined): string | undefined {
  const line = oneLine(text ?? '');
  return line === '' ? undefined : line;
}

function resellerName(settings: NotificationSettings, sender: Mailbox): string {
  return given(settings.reseller) ?? given(sender.name) ?? domainOf(sender.address);
}

/** Nothing but http and https may be clicked; a bare host stays the text that Google gave. */
function isLink(text: string): boolean {
  return /^https?:\/\/[^\s/]/i.test(text) && URL.canParse(text);
}

/** A text as HTML: paragraphs where it has blank lines, and its web addresses as links. */
export function textAsHtml(text: string): string {
  const paragraphs = text.trim().split(/(?:\r?\n[ \t]*){2,}/);
  return paragraphs.map((paragraph) => `<p>${linked(paragraph.replace(/\r\n/g, '\n'))}</p>\n`).join('');
}

function linked(text: string): string {
  // The address itself must not take the full stop or bracket after it along.
  return text
    .split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/i)
    .map((part, index) =>
      index % 2 === 1 ? `<a href="${escapeHtml(part)}">${escapeHtml(part)}</a>` : escapeHtml(part),
    )
    .join('');
}
