import { describe, expect, it } from 'vitest';
import { mentionsOf } from '../../src/intake/mentioned.ts';
import type { BookHeader } from '../../src/model/book.ts';
import type { ColumnName } from '../../src/model/column.ts';
import type { CheckedRow } from '../../src/model/customer.ts';
import { aCustomer } from '../builders.ts';

const INVALID: CheckedRow = {
  kind: 'invalid',
  key: '',
  action: 'auto',
  overwrite: 'never',
  problems: [],
  warnings: [],
};

function headerOf(columns: readonly ColumnName[]): BookHeader {
  return {
    columns: columns.map((column) => ({ name: column, column })),
    delimiter: ',',
    encoding: 'utf-8',
    bom: false,
    newline: '\n',
  };
}

function mentions(columns: readonly ColumnName[], cells: readonly string[], checked = INVALID) {
  return mentionsOf({ row: 1, line: 2, cells }, headerOf(columns), checked).map((mention) =>
    Object.fromEntries(Object.entries(mention).filter(([, value]) => value !== undefined && value !== '')),
  );
}

describe('mentionsOf', () => {
  it('takes the normalised identifiers of a valid row that is left out', () => {
    const customer = aCustomer({ id: 'A-1', domain: 'acme.com' });
    const checked: CheckedRow = { kind: 'valid', customer, authToken: undefined, warnings: [] };

    expect(mentions(['id', 'domain'], ['A-1', 'WWW.Acme.com'], checked)).toEqual([
      { id: 'A-1', domain: 'acme.com' },
    ]);
  });

  it.each([
    ['WWW.Acme.com', 'acme.com'],
    ['münchen.de', 'xn--mnchen-3ya.de'],
    ['www.com', 'www.com'],
    ['acme.com.', 'acme.com'],
    ['no domain', 'no domain'],
  ])('reads the domain %s of an invalid row as %s', (cell, domain) => {
    expect(mentions(['domain'], [cell])).toEqual([{ domain }]);
  });

  it('takes every identifier that an invalid row has', () => {
    const columns = ['customer', 'cloud_identity_id', 'id', 'region_code'] as const;

    expect(mentions(columns, ['accounts/C1/customers/S1', 'C0acme', 'A-1', 'XX'])).toEqual([
      { customer: 'accounts/C1/customers/S1', cloud_identity_id: 'C0acme', id: 'A-1' },
    ]);
  });

  it('leaves the token out wherever it stands', () => {
    const columns = ['id', 'domain', 'cloud_identity_id', 'auth_token'] as const;

    expect(mentions(columns, ['x-Secret-token', 'acme.com', 'secret-TOKEN', 'secret-token'])).toEqual([
      { domain: 'acme.com' },
    ]);
  });

  it('keeps an identifier that has a short token in it by chance', () => {
    expect(mentions(['id', 'domain', 'auth_token'], ['A-11', '1', '1'])).toEqual([{ id: 'A-11' }]);
  });

  it('finds what stands before and behind a cell too many', () => {
    const columns = ['domain', 'org_display_name', 'cloud_identity_id'] as const;

    expect(mentions(columns, ['acme.com', 'Acme', ' Inc.', 'C0acme'])).toEqual([
      { domain: 'acme.com' },
      { cloud_identity_id: 'C0acme' },
    ]);
  });

  it('finds what stands before and behind a cell too few', () => {
    const columns = ['domain', 'org_display_name', 'cloud_identity_id'] as const;

    expect(mentions(columns, ['acme.com', 'C0acme'])).toEqual([
      { domain: 'acme.com' },
      { cloud_identity_id: 'C0acme' },
    ]);
  });

  it('keeps nothing of a ragged row that may be its token', () => {
    const columns = ['customer', 'id', 'domain', 'cloud_identity_id', 'auth_token'] as const;

    expect(mentions(columns, ['4fSecretOfTheCustomer', '4fSecret', 'C0secretOfTheCustomer', 'x'])).toEqual([
      {},
      {},
    ]);
  });
});
