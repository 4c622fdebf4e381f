import type { Emulator } from '../../src/emulator/server.ts';
import type { CampaignRow, Write } from './rows.ts';

type LoggedRequest = Emulator['requests'][number];

/** What the server's log says of a write that arrived. */
export interface ServerWrite {
  readonly write: Write;
  readonly request: LoggedRequest;
  /** The row whose domain it is about; undefined where there is none. */
  readonly row: CampaignRow | undefined;
}

const WRITE_OF_METHOD: Readonly<Record<string, Write>> = {
  'customers.import': 'import',
  'customers.create': 'create',
  'customers.patch': 'patch',
  'customers.provisionCloudIdentity': 'provision',
  'reseller.customers.insert': 'insert',
  'directory.customers.patch': 'language',
  'directory.users.insert': 'user',
  'directory.users.makeAdmin': 'admin',
};

/** Every call that could write, in order of arrival, and every call that did although its method should not. */
export function serverWrites(emulator: Emulator, rows: readonly CampaignRow[]): readonly ServerWrite[] {
  const byDomain = new Map(rows.map((row) => [row.domain, row]));
  const known = domainsByName(emulator);
  return emulator.requests.flatMap((request) => {
    const write = WRITE_OF_METHOD[request.method];
    if (write === undefined || isRehearsal(request)) {
      if (request.effect) throw new Error(`${request.method} had an effect, and is no write`);
      return [];
    }
    return [{ write, request, row: byDomain.get(domainOf(request, known) ?? '') }];
  });
}

function isRehearsal({ body }: LoggedRequest): boolean {
  return (body as { readonly validateOnly?: boolean } | undefined)?.validateOnly === true;
}

/** Names and IDs of all customers and users → the domain they are about. */
function domainsByName(emulator: Emulator): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name, domain, cloudIdentityId } of emulator.customers()) {
    if (domain === undefined) continue;
    names.set(name, domain);
    if (cloudIdentityId !== undefined) names.set(cloudIdentityId, domain);
  }
  for (const { cloudIdentityId, domain } of emulator.world.identities) names.set(cloudIdentityId, domain);
  for (const { customerId, customerDomain } of emulator.resellerCustomers())
    names.set(customerId, customerDomain);
  for (const { id, primaryEmail } of emulator.users()) names.set(id, domainOfAddress(primaryEmail));
  return names;
}

function domainOf(request: LoggedRequest, known: ReadonlyMap<string, string>): string | undefined {
  const body = (request.body ?? {}) as {
    readonly domain?: string;
    readonly cloudIdentityId?: string;
    readonly customerDomain?: string;
    readonly primaryEmail?: string;
    readonly primaryAdminEmail?: string;
  };
  const named = body.domain ?? body.customerDomain ?? known.get(body.cloudIdentityId ?? '');
  const address = body.primaryEmail ?? body.primaryAdminEmail;
  return named ?? (address === undefined ? domainInPath(request.path, known) : domainOfAddress(address));
}

/** The path of a method on something that exists: its name, its ID or its address. */
function domainInPath(path: string, known: ReadonlyMap<string, string>): string | undefined {
  const parts = decodeURIComponent(path).split(/[/:]/);
  const customer = /accounts\/[^/:]+\/(?:channelPartnerLinks\/[^/:]+\/)?customers\/([^/:]+)/.exec(path);
  if (customer !== null) {
    const account = /accounts\/[^/]+/.exec(path)?.[0] ?? '';
    return known.get(`${account}/customers/${customer[1] ?? ''}`);
  }
  const address = parts.find((part) => part.includes('@'));
  if (address !== undefined) return domainOfAddress(address);
  return parts.map((part) => known.get(part)).find((domain) => domain !== undefined);
}

function domainOfAddress(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
