import { z } from 'zod';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import { hasOnlyAnswerKeys } from './answer-keys.ts';
import { optionalText as text } from './answer-text.ts';

/** One page of `customers.list`. */
export interface CustomerPage {
  readonly customers: readonly RemoteCustomer[];
  readonly nextPageToken?: string;
}

/** One entry of `checkCloudIdentityAccountsExist`; Google leaves out what is false or empty. */
export interface CloudIdentityAccount {
  readonly existing: boolean;
  /** Tied to a customer of ours with active subscriptions or purchase consents. */
  readonly owned: boolean;
  readonly customerName?: string | undefined;
  readonly cloudIdentityId?: string | undefined;
  readonly customerType?: string | undefined;
  readonly channelPartnerCloudIdentityId?: string | undefined;
}

const ADDRESS = z.looseObject({
  regionCode: text,
  postalCode: text,
  administrativeArea: text,
  locality: text,
  addressLines: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? undefined),
});

const CONTACT = z.looseObject({ firstName: text, lastName: text, title: text, email: text, phone: text });

const CUSTOMER = z.object({
  name: z.string().regex(/^accounts\/[^/]+\/customers\/[^/]+$/),
  orgDisplayName: text,
  orgPostalAddress: ADDRESS.nullish(),
  primaryContactInfo: CONTACT.nullish(),
  alternateEmail: text,
  domain: text,
  cloudIdentityId: text,
  languageCode: text,
  channelPartnerId: text,
  correlationId: text,
  cloudIdentityInfo: z.object({ customerType: text, adminConsoleUri: text }).nullish(),
});

const PAGE = z.object({ customers: z.array(CUSTOMER).nullish(), nextPageToken: text });

const FOUND_ACCOUNTS = z.object({
  cloudIdentityAccounts: z
    .array(
      z.object({
        existing: z.boolean().nullish(),
        owned: z.boolean().nullish(),
        customerName: text,
        customerCloudIdentityId: text,
        customerType: text,
        channelPartnerCloudIdentityId: text,
      }),
    )
    .nullish(),
});

/** A Channel Customer as answered, or undefined where the answer is no such thing. */
export function readCustomer(json: unknown): RemoteCustomer | undefined {
  const result = CUSTOMER.safeParse(json);
  return result.success ? toRemoteCustomer(result.data) : undefined;
}

/** A page of customers; `{}` is an empty one. */
export function readCustomerPage(json: unknown): CustomerPage | undefined {
  if (!hasOnlyAnswerKeys(json, ['customers', 'nextPageToken'])) return undefined;
  const result = PAGE.safeParse(json);
  if (!result.success) return undefined;
  const customers = (result.data.customers ?? []).map(toRemoteCustomer);
  const { nextPageToken } = result.data;
  return nextPageToken === undefined || nextPageToken === '' ? { customers } : { customers, nextPageToken };
}

/** The Cloud Identities of a domain; `{}` means none. */
export function readCloudIdentityAccounts(json: unknown): readonly CloudIdentityAccount[] | undefined {
  if (!hasOnlyAnswerKeys(json, ['cloudIdentityAccounts'])) return undefined;
  const result = FOUND_ACCOUNTS.safeParse(json);
  if (!result.success) return undefined;
  return (result.data.cloudIdentityAccounts ?? []).map((account) =>
    withoutAbsent({
      existing: account.existing ?? false,
      owned: account.owned ?? false,
      customerName: account.customerName,
      cloudIdentityId: account.customerCloudIdentityId,
      customerType: account.customerType,
      channelPartnerCloudIdentityId: account.channelPartnerCloudIdentityId,
    }),
  );
}

function toRemoteCustomer(customer: z.infer<typeof CUSTOMER>): RemoteCustomer {
  const { cloudIdentityInfo, orgPostalAddress, primaryContactInfo, ...fields } = customer;
  return withoutAbsent({
    ...fields,
    orgPostalAddress: present(orgPostalAddress),
    primaryContactInfo: present(primaryContactInfo),
    customerType: cloudIdentityInfo?.customerType,
    adminConsoleUri: cloudIdentityInfo?.adminConsoleUri,
  });
}

function present<T extends object>(value: T | null | undefined): T | undefined {
  return value === null || value === undefined ? undefined : withoutAbsent(value);
}

/** The same object without keys whose value is undefined: what Google left out is left out. */
function withoutAbsent<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
