import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neutralise, unneutralise } from '../../src/model/spreadsheet-cell.ts';

describe('neutralise', () => {
  it.each(['=1+1', '+SUM(A1)', '-2+3', '@cmd', '\tx', '\u0000x', '\u0085x'])(
    'puts a quote before %j',
    (cell) => {
      expect([neutralise(cell), unneutralise(neutralise(cell))]).toEqual([`'${cell}`, cell]);
    },
  );

  it.each(['Acme', '+16505550101', "O'Hara", "'s-Gravenhage", "''", "' =1", '1-2', ''])(
    'leaves %j as it is',
    (cell) => {
      expect([neutralise(cell), unneutralise(cell)]).toEqual([cell, cell]);
    },
  );

  it.each(["'=1+1", "''-x", "'+16505550101"])('keeps the apostrophe of %j apart from ours', (cell) => {
    expect([neutralise(cell), unneutralise(neutralise(cell))]).toEqual([`'${cell}`, cell]);
  });

  it('is undone by reading, whatever the cell', () => {
    const piece = fc.oneof(fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '1', ' '), fc.string());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const cell = pieces.join('');
        expect(unneutralise(neutralise(cell))).toBe(cell);
        expect(neutralise(cell)).not.toMatch(/^[=\-@\p{Cc}]/u);
      }),
      { seed: 5, numRuns: 1_000 },
    );
  });
});
