import { describe, expect, it } from 'vitest';
import type { WrittenPatch } from '../../src/ledger/undo.ts';
import { undoOutlook } from '../../src/reconcile/undo-report.ts';
import { aRemote } from '../builders.ts';

const RUN = { id: '20261122-181757-2a39f4', bookName: 'book.csv' };

function aPatch(rest: Partial<WrittenPatch> = {}): WrittenPatch {
  return {
    row: 1,
    key: 'acme.com',
    before: aRemote({ orgDisplayName: 'Acme' }),
    mask: ['orgDisplayName'],
    afterHash: 'hash',
    isImported: false,
    ...rest,
  };
}

function outlook(examples: readonly WrittenPatch[], customers: number, width = 100): readonly string[] {
  return undoOutlook(RUN, examples, customers, (_, text) => text, width).split('\n');
}

describe('undoOutlook', () => {
  it('shows how many customers the run updated, and of some what they go back to', () => {
    const whole = aPatch({
      key: 'b.example.com',
      before: aRemote({ orgPostalAddress: { regionCode: 'DE' } }),
      mask: ['orgPostalAddress', 'languageCode'],
    });

    expect(outlook([aPatch(), whole], 12)).toEqual([
      'Run 20261122-181757-2a39f4 updated 12 customers of book.csv',
      '  acme.com  orgDisplayName: back to "Acme"',
      '  b.example.com  orgPostalAddress; languageCode: back to (empty)',
      '  and 10 more',
    ]);
  });

  it('speaks of one customer as one', () => {
    expect(outlook([aPatch()], 1)).toEqual([
      'Run 20261122-181757-2a39f4 updated 1 customer of book.csv',
      '  acme.com  orgDisplayName: back to "Acme"',
    ]);
  });

  it('spells out what would command the terminal, and cuts lines to its width', () => {
    const patch = aPatch({ key: 'a\u001b[2J', before: aRemote({ orgDisplayName: 'x'.repeat(200) }) });

    expect(outlook([patch], 1, 40)).toEqual([
      'Run 20261122-181757-2a39f4 updated 1 cu…',
      '  a\\x1b[2J  orgDisplayName: back to "xx…',
    ]);
  });
});
