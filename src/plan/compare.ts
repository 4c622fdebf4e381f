import type { FieldColumn } from '../model/column.ts';
import type { Fields } from '../model/customer.ts';
import type { Difference } from '../model/plan.ts';
import type { RemoteAddress, RemoteContact, RemoteCustomer } from '../model/remote-customer.ts';
import { linesByColumn } from './address-lines.ts';
import { collapse } from './text-forms.ts';

interface ComparedField {
  readonly column: FieldColumn;
  readonly read: (remote: RemoteCustomer, fields: Fields) => string | undefined;
  readonly weight: Difference['weight'];
  /** Brings two spellings of the same thing together. */
  readonly normalise: (text: string) => string;
}

function field(
  column: FieldColumn,
  read: ComparedField['read'],
  normalise: ComparedField['normalise'] = collapse,
  weight: Difference['weight'] = 'ordinary',
): ComparedField {
  return { column, read, weight, normalise };
}

function address(key: keyof RemoteAddress & string): ComparedField['read'] {
  return (remote) => text(remote.orgPostalAddress?.[key]);
}

function contact(key: keyof RemoteContact & string): ComparedField['read'] {
  return (remote) => text(remote.primaryContactInfo?.[key]);
}

function addressLine(index: number): ComparedField['read'] {
  return (remote, fields) => text(linesByColumn(fields, remote.orgPostalAddress)[index]);
}

/**
 * The fields of a Channel Customer that the book has an opinion on. `phone` is left out on purpose: Google
 * drops invalid numbers silently, so that a comparison would report the same drift for ever.
 */
const COMPARED: readonly ComparedField[] = [
  field('domain', (remote) => remote.domain, lowerCase, 'critical'),
  field('region_code', address('regionCode'), lowerCase, 'critical'),
  field('org_display_name', (remote) => remote.orgDisplayName),
  field('postal_code', address('postalCode'), withoutSeparators),
  field('administrative_area', address('administrativeArea')),
  field('locality', address('locality')),
  field('address_line_1', addressLine(0)),
  field('address_line_2', addressLine(1)),
  field('address_line_3', addressLine(2)),
  field('contact_first_name', contact('firstName')),
  field('contact_last_name', contact('lastName')),
  field('contact_title', contact('title')),
  field('contact_email', contact('email'), lowerCase),
  field('contact_phone', contact('phone'), digits),
  field('alternate_email', (remote) => remote.alternateEmail, lowerCase),
  field('language_code', (remote) => remote.languageCode, language),
  field('id', (remote) => remote.correlationId, exactly),
];

/**
 * Every filled cell of the book that Google's customer contradicts, in the order of the columns above.
 *
 * Where Google has no region yet, the book's fills a gap and overwrites nothing: an ordinary difference. A
 * customer without a domain (answers may leave fields out) is not compared by it, as nothing could be done.
 */
export function differences(fields: Fields, remote: RemoteCustomer): readonly Difference[] {
  return COMPARED.flatMap(({ column, read, weight, normalise }) => {
    const book = fields[column];
    if (book === undefined) return [];
    const google = read(remote, fields);
    if (google !== undefined && normalise(google) === normalise(book)) return [];
    if (google !== undefined || weight === 'ordinary') return [{ column, book, google, weight }];
    return column === 'domain' ? [] : [{ column, book, google, weight: 'ordinary' }];
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function exactly(value: string): string {
  return value.trim();
}

function lowerCase(value: string): string {
  return value.trim().toLowerCase();
}

function withoutSeparators(value: string): string {
  return value.replace(/[\s-]/g, '').toUpperCase();
}

function digits(value: string): string {
  return value.replace(/[^0-9]/g, '');
}

function language(value: string): string {
  return value.trim().replace(/_/g, '-').toLowerCase();
}

/** What only an import can change, as one text: two equal ones mean that nothing has changed. */
export function criticalText(remote: RemoteCustomer): string {
  return JSON.stringify([remote.domain, remote.orgPostalAddress?.regionCode, remote.cloudIdentityId]);
}
