import { describe, expect, it } from 'vitest';
import type { WrittenRow } from '../../src/ledger/undo.ts';
import { undoOutlook } from '../../src/reconcile/undo-report.ts';
import { aRemote } from '../builders.ts';
import { aWrittenImport, aWrittenPatch, aWrittenRow } from '../undo/a-written-row.ts';

const RUN = { id: '20261122-181757-2a39f4', bookName: 'book.csv' };

function patched(rest: Partial<WrittenRow> = {}): WrittenRow {
  return aWrittenRow({ patch: aWrittenPatch(), ...rest });
}

function outlook(examples: readonly WrittenRow[], customers: number, width = 100): readonly string[] {
  return undoOutlook(RUN, examples, customers, (_, text) => text, width).split('\n');
}

describe('undoOutlook', () => {
  it('shows how many customers the run updated, and of some what they go back to', () => {
    const whole = patched({
      key: 'b.example.com',
      patch: aWrittenPatch({
        before: aRemote({ orgPostalAddress: { regionCode: 'DE' } }),
        mask: ['orgPostalAddress', 'languageCode'],
      }),
    });

    expect(outlook([patched(), whole], 12)).toEqual([
      'Run 20261122-181757-2a39f4 updated 12 customers of book.csv',
      '  acme.com  orgDisplayName: back to "Acme"',
      '  b.example.com  orgPostalAddress; languageCode: back to (empty)',
      '  and 10 more',
    ]);
  });

  it('speaks of one customer as one', () => {
    expect(outlook([patched()], 1)).toEqual([
      'Run 20261122-181757-2a39f4 updated 1 customer of book.csv',
      '  acme.com  orgDisplayName: back to "Acme"',
    ]);
  });

  it('shows of an import what was there before it, not what the patch after it found', () => {
    const left = aRemote({ orgDisplayName: 'Imported' });
    const row = patched({
      import: aWrittenImport({ left }),
      patch: aWrittenPatch({ before: left, mask: ['correlationId'] }),
    });

    expect(outlook([row], 1).slice(1)).toEqual([
      '  acme.com  orgDisplayName: back to "Acme"; correlationId: back to (empty)',
    ]);
  });

  it('spells out what would command the terminal, and cuts lines to its width', () => {
    const before = aRemote({ orgDisplayName: 'x'.repeat(200) });
    const row = patched({ key: 'a\u001b[2J', patch: aWrittenPatch({ before }) });

    expect(outlook([row], 1, 40)).toEqual([
      'Run 20261122-181757-2a39f4 updated 1 cu…',
      '  a\\x1b[2J  orgDisplayName: back to "xx…',
    ]);
  });
});
