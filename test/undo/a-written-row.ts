import type { WrittenImport, WrittenRow, WrittenStep } from '../../src/ledger/undo.ts';
import { aRemote } from '../builders.ts';

/** What a row of an earlier run wrote over: nothing, unless said otherwise. */
export function aWrittenRow(rest: Partial<WrittenRow> = {}): WrittenRow {
  return { row: 1, key: 'acme.com', import: undefined, patch: undefined, book: undefined, ...rest };
}

/** A patch of the name that Google confirmed. */
export function aWrittenPatch(rest: Partial<WrittenStep> = {}): WrittenStep {
  return {
    before: aRemote({ orgDisplayName: 'Acme' }),
    mask: ['orgDisplayName'],
    afterHash: 'hash',
    ...rest,
  };
}

/** An import that Google answered, and that no patch came after. */
export function aWrittenImport(rest: Partial<WrittenImport> = {}): WrittenImport {
  const before = rest.before ?? aRemote({ orgDisplayName: 'Acme' });
  return { mask: undefined, afterHash: undefined, left: undefined, customer: before.name, ...rest, before };
}
