import type { ChannelApi } from './load-api.ts';

type Customers = Pick<ChannelApi['accounts']['customers'], 'create' | 'import' | 'list'>;

/** The two resources have the same methods at the same addresses; the discovery document gives each its parents. */
export function customersOf(api: ChannelApi, parent: string): Customers {
  return parent.includes('/channelPartnerLinks/')
    ? api.accounts.channelPartnerLinks.customers
    : api.accounts.customers;
}
