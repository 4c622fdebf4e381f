import { describe, expect, it } from 'vitest';
import {
  safetyFaults,
  safetyLines,
  safetyRefusal,
  type SafetyFacts,
  type SafetyFault,
  type SafetyLimits,
} from '../../src/plan/safety.ts';

const limits: SafetyLimits = { creates: 25, imports: 100, updates: 30, shrink: 5 };

function facts({ counts, ...rest }: Partial<SafetyFacts> = {}): SafetyFacts {
  return {
    counts: { creates: 0, imports: 0, updates: 0, ...counts },
    customersAtGoogle: 1000,
    isCompleteListing: true,
    rows: 1000,
    lastRows: undefined,
    ...rest,
  };
}

function counts(rest: Partial<SafetyFacts['counts']>): SafetyFacts['counts'] {
  return { creates: 0, imports: 0, updates: 0, ...rest };
}

function kinds(faults: readonly SafetyFault[]): readonly (readonly [string, number, number])[] {
  return faults.map(({ kind, count, limit }) => [kind, count, limit]);
}

function faultsOf(
  rest: Partial<SafetyFacts>,
  allow: Readonly<Record<string, number>> = {},
): ReturnType<typeof kinds> {
  return kinds(safetyFaults(facts(rest), limits, allow));
}

describe('safetyFaults', () => {
  it.each<readonly [string, Partial<SafetyFacts>, ReturnType<typeof kinds>]>([
    ['as many creates as the limit', { counts: counts({ creates: 25 }) }, []],
    ['one create more', { counts: counts({ creates: 26 }) }, [['creates', 26, 25]]],
    ['as many imports as the limit', { counts: counts({ imports: 100 }) }, []],
    ['one import more', { counts: counts({ imports: 101 }) }, [['imports', 101, 100]]],
    ['updates of just the share', { counts: counts({ updates: 300 }) }, []],
    ['one update more', { counts: counts({ updates: 301 }) }, [['updates', 301, 300]]],
    ['every customer of 19', { counts: counts({ updates: 19 }), customersAtGoogle: 19 }, []],
    ['7 of 20', { counts: counts({ updates: 7 }), customersAtGoogle: 20 }, [['updates', 7, 6]]],
    [
      '7 of 23: the limit is whole rows',
      { counts: counts({ updates: 7 }), customersAtGoogle: 23 },
      [['updates', 7, 6]],
    ],
    ['the same book', { lastRows: 1000 }, []],
    ['a longer book', { lastRows: 10 }, []],
    ['just 5 % fewer rows', { rows: 950, lastRows: 1000 }, []],
    ['one row fewer than that', { rows: 949, lastRows: 1000 }, [['shrink', 51, 50]]],
    ['one row of ten', { rows: 9, lastRows: 10 }, [['shrink', 1, 0]]],
    ['an empty book after another one', { rows: 0, lastRows: 0 }, []],
  ])('with %s', (_, rest, expected) => {
    expect(faultsOf(rest)).toEqual(expected);
  });

  it('takes updates as a share of the book where Google was not listed', () => {
    const rest = { counts: counts({ updates: 31 }), isCompleteListing: false, customersAtGoogle: 5000 };

    expect([
      faultsOf({ ...rest, rows: 100 }),
      faultsOf({ ...rest, rows: 104 }),
      faultsOf({ ...rest, rows: 19 }),
    ]).toEqual([[['updates', 31, 30]], [], []]);
  });

  it.each([
    [411, [['creates', 412, 411]]],
    [412, []],
    [10, [['creates', 412, 25]]],
  ])('lets 412 creates pass with a waiver up to %i: faults %j', (waiver, expected) => {
    expect(faultsOf({ counts: counts({ creates: 412 }) }, { creates: waiver })).toEqual(expected);
  });

  it('waives the share by a number of rows, and no other limit with it', () => {
    const rest = { counts: counts({ creates: 26, updates: 800 }), rows: 1, lastRows: 100 };

    expect(faultsOf(rest, { updates: 800, shrink: 99 })).toEqual([['creates', 26, 25]]);
  });

  it('says the numbers, where the limit comes from, and what waives it', () => {
    const rest = { counts: { creates: 26, imports: 101, updates: 301 }, rows: 9, lastRows: 100 };

    expect(safetyFaults(facts(rest), limits, { creates: 25, imports: 100 })).toEqual([
      {
        kind: 'creates',
        count: 26,
        limit: 25,
        message: '26 rows create, provision or onboard a customer, the limit is 25',
        waiver: '--allow creates=26',
      },
      {
        kind: 'imports',
        count: 101,
        limit: 100,
        message: '101 rows import a customer, the limit is 100',
        waiver: '--allow imports=101',
      },
      {
        kind: 'updates',
        count: 301,
        limit: 300,
        message:
          '301 rows change a customer that Google has, the limit is 300 (30 % of 1000 customers at Google)',
        waiver: '--allow updates=301',
      },
      {
        kind: 'shrink',
        count: 91,
        limit: 5,
        message: '91 rows fewer than the last book had (9, before 100), the limit is 5 (5 % of 100 rows)',
        waiver: '--allow shrink=91',
      },
    ]);
  });

  it('names a waiver that was too low', () => {
    const [fault] = safetyFaults(facts({ counts: counts({ creates: 412 }) }), limits, { creates: 30 });

    expect(fault?.message).toBe(
      '412 rows create, provision or onboard a customer, the limit is 30 (--allow creates=30)',
    );
  });
});

describe('safetyRefusal', () => {
  it('refuses under the first limit, with all the numbers and what to add', () => {
    const faults = safetyFaults(facts({ counts: counts({ imports: 500, updates: 400 }) }), limits, {});

    const { exitCode, code, message, next } = safetyRefusal(faults);

    expect([exitCode, code]).toEqual([3, 'safety.imports']);
    expect(message).toBe(`refused by a safety limit, nothing was written: ${safetyLines(faults).join('; ')}`);
    expect(next).toMatch(/--allow imports=500 --allow updates=400$/);
  });
});
