/** What we read of a ChannelPartnerLink (Cloud Channel API v1). */
export interface PartnerLink {
  /** `accounts/A/channelPartnerLinks/P`. */
  readonly name: string;
  /** Last part of the name: what stands in the book's `channel_partner_id`. */
  readonly id: string;
  /** `INVITED`, `ACTIVE`, `REVOKED`, `SUSPENDED`; undefined where Google names none. */
  readonly state: string | undefined;
  /** What a customer types to make a transfer token for this partner. */
  readonly publicId: string | undefined;
}
