import { customerViolations } from './customer-rules.ts';
import { invalidArgument, invalidField, notFound } from './errors.ts';
import { applyMask, parseCustomerMask, SETTABLE_FIELDS } from './field-mask.ts';
import type { FieldPath } from './field-mask.ts';
import { parseFilter } from './filter.ts';
import type { CustomerFilter } from './filter.ts';
import {
  ACCOUNT_PATH,
  CHANNEL_SCOPES,
  CUSTOMER_PART,
  LINK_PATH,
  linkInPath,
  pageSize,
  parentName,
} from './method.ts';
import type { Call, Method } from './method.ts';
import { readPageToken, writePageToken } from './page-token.ts';
import { readMessage } from './proto-json.ts';
import { customerSchema } from './resources.ts';
import type { Customer, CustomerBody } from './resources.ts';
import { withDisplayName } from './state.ts';
import type { CustomerRecord, State } from './state.ts';

/** https://docs.cloud.google.com/channel/docs/reference/rest/v1/accounts.customers/list */
const PAGE = { usual: 10, maximum: 50 } as const;

export const CUSTOMER_METHODS: readonly Method[] = [
  {
    id: 'customers.list',
    verb: 'GET',
    paths: [`${ACCOUNT_PATH}/customers`, `${LINK_PATH}/customers`],
    bucket: 'channel.list',
    scopes: CHANNEL_SCOPES,
    query: ['pageSize', 'pageToken', 'filter'],
    handle: listCustomers,
  },
  {
    id: 'customers.get',
    verb: 'GET',
    paths: [`${ACCOUNT_PATH}/customers/${CUSTOMER_PART}`, `${LINK_PATH}/customers/${CUSTOMER_PART}`],
    bucket: 'channel.other',
    scopes: CHANNEL_SCOPES,
    query: [],
    handle: (state, call) => findCustomer(state, call).customer,
  },
  {
    id: 'customers.patch',
    verb: 'PATCH',
    paths: [`${ACCOUNT_PATH}/customers/${CUSTOMER_PART}`, `${LINK_PATH}/customers/${CUSTOMER_PART}`],
    bucket: 'channel.other',
    scopes: CHANNEL_SCOPES,
    query: ['updateMask'],
    handle: patchCustomer,
  },
];

function listCustomers(state: State, call: Call): unknown {
  const link = linkInPath(state, call);
  const filter = (call.query['filter'] ?? '').trim();
  const size = pageSize(call.query['pageSize'], { ...PAGE, over: state.switches.listOverMaximum });
  const scope = `${parentName(state, link)}\n${filter}`;
  const after = readPageToken(scope, call.query['pageToken']);
  const wanted = filter === '' ? undefined : parseFilter(filter);
  const found = listed(state, link, wanted, after, size + 1);
  const page = found.slice(0, size);
  return {
    customers: page.map((entry) => entry.customer),
    nextPageToken: found.length > size ? writePageToken(scope, page.at(-1)?.order ?? after) : undefined,
  };
}

interface Entry {
  readonly order: number;
  readonly customer: Customer;
}

/** Up to `most` entries of a list; only filtered lists lag. */
function listed(
  state: State,
  link: string | undefined,
  filter: CustomerFilter | undefined,
  after: number,
  most: number,
): readonly Entry[] {
  const entries: Entry[] = [];
  for (const record of state.records(after, filter?.keys)) {
    const customer = filter === undefined ? record.customer : state.laggingView(record);
    if (customer === undefined || !isListedUnder(state, record, link)) continue;
    if (filter?.matches(customer) === false) continue;
    if (entries.push({ order: record.order, customer }) === most) break;
  }
  return entries;
}

function isListedUnder(state: State, record: CustomerRecord, link: string | undefined): boolean {
  if (link !== undefined) return record.link === link;
  return record.link === undefined || state.switches.accountListsPartners;
}

/** The customer in the path; NOT_FOUND for one that the parent does not have. */
export function findCustomer(state: State, call: Call): CustomerRecord {
  const link = linkInPath(state, call);
  const name = `${state.account}/customers/${call.params['customer'] ?? ''}`;
  const record = state.find(name);
  if (record === undefined || (link !== undefined && record.link !== link)) {
    throw notFound(`Customer ${name} was not found.`);
  }
  return record;
}

function patchCustomer(state: State, call: Call): unknown {
  const record = findCustomer(state, call);
  const body = readMessage(customerSchema, call.body);
  const paths = pathsToPatch(state, call.query['updateMask'], body);
  const patched = withDisplayName(applyMask(record.customer, body, paths));
  const written = new Set(paths.map(([field]) => field));
  const violations = [
    ...customerViolations(patched, written, state.switches),
    ...criticalViolations(state, record.customer, patched),
    ...partnerViolations(state, patched, written),
  ];
  if (violations.length > 0) throw invalidArgument('The customer has invalid fields.', violations);
  return state.replace(record, { ...patched, name: record.customer.name });
}

function pathsToPatch(state: State, mask: string | undefined, body: CustomerBody): readonly FieldPath[] {
  if (mask !== undefined && mask !== '') return parseCustomerMask(mask);
  switch (state.switches.patchWithoutMask) {
    case 'populated':
      return SETTABLE_FIELDS.filter(([field]) => Object.hasOwn(body, field));
    case 'replace':
      return SETTABLE_FIELDS;
    case 'refuse':
      throw invalidField('update_mask', 'update_mask is required.');
  }
}

function criticalViolations(
  state: State,
  before: CustomerBody,
  after: CustomerBody,
): readonly { readonly field: string; readonly description: string }[] {
  if (before.cloudIdentityId === undefined || state.switches.patchCriticalFields === 'allow') return [];
  const description = 'A customer with a Cloud Identity keeps its domain and region.';
  const changes = [
    { field: 'domain', from: before.domain, to: after.domain },
    {
      field: 'org_postal_address.region_code',
      from: before.orgPostalAddress?.regionCode,
      to: after.orgPostalAddress?.regionCode,
    },
  ];
  return changes
    .filter(({ from, to }) => from !== undefined && from.toLowerCase() !== to?.toLowerCase())
    .map(({ field }) => ({ field, description }));
}

function partnerViolations(
  state: State,
  customer: CustomerBody,
  written: ReadonlySet<string>,
): readonly { readonly field: string; readonly description: string }[] {
  const partner = customer.channelPartnerId ?? '';
  if (!written.has('channelPartnerId') || partner === '' || state.link(partner) !== undefined) return [];
  return [{ field: 'channel_partner_id', description: `No channel partner link has the ID ${partner}.` }];
}
