import { describe, expect, it } from 'vitest';
import type { LedgerDb } from '../../src/ledger/ledger.ts';
import { insertRows } from '../../src/ledger/rows.ts';
import { closeStep, commitIntent } from '../../src/ledger/steps.ts';
import { countOverwritten, overwrittenRows, rowsToUndo } from '../../src/ledger/undo.ts';
import type { Customer } from '../../src/model/customer.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { aCustomer, aRemote } from '../builders.ts';
import { RUN, aLedger, storePlan } from './planned-run.ts';

const AT = '2026-01-01T00:00:00.000Z';
const UNDO = RUN + 1;
const BEFORE = aRemote({ orgDisplayName: 'Before' });
const LEFT = aRemote({ orgDisplayName: 'Identity' });

interface StepOf {
  readonly kind: 'import' | 'patch';
  readonly before: RemoteCustomer;
  readonly end?: readonly [state: 'done' | 'failed' | 'in-doubt', detail: string, after?: string];
}

/** A run of one row with these steps, and an undo of it that has taken the row. */
function ran(steps: readonly StepOf[], customer: Customer = aCustomer()): LedgerDb {
  const ledger = aLedger();
  storePlan(ledger, [{ customer }]);
  steps.forEach(({ kind, before, end }, step) => {
    const place = { run: RUN, row: 1, step };
    const mask = kind === 'patch' ? ['correlationId'] : undefined;
    commitIntent(ledger, { ...place, kind, request: {}, customer: before.name, before, mask, at: AT });
    if (end !== undefined) closeStep(ledger, place, end[0], end[1], AT, end[2]);
  });
  insertRows(ledger, UNDO, [
    {
      row: 1,
      line: 2,
      key: customer.key,
      action: 'update',
      content: '',
      customer: undefined,
      tokenCreated: undefined,
      sealedToken: undefined,
      ending: undefined,
    },
  ]);
  return ledger;
}

function written(ledger: LedgerDb): unknown {
  return rowsToUndo(ledger, UNDO, RUN, 'read', 0, 10).map((row) => row.written);
}

describe('rowsToUndo', () => {
  it('has of a patch what was before it, its fields, their hash, and what the book said', () => {
    const ledger = ran(
      [{ kind: 'patch', before: BEFORE, end: ['done', BEFORE.name, 'after'] }],
      aCustomer({ domain: 'acme.com', id: '7' }),
    );

    expect(written(ledger)).toEqual([
      {
        row: 1,
        key: '7',
        import: undefined,
        patch: { before: BEFORE, mask: ['correlationId'], afterHash: ledger.hash('after') },
        book: { domain: 'acme.com', id: '7' },
      },
    ]);
  });

  it('has of an import what the patch after it found', () => {
    const ledger = ran([
      { kind: 'import', before: BEFORE, end: ['done', BEFORE.name] },
      { kind: 'patch', before: LEFT },
    ]);

    expect(written(ledger)).toMatchObject([
      {
        import: { before: BEFORE, mask: undefined, afterHash: undefined, left: LEFT, customer: BEFORE.name },
        patch: { before: LEFT, afterHash: undefined },
      },
    ]);
  });

  it('takes what a refused patch found for what the import left, and no patch for written', () => {
    const ledger = ran([
      { kind: 'import', before: BEFORE, end: ['done', BEFORE.name] },
      { kind: 'patch', before: LEFT, end: ['failed', 'INVALID_ARGUMENT'] },
    ]);

    expect(written(ledger)).toMatchObject([{ import: { left: LEFT }, patch: undefined }]);
  });

  it('does not know which customer an import led to whose answer never came', () => {
    const ledger = ran([{ kind: 'import', before: BEFORE, end: ['in-doubt', 'UNAVAILABLE'] }]);

    expect(written(ledger)).toMatchObject([
      { import: { before: BEFORE, left: undefined, customer: undefined }, patch: undefined },
    ]);
  });

  it('leaves out an import that Google refused', () => {
    const ledger = ran([{ kind: 'import', before: BEFORE, end: ['failed', 'NOT_FOUND'] }]);

    expect(written(ledger)).toMatchObject([{ import: undefined, patch: undefined }]);
  });
});

describe('overwrittenRows', () => {
  it.each([
    ['an import', [{ kind: 'import', before: BEFORE }], 1],
    ['a patch', [{ kind: 'patch', before: BEFORE }], 1],
    [
      'a patch after an import, as one',
      [
        { kind: 'import', before: BEFORE },
        { kind: 'patch', before: LEFT },
      ],
      1,
    ],
    ['nothing that Google refused', [{ kind: 'patch', before: BEFORE, end: ['failed', 'NOT_FOUND'] }], 0],
  ] as const)('counts %s', (_, steps, count) => {
    const ledger = ran(steps);

    expect([countOverwritten(ledger, RUN), [...overwrittenRows(ledger, RUN)].length]).toEqual([count, count]);
  });
});
