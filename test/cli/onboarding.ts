import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Emulator } from '../../src/emulator/server.ts';
import { ACCOUNT } from '../emulator/harness.ts';
import { aBook, newWorkplace, type Workplace } from '../run-cli.ts';
import { until } from './against-google.ts';

/** Quotas that hold nothing up, and no wait longer than a test wants. */
const FAST = {
  quotas: { reseller: 60_000, directory: 60_000, 'channel.list': 60_000, 'channel.other': 60_000 },
  attempts: 2,
  settleSeconds: 0,
};

export function onboardPlace(
  config: Readonly<Record<string, unknown>> = {},
  environment: Readonly<Record<string, string>> = {},
): Workplace {
  const place = newWorkplace(environment);
  place.write('channelbook.config.json', JSON.stringify({ ...FAST, ...config }));
  return place;
}

export function onboarding(
  emulator: Emulator,
  command: 'apply' | 'plan',
  book: string,
  ...more: readonly string[]
): readonly string[] {
  const flags = ['--action', 'onboard', '--account', ACCOUNT, '--api-url', emulator.url];
  return [command, book, ...flags, ...(command === 'apply' ? ['--yes'] : []), ...more];
}

/** A row of type `domain` with everything that onboarding needs. */
export function aDomainRow(
  domain: string,
  rest: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return {
    id: domain,
    domain,
    org_display_name: `Company ${domain}`,
    region_code: 'DE',
    postal_code: '10115',
    contact_first_name: 'Ada',
    contact_last_name: 'Berg',
    alternate_email: 'ada@private.example',
    language_code: '',
    admin_email: `admin@${domain}`,
    admin_given_name: 'Ada',
    admin_family_name: 'Berg',
    customer_type: '',
    primary_admin_email: '',
    action: '',
    ...rest,
  };
}

export function aTeamRow(
  admin: string,
  rest: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return aDomainRow('', {
    id: admin,
    org_display_name: `Team of ${admin}`,
    alternate_email: '',
    admin_email: '',
    admin_given_name: '',
    admin_family_name: '',
    customer_type: 'team',
    primary_admin_email: admin,
    ...rest,
  });
}

export const WRITES: ReadonlySet<string> = new Set([
  'reseller.customers.insert',
  'directory.customers.patch',
  'directory.users.insert',
  'directory.users.makeAdmin',
]);

/** What changed something at Google, in order: method and whom it was about. */
export function effects(emulator: Emulator): readonly string[] {
  return emulator.requests
    .filter(({ method, effect }) => WRITES.has(method) && effect)
    .map(({ method }) => method);
}

/** The methods that were called, in order. */
export function methods(emulator: Emulator): readonly string[] {
  return emulator.requests.map(({ method }) => method);
}

/** Resolves when a call of that method has arrived that a fault rule struck. */
export function struck(emulator: Emulator, method: string): Promise<void> {
  return until(() =>
    emulator.requests.some((request) => request.method === method && request.fault !== undefined),
  );
}

/** The lines of a run's credentials.csv. */
export function credentials(directory: string): readonly Readonly<Record<string, string>>[] {
  const path = join(directory, 'credentials.csv');
  return existsSync(path) ? parse<Record<string, string>>(readFileSync(path, 'utf8'), { columns: true }) : [];
}

/** Every password that any run has written down. */
export function allPasswords(place: Workplace): ReadonlySet<string> {
  return new Set(
    place
      .runs()
      .flatMap((run) => credentials(run).flatMap(({ temporary_password: password }) => password ?? [])),
  );
}

/** The files below a folder that hold the text, plain or in base64. */
export function filesWith(folder: string, text: string): readonly string[] {
  const forms = [text, encodeURIComponent(text), Buffer.from(text).toString('base64').replace(/=+$/, '')];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    if (!statSync(path).isFile()) return false;
    const content = readFileSync(path, 'latin1');
    return forms.some((form) => content.includes(form));
  });
}

/** The password that Google has for a user: that of the one `users.insert` for it that took effect. */
export function passwordAtGoogle(emulator: Emulator, address: string): string | undefined {
  const made = emulator.requests.find(
    ({ method, effect, body }) =>
      method === 'directory.users.insert' &&
      effect &&
      (body as { readonly primaryEmail?: string }).primaryEmail === address,
  );
  return (made?.body as { readonly password?: string } | undefined)?.password;
}

/** Applies a book until a call of that method has been struck by silence, and kills the program there. */
export async function killedAt(
  place: Workplace,
  emulator: Emulator,
  method: string,
  row: Readonly<Record<string, string>>,
): Promise<void> {
  const book = place.write('book.csv', aBook([row]));
  const run = place.start(...onboarding(emulator, 'apply', book));
  await struck(emulator, method);
  run.child.kill('SIGKILL');
  await run.end;
}
