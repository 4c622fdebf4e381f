import type { Candidate } from '../model/matches.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import { EXPORT_COLUMNS, type ExportCells, type ExportColumn } from './columns.ts';

type Reader = (remote: RemoteCustomer, partner: string | undefined) => string | undefined;

function addressLine(index: number): Reader {
  return ({ orgPostalAddress }) => orgPostalAddress?.addressLines?.[index];
}

/** Where in Google's customer each column stands. */
const READERS: Readonly<Record<ExportColumn, Reader>> = {
  id: (remote) => remote.correlationId,
  domain: (remote) => remote.domain,
  org_display_name: (remote) => remote.orgDisplayName,
  region_code: (remote) => remote.orgPostalAddress?.regionCode,
  postal_code: (remote) => remote.orgPostalAddress?.postalCode,
  administrative_area: (remote) => remote.orgPostalAddress?.administrativeArea,
  locality: (remote) => remote.orgPostalAddress?.locality,
  address_line_1: addressLine(0),
  address_line_2: addressLine(1),
  address_line_3: addressLine(2),
  contact_first_name: (remote) => remote.primaryContactInfo?.firstName,
  contact_last_name: (remote) => remote.primaryContactInfo?.lastName,
  contact_title: (remote) => remote.primaryContactInfo?.title,
  contact_email: (remote) => remote.primaryContactInfo?.email,
  contact_phone: (remote) => remote.primaryContactInfo?.phone,
  alternate_email: (remote) => remote.alternateEmail,
  // A book has BCP 47 tags; Google takes and gives those of its own kind too.
  language_code: (remote) => remote.languageCode?.replaceAll('_', '-'),
  customer_type: (remote) => typeWord(remote.customerType),
  cloud_identity_id: (remote) => remote.cloudIdentityId,
  channel_partner_id: (remote, partner) => remote.channelPartnerId ?? partner,
  customer: (remote) => remote.name,
  // Whatever the config says: under another action a row may be refused that lacks what Google does not have.
  action: () => 'auto',
};

/** Everything that Google says of a customer, as cells. */
export function cellsOf({ customer, partner }: Candidate): ExportCells {
  const cells: Partial<Record<ExportColumn, string>> = {};
  for (const column of EXPORT_COLUMNS) {
    const cell = READERS[column](customer, partner)?.trim() ?? '';
    if (cell !== '') cells[column] = cell;
  }
  return cells;
}

function typeWord(type: string | undefined): string | undefined {
  return type === 'DOMAIN' || type === 'TEAM' ? type.toLowerCase() : undefined;
}
