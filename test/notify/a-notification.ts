import type { NotificationFacts } from '../../src/notify/facts.ts';
import { loadTemplates } from '../../src/notify/load-templates.ts';
import { composeNotification, type Notification } from '../../src/notify/message.ts';
import {
  parseNotification,
  senderOf,
  type NotificationSettings,
} from '../../src/notify/notification-settings.ts';

export const PASSWORD = 'q7Rt-xK29-mWpd-44Lz';
export const NOW = Date.UTC(2026, 10, 25, 9, 30);

/** A new customer of type domain; every fact can be replaced. */
export function someFacts(rest: Partial<NotificationFacts> = {}): NotificationFacts {
  return {
    key: 'acme-17',
    type: 'domain',
    customerId: 'C0acme17',
    domain: 'acme.example',
    organization: 'Acme & Söhne',
    contactName: 'Zoë Ångström',
    adminEmail: 'admin@acme.example',
    alternateEmail: 'zoe@home.example',
    contactEmail: 'office@acme-group.example',
    signInUrl: 'https://admin.google.com/ac/signin?x=1&y=2',
    password: PASSWORD,
    ...rest,
  };
}

/** A new team: Google itself writes to its admin. */
export function aTeam(rest: Partial<NotificationFacts> = {}): NotificationFacts {
  return someFacts({
    type: 'team',
    adminEmail: 'lead@team.example',
    alternateEmail: undefined,
    password: undefined,
    ...rest,
  });
}

/** The setting `notification` as the config file gives it. */
export function notificationOf(raw: Readonly<Record<string, unknown>> = {}): NotificationSettings {
  const parsed = parseNotification({ from: 'Reseller GmbH <hello@reseller.example>', ...raw }, '/');
  if (parsed.kind === 'fault') throw new Error(parsed.sentence);
  return parsed.value;
}

/** A mail as a run makes it. */
export async function compose(
  facts: NotificationFacts = someFacts(),
  settings: NotificationSettings = notificationOf(),
  now = NOW,
): Promise<Notification> {
  const sender = senderOf(settings, undefined, undefined, 'job.x.example');
  return composeNotification(facts, await loadTemplates(settings), settings, sender, now);
}
