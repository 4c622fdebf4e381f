import { describe, expect, it } from 'vitest';
import type { WrittenPatch } from '../../src/ledger/undo.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { decideUndo, type UndoQuestion } from '../../src/undo/decide.ts';
import { aRemote } from '../builders.ts';

const BEFORE = aRemote({ orgDisplayName: 'Before', languageCode: 'en' });
const AFTER = aRemote({ orgDisplayName: 'After', languageCode: 'en', correlationId: '7' });

function aPatch(rest: Partial<WrittenPatch> = {}): WrittenPatch {
  return {
    row: 1,
    key: 'acme.com',
    before: BEFORE,
    mask: ['orgDisplayName', 'correlationId'],
    afterHash: 'hash',
    isImported: false,
    ...rest,
  };
}

function decided(
  now: RemoteCustomer,
  question: Partial<UndoQuestion> = {},
  patch: Partial<WrittenPatch> = {},
): unknown {
  const asked: UndoQuestion = { isAsWritten: true, overwrite: 'never', run: 'R1', ...question };
  const decision = decideUndo(aPatch(patch), now, asked);
  return decision.kind === 'blocked' ? [decision.kind, decision.cause.code] : decision;
}

const PATCH = {
  kind: 'patch',
  updateMask: ['orgDisplayName', 'correlationId'],
  body: { orgDisplayName: 'Before' },
  changes: [
    { field: 'orgDisplayName', now: 'After', back: 'Before' },
    { field: 'correlationId', now: '7', back: undefined },
  ],
};

describe('decideUndo', () => {
  it('patches what the run wrote back while it is as that run left it', () => {
    expect(decided(AFTER)).toEqual(PATCH);
  });

  it('leaves a customer unchanged that is what it was, whoever brought it there', () => {
    expect(decided(BEFORE, { isAsWritten: false })).toEqual({ kind: 'unchanged' });
  });

  it('looks at no field that the run did not write', () => {
    const now = aRemote({ orgDisplayName: 'Before', languageCode: 'de' });

    expect(decided(now, { isAsWritten: false })).toEqual({ kind: 'unchanged' });
  });

  it('patches only those fields that differ', () => {
    const now = aRemote({ orgDisplayName: 'Before', correlationId: '7' });

    expect(decided(now, { overwrite: 'always' })).toEqual({
      kind: 'patch',
      updateMask: ['correlationId'],
      body: {},
      changes: [{ field: 'correlationId', now: '7', back: undefined }],
    });
  });

  it.each([
    ['changed since', false, 'never', ['blocked', 'undo.changed_since']],
    ['changed since', false, 'safe', ['blocked', 'undo.changed_since']],
    ['changed since', false, 'always', PATCH],
    ['never confirmed', undefined, 'never', ['blocked', 'undo.not_confirmed']],
    ['never confirmed', undefined, 'safe', ['blocked', 'undo.not_confirmed']],
    ['never confirmed', undefined, 'always', PATCH],
  ] as const)('decides on what was %s (%s) under %s', (_, isAsWritten, overwrite, expected) => {
    expect(decided(AFTER, { isAsWritten, overwrite })).toEqual(expected);
  });

  it('names the fields that are not what the run wrote', () => {
    const question: UndoQuestion = { isAsWritten: false, overwrite: 'never', run: 'R1' };

    expect(decideUndo(aPatch(), AFTER, question)).toMatchObject({
      cause: { message: expect.stringContaining('orgDisplayName and correlationId') as string },
      changes: PATCH.changes,
    });
  });

  it('does not patch an address back into another region, under always neither', () => {
    const before = aRemote({ orgPostalAddress: { regionCode: 'DE', locality: 'Berlin' } });
    const now = aRemote({ orgPostalAddress: { regionCode: 'AT', locality: 'Wien' } });

    expect(decided(now, { overwrite: 'always' }, { before, mask: ['orgPostalAddress'] })).toEqual([
      'blocked',
      'undo.region',
    ]);
  });

  it('looks at every field that can be patched where it is not known which were written', () => {
    const now = aRemote({ orgDisplayName: 'Before', languageCode: 'de' });

    expect(decided(now, { overwrite: 'always' }, { mask: undefined })).toMatchObject({
      updateMask: ['languageCode'],
      body: { languageCode: 'en' },
    });
  });
});
