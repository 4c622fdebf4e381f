import { describe, expect, it } from 'vitest';
import type { ResultLine, RowEnding } from '../../src/model/row-ending.ts';
import {
  assertConserved,
  createTally,
  NO_QUESTIONS,
  exitCodeOf,
  worstExitCode,
} from '../../src/reconcile/tally.ts';

function line(row: number, ending: Partial<RowEnding>): ResultLine {
  return {
    row,
    line: row + 1,
    key: String(row),
    ending: {
      outcome: 'done',
      action: 'import',
      causes: [],
      attempts: 1,
      calls: 1,
      checkedBy: 'google',
      changedFields: [],
      ...ending,
    },
  };
}

function tallied(...endings: readonly Partial<RowEnding>[]): ReturnType<typeof createTally> {
  const tally = createTally();
  for (const [index, ending] of endings.entries()) tally.add(line(index + 1, ending));
  return tally;
}

const cause = { code: 'NOT_FOUND', column: 'domain', message: 'm', hint: 'h' };

describe('createTally', () => {
  it('counts outcomes, actions and causes with the first row of each', () => {
    const tally = tallied(
      { outcome: 'done' },
      { outcome: 'failed', causes: [cause] },
      { outcome: 'failed', causes: [cause, { ...cause, column: 'id' }] },
      { outcome: 'unchanged', action: 'none' },
    );

    expect([tally.rows(), tally.outcomes(), tally.actions(), tally.causes()]).toEqual([
      4,
      { done: 1, unchanged: 1, failed: 2 },
      { import: 3, none: 1 },
      [
        { code: 'NOT_FOUND', column: 'domain', count: 2, firstRow: 2 },
        { code: 'NOT_FOUND', column: 'id', count: 1, firstRow: 3 },
      ],
    ]);
  });
});

describe('assertConserved', () => {
  it.each([
    [2, 2, true],
    [3, 2, false],
    [2, 3, false],
    [3, 3, false],
  ])('with 2 outcomes, %i rows read and %i lines: holds %s', (rows, lines, holds) => {
    const tally = tallied({}, {});
    function check(): void {
      assertConserved(tally, rows, lines);
    }

    if (holds) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ exitCode: 70 }));
  });
});

describe('exitCodeOf', () => {
  it.each([
    [
      'all well',
      [{ outcome: 'done' }, { outcome: 'unchanged' }, { outcome: 'skipped' }, { outcome: 'planned' }],
      0,
    ],
    ['left out on purpose', [{ outcome: 'unprocessed', leftOut: true }], 0],
    ['one invalid', [{ outcome: 'done' }, { outcome: 'invalid' }], 1],
    ['one blocked', [{ outcome: 'blocked' }], 1],
    ['one failed', [{ outcome: 'failed' }], 1],
    ['one never come to', [{ outcome: 'unprocessed' }], 1],
    ['one ambiguous among failures', [{ outcome: 'failed' }, { outcome: 'ambiguous' }], 4],
  ] as const)('%s', (_, endings, code) => {
    expect(exitCodeOf(tallied(...endings), NO_QUESTIONS)).toBe(code);
  });

  it('counts drift as a failure only when told to', () => {
    const tally = tallied({ outcome: 'skipped', drift: true });

    expect([
      exitCodeOf(tally, NO_QUESTIONS),
      exitCodeOf(tally, { ...NO_QUESTIONS, failOnDrift: true }),
    ]).toEqual([0, 1]);
  });
});

describe('worstExitCode', () => {
  it.each([
    [[0, 1], 1],
    [[4, 1], 4],
    [[5, 4], 5],
    [[75, 5], 75],
    [[69, 75], 69],
    [[77, 69], 77],
    [[73, 77], 73],
    [[74, 73], 74],
    [[70, 74], 70],
    [[1, 65], 65],
    [[], 0],
  ] as const)('of %j is %i', (codes, worst) => {
    expect(worstExitCode(codes)).toBe(worst);
  });
});
