import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rulesPage } from '../../src/validate/rules-page.ts';

describe('docs/rules.md', () => {
  it('is what the table of rules prints (npm run generate)', () => {
    const page = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');

    expect(page).toBe(rulesPage());
  });
});
