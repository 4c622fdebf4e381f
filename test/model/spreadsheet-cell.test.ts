import { describe, expect, it } from 'vitest';
import { neutralise, unneutralise } from '../../src/model/spreadsheet-cell.ts';

describe('neutralise', () => {
  it.each(['=1+1', '+SUM(A1)', '-2+3', '@cmd', '\tx', '\u0000x'])('puts a quote before %j', (cell) => {
    expect([neutralise(cell), unneutralise(neutralise(cell))]).toEqual([`'${cell}`, cell]);
  });

  it.each(['Acme', '+16505550101', "O'Hara", '1-2', ''])('leaves %j as it is', (cell) => {
    expect([neutralise(cell), unneutralise(cell)]).toEqual([cell, cell]);
  });
});
