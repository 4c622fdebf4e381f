import { describe, expect, it } from 'vitest';
import { createSelection } from '../../src/intake/selection.ts';

const ALL = { limit: undefined, only: undefined, partner: undefined };

type Row = readonly [key: string, partner?: string];

/** The keys of the rows that are taken, and the codes of why the others are not. */
function sorted(
  settings: Partial<Parameters<typeof createSelection>[0]>,
  rows: readonly Row[],
): {
  readonly taken: readonly string[];
  readonly left: readonly string[];
  readonly missing: readonly string[];
} {
  const selection = createSelection({ ...ALL, ...settings });
  const taken: string[] = [];
  const left: string[] = [];
  for (const [key, partner] of rows) {
    const cause = selection.leaves(key, partner);
    if (cause === undefined) taken.push(key);
    else left.push(`${key} ${cause.code}`);
  }
  return { taken, left, missing: selection.missing() };
}

describe('createSelection', () => {
  it('takes every row where nothing is asked for', () => {
    expect(sorted({}, [['a'], ['b', 'C0p']])).toEqual({ taken: ['a', 'b'], left: [], missing: [] });
  });

  it('takes the rows that --only names, whatever the case and the blanks around them', () => {
    const rows: readonly Row[] = [['c1.example.com'], ['c2.example.com'], ['CRM-7']];

    expect(sorted({ only: ['C1.EXAMPLE.COM', ' crm-7 '] }, rows)).toEqual({
      taken: ['c1.example.com', 'CRM-7'],
      left: ['c2.example.com left_out.only'],
      missing: [],
    });
  });

  it('names the keys of --only that no row had, as they were given', () => {
    expect(sorted({ only: ['A', 'Nobody.Example'] }, [['a']]).missing).toEqual(['Nobody.Example']);
  });

  it('takes the rows of the partner that --partner names', () => {
    expect(sorted({ partner: 'C0p' }, [['a', 'C0p'], ['b', 'C0q'], ['c']])).toEqual({
      taken: ['a'],
      left: ['b left_out.partner', 'c left_out.partner'],
      missing: [],
    });
  });

  it('counts only the rows that it takes towards --limit', () => {
    const rows: readonly Row[] = [
      ['a', 'C0q'],
      ['b', 'C0p'],
      ['c', 'C0p'],
      ['d', 'C0p'],
    ];

    expect(sorted({ limit: 2, partner: 'C0p' }, rows)).toEqual({
      taken: ['b', 'c'],
      left: ['a left_out.partner', 'd left_out.limit'],
      missing: [],
    });
  });

  it('takes no row under a limit of 0', () => {
    expect(sorted({ limit: 0 }, [['a']])).toEqual({ taken: [], left: ['a left_out.limit'], missing: [] });
  });

  it('says how to take a row that was left out', () => {
    expect(createSelection({ ...ALL, limit: 0 }).leaves('a', undefined)).toEqual({
      code: 'left_out.limit',
      message: '--limit takes 0 rows',
      hint: 'Left out on purpose; run without --limit to take it.',
    });
  });
});
