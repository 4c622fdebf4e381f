import { describe, expect, it } from 'vitest';
import { findLink } from '../../src/plan/link.ts';
import { aCustomer, aRemote, matches } from '../builders.ts';

const one = aRemote({ name: 'accounts/C1/customers/S1', cloudIdentityId: 'C0one' });
const two = aRemote({ name: 'accounts/C1/customers/S2', cloudIdentityId: 'C0two' });

describe('findLink', () => {
  it('finds nothing where nothing matches', () => {
    expect(findLink(aCustomer(), matches({ domain: [] }))).toEqual({ kind: 'unlinked' });
  });

  it.each(['customer', 'cloud_identity_id', 'id', 'domain', 'ledger'] as const)(
    'links by %s alone',
    (column) => {
      expect(findLink(aCustomer({ id: '1' }), matches({ [column]: [one] }))).toEqual({
        kind: 'linked',
        candidate: { customer: one, partner: undefined },
      });
    },
  );

  it('holds a row whose identifiers name different customers', () => {
    expect(
      findLink(aCustomer({ id: '1', domain: 'acme.com' }), matches({ id: [one], domain: [two] })),
    ).toEqual({
      kind: 'contradiction',
      columns: ['id', 'domain'],
      names: [one.name, two.name],
    });
  });

  it('holds a row that several customers match', () => {
    expect(findLink(aCustomer(), matches({ domain: [one, two] }))).toEqual({
      kind: 'several',
      column: 'domain',
      names: [one.name, two.name],
    });
  });

  it('lets a stronger identifier choose among several matches of a weaker one', () => {
    const link = findLink(
      aCustomer({ id: '1', domain: 'acme.com' }),
      matches({ id: [two], domain: [one, two] }),
    );

    expect(link).toEqual({ kind: 'linked', candidate: { customer: two, partner: undefined } });
  });

  it('lets the Cloud Identity choose among several customers with one correlationId', () => {
    const row = aCustomer({ id: '1', cloud_identity_id: 'C0two' });

    expect(findLink(row, matches({ id: [one, two], cloud_identity_id: [] }))).toEqual({
      kind: 'linked',
      candidate: { customer: two, partner: undefined },
    });
  });

  it('holds a row that names another Cloud Identity than the customer found by its domain has', () => {
    const row = aCustomer({ domain: 'acme.com', cloud_identity_id: 'C0other' });

    expect(findLink(row, matches({ cloud_identity_id: [], domain: [one] }))).toEqual({
      kind: 'contradiction',
      columns: ['cloud_identity_id'],
      names: [one.name],
    });
  });

  it('holds a row that names a customer Google does not have while its domain finds another', () => {
    const row = aCustomer({ domain: 'acme.com', customer: 'accounts/C1/customers/S9' });

    expect(findLink(row, matches({ customer: [], domain: [one] }))).toEqual({
      kind: 'contradiction',
      columns: ['customer'],
      names: [one.name],
    });
  });

  it('asks the ledger only where no identifier matches anything', () => {
    expect(findLink(aCustomer(), matches({ domain: [one], ledger: [two] }))).toEqual({
      kind: 'linked',
      candidate: { customer: one, partner: undefined },
    });
  });
});
