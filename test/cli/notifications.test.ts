import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aWorld } from '../emulator/harness.ts';
import { startMailServer, type MailServer } from '../notify/mail-server.ts';
import { readMail } from '../notify/read-mail.ts';
import { aBook, type Workplace } from '../run-cli.ts';
import { google } from './against-google.ts';
import {
  aDomainRow,
  aTeamRow,
  credentials,
  effects,
  filesWith,
  onboardPlace,
  onboarding,
} from './onboarding.ts';

const DOMAIN = 'new.example.com';
const TEAM = 'gus@team.example.com';
const QUICK = { switches: { userWindowMs: 0 } } as const;

function smtp({ port }: Pick<MailServer, 'port'>): Readonly<Record<string, unknown>> {
  return { smtp: { host: '127.0.0.1', port, from: 'Reseller <welcome@reseller.example>' } };
}

function emlFiles(directory: string): readonly string[] {
  return readdirSync(join(directory, 'notifications')).sort();
}

function book(place: Workplace): string {
  return place.write('book.csv', aBook([aDomainRow(DOMAIN), aTeamRow(TEAM)]));
}

describe('notifications', () => {
  it('are written for each new customer, once, where no mail server is set', async () => {
    const emulator = await google(aWorld(QUICK));
    const place = onboardPlace();
    const rows = book(place);

    await place.run(...onboarding(emulator, 'apply', rows));
    const [first = ''] = place.runs();
    await place.run(...onboarding(emulator, 'apply', rows));

    const [tenant] = emulator.resellerCustomers();
    expect(emlFiles(first)).toEqual(
      [`${TEAM.replace('@', '-')}~`, `${DOMAIN}.eml`].map((name) => expect.stringContaining(name) as string),
    );
    const mail = readMail(readFileSync(join(first, 'notifications', `${DOMAIN}.eml`)));
    expect(mail.headers['to']).toBe('ada@private.example');
    const said = mail.parts['text/plain']?.replace(/\s+/g, ' ');
    expect(said).toContain(tenant?.resourceUiUrl);
    expect(said).toContain(`admin@${DOMAIN}`);
    expect(said).toContain('Accept the Google Workspace via Reseller agreement');
    expect(said).toContain('The temporary password is not in this message.');
    expect(statSync(join(first, 'notifications', `${DOMAIN}.eml`)).mode & 0o777).toBe(0o600);
    expect(() => emlFiles(place.runs()[1] ?? '')).toThrow();
    expect(filesWith(place.path, credentials(first)[0]?.['temporary_password'] ?? '-')).toHaveLength(1);
  });

  it('are sent, one for each new customer, and not again by the next run', async () => {
    const emulator = await google(aWorld(QUICK));
    const server = await startMailServer();
    const place = onboardPlace(smtp(server));
    const rows = book(place);

    const { stdout } = await place.run(...onboarding(emulator, 'apply', rows));
    await place.run(...onboarding(emulator, 'apply', rows));

    expect(server.arrived.map(({ from, to }) => [from, to]).sort()).toEqual([
      ['welcome@reseller.example', ['ada@private.example']],
      ['welcome@reseller.example', [TEAM]],
    ]);
    expect(stdout).toContain('Notifications: 2 written, 2 sent');
    const [run = ''] = place.runs();
    const password = credentials(run)[0]?.['temporary_password'] ?? '-';
    expect(server.arrived.some(({ raw }) => raw.toString('utf8').includes(password))).toBe(false);
    expect(readFileSync(join(run, 'notifications', `${DOMAIN}.eml`), 'utf8')).toBe(
      server.arrived.find(({ to }) => to[0] === 'ada@private.example')?.raw.toString('utf8'),
    );
  });

  it('that fail are reported, never fail the row, and are tried again by the next run with the same id', async () => {
    const emulator = await google(aWorld(QUICK));
    let isOut = true;
    const refused: string[] = [];
    const server = await startMailServer({
      refuseMail: ({ raw }) => {
        if (!isOut) return undefined;
        refused.push(readMail(raw).headers['message-id'] ?? '');
        return '451 try again later';
      },
    });
    const place = onboardPlace(smtp(server));
    const rows = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    const first = await place.run(...onboarding(emulator, 'apply', rows));
    const [reported] = place.results();
    const told = place.summary();
    isOut = false;
    const second = await place.run(...onboarding(emulator, 'apply', rows));
    await place.run(...onboarding(emulator, 'apply', rows));

    expect([first.exitCode, reported?.['outcome'], second.exitCode]).toEqual([0, 'done', 0]);
    expect(reported?.['hint']).toContain('the next run tries again');
    expect(told).toMatchObject({ notifications: { written: 1, sent: 0, failed: 1 } });
    expect(first.stderr).toContain('could not be sent');
    expect(server.arrived.map(({ raw }) => readMail(raw).headers['message-id'])).toEqual([refused[0]]);
    expect(effects(emulator)).toHaveLength(3);
  });

  it('fail without holding the run up where there is no mail server', async () => {
    const emulator = await google(aWorld(QUICK));
    const place = onboardPlace(smtp({ port: 1 }));
    const rows = book(place);

    const { exitCode } = await place.run(...onboarding(emulator, 'apply', rows));

    expect([exitCode, place.summary().outcomes]).toEqual([0, { done: 2 }]);
    expect(place.summary()).toMatchObject({ notifications: { failed: 2 } });
    expect(emlFiles(place.runs()[0] ?? '')).toHaveLength(2);
  });

  it('are not sent again to those who got one because another address was refused', async () => {
    const emulator = await google(aWorld(QUICK));
    const server = await startMailServer({
      refuseAddress: (address) => (address === 'copy@reseller.example' ? '550 no such user' : undefined),
    });
    const place = onboardPlace({ ...smtp(server), notification: { bcc: 'copy@reseller.example' } });
    const rows = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    await place.run(...onboarding(emulator, 'apply', rows));
    const hint = place.results()[0]?.['hint'];
    await place.run(...onboarding(emulator, 'apply', rows));

    expect(server.arrived.map(({ to }) => to)).toEqual([['ada@private.example']]);
    expect(hint).toContain('did not reach everybody');
  });

  it('hold the password where the config says so, and nowhere else', async () => {
    const emulator = await google(aWorld(QUICK));
    const server = await startMailServer();
    const place = onboardPlace({ ...smtp(server), notification: { includePassword: true } });
    const rows = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    await place.run(...onboarding(emulator, 'apply', rows));

    const [run = ''] = place.runs();
    const password = credentials(run)[0]?.['temporary_password'] ?? '-';
    expect(readMail(server.arrived[0]?.raw ?? Buffer.alloc(0)).parts['text/plain']).toContain(password);
    expect([...filesWith(run, password)].sort()).toEqual(['credentials.csv', `notifications/${DOMAIN}.eml`]);
  });

  it('come from a template of the user, looked for beside the config file', async () => {
    const emulator = await google(aWorld(QUICK));
    const place = onboardPlace({
      notification: { subject: 'For {{organization}}', textTemplate: 'own.txt' },
    });
    place.write('own.txt', 'Ho {{contact_name}}, go to {{sign_in_url}}\n');
    const rows = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    await place.run(...onboarding(emulator, 'apply', rows));

    const [run = ''] = place.runs();
    const mail = readMail(readFileSync(join(run, 'notifications', `${DOMAIN}.eml`)));
    const [tenant] = emulator.resellerCustomers();
    expect([mail.headers['subject'], mail.parts['text/plain']?.trim()]).toEqual([
      `For Company ${DOMAIN}`,
      `Ho Ada Berg, go to ${tenant?.resourceUiUrl ?? ''}`,
    ]);
  });

  it.each([
    [{ notification: { textTemplate: 'none.txt' } }, 'none.txt'],
    [{ smtp: { hots: 'mail.example' } }, 'did you mean "host"?'],
    [{ notification: { includePasword: true } }, 'did you mean "includePassword"?'],
  ])('end the run with 78 before anything is written where %j cannot be used', async (config, said) => {
    const emulator = await google(aWorld(QUICK));
    const place = onboardPlace(config);
    const rows = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    const { exitCode, stderr } = await place.run(...onboarding(emulator, 'apply', rows));

    expect([exitCode, effects(emulator)]).toEqual([78, []]);
    expect(stderr).toContain(said);
  });

  it('sign in with the password of the environment, which no file holds', async () => {
    const emulator = await google(aWorld(QUICK));
    const server = await startMailServer({
      authOptional: false,
      onAuth: ({ username, password }, _, done) => {
        done(password === 'smtp-secret-1' ? null : new Error('no'), { user: username });
      },
      allowInsecureAuth: true,
    });
    const settings = { host: '127.0.0.1', port: server.port, user: 'mailer', from: 'a@reseller.example' };
    const place = onboardPlace({ smtp: settings }, { CHANNELBOOK_SMTP_PASSWORD: 'smtp-secret-1' });
    const rows = place.write('book.csv', aBook([aDomainRow(DOMAIN)]));

    await place.run(...onboarding(emulator, 'apply', rows));

    expect(server.arrived.map(({ user }) => user)).toEqual(['mailer']);
    expect(filesWith(place.path, 'smtp-secret-1')).toEqual([]);
  });
});
