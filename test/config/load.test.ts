import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { FatalError } from '../../src/model/fatal.ts';

function folder(config?: unknown): string {
  const path = mkdtempSync(join(tmpdir(), 'channelbook-config-'));
  if (config !== undefined) {
    writeFileSync(
      join(path, 'channelbook.config.json'),
      typeof config === 'string' ? config : JSON.stringify(config),
    );
  }
  return path;
}

function fault(work: () => unknown): { exitCode: number; message: string; next: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof FatalError) {
      return { exitCode: error.exitCode, message: error.message, next: error.next };
    }
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('loadSettings', () => {
  it('lets a flag beat the environment, the environment the file, and the file the default', () => {
    const path = folder({ concurrency: 2, overwrite: 'safe', account: 'C0file' });
    const environment = { CHANNELBOOK_CONCURRENCY: '3', CHANNELBOOK_ACCOUNT: 'C0env' };

    const { settings } = loadSettings({ account: 'C0flag' }, environment, path);

    expect([settings.account, settings.concurrency, settings.overwrite, settings.action]).toEqual([
      'C0flag',
      3,
      'safe',
      'auto',
    ]);
  });

  it('takes paths in the file from its folder, and quotas that it does not name from the defaults', () => {
    const path = folder({ out: 'reports', quotas: { 'channel.list': 12 } });

    const { settings } = loadSettings({}, {}, path);

    expect([settings.out, settings.quotas['channel.list'], settings.quotas['channel.other']]).toEqual([
      join(path, 'reports'),
      12,
      120,
    ]);
  });

  it('keeps the access token apart from the settings', () => {
    const loaded = loadSettings({}, { CHANNELBOOK_ACCESS_TOKEN: 'ya29.secret' }, folder());

    expect([loaded.accessToken, JSON.stringify(loaded.settings).includes('secret'), loaded.warnings]).toEqual(
      ['ya29.secret', false, []],
    );
  });

  it('gathers repeated waivers', () => {
    const { settings } = loadSettings({ allow: ['creates=412', 'imports=9'] }, {}, folder());

    expect(settings.allow).toEqual({ creates: 412, imports: 9 });
  });

  it.each([
    [{ concurrency: 'many' }, {}, undefined, 64, '--concurrency must be a whole number'],
    [{ action: 'improt' }, {}, undefined, 64, '--action must be one of auto, import'],
    [{ apiUrl: 'localhost:80' }, {}, undefined, 64, '--api-url must be an http or https address'],
    [{ engine: 'postgres' }, {}, undefined, 64, '--engine is not available in this version'],
    [{ only: ['a'], account: ['a', 'b'] }, {}, undefined, 64, '--account must be one text'],
    [
      {},
      { CHANNELBOOK_CONCURRENCY: '0' },
      undefined,
      78,
      'CHANNELBOOK_CONCURRENCY must be a whole number, 1 or more',
    ],
    [{}, {}, { commonCauseRows: 0 }, 78, '"commonCauseRows" must be a whole number, 1 or more'],
    [{}, {}, { concurency: 2 }, 78, 'unknown key "concurency"'],
    [{}, {}, { config: 'other.json' }, 78, '"config" names the file itself'],
    [{}, {}, { quotas: { 'channel.lists': 3 } }, 78, 'has no "channel.lists"'],
    [{}, {}, { quotas: { 'channel.list': 0 } }, 78, '"channel.list" must be a whole number, 1 or more'],
    [{}, {}, { columns: { Domain: 'domian' } }, 78, '"Domain" is mapped to "domian", which is no column'],
    [{}, {}, { columns: { A: 'domain', B: 'domain' } }, 78, 'both mapped to "domain"'],
    [{}, {}, '{ "account": "C1",\n  oops }', 78, 'line 2'],
    [{}, {}, '[]', 78, 'must hold one JSON object'],
    [{ config: 'missing.json' }, {}, undefined, 78, 'missing.json cannot be read (ENOENT)'],
  ] as const)('refuses %j %j %j', (flags, environment, config, exitCode, message) => {
    const found = fault(() => loadSettings(flags, environment, folder(config)));

    expect(found.exitCode).toBe(exitCode);
    expect(found.message).toContain(message);
  });

  it.each([
    ['http://bob:PLANTED@host', 'must not carry a user name or password'],
    ['https://PLANTED@host/google', 'must not carry a user name or password'],
    ['http://bob:PLANTED /x@host', 'must be an http or https address'],
    ['http://bob:PLANTED/x@host', 'must be an http or https address'],
    ['bob:PLANTED@host', 'must be an http or https address'],
    ['http:PLANTED', 'must be an http or https address'],
    ['http://host/?key=PLANTED', 'must not carry a query or a fragment'],
    ['http://host/#PLANTED', 'must not carry a query or a fragment'],
    ['http://', 'must be an http or https address'],
    ['http://[::1', 'must be an http or https address'],
  ])('refuses the API address %s wherever it comes from, and never quotes it', (apiUrl, sentence) => {
    const faults = [
      fault(() => loadSettings({ apiUrl }, {}, folder())),
      fault(() => loadSettings({}, { CHANNELBOOK_API_URL: apiUrl }, folder())),
      fault(() => loadSettings({}, {}, folder({ apiUrl }))),
    ];

    expect(faults.map(({ exitCode }) => exitCode)).toEqual([64, 78, 78]);
    expect(faults[0]?.message).toBe(`--api-url ${sentence}`);
    expect(JSON.stringify(faults)).not.toContain('PLANTED');
  });

  it.each(['http://127.0.0.1:8080', 'https://proxy.example/google/', 'HTTP://[::1]:80'])(
    'takes the API address %s',
    (apiUrl) => {
      expect(loadSettings({ apiUrl }, {}, folder()).settings.apiUrl).toBe(apiUrl);
    },
  );

  it('takes every flag as a key too, in its JSON form', () => {
    const { settings } = loadSettings(
      {},
      {},
      folder({
        yes: true,
        limit: 5,
        only: ['A-1'],
        maxErrors: 3,
        allow: { creates: 40 },
        detailedExitcode: true,
      }),
    );

    expect(settings).toMatchObject({
      yes: true,
      limit: 5,
      only: ['A-1'],
      maxErrors: '3',
      allow: { creates: 40 },
      detailedExitcode: true,
    });
  });

  it('proposes the key that an unknown one was meant to be', () => {
    expect(fault(() => loadSettings({}, {}, folder({ concurency: 2 }))).next).toBe(
      'Did you mean "concurrency"?',
    );
  });

  it('names variables that look like ours and are not', () => {
    const { warnings } = loadSettings({}, { CHANNELBOOK_ACOUNT: 'C1' }, folder());

    expect(warnings).toEqual([
      'CHANNELBOOK_ACOUNT is no setting of channelbook; did you mean CHANNELBOOK_ACCOUNT?',
    ]);
  });

  it('does not warn of what was not given', () => {
    expect(loadSettings({}, {}, folder({ account: 'C1' })).warnings).toEqual([]);
  });

  it('warns of an API address beside the emulator that takes its place', () => {
    const { warnings } = loadSettings({ emulator: '' }, { CHANNELBOOK_API_URL: 'http://h:1' }, folder());

    expect(warnings).toEqual(['--api-url is ignored: --emulator takes its place']);
  });

  it('never quotes a broken config file, which may hold what nobody should see', () => {
    const { message } = fault(() => loadSettings({}, {}, folder('{ "keyFile": hunter2 }')));

    expect(message).not.toContain('hunter2');
  });
});
