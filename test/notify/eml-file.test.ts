import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emlName, writeEml } from '../../src/notify/eml-file.ts';
import { PASSWORD, compose, notificationOf, someFacts } from './a-notification.ts';
import { readMail } from './read-mail.ts';

function aRunDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'channelbook-notify-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

const AWKWARD = [
  'Acme',
  'acme',
  'ACME',
  'a/b',
  'a\\b',
  'a:b',
  '../../etc/passwd',
  '..',
  '.',
  '',
  ' ',
  '.hidden',
  'ends.',
  'ends ',
  'con',
  'CON',
  'con.txt',
  'com1',
  'lpt9.x',
  'nul',
  'müller',
  'mu\u0308ller',
  'muller',
  '株式会社',
  'שלום',
  'a\nb',
  'a\0b',
  'lead@team.example',
  'x'.repeat(200),
  `${'x'.repeat(199)}y`,
  '🎈',
  '-rf',
  'a~b',
  '%2e%2e',
];

describe('emlName', () => {
  it.each([
    ['acme-17', 'acme-17.eml'],
    ['acme.example', 'acme.example.eml'],
    ['sub_1.acme.example', 'sub_1.acme.example.eml'],
  ])('keeps %s', (key, name) => {
    expect(emlName(key)).toBe(name);
  });

  it.each([
    ['Acme GmbH & Co. KG', /^acme-gmbh-co\.-kg~[0-9a-f]{16}\.eml$/],
    ['a/b', /^a-b~[0-9a-f]{16}\.eml$/],
    ['株式会社', /^row~[0-9a-f]{16}\.eml$/],
    ['con.txt', /^row-con\.txt~[0-9a-f]{16}\.eml$/],
  ])('keeps what can be read of %s', (key, name) => {
    expect(emlName(key)).toMatch(name);
  });

  it('gives every key its own name, also where capitals do not count', () => {
    const names = AWKWARD.map((key) => emlName(key).toLowerCase());

    expect(new Set(names).size).toBe(AWKWARD.length);
  });

  it.each(AWKWARD)('gives %j a name that every system takes', (key) => {
    const name = emlName(key);

    expect(name).toMatch(/^[a-z0-9][a-z0-9._~-]*\.eml$/);
    expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)\./);
    expect(name.length).toBeLessThanOrEqual(90);
  });

  it('gives no key the name that another has for its digest', () => {
    expect(emlName(emlName('a/b').replace('.eml', ''))).not.toBe(emlName('a/b'));
  });
});

describe('writeEml', () => {
  it('writes the mail byte by byte, for its owner alone', async () => {
    const run = aRunDirectory();
    const { raw } = await compose(
      someFacts({ contactEmail: 'büro@acme.example' }),
      notificationOf({ to: 'both' }),
    );

    const path = await writeEml(run, 'acme-17', raw);

    expect(path).toBe(join(run, 'notifications', 'acme-17.eml'));
    expect(readFileSync(path)).toEqual(raw);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(run, 'notifications')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(run, 'notifications'))).toEqual(['acme-17.eml']);
  });

  it('takes the place of a file that an earlier try left', async () => {
    const run = aRunDirectory();
    await writeEml(run, 'acme-17', Buffer.from('old'));

    const path = await writeEml(run, 'acme-17', Buffer.from('new'));

    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('never leaves the run directory', async () => {
    const run = aRunDirectory();
    for (const key of AWKWARD) await writeEml(run, key, Buffer.from(key));

    expect(readdirSync(run)).toEqual(['notifications']);
    expect(readdirSync(join(run, 'notifications'))).toHaveLength(AWKWARD.length);
  });

  it('ends the run where it cannot write', async () => {
    const run = aRunDirectory();
    writeFileSync(join(run, 'notifications'), 'a file');

    await expect(writeEml(run, 'acme-17', Buffer.from('x'))).rejects.toMatchObject({ exitCode: 73 });
  });

  it('holds no password unless the config says so', async () => {
    const run = aRunDirectory();
    const without = await writeEml(run, 'without', (await compose()).raw);
    const { raw } = await compose(someFacts(), notificationOf({ includePassword: true }));
    const with_ = await writeEml(run, 'with', raw);

    expect(JSON.stringify(readMail(readFileSync(without)))).not.toContain(PASSWORD);
    expect(JSON.stringify(readMail(readFileSync(with_)))).toContain(PASSWORD);
  });
});
