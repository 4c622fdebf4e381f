import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { csvText } from '../../src/book/csv-writer.ts';
import { EXPORT_COLUMNS, headerNames, inOrder } from '../../src/export/columns.ts';
import { createExport, type ExportRow } from '../../src/export/export-row.ts';
import { createLedgerDb, type LedgerDb } from '../../src/ledger/ledger.ts';
import { openLedgerFile } from '../../src/ledger/open.ts';
import { customerPages } from '../../src/ledger/remote-pages.ts';
import { storeCustomers } from '../../src/ledger/remote.ts';
import type { CheckedRow } from '../../src/model/customer.ts';
import type { Candidate } from '../../src/model/matches.ts';
import type { RemoteCustomer } from '../../src/model/remote-customer.ts';
import { differences } from '../../src/plan/compare.ts';
import { decide } from '../../src/plan/decide.ts';
import { findMatches } from '../../src/snapshot/matches.ts';
import { createValidator } from '../../src/validate/validator.ts';
import { aBook, aDirectory, readBook } from '../book/a-book.ts';
import { facts } from '../builders.ts';
import { NOW } from '../validate/a-row.ts';
import { nastyCustomers, PARTNERS } from './nasty-customers.ts';

const ACCOUNT = 'C012345';
const NAME = `accounts/${ACCOUNT}/customers/S1`;

function exported(
  customers: readonly Partial<RemoteCustomer>[],
  partners: readonly string[] = [],
): ExportRow[] {
  const toRow = createExport({ account: ACCOUNT, partners: new Set(partners), now: NOW });
  return customers.map((customer, index) =>
    toRow({ customer: { name: `${NAME}${index}`, ...customer }, partner: undefined }, index + 1),
  );
}

/** The cells that were left empty, as `column rule`. */
function leftOut(customers: readonly Partial<RemoteCustomer>[]): readonly string[] {
  return exported(customers).flatMap((row) => row.leftOut.map(({ column, rule }) => `${column} ${rule}`));
}

const whole: RemoteCustomer = {
  name: NAME,
  correlationId: '7',
  domain: 'acme.example.com',
  orgDisplayName: 'Acme',
  orgPostalAddress: {
    regionCode: 'DE',
    postalCode: '10115',
    administrativeArea: 'Berlin',
    locality: 'Berlin',
    addressLines: ['Weg 1', 'Hof', '2. Stock', 'links'],
  },
  primaryContactInfo: {
    firstName: 'Kim',
    lastName: 'Lee',
    title: 'CTO',
    email: 'kim@acme.example.com',
    phone: '+4930123456',
  },
  alternateEmail: 'kim@mail.example',
  languageCode: 'pt_BR',
  customerType: 'DOMAIN',
  cloudIdentityId: 'C0acme',
  channelPartnerId: 'C0p1',
};

