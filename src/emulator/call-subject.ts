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
  return path.replace(/^\/v1\//, '').replace(/:[^:/]*$/, '');
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
  ];
  return domains.filter((domain) => typeof domain === 'string').map((domain) => domain.toLowerCase());
}

function bodyOf({ parsed }: HeardCall): Fields {
  return typeof parsed === 'object' && parsed !== null ? (parsed as Fields) : {};
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
