import { sameDomain } from './customer-rules.ts';
import { DIRECTORY_PATH, ourTenant } from './directory-customers.ts';
import { etagOf } from './etag.ts';
import { LegacyError } from './legacy-errors.ts';
import type { Call, Method } from './method.ts';
import type { State } from './state.ts';

/*
 * Directory API v1, domains: the primary one, for tenants of the emulator have no others.
 * https://developers.google.com/workspace/admin/directory/reference/rest/v1/domains
 */

const DOMAIN_SCOPE = 'https://www.googleapis.com/auth/admin.directory.domain';

export const DIRECTORY_DOMAIN_METHODS: readonly Method[] = [
  {
    id: 'directory.domains.get',
    verb: 'GET',
    paths: [`${DIRECTORY_PATH}/customer/:customer/domains/:domainName`],
    bucket: 'directory',
    scopes: [DOMAIN_SCOPE, `${DOMAIN_SCOPE}.readonly`],
    query: [],
    handle: getDomain,
  },
];

function getDomain(state: State, call: Call): unknown {
  const { customer = '', domainName = '' } = call.params;
  const tenant = ourTenant(state, customer, 'customer');
  if (!sameDomain(tenant.domain, domainName)) {
    throw new LegacyError(404, { reason: 'notFound', message: 'Domain not found.' });
  }
  const domain = {
    kind: 'admin#directory#domain',
    domainName: tenant.domain,
    isPrimary: true,
    verified: tenant.domainVerified,
    creationTime: tenant.createTime && String(Date.parse(tenant.createTime)),
  };
  return { ...domain, etag: etagOf(domain) };
}
