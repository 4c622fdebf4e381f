import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Emulator } from '../src/emulator/server.ts';
import type { WorldInput } from '../src/emulator/world.ts';
import { domains, google, writes } from './cli/against-google.ts';
import { aDomainRow } from './cli/onboarding.ts';
import { aWorld, anIdentity } from './emulator/harness.ts';
import { aWire, applyHere, jumpingClock, type Here } from './run-here.ts';
import { aBook, newWorkplace, type Workplace } from './run-cli.ts';

const MINUTE_MS = 60_000;
const ROWS = 40;

/** The default quotas pace the run; a day for each answer, since no call is to be cut off when time jumps. */
const CONFIG = {
  callTimeoutSeconds: 86_400,
  safety: { creates: 1000, imports: 1000, updates: 100, shrink: 100 },
};

type Faults = NonNullable<WorldInput['faults']>;

interface Setting extends Here {
  readonly emulator: Emulator;
}

/** A book of forty domains that Google lets us import. */
async function aSetting(faults: Faults = [], config: object = {}): Promise<Setting> {
  const identities = domains(ROWS).map((domain) => anIdentity({ domain }));
  const emulator = await google(aWorld({ identities, faults }));
  const place = newWorkplace();
  place.write('channelbook.config.json', JSON.stringify({ ...CONFIG, ...config }));
  place.write('book.csv', aBook(domains(ROWS).map((domain) => ({ domain }))));
  return { emulator, place, apiUrl: emulator.url, clock: jumpingClock() };
}

/** The same with a service account key, whose tokens the emulator gives out. */
async function aSettingWithKey(faults: Faults, config: object = {}): Promise<Setting> {
  const setting = await aSetting(faults, config);
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const key = { type: 'service_account', client_email: 'robot@project.example', private_key: privateKey };
  const keyFile = setting.place.write('key.json', JSON.stringify(key));
  const settings = { keyFile, subject: 'admin@reseller.example' };
  setting.place.write('channelbook.config.json', JSON.stringify({ ...CONFIG, ...config, ...settings }));
  return { ...setting, accessToken: undefined };
}

function calls(emulator: Emulator, method: string): number {
  return emulator.requests.filter((request) => request.method === method).length;
}

/** How the rest of the rows ended, where the first `done` are done. */
function rest(place: Workplace): Readonly<Record<string, number>> {
  const counts = { ...place.summary().outcomes };
  delete counts['done'];
  return counts;
}

function allButDone({ emulator }: Setting): Readonly<Record<string, number>> {
  return { unprocessed: ROWS - emulator.customers().length };
}

describe('Google that cannot be reached when a run begins', () => {
  it('ends it with 69: nothing is written, and every row is accounted for', async () => {
    const setting = await aSetting();
    const wire = await aWire(setting.emulator.url);
    wire.cut();

    const end = await applyHere({ ...setting, apiUrl: wire.url });

    expect([end.exitCode, setting.place.summary().outcomes, setting.emulator.requests]).toEqual([
      69,
      { unprocessed: ROWS },
      [],
    ]);
    expect(setting.place.results()[0]).toMatchObject({
      outcome: 'unprocessed',
      error_code: 'google.unreachable',
    });
    expect(setting.place.report('errors.csv').split('\n')).toHaveLength(ROWS + 2);
    expect(end.said).toContain('type the same command again');
  });
});

describe('Google that cannot be reached in the middle of a run', () => {
  it('is waited for, and soon after it is back every row is done', async () => {
    const setting = await aSetting();
    const { emulator, place, clock } = setting;
    const wire = await aWire(emulator.url);
    clock.script(
      { when: () => writes(emulator).length >= 20, act: wire.cut },
      { when: (cutForMs) => cutForMs >= 4 * MINUTE_MS, act: wire.mend },
    );

    const end = await applyHere({ ...setting, apiUrl: wire.url });

    expect([end.exitCode, place.summary().outcomes, writes(emulator).length]).toEqual([
      0,
      { done: ROWS },
      ROWS,
    ]);
    // A try may be on its way while it comes back, and the next is a quarter of a minute later.
    expect([end.tookMs > 4 * MINUTE_MS, end.tookMs < 6 * MINUTE_MS]).toEqual([true, true]);
  });

  it('is given up after outageMinutes: 69, and the rest is unprocessed with that reason', async () => {
    const setting = await aSetting();
    const { emulator, place, clock } = setting;
    const wire = await aWire(emulator.url);
    clock.script({ when: () => writes(emulator).length >= 20, act: wire.cut });

    const end = await applyHere({ ...setting, apiUrl: wire.url });

    expect([end.exitCode, rest(place)]).toEqual([69, allButDone(setting)]);
    expect(place.results().at(-1)).toMatchObject({ error_code: 'google.unreachable' });
    expect([Math.floor(end.tookMs / MINUTE_MS), end.said]).toEqual([
      15,
      expect.stringContaining('type the same command again'),
    ]);
  });
});

