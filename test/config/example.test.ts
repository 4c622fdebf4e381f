import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configExample, optionsTable } from '../../src/config/example.ts';
import { loadSettings } from '../../src/config/load.ts';

function projectFile(name: string): string {
  return new URL(`../../${name}`, import.meta.url).pathname;
}

describe('config.example.json', () => {
  it('is what the table of options prints (npm run generate)', () => {
    expect(readFileSync(projectFile('config.example.json'), 'utf8')).toBe(configExample());
  });

  it('can be used as it is, without a warning', () => {
    const flags = { config: projectFile('config.example.json') };
    const { settings, warnings } = loadSettings(flags, {}, mkdtempSync(join(tmpdir(), 'channelbook-')));

    expect([settings.account, warnings]).toEqual(['C012345', []]);
  });
});

describe('the README', () => {
  it('has the table of options', () => {
    const readme = readFileSync(projectFile('README.md'), 'utf8');

    expect(readme).toContain(`<!-- options -->\n${optionsTable()}\n<!-- /options -->`);
  });

  it('has the two lines that do everything', () => {
    expect(readFileSync(projectFile('README.md'), 'utf8')).toContain(
      'npm ci && npm run demo\nnpm ci && npm test',
    );
  });
});
