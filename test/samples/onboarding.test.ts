import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newWorkplace } from '../run-cli.ts';

function sample(name: string): string {
  return new URL(`../../samples/${name}`, import.meta.url).pathname;
}

describe('the onboarding sample', () => {
  it('ends each row as its note says, and tells the new customers from the sample templates', async () => {
    const place = newWorkplace();

    const { exitCode } = await place.run(
      'apply',
      sample('onboarding.csv'),
      '--config',
      sample('onboarding.config.json'),
      '--emulator',
      sample('onboarding.world.json'),
      '--yes',
      '--out',
      join(place.path, 'runs'),
    );

    expect([
      exitCode,
      place.results().map((line) => [line['key'], line['outcome'], line['error_column']]),
    ]).toEqual([
      1,
      [
        ['3001', 'done', ''],
        ['3002', 'done', ''],
        ['3003', 'done', ''],
        ['3004', 'done', ''],
        ['3005', 'blocked', 'auth_token'],
        ['3006', 'unchanged', ''],
        ['3007', 'blocked', 'admin_email'],
        ['3008', 'invalid', 'alternate_email'],
        ['3009', 'failed', 'region_code'],
        ['3010', 'blocked', 'admin_email'],
      ],
    ]);
    expect(place.results()[2]?.['resolved_by']).toBe('customers.get');
    expect(place.summary()).toMatchObject({ notifications: { written: 4 }, waiting_for_customer: 3 });
    const mail = readFileSync(join(place.runs()[0] ?? '', 'notifications', '3002.eml'), 'utf8');
    expect(mail).toContain('From: Agency for Trees <welcome@agency.example>');
  });
});
