import type { LoggedRequest } from '../src/emulator/request-log.ts';
import type { Emulator } from '../src/emulator/server.ts';
import type { WorldInput } from '../src/emulator/world.ts';
import { aDomainRow, aTeamRow } from './cli/onboarding.ts';
import { aPartnerLink, aRemoteCustomer, aWorld, anAddress, anIdentity } from './emulator/harness.ts';
import type { Row } from './in-process.ts';

/** One write of the program, and how a doubt about it is looked into (contract, section 6). */
export interface Write {
  /** As the log of requests names it. */
  readonly method: string;
  /** What is asked between a send in doubt and the next one, each once however often it is asked. */
  readonly lookUps: readonly string[];
  /** What is asked besides where the look-up does not find it done. */
  readonly probes?: readonly string[];
  /** What results.csv names where the look-up finds it done; undefined where none can: it is sent again. */
  readonly resolvedBy: string | undefined;
  /** Sent again at once, without a look-up, while attempts are left: twice is as good as once. */
  readonly isRepeatable: boolean;
  /** A second doubt is looked into before the row ends, too. */
  readonly isLookedUpAtOnce?: true;
  /** The answer has no body: half of it is all of it. */
  readonly hasEmptyAnswer?: true;
  readonly row: (domain: string) => Row;
  /** What is there before, for each row. */
  readonly world: (domain: string) => Pick<WorldInput, 'identities' | 'customers'>;
}

export const PARTNER = 'C0partner';
const NOTHING = { identities: [], customers: [] };

/** A row with everything that a new customer needs. */
export function aRow(domain: string, rest: Row = {}): Row {
  return {
    id: `id of ${domain}`,
    domain,
    org_display_name: `Company ${domain}`,
    region_code: 'DE',
    postal_code: '10115',
    address_line_1: 'Weg 1',
    admin_email: '',
    admin_given_name: '',
    admin_family_name: '',
    channel_partner_id: '',
    action: '',
    overwrite: '',
    ...rest,
  };
}

function anAdminRow(domain: string): Row {
  return aRow(domain, {
    admin_email: `admin@${domain}`,
    admin_given_name: 'Ada',
    admin_family_name: 'Berg',
  });
}

function anImport(domain: string, rest: Row = {}): Row {
  return { domain, action: 'import', overwrite: 'never', region_code: '', ...rest };
}

function anOnboarding(domain: string): Row {
  return aDomainRow(domain, { action: 'onboard', language_code: 'de' });
}

/** The customer of a row that was there before, with another name, or without a Cloud Identity. */
function linked(
  domain: string,
  rest: Parameters<typeof aRemoteCustomer>[0] | object,
): WorldInput['customers'] {
  return [aRemoteCustomer({ domain, correlationId: `id of ${domain}`, ...rest })];
}

const LISTED = { lookUps: ['customers.list'], resolvedBy: 'listing' };
const BY_TENANT = {
  lookUps: ['reseller.customers.get'],
  resolvedBy: 'customers.get',
  isLookedUpAtOnce: true,
} as const;
const BY_USER = {
  lookUps: ['directory.users.get'],
  resolvedBy: 'users.get',
  isLookedUpAtOnce: true,
} as const;

export const WRITES: Readonly<Record<string, Write>> = {
  'customers.import': {
    ...LISTED,
    method: 'customers.import',
    isRepeatable: true,
    row: (domain) => anImport(domain),
    world: (domain) => ({ identities: [anIdentity({ domain })] }),
  },
  'customers.import with overwrite': {
    ...LISTED,
    method: 'customers.import',
    isRepeatable: true,
    row: (domain) => anImport(domain, { overwrite: 'always' }),
    world: (domain) => ({ identities: [anIdentity({ domain })] }),
  },
  'customers.import into a customer': {
    method: 'customers.import',
    lookUps: ['customers.list'],
    // It leaves no trace by which a listing could tell that it was carried out.
    resolvedBy: undefined,
    isRepeatable: true,
    row: (domain) => anImport(domain, { overwrite: 'always', region_code: 'AT' }),
    world: (domain) => ({
      identities: [
        anIdentity({ domain, orgPostalAddress: anAddress({ regionCode: 'AT', postalCode: '1010' }) }),
      ],
      customers: [aRemoteCustomer({ domain })],
    }),
  },
  'customers.create': {
    ...LISTED,
    method: 'customers.create',
    isRepeatable: false,
    row: (domain) => aRow(domain),
    world: () => NOTHING,
  },
  'customers.create under a partner link': {
    ...LISTED,
    method: 'customers.create',
    isRepeatable: false,
    row: (domain) => aRow(domain, { channel_partner_id: PARTNER }),
    world: () => NOTHING,
  },
  'customers.patch': {
    method: 'customers.patch',
    lookUps: ['customers.get'],
    resolvedBy: 'customers.get',
    isRepeatable: true,
    row: (domain) => aRow(domain, { overwrite: 'safe' }),
    world: (domain) => ({ customers: linked(domain, { orgDisplayName: 'Before' }) ?? [] }),
  },
  'provisionCloudIdentity after a create': {
    method: 'customers.provisionCloudIdentity',
    lookUps: ['customers.get'],
    probes: ['validateOnly'],
    resolvedBy: 'customers.get',
    isRepeatable: false,
    row: anAdminRow,
    world: () => NOTHING,
  },
  'provisionCloudIdentity of a linked customer': {
    method: 'customers.provisionCloudIdentity',
    lookUps: ['customers.get'],
    probes: ['validateOnly'],
    resolvedBy: 'customers.get',
    isRepeatable: false,
    row: anAdminRow,
    world: (domain) => ({
      customers:
        linked(domain, {
          orgDisplayName: `Company ${domain}`,
          cloudIdentityId: undefined,
          cloudIdentityInfo: undefined,
        }) ?? [],
    }),
  },
  'Reseller customers.insert of a domain': {
    ...BY_TENANT,
    method: 'reseller.customers.insert',
    isRepeatable: false,
    row: anOnboarding,
    world: () => NOTHING,
  },
  'Reseller customers.insert of a team': {
    ...BY_TENANT,
    method: 'reseller.customers.insert',
    isRepeatable: false,
    row: (domain) => aTeamRow(`lee@${domain}`, { action: 'onboard' }),
    world: () => NOTHING,
  },
  'Directory customers.patch': {
    method: 'directory.customers.patch',
    lookUps: ['directory.customers.get'],
    resolvedBy: 'customers.get',
    isLookedUpAtOnce: true,
    isRepeatable: true,
    row: anOnboarding,
    world: () => NOTHING,
  },
  'users.insert': {
    ...BY_USER,
    method: 'directory.users.insert',
    isRepeatable: false,
    row: anOnboarding,
    world: () => NOTHING,
  },
  'users.makeAdmin': {
    ...BY_USER,
    method: 'directory.users.makeAdmin',
    hasEmptyAnswer: true,
    isRepeatable: true,
    row: anOnboarding,
    world: () => NOTHING,
  },
};

