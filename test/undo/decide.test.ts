import { describe, expect, it } from 'vitest';
import type { WrittenRow, WrittenStep } from '../../src/ledger/undo.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { decideUndo, type UndoQuestion } from '../../src/undo/decide.ts';
import { aRemote } from '../builders.ts';
import { aWrittenImport, aWrittenPatch, aWrittenRow } from './a-written-row.ts';

const BEFORE = aRemote({ orgDisplayName: 'Before', languageCode: 'en' });
const AFTER = aRemote({ orgDisplayName: 'After', languageCode: 'en', correlationId: '7' });

function patched(rest: Partial<WrittenStep> = {}): WrittenRow {
  return aWrittenRow({
    patch: aWrittenPatch({ before: BEFORE, mask: ['orgDisplayName', 'correlationId'], ...rest }),
  });
}

function asked(question: Partial<UndoQuestion> = {}): UndoQuestion {
  return { isAsWritten: true, overwrite: 'never', run: 'R1', ...question };
}

function decided(
  now: RemoteCustomer,
  question: Partial<UndoQuestion> = {},
  patch: Partial<WrittenStep> = {},
): unknown {
  const decision = decideUndo(patched(patch), now, asked(question));
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
  stays: [],
};

const UNCHANGED = { kind: 'unchanged', stays: [] };

describe('decideUndo', () => {
  it('patches what the run wrote back while it is as that run left it', () => {
    expect(decided(AFTER)).toEqual(PATCH);
  });

  it('leaves a customer unchanged that is what it was, whoever brought it there', () => {
    expect(decided(BEFORE, { isAsWritten: false })).toEqual(UNCHANGED);
  });

  it('looks at no field that the run did not write', () => {
    const now = aRemote({ orgDisplayName: 'Before', languageCode: 'de' });

    expect(decided(now, { isAsWritten: false })).toEqual(UNCHANGED);
  });

  it('patches only those fields that differ', () => {
    const now = aRemote({ orgDisplayName: 'Before', correlationId: '7' });

    expect(decided(now, { overwrite: 'always' })).toEqual({
      kind: 'patch',
      updateMask: ['correlationId'],
      body: {},
      changes: [{ field: 'correlationId', now: '7', back: undefined }],
      stays: [],
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
    expect(decideUndo(patched(), AFTER, asked({ isAsWritten: false }))).toMatchObject({
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

  describe('after an import', () => {
    const berlin = { regionCode: 'DE', locality: 'Berlin' };
    const wien = { regionCode: 'AT', locality: 'Wien' };
    const before = aRemote({ orgDisplayName: 'Before', orgPostalAddress: berlin });
    const left = aRemote({ orgDisplayName: 'Identity', orgPostalAddress: berlin });

    it('patches what the import left otherwise than it was, and what was patched after it', () => {
      const written = aWrittenRow({
        import: aWrittenImport({ before, left }),
        patch: aWrittenPatch({ before: left, mask: ['correlationId'] }),
      });
      const now = { ...left, correlationId: '7', languageCode: 'de' };

      expect(decideUndo(written, now, asked())).toEqual({
        kind: 'patch',
        updateMask: ['orgDisplayName', 'correlationId'],
        body: { orgDisplayName: 'Before' },
        changes: [
          { field: 'orgDisplayName', now: 'Identity', back: 'Before' },
          { field: 'correlationId', now: '7', back: undefined },
        ],
        stays: [],
      });
    });

    it('leaves an address that the import moved to another region, and tells that it stays', () => {
      const written = aWrittenRow({ import: aWrittenImport({ before }) });
      const now = { ...left, orgPostalAddress: wien };

      expect(decideUndo(written, now, asked())).toEqual({
        kind: 'patch',
        updateMask: ['orgDisplayName'],
        body: { orgDisplayName: 'Before' },
        changes: [{ field: 'orgDisplayName', now: 'Identity', back: 'Before' }],
        stays: [
          { field: 'orgPostalAddress.locality', now: 'Wien', back: 'Berlin' },
          { field: 'orgPostalAddress.regionCode', now: 'AT', back: 'DE' },
        ],
      });
    });

    it('is blocked by a region that somebody changed after the import', () => {
      const written = aWrittenRow({
        import: aWrittenImport({ before, left }),
        patch: aWrittenPatch({ before: left, mask: ['orgPostalAddress'] }),
      });

      expect(decideUndo(written, { ...left, orgPostalAddress: wien }, asked())).toMatchObject({
        kind: 'blocked',
        cause: { code: 'undo.region' },
        stays: [],
      });
    });

    it('tells what stays where there is nothing to patch', () => {
      const written = aWrittenRow({ import: aWrittenImport({ before }) });

      expect(decideUndo(written, { ...before, domain: 'acme.org' }, asked())).toEqual({
        kind: 'unchanged',
        stays: [{ field: 'domain', now: 'acme.org', back: 'acme.com' }],
      });
    });
  });
});
