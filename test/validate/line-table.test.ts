import { describe, expect, it } from 'vitest';
import { createLineTable } from '../../src/validate/line-table.ts';

describe('createLineTable', () => {
  it('remembers the first line of each of very many keys and takes no two for one', () => {
    const table = createLineTable();
    const keys = 300_000;
    for (let index = 0; index < keys; index++) {
      if (table.claim(`customer-${index}.example.com`, index + 2) !== undefined) throw new Error(`${index}`);
    }
    for (let index = 0; index < keys; index += 7) {
      expect(table.claim(`customer-${index}.example.com`, 1_000_000)).toBe(index + 2);
    }
  });

  it.each([
    ['ab', 'ba'],
    ['', 'a'],
    ['a', 'aa'],
    ['a\u0100', 'a\u0001'],
  ])('tells "%s" from "%s"', (one, other) => {
    const table = createLineTable();
    expect([table.claim(one, 1), table.claim(other, 2), table.claim(one, 3), table.claim(other, 4)]).toEqual([
      undefined,
      undefined,
      1,
      2,
    ]);
  });
});
