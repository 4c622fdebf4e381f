import { pathInApi } from './apis.ts';
import { domainOf } from './customer-rules.ts';
import type { FaultSubject } from './faults.ts';
import type { State } from './state.ts';
import type { HeardCall } from './targets.ts';

const STARTS_OPERATIONS: ReadonlySet<string> = new Set(['customers.provisionCloudIdentity']);

/** What a call is about, for the fault rules. */
export function subjectOf(method: string, call: HeardCall): FaultSubject {
  const { queryText, query, path } = call.incoming;
  const name = resourceName(path);
  return {
    method,
    name,
    startsOperation: STARTS_OPERATIONS.has(method) && !isValidation(bodyOf(call)),
    text: [queryText, ...Object.values(query), call.text ?? ''].join('\n'),
    domains: () => domainsOf(call.session.state, name, call),
  };
}

/** `/v1/accounts/A/customers:import` is about `accounts/A/customers`. */
function resourceName(path: string): string {
  return decoded(pathInApi(path).replace(/:[^:/]*$/, ''));
}

/** Clients may write the `@` of a user's address as `%40`. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function domainsOf(state: State, name: string, call: HeardCall): readonly string[] {
  const customerName = name.replace(/\/channelPartnerLinks\/[^/]+/, '');
  const body = bodyOf(call);
  const identities = [
    state.identities.find(textOf(body['cloudIdentityId'])),
    ...state.identities.ofAdmin(textOf(body['primaryAdminEmail'])),
  ];
  const domains = [
    body['domain'],
    state.find(customerName)?.customer.domain,
    state.find(state.operations.find(name)?.customer ?? '')?.customer.domain,
    ...identities.map((identity) => identity?.domain),
    ...domainsInFilter(call.incoming.query['filter'] ?? ''),
    ...domainsInLegacy(state, call, body),
  ];
  return domains.filter((domain) => typeof domain === 'string').map((domain) => domain.toLowerCase());
}

/** What names a tenant in the paths and queries of the Reseller and Directory APIs. */
const TENANT_KEYS = ['customerId', 'customerKey', 'customer', 'domainName', 'userKey', 'domain'] as const;

/** Domains of a call to the Reseller or Directory API: by domain, address, ID of tenant or user. */
function domainsInLegacy(state: State, call: HeardCall, body: Fields): readonly (string | undefined)[] {
  const { params, query } = call.incoming;
  const keys = TENANT_KEYS.flatMap((name) => [params[name] ?? '', query[name] ?? '']);
  const admin = asFields(body['primaryAdmin']);
  return [
    textOf(body['customerDomain']),
    domainOf(textOf(body['primaryEmail'])),
    domainOf(textOf(admin['primaryEmail'])),
    ...keys.flatMap((key) => domainsOfKey(state, key)),
  ];
}

function domainsOfKey(state: State, key: string): readonly (string | undefined)[] {
  const user = state.users.find(key);
  return [
    key,
    domainOf(key),
    state.identities.find(key)?.domain,
    domainOf(user?.primaryEmail ?? ''),
    state.identities.find(user?.customerId ?? '')?.domain,
  ];
}

function bodyOf({ parsed }: HeardCall): Fields {
  return asFields(parsed);
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function isValidation(body: Fields): boolean {
  return body['validateOnly'] === true || body['validate_only'] === true;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

type Fields = Readonly<Record<string, unknown>>;

function domainsInFilter(filter: string): readonly string[] {
  return [...filter.matchAll(/\bdomain\s*=\s*"?([^\s")]+)/g)].map((match) => match[1] ?? '');
}
