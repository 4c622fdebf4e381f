/** google.type.PostalAddress as Google returned it; fields that we do not know are kept. */
export interface RemoteAddress {
  readonly regionCode?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly administrativeArea?: string | undefined;
  readonly locality?: string | undefined;
  readonly addressLines?: readonly string[] | undefined;
  readonly [other: string]: unknown;
}

/** google.cloud.channel.v1.ContactInfo as Google returned it. */
export interface RemoteContact {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly title?: string | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly [other: string]: unknown;
}

/** The fields that we read of a Channel Customer (Cloud Channel API v1, `Customer`). */
export interface RemoteCustomer {
  /** `accounts/A/customers/C`; Google's unique key. */
  readonly name: string;
  readonly orgDisplayName?: string | undefined;
  readonly orgPostalAddress?: RemoteAddress | undefined;
  readonly primaryContactInfo?: RemoteContact | undefined;
  readonly alternateEmail?: string | undefined;
  readonly domain?: string | undefined;
  readonly cloudIdentityId?: string | undefined;
  readonly languageCode?: string | undefined;
  /** Cloud Identity ID of the channel partner. */
  readonly channelPartnerId?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly customerType?: string | undefined;
  readonly adminConsoleUri?: string | undefined;
}
