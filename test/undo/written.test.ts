import { describe, expect, it } from 'vitest';
import type { WrittenRow } from '../../src/ledger/undo.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { customerBefore, isAsWritten, staysOf, writtenFields } from '../../src/undo/written.ts';
import { aRemote } from '../builders.ts';
import { aWrittenImport, aWrittenPatch, aWrittenRow } from './a-written-row.ts';

const BEFORE = aRemote({ orgDisplayName: 'Before', languageCode: 'en' });
const LEFT = aRemote({ orgDisplayName: 'Identity', languageCode: 'en' });
const OTHER = { ...LEFT, name: 'accounts/C1/customers/S2' };

/** An import that changed the name, and a patch of the key after it. */
const BOTH = aWrittenRow({
  import: aWrittenImport({ before: BEFORE, left: LEFT }),
  patch: aWrittenPatch({ before: LEFT, mask: ['correlationId'], afterHash: 'correlationId "7"' }),
});

/** The same where the import led to another customer. */
const ELSEWHERE = aWrittenRow({
  import: aWrittenImport({ before: BEFORE, left: OTHER }),
  patch: aWrittenPatch({ before: OTHER, mask: ['correlationId'] }),
});

describe('customerBefore', () => {
  it.each([
    ['before the patch', aWrittenRow({ patch: aWrittenPatch({ before: BEFORE }) }), BEFORE],
    ['before the import, where a patch came after it', BOTH, BEFORE],
    ['before the patch, where the import led to another customer', ELSEWHERE, OTHER],
    [
      'before the import, where it led to another customer and nothing was patched',
      aWrittenRow({ import: aWrittenImport({ before: BEFORE, customer: OTHER.name }) }),
      BEFORE,
    ],
  ])('is the customer as it was %s', (_, written, expected) => {
    expect(customerBefore(written)).toBe(expected);
  });
});

describe('writtenFields', () => {
  const all = ['orgDisplayName', 'orgPostalAddress', 'primaryContactInfo', 'alternateEmail', 'languageCode'];

  it.each([
    ['those of its mask', aWrittenRow({ patch: aWrittenPatch() }), ['orgDisplayName']],
    [
      'all that can be patched, where the mask is not known',
      aWrittenRow({ patch: aWrittenPatch({ mask: undefined }) }),
      [...all, 'correlationId'],
    ],
    [
      'all that can be patched, where it is not known what an import left',
      aWrittenRow({ import: aWrittenImport() }),
      [...all, 'correlationId'],
    ],
    [
      'those that the import changed and those that the patch wrote',
      BOTH,
      ['orgDisplayName', 'correlationId'],
    ],
    ['those of the patch, where the import led to another customer', ELSEWHERE, ['correlationId']],
  ])('are %s', (_, written, expected) => {
    expect(writtenFields(written)).toEqual(expected);
  });
});

describe('staysOf', () => {
  it('is nothing where only a patch wrote', () => {
    const written = aWrittenRow({ patch: aWrittenPatch({ before: BEFORE }) });

    expect(staysOf(written, { ...BEFORE, domain: 'acme.org' })).toEqual([]);
  });

  it('is what the import changed, and not what was changed after it', () => {
    const left = { ...LEFT, cloudIdentityId: 'C0new' };
    const written = aWrittenRow({ import: aWrittenImport({ before: BEFORE, left }) });

    expect(staysOf(written, { ...left, domain: 'acme.org' })).toEqual([
      { field: 'cloudIdentityId', now: 'C0new', back: 'C0acme' },
    ]);
  });

  it('is the customer itself where the import led to another one', () => {
    expect(staysOf(ELSEWHERE, OTHER)).toEqual([
      { field: 'name', now: 'accounts/C1/customers/S2', back: 'accounts/C1/customers/S1' },
    ]);
  });
});

describe('isAsWritten', () => {
  /** A hash that tests can read: the first field and its value. */
  function hash(text: string): string {
    const [[field, value] = []] = JSON.parse(text) as unknown[][];
    return `${String(field)} ${JSON.stringify(value)}`;
  }

  const confirmed = aWrittenRow({ patch: aWrittenPatch({ afterHash: 'orgDisplayName "After"' }) });

  const lost = aWrittenPatch({
    before: { ...BEFORE, primaryContactInfo: { firstName: 'Kim', displayName: 'Kim' } },
    mask: ['orgDisplayName', 'primaryContactInfo'],
    afterHash: undefined,
  });
  const book = { org_display_name: 'After', contact_last_name: 'Lee', language_code: 'en' };
  const unanswered = aWrittenRow({ patch: lost, book });
  const asSent = {
    ...BEFORE,
    orgDisplayName: 'After',
    primaryContactInfo: { firstName: 'Kim', lastName: 'Lee', displayName: 'Kim Lee' },
  };
  const hashedImport = aWrittenRow({
    import: aWrittenImport({ mask: ['orgDisplayName'], afterHash: 'orgDisplayName "Identity"' }),
  });

  const cases: readonly [
    title: string,
    written: WrittenRow,
    now: RemoteCustomer,
    expected: boolean | undefined,
  ][] = [
    ['a confirmed patch that stands', confirmed, aRemote({ orgDisplayName: 'After' }), true],
    ['a confirmed patch that was changed', confirmed, aRemote({ orgDisplayName: 'By hand' }), false],
    ['an unanswered patch where Google has what it sent', unanswered, asSent, true],
    ['an unanswered patch where nothing of it is there', unanswered, lost.before, true],
    [
      'an unanswered patch where Google has something else',
      unanswered,
      { ...asSent, orgDisplayName: 'By hand' },
      undefined,
    ],
    ['an unanswered patch of a row whose book is not known', aWrittenRow({ patch: lost }), asSent, undefined],
    [
      'an unanswered patch that wrote other fields than the book asks for',
      aWrittenRow({ patch: lost, book: { ...book, language_code: 'de' } }),
      asSent,
      undefined,
    ],
    ['an import and a patch that stand', BOTH, { ...LEFT, correlationId: '7' }, true],
    [
      'an import that was changed after its patch',
      BOTH,
      { ...LEFT, correlationId: '7', orgDisplayName: 'x' },
      false,
    ],
    ['a patch after an import that was changed', BOTH, { ...LEFT, correlationId: '8' }, false],
    ['a field that neither wrote', BOTH, { ...LEFT, correlationId: '7', languageCode: 'fr' }, true],
    [
      'an import of which nobody knows what it left',
      aWrittenRow({ import: aWrittenImport() }),
      LEFT,
      undefined,
    ],
    ['an import that stands as Google confirmed it', hashedImport, LEFT, true],
    ['an import that was changed since Google confirmed it', hashedImport, BEFORE, false],
    ['a patch of another customer than the import was sent for', ELSEWHERE, OTHER, false],
  ];

  it.each(cases)('says of %s', (_, written, now, expected) => {
    expect(isAsWritten(written, now, hash)).toBe(expected);
  });
});
