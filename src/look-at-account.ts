import { usageFault } from './config/load.ts';
import { partnersOfCustomers } from './ledger/remote-pages.ts';
import type { ApiFailure } from './model/api-failure.ts';
import type { PartnerLink } from './model/partner-link.ts';
import { listPartnerLinks } from './partner-links.ts';
import type { AccountAccess } from './read-account.ts';
import { listEverything, type Snapshot } from './snapshot/take-snapshot.ts';
import type { Terminal } from './terminal.ts';

/** What is known of an account after all of it was listed into the ledger. */
export interface LookedAt {
  /** Channel partners whose customers were listed, by id. */
  readonly partners: ReadonlySet<string>;
  /** Channel partners whose customers may be missing from the listing, by id. */
  readonly missingPartners: readonly string[];
}

/**
 * Lists every customer of the account and of its channel partner links into the ledger.
 *
 * @param partner the only channel partner that is wanted, by id; undefined for all
 * @throws FatalError 64 where there is no link to that partner, 69, 75 or 77 where Google does not list
 */
export async function lookAtAccount(
  access: AccountAccess,
  partner: string | undefined,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<LookedAt> {
  const links = await linksOf(access, terminal, signal);
  const wanted = partner === undefined ? links : links.filter(({ id }) => id === partner);
  if (partner !== undefined && wanted.length === 0) throw noSuchPartner(partner, access.account);
  const { customers, missingPartners } = await listAll(access, wanted, terminal, signal);
  access.log('info', 'listed', { customers, partner_links: wanted.length });
  const named = new Set(partnersOfCustomers(access.ledger));
  const refused = wanted.filter(({ id }) => missingPartners.has(id));
  for (const link of refused)
    terminal.warn(refusedLink(link, missingPartners.get(link.id), named.has(link.id)));
  return {
    partners: new Set(wanted.map(({ id }) => id).filter((id) => !missingPartners.has(id))),
    missingPartners: refused.filter((link) => !isCovered(link, named)).map(({ id }) => id),
  };
}

async function linksOf(
  { reader, account, log }: AccountAccess,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<readonly PartnerLink[]> {
  const answer = await listPartnerLinks(reader, account, signal);
  if (answer.kind === 'listed') return answer.links;
  const { code, message } = answer.failure;
  log('warn', 'channel partner links are not listed', { code });
  // That is how Google answers an account that is no distributor.
  const text = `Google lists no channel partner links of ${account} (${code}: ${message}); taken for an account without partners`;
  if (code === 'PERMISSION_DENIED') terminal.note(text);
  else terminal.warn(text);
  return [];
}

async function listAll(
  { reader, ledger, account }: AccountAccess,
  links: readonly PartnerLink[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Snapshot> {
  const progress = terminal.progress('listing', undefined);
  try {
    return await listEverything(
      account,
      links.map(({ id }) => id),
      {
        reader,
        ledger,
        signal,
        onPage: (customers) => {
          progress.update(customers, 'customers at Google');
        },
      },
    );
  } finally {
    progress.end();
  }
}

/** An invited partner has no customers yet; of others the account's own list tells where it names one of theirs. */
function isCovered({ id, state }: PartnerLink, named: ReadonlySet<string>): boolean {
  return state === 'INVITED' || named.has(id);
}

function refusedLink(link: PartnerLink, failure: ApiFailure | undefined, isNamed: boolean): string {
  const { id, state = 'state unknown' } = link;
  const answer = failure === undefined ? '' : `: ${failure.code}: ${failure.message}`;
  const told = `Google refuses to list the customers of channel partner ${id} (${state})${answer}`;
  if (isNamed) return `${told}; those that the account's own list names are there`;
  return state === 'INVITED' ? told : `${told}; the export may lack them`;
}

function noSuchPartner(partner: string, account: string): Error {
  return usageFault(
    `the account ${account} has no link to a channel partner ${partner}`,
    'channelbook partners lists the links.',
  );
}