describe('Google that cannot be reached when what is in doubt is to be listed', () => {
  it.each([
    ['waited for', 4, 0, { done: ROWS }],
    [
      'given up after outageMinutes, and what is in doubt stays so,',
      60,
      69,
      { done: ROWS - 1, ambiguous: 1 },
    ],
  ])('is %s where it is away for %d minutes', async (_, minutes, exitCode, outcomes) => {
    const lost = { method: 'customers.import', do: 'reset', afterEffect: true, nth: 20 } as const;
    const setting = await aSetting([lost], { attempts: 1 });
    const { emulator, place, clock } = setting;
    const wire = await aWire(emulator.url);
    clock.script(
      { when: () => writes(emulator).length === ROWS, act: wire.cut },
      { when: (cutForMs) => cutForMs >= minutes * MINUTE_MS, act: wire.mend },
    );

    const end = await applyHere({ ...setting, apiUrl: wire.url });

    expect([end.exitCode, place.summary().outcomes]).toEqual([exitCode, outcomes]);
  });
});

describe('Google that cannot be reached in the middle of onboardings', () => {
  it('is waited for, and soon after it is back every row is done', async () => {
    // Its clock is the real one: quota is the program's own to keep here.
    const quotas = { reseller: null, directory: null };
    const emulator = await google(aWorld({ quotas, switches: { userWindowMs: 0 } }));
    const setting = await aSetting();
    const { place, clock } = setting;
    place.write('book.csv', aBook(domains(ROWS).map((domain) => aDomainRow(domain))));
    const wire = await aWire(emulator.url);
    clock.script(
      { when: () => calls(emulator, 'reseller.customers.insert') >= 20, act: wire.cut },
      { when: (cutForMs) => cutForMs >= 4 * MINUTE_MS, act: wire.mend },
    );

    const end = await applyHere({ ...setting, apiUrl: wire.url }, { action: 'onboard' });

    expect([end.exitCode, place.summary().outcomes]).toEqual([0, { done: ROWS }]);
    expect([calls(emulator, 'reseller.customers.insert'), end.tookMs < 7 * MINUTE_MS]).toEqual([ROWS, true]);
  });
});

describe('Google that answers everything with 503', () => {
  const DOWN = { method: '*', status: 503, nth: 20, count: null } as const;

  it('is waited for: what was in doubt is looked up when it is well again, and every row is done', async () => {
    const setting = await aSetting([DOWN]);
    const { emulator, place, clock } = setting;
    clock.script({
      when: () => emulator.requests.length > 40,
      act: () => {
        emulator.clearFaults();
      },
    });

    const end = await applyHere(setting);

    expect([end.exitCode, place.summary().outcomes, emulator.customers().length]).toEqual([
      0,
      { done: ROWS },
      ROWS,
    ]);
  });

  it('is given up after outageMinutes: 69, few rows in doubt, and the rest unprocessed', async () => {
    const setting = await aSetting([DOWN], { outageMinutes: 3 });

    const end = await applyHere(setting);

    const { done, ambiguous = 0, unprocessed = 0 } = setting.place.summary().outcomes;
    expect([end.exitCode, done, ambiguous + unprocessed]).toEqual([69, 18, ROWS - 18]);
    // Those open when it began, and one every quarter of a minute that was let through to try.
    expect(ambiguous).toBeLessThan(16 + 12);
  });
});

describe('credentials that are refused in the middle of a run', () => {
  it('are renewed after one 401, and every row is done', async () => {
    const setting = await aSettingWithKey([{ method: 'customers.import', status: 401, nth: 20 }]);

    const end = await applyHere(setting);

    expect([end.exitCode, setting.place.summary().outcomes, calls(setting.emulator, 'token')]).toEqual([
      0,
      { done: ROWS },
      2,
    ]);
  });

  it.each([
    ['are a service account whose new tokens are refused too', aSettingWithKey],
    ['are a token that was given', aSetting],
  ] as const)('end it with 77 where they %s', async (_, aSettingOf) => {
    const setting = await aSettingOf([{ method: 'customers.import', status: 401, nth: 20, count: null }]);

    const end = await applyHere(setting);

    expect([end.exitCode, rest(setting.place)]).toEqual([77, allButDone(setting)]);
    expect(setting.place.results().at(-1)).toMatchObject({ error_code: 'google.unauthenticated' });
    expect(end.said).toContain('Check --key-file, --subject and CHANNELBOOK_ACCESS_TOKEN');
  });

  it('end it with 77 where Google gives no new token', async () => {
    const setting = await aSettingWithKey([
      { method: 'customers.import', status: 401, nth: 20, count: null },
      { method: 'token', status: 400, reason: 'invalid_grant', nth: 2, count: null },
    ]);

    const end = await applyHere(setting);

    expect([end.exitCode, rest(setting.place)]).toEqual([77, allButDone(setting)]);
    expect(end.said).toContain('Google gives no token to robot@project.example');
  });
});