describe('createExport', () => {
  it('says everything that a book can say of a customer', () => {
    expect(exported([whole], ['C0p1'])).toEqual([
      {
        cells: {
          id: '7',
          domain: 'acme.example.com',
          org_display_name: 'Acme',
          region_code: 'DE',
          postal_code: '10115',
          administrative_area: 'Berlin',
          locality: 'Berlin',
          address_line_1: 'Weg 1',
          address_line_2: 'Hof',
          address_line_3: '2. Stock',
          contact_first_name: 'Kim',
          contact_last_name: 'Lee',
          contact_title: 'CTO',
          contact_email: 'kim@acme.example.com',
          contact_phone: '+4930123456',
          alternate_email: 'kim@mail.example',
          language_code: 'pt-BR',
          customer_type: 'domain',
          cloud_identity_id: 'C0acme',
          channel_partner_id: 'C0p1',
          customer: NAME,
          action: 'auto',
        },
        leftOut: [],
        fault: undefined,
      },
    ]);
  });

  it('has a row for a customer of whom nothing but the name is known', () => {
    expect(exported([{ name: NAME }])).toEqual([
      { cells: { customer: NAME, action: 'auto' }, leftOut: [], fault: undefined },
    ]);
  });

  const cells: readonly (readonly [string, Partial<RemoteCustomer>, readonly string[]])[] = [
    [
      'a contact on another domain',
      { domain: 'a.example.com', primaryContactInfo: { email: 'k@b.example.com' } },
      ['contact_email contact_email.other_domain'],
    ],
    [
      'an alternate address on the own domain',
      { domain: 'a.example.com', alternateEmail: 'k@a.example.com' },
      ['alternate_email alternate_email.own_domain'],
    ],
    [
      'a national phone number',
      { primaryContactInfo: { phone: '030 123456' } },
      ['contact_phone phone.national'],
    ],
    [
      'a postal code of another country',
      { orgPostalAddress: { regionCode: 'DE', postalCode: 'SW1A 1AA' } },
      ['postal_code postal_code.format'],
    ],
    [
      'a region that does not exist',
      { orgPostalAddress: { regionCode: 'ZZ', postalCode: '10115' } },
      ['region_code region_code.unknown'],
    ],
    ['a name too long for a book', { orgDisplayName: 'x'.repeat(256) }, ['org_display_name text.too_long']],
    ['a control character', { orgDisplayName: 'bell\u0007' }, ['org_display_name cell.control_character']],
    ['a language whose tag is written otherwise', { languageCode: 'iw' }, ['language_code export.not_kept']],
    [
      'half of a surrogate pair',
      { orgDisplayName: 'half \ud800 pair' },
      ['org_display_name export.not_kept'],
    ],
    ['a domain that is stored with www.', { domain: 'www.a.example.com' }, ['domain export.not_kept']],
    ['an id with a blank at its end', { correlationId: '7 ' }, ['id export.not_kept']],
    ['an id like a customer', { correlationId: `${NAME}9` }, ['id export.resource_name']],
    [
      'a partner without a link that can be listed',
      { channelPartnerId: 'C0gone' },
      ['channel_partner_id export.partner_link'],
    ],
    ['a formula', { orgDisplayName: '=1+1' }, []],
    ['a formula behind an apostrophe of its own', { orgDisplayName: "'=1+1" }, []],
    ['a line break', { orgPostalAddress: { addressLines: ['Weg 1\r\nHof'] } }, []],
    ['a domain in capitals', { domain: 'A.Example.com' }, []],
    ['a phone number with blanks', { primaryContactInfo: { phone: '+49 30 123456' } }, []],
  ];

  it.each(cells)('leaves out no more than it has to: %s', (_, customer, expected) => {
    expect(leftOut([customer])).toEqual(expected);
  });

  it('lets the first of two customers keep the domain, the Cloud Identity and the id', () => {
    const twin = { domain: 'a.example.com', cloudIdentityId: 'C0a', correlationId: '7' };

    expect(exported([twin, twin]).map((row) => row.cells)).toEqual([
      { id: '7', domain: 'a.example.com', cloud_identity_id: 'C0a', customer: `${NAME}0`, action: 'auto' },
      { customer: `${NAME}1`, action: 'auto' },
    ]);
  });

  it('takes nothing from a row for a cell that another one did not keep', () => {
    expect(leftOut([{ domain: 'www.a.example.com' }, { domain: 'a.example.com' }])).toEqual([
      'domain export.not_kept',
    ]);
  });

  it('lets teams share a domain', () => {
    const team = { domain: 'a.example.com', customerType: 'TEAM' };

    expect(
      leftOut([
        { ...team, cloudIdentityId: 'C0a' },
        { ...team, cloudIdentityId: 'C0b' },
      ]),
    ).toEqual([]);
  });

  it('does not take the id of one row for the domain of the next', () => {
    expect(leftOut([{ correlationId: 'a.example.com' }, { domain: 'a.example.com' }])).toEqual([
      'domain row.duplicate_key',
    ]);
  });

  it('tells of a customer whose name no row can hold', () => {
    const [row] = exported([{ name: 'accounts/C9other/customers/S1', domain: 'a.example.com' }]);

    expect([row?.cells.customer, row?.fault?.includes('another account')]).toEqual([
      'accounts/C9other/customers/S1',
      true,
    ]);
  });
});

function aLedger(customers: readonly RemoteCustomer[]): LedgerDb {
  const ledger = createLedgerDb(openLedgerFile(join(aDirectory(), 'ledger.sqlite')));
  onTestFinished(ledger.close);
  storeCustomers(ledger, customers, undefined);
  return ledger;
}

/** The book as a file has it, and what the real reader and validator make of that. */
async function writtenAndRead(candidates: readonly Candidate[]): Promise<readonly CheckedRow[]> {
  const toRow = createExport({ account: ACCOUNT, partners: new Set(PARTNERS), now: NOW });
  const rows = candidates.map((candidate, index) => inOrder(toRow(candidate, index + 1).cells));
  const text = csvText([headerNames({}), ...rows], { delimiter: ',', newline: '\n' });
  const { header, rows: read } = await readBook(aBook(text), { action: 'auto' });
  const validate = createValidator({
    header,
    action: 'auto',
    overwrite: 'always',
    requireChannelPartner: false,
    now: NOW,
    account: ACCOUNT,
  });
  return read.map(validate);
}

describe('an export that is applied again', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'is valid, finds each customer and differs nowhere, whatever Google has (seed %i)',
    async (seed) => {
      const ledger = aLedger(nastyCustomers(seed, 60));
      const candidates = [...customerPages(ledger, undefined)].flat();

      const checked = await writtenAndRead(candidates);

      const ends = checked.map((row, index) => {
        if (row.kind === 'invalid') return row.problems;
        const remote = candidates[index]?.customer;
        const decision = decide(
          row.customer,
          facts({ matches: findMatches(ledger, row.customer, undefined) }),
        );
        return {
          linked: decision.kind === 'settled' && decision.plan.customer === remote?.name,
          outcome: decision.kind === 'settled' ? decision.outcome : decision,
          differences: remote === undefined ? 'no customer' : differences(row.customer.fields, remote),
        };
      });
      expect(ends).toEqual(candidates.map(() => ({ linked: true, outcome: 'unchanged', differences: [] })));
    },
  );

  it('still says most of what Google has', () => {
    const rows = exported(nastyCustomers(1, 100), PARTNERS);

    const filled = rows.flatMap((row) => Object.keys(row.cells));
    const empty = rows.flatMap((row) => row.leftOut);
    expect([new Set(filled), empty.length < filled.length / 2]).toEqual([new Set(EXPORT_COLUMNS), true]);
  });
});
