import type { Customer, Fields } from '../src/model/customer.ts';
import type { RemoteCustomer } from '../src/model/remote-customer.ts';
import type { Matches } from '../src/model/matches.ts';
import type { Facts } from '../src/plan/decide.ts';
import { NOTHING_KNOWN, type OnboardFacts } from '../src/plan/tenant-facts.ts';

/** A valid row of a book; every part can be replaced. */
export function aCustomer(
  fields: Fields = { domain: 'acme.com' },
  rest: Partial<Omit<Customer, 'fields'>> = {},
): Customer {
  return {
    key: fields.id ?? fields.domain ?? 'key',
    type: 'domain',
    action: 'import',
    overwrite: 'never',
    ...rest,
    fields,
  };
}

/** A customer at Google. */
export function aRemote(rest: Partial<RemoteCustomer> = {}): RemoteCustomer {
  return { name: 'accounts/C1/customers/S1', domain: 'acme.com', cloudIdentityId: 'C0acme', ...rest };
}

/** What the snapshot has for a row: nothing, unless said otherwise. */
export function matches(rest: Partial<Record<keyof Matches, readonly RemoteCustomer[]>> = {}): Matches {
  function candidates(found: readonly RemoteCustomer[] | undefined): Matches['domain'] {
    return found?.map((customer) => ({ customer, partner: customer.channelPartnerId }));
  }
  return {
    customer: candidates(rest.customer),
    cloud_identity_id: candidates(rest.cloud_identity_id),
    id: candidates(rest.id),
    domain: candidates(rest.domain),
    ledger: candidates(rest.ledger),
  };
}

/** What is known of a row that is to be onboarded: nobody has asked yet, unless said otherwise. */
export function onboardFacts(rest: Partial<OnboardFacts> = {}): OnboardFacts {
  return { ...NOTHING_KNOWN, ...rest };
}

/** What is known of a row: nothing at Google, unless said otherwise. */
export function facts(rest: Partial<Facts> = {}): Facts {
  return {
    matches: matches(),
    partnerLinkExists: true,
    identities: undefined,
    identityHolder: undefined,
    isListed: true,
    isAbsent: false,
    remembered: undefined,
    operations: new Map(),
    provisionsInDoubt: new Set(),
    namesakes: [],
    onboard: onboardFacts(),
    ...rest,
  };
}