/**
 * A world for rows of one write. Filtered lists show nothing of what happens in it: whoever settles a doubt by one settles
 * it wrongly.
 */
export function aWorldFor(
  write: Write,
  domains: readonly string[],
  more: Partial<WorldInput> = {},
): WorldInput {
  const parts = domains.map((domain) => write.world(domain));
  return aWorld({
    partnerLinks: [aPartnerLink({ resellerCloudIdentityId: PARTNER })],
    ...more,
    identities: parts.flatMap(({ identities = [] }) => identities),
    customers: [...(more.customers ?? []), ...parts.flatMap(({ customers = [] }) => customers)],
    quotas: { reseller: null, directory: null },
    switches: { filterLagMs: 864_000_000, accountListsPartners: false, userWindowMs: 0 },
  });
}

const WRITE_METHODS: ReadonlySet<string> = new Set(Object.values(WRITES).map(({ method }) => method));

export function isWrite({ method, body }: LoggedRequest): boolean {
  return WRITE_METHODS.has(method) && !isValidation(body);
}

function isValidation(body: unknown): boolean {
  return (body as { readonly validateOnly?: boolean } | undefined)?.validateOnly === true;
}

/** `customers.list`, with its filter where it has one; `validateOnly` for a provisioning that is only to be checked. */
function nameOf({ method, query, body }: LoggedRequest): string {
  if (isValidation(body)) return 'validateOnly';
  return query['filter'] === undefined ? method : `${method} ${query['filter']}`;
}

export function isWholeListing({ method, query }: LoggedRequest): boolean {
  return method === 'customers.list' && query['filter'] === undefined;
}

/** The requests about a row: those that name its domain, or a customer, operation or tenant of it. */
export function requestsAbout(
  domain: string,
  requests: readonly LoggedRequest[],
  emulator: Emulator,
): readonly LoggedRequest[] {
  const customers = emulator.customers().filter((customer) => customer.domain === domain);
  const names = new Set(customers.map(({ name }) => name));
  const operations = emulator.operations().filter(({ customer }) => names.has(customer));
  const tenants = emulator.resellerCustomers().filter(({ customerDomain }) => customerDomain === domain);
  const signs = [
    domain,
    ...names,
    ...operations.map(({ name }) => name),
    ...tenants.map(({ customerId }) => `/${customerId}`),
  ];
  return requests.filter(({ path, query, body }) => {
    const text = [decodeURIComponent(path), JSON.stringify(query), JSON.stringify(body ?? '')].join(' ');
    return signs.some((sign) => new RegExp(`${sign.replaceAll('.', '[.]')}(?![\\w.])`).test(text));
  });
}

/** What was asked before the first write among the requests, each once however often it was asked. */
export function lookUpsBeforeWrite(requests: readonly LoggedRequest[]): readonly string[] {
  const next = requests.findIndex(isWrite);
  const before = next < 0 ? requests : requests.slice(0, next);
  return before.map(nameOf).filter((name, index, all) => name !== all[index - 1]);
}

/** What Google has for a domain, without names and times, which differ from one customer to the next. */
export function stateOf(domain: string, emulator: Emulator): unknown {
  const customers = emulator.customers().filter((customer) => customer.domain === domain);
  const names = new Set(customers.map(({ name }) => name));
  const state = {
    customers: customers.map((customer) => ({
      orgDisplayName: customer.orgDisplayName,
      region: customer.orgPostalAddress?.regionCode,
      partner: customer.channelPartnerId,
      correlationId: customer.correlationId,
      hasIdentity: customer.cloudIdentityId !== undefined,
    })),
    operations: emulator
      .operations()
      .filter(({ customer, validateOnly }) => names.has(customer) && !validateOnly).length,
    tenants: emulator
      .resellerCustomers()
      .filter(({ customerDomain }) => customerDomain === domain)
      .map(({ customerType, primaryAdmin }) => ({ customerType, primaryAdmin })),
    users: emulator
      .users()
      .filter(({ primaryEmail }) => primaryEmail.endsWith(`@${domain}`))
      .map(({ primaryEmail, isAdmin, languages }) => ({ primaryEmail, isAdmin, languages })),
  };
  return JSON.parse(JSON.stringify(state).replaceAll(domain, 'DOMAIN'));
}
