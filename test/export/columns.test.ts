import { describe, expect, it } from 'vitest';
import { EXPORT_COLUMNS, headerNames } from '../../src/export/columns.ts';
import { fatalOf } from '../book/a-book.ts';

describe('headerNames', () => {
  it('are ours where the config maps none', () => {
    expect(headerNames({})).toEqual(EXPORT_COLUMNS);
  });

  it("are the user's own where the config maps them", () => {
    const names = headerNames({ 'Primary Domain': 'domain', Kundennummer: 'id', Token: 'auth_token' });

    expect(names.slice(0, 3)).toEqual(['Kundennummer', 'Primary Domain', 'org_display_name']);
  });

  it('follow a config that swaps two names', () => {
    expect(headerNames({ id: 'domain', domain: 'id' }).slice(0, 2)).toEqual(['domain', 'id']);
  });

  it('are refused where a column is left without one', async () => {
    const refusal = new Promise(() => headerNames({ customer: 'org_display_name' }));

    expect(await fatalOf('', refusal)).toMatchObject({ exitCode: 78, code: 'config' });
  });
});
