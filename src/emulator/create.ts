import { customerViolations } from './customer-rules.ts';
import { alreadyExists, invalidArgument } from './errors.ts';
import { SETTABLE_FIELDS } from './field-mask.ts';
import { ACCOUNT_PATH, CHANNEL_SCOPES, LINK_PATH, linkInPath } from './method.ts';
import type { Call, Method } from './method.ts';
import { partnerNamed } from './partner-links.ts';
import { readMessage } from './proto-json.ts';
import { customerSchema, OUTPUT_ONLY_FIELDS } from './resources.ts';
import type { CustomerBody } from './resources.ts';
import { withDisplayName } from './state.ts';
import type { State } from './state.ts';

/*
 * accounts.customers.create: a customer from what the caller says of it. Google documents no error for a domain that
 * a customer has already: https://docs.cloud.google.com/channel/docs/reference/rest/v1/accounts.customers/create
 */

const EVERY_FIELD: ReadonlySet<string> = new Set(SETTABLE_FIELDS.map(([field]) => field));

export const CREATE_METHODS: readonly Method[] = [
  {
    id: 'customers.create',
    verb: 'POST',
    paths: [`${ACCOUNT_PATH}/customers`, `${LINK_PATH}/customers`],
    bucket: 'channel.other',
    scopes: CHANNEL_SCOPES,
    query: [],
    handle: createCustomer,
  },
];

function createCustomer(state: State, call: Call): unknown {
  const link = linkInPath(state, call);
  const customer = settableFields(readMessage(customerSchema, call.body));
  const violations = customerViolations(customer, EVERY_FIELD, state.switches);
  if (violations.length > 0) {
    throw invalidArgument(violations.map(({ description }) => description).join(' '), violations);
  }
  const partner = partnerNamed(state, customer.channelPartnerId ?? '', link);
  requireNewDomain(state, customer.domain ?? '');
  return state.insert(withDisplayName({ ...customer, channelPartnerId: partner }), partner);
}

function settableFields(body: CustomerBody): CustomerBody {
  return Object.fromEntries(Object.entries(body).filter(([field]) => !OUTPUT_ONLY_FIELDS.has(field)));
}

function requireNewDomain(state: State, domain: string): void {
  if (state.switches.createDuplicateDomain === 'allow') return;
  const [holder] = state.recordsOn(domain);
  if (holder !== undefined) throw alreadyExists(`Customer ${holder.customer.name} has the same domain.`);
}