describe('a token endpoint that is out of order', () => {
  it('when a run begins ends it with 69 before anything is asked of Google', async () => {
    const setting = await aSettingWithKey([{ method: 'token', status: 503, count: null }]);

    const end = await applyHere(setting);

    expect([end.exitCode, setting.place.summary().outcomes]).toEqual([69, { unprocessed: ROWS }]);
    expect(new Set(setting.emulator.requests.map(({ method }) => method))).toEqual(new Set(['token']));
  });

  const EXPIRED: Faults = [
    { method: 'customers.import', status: 401, nth: 20 },
    { method: 'token', status: 503, nth: 2, count: null },
  ];

  it('in the middle is waited for: no row is at fault, and every row is done', async () => {
    const setting = await aSettingWithKey(EXPIRED);
    const { emulator, place, clock } = setting;
    clock.script({
      when: () => calls(emulator, 'token') > 20,
      act: () => {
        emulator.clearFaults();
      },
    });

    const end = await applyHere(setting);

    expect([end.exitCode, place.summary().outcomes]).toEqual([0, { done: ROWS }]);
  });

  it('in the middle is given up after outageMinutes: 69, and the rest is unprocessed', async () => {
    const setting = await aSettingWithKey(EXPIRED, { outageMinutes: 2 });

    const end = await applyHere(setting);

    expect([end.exitCode, rest(setting.place)]).toEqual([69, allButDone(setting)]);
  });
});

describe('an API that is switched off in the middle of a run', () => {
  it.each([
    ['SERVICE_DISABLED', 'status'],
    ['accessNotConfigured', 'legacy'],
  ] as const)('ends it with 77 at once (%s)', async (reason, format) => {
    const fault = { method: 'customers.import', status: 403, reason, format, nth: 20, count: null };
    const setting = await aSetting([fault]);

    const end = await applyHere(setting);

    expect([end.exitCode, rest(setting.place)]).toEqual([77, allButDone(setting)]);
    expect(setting.place.results().at(-1)).toMatchObject({ error_code: 'google.refused' });
    expect(end.said).toContain('that the Cloud Channel API is enabled');
    // Those that were on their way when the first answer came.
    expect(writes(setting.emulator).length).toBeLessThan(20 + 8);
  });
});

describe('quota that is refused for hours', () => {
  const NO_QUOTA = { method: 'customers.import', status: 429, nth: 20, count: null, retryAfterSeconds: 600 };

  it('does not end a run: it goes on when there is quota again', async () => {
    const setting = await aSetting([NO_QUOTA]);
    const { emulator, place, clock } = setting;
    clock.script({
      when: () => clock.monotonic() > 180 * MINUTE_MS,
      act: () => {
        emulator.clearFaults();
      },
    });

    const end = await applyHere(setting);

    expect([end.exitCode, place.summary().outcomes, end.tookMs > 180 * MINUTE_MS]).toEqual([
      0,
      { done: ROWS },
      true,
    ]);
  });

  it('ends it with 75 at --deadline, and the rest is unprocessed', async () => {
    const setting = await aSetting([NO_QUOTA]);
    const at = new Date(setting.clock.now() + 120 * MINUTE_MS);
    const deadline = [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');

    const end = await applyHere(setting, { deadline });

    expect([end.exitCode, rest(setting.place)]).toEqual([75, allButDone(setting)]);
    expect(Math.floor(end.tookMs / MINUTE_MS)).toBe(120);
  });
});

describe('--max-errors', () => {
  it.each([
    ['4', 4],
    ['10%', 4],
  ])('%s ends a run of forty rows with 5 once %d failed', async (maxErrors, least) => {
    const fault = { method: 'customers.import', status: 404, code: 'NOT_FOUND', every: 2, count: null };
    const setting = await aSetting([fault]);

    const end = await applyHere(setting, { maxErrors, concurrency: 1 });

    const { failed = 0, done = 0, unprocessed = 0 } = setting.place.summary().outcomes;
    expect([end.exitCode, failed + done + unprocessed, unprocessed > 10]).toEqual([5, ROWS, true]);
    expect(failed).toBeGreaterThanOrEqual(least);
    expect(end.said).toContain(`--max-errors is ${maxErrors}`);
  });
});
