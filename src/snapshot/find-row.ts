import type { ChannelReader } from '../google/channel.ts';
import type { LedgerDb } from '../ledger/ledger.ts';
import { customerByName, customersByCloudIdentity } from '../ledger/remote.ts';
import { lastApplied } from '../ledger/rows-to-find.ts';
import type { ApiFailure, ApiResult } from '../model/api-failure.ts';
import type { Customer } from '../model/customer.ts';
import type { Candidate } from '../model/matches.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';

/**
 * Filtered lists are some seconds behind a write
 * (https://docs.cloud.google.com/channel/docs/concepts/google-cloud/filter-customers); after a minute they count as
 * caught up.
 */
const LAG_MS = 60_000;

export interface FindDeps {
  readonly reader: ChannelReader;
  readonly ledger: LedgerDb;
  /** Id without `accounts/`. */
  readonly account: string;
  /** Partners without a link that could be used. */
  readonly missingPartners: ReadonlyMap<string, ApiFailure>;
  readonly identityOf: (customer: Customer) => string | undefined;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** What Google has for one row, and what it cost to know. */
export interface Found {
  readonly candidates: readonly Candidate[];
  readonly calls: number;
  /** Google's refusal, and whether it was the account's list that it refused. */
  readonly failure: { readonly answer: ApiFailure; readonly ofAccount: boolean } | undefined;
}

interface Filter {
  readonly domain?: string;
  readonly cloudIdentityId?: string;
}

/**
 * Looks one row up: by its `customer`; else by one filtered list of the account; where its partner is not told by
 * what came, by one of the partner's link; and what this program itself wrote lately by its name, because that does
 * not lag. What the ledger already has of this snapshot is not asked for again.
 */
export async function findRow(customer: Customer, deps: FindDeps): Promise<Found> {
  const { fields } = customer;
  const partner = fields.channel_partner_id;
  if (partner !== undefined && deps.missingPartners.has(partner)) return NOTHING;
  if (isListed(customer, deps.ledger)) return NOTHING;
  const search = createSearch(deps);
  if (fields.customer !== undefined) await search.get(fields.customer);
  const filter = filterOf(customer);
  if (search.isEmpty() && filter !== undefined) await search.find(undefined, filter);
  if (partner !== undefined && !search.isUnder(partner)) {
    const same = filter ?? search.sameAsFound();
    if (same !== undefined) await search.find(partner, same);
  }
  const identity = deps.identityOf(customer);
  for (const ours of lastApplied(deps.ledger, customer.key, identity, fields.id !== undefined)) {
    if (!search.has(ours.customer) || ours.atMs > deps.now() - LAG_MS) await search.get(ours.customer);
  }
  return search.result();
}

const NOTHING: Found = { candidates: [], calls: 0, failure: undefined };

/** Only by what one customer at most can have: a domain may have others that were not listed yet. */
function isListed({ fields }: Customer, ledger: LedgerDb): boolean {
  const { customer: name, cloud_identity_id: identity, channel_partner_id: partner } = fields;
  const named = name === undefined ? undefined : customerByName(ledger, name);
  const found =
    name === undefined && identity !== undefined ? customersByCloudIdentity(ledger, identity)[0] : named;
  return found !== undefined && (partner === undefined || found.partner === partner);
}

/** Type `team`: teams share domains, so theirs is of use only where nothing else can be filtered by. */
function filterOf({ type, fields }: Customer): Filter | undefined {
  const { cloud_identity_id: cloudIdentityId, primary_admin_email: admin } = fields;
  if (type === 'team' && cloudIdentityId !== undefined) return { cloudIdentityId };
  const ofAdmin = type === 'team' ? admin?.split('@').at(-1)?.toLowerCase() : undefined;
  const domain = fields.domain ?? ofAdmin;
  if (domain === undefined && cloudIdentityId === undefined) return undefined;
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(cloudIdentityId === undefined ? {} : { cloudIdentityId }),
  };
}

interface Search {
  /** `customers.get`; a customer that is not there is no failure. */
  get(name: string): Promise<void>;
  /** A filtered list of the account, or of the partner's link. */
  find(partner: string | undefined, filter: Filter): Promise<void>;
  isEmpty(): boolean;
  has(name: string): boolean;
  /** Whether anything found is known to be under the partner. */
  isUnder(partner: string): boolean;
  /** A filter that finds what was found already. */
  sameAsFound(): Filter | undefined;
  result(): Found;
}

/** Collects what the calls for one row bring; after a failure nothing more is asked. */
function createSearch({ reader, account, signal }: FindDeps): Search {
  const found = new Map<string, Candidate>();
  let calls = 0;
  let failure: Found['failure'];

  function take(
    result: ApiResult<readonly RemoteCustomer[]>,
    partner: string | undefined,
    ofAccount: boolean,
  ): void {
    calls += result.calls;
    if (result.kind === 'failed') {
      failure = { answer: result.failure, ofAccount };
      return;
    }
    for (const customer of result.value) {
      const earlier = found.get(customer.name)?.partner;
      found.set(customer.name, { customer, partner: customer.channelPartnerId ?? partner ?? earlier });
    }
  }

  return {
    async get(name) {
      if (failure !== undefined) return;
      const result = await reader.getCustomer(name, { signal });
      if (result.kind === 'failed' && result.failure.code === 'NOT_FOUND') calls += result.calls;
      else take(result.kind === 'ok' ? { ...result, value: [result.value] } : result, undefined, false);
    },
    async find(partner, filter) {
      if (failure !== undefined) return;
      const parent =
        partner === undefined ? `accounts/${account}` : `accounts/${account}/channelPartnerLinks/${partner}`;
      take(await reader.findCustomers(parent, filter, { signal }), partner, partner === undefined);
    },
    isEmpty: () => found.size === 0,
    has: (name) => found.has(name),
    isUnder: (partner) => [...found.values()].some((candidate) => candidate.partner === partner),
    sameAsFound() {
      const [first] = found.values();
      const { cloudIdentityId, domain } = first?.customer ?? {};
      if (cloudIdentityId !== undefined) return { cloudIdentityId };
      return domain === undefined ? undefined : { domain };
    },
    result: () => ({ candidates: [...found.values()], calls, failure }),
  };
}
