import type { ChannelReader } from './google/channel.ts';
import type { ApiFailure } from './model/api-failure.ts';
import { EXIT, FatalError } from './model/fatal.ts';
import type { PartnerLink } from './model/partner-link.ts';
import { runFault } from './snapshot/run-fault.ts';

/** The channel partner links of an account, or Google's refusal to list them: only a distributor has any. */
export type PartnerLinks =
  | { readonly kind: 'listed'; readonly links: readonly PartnerLink[] }
  | { readonly kind: 'refused'; readonly failure: ApiFailure };

/**
 * Lists every channel partner link.
 *
 * @param account id without `accounts/`
 * @throws FatalError 77 where the whole account is refused, 69 when Google cannot be reached, 75 when stopped
 */
export async function listPartnerLinks(
  reader: ChannelReader,
  account: string,
  signal: AbortSignal,
): Promise<PartnerLinks> {
  const links = new Map<string, PartnerLink>();
  const seen = new Set<string>();
  let pageToken: string | undefined;
  do {
    const page = await reader.listPartnerLinks(`accounts/${account}`, pageToken, { signal });
    if (page.kind === 'failed') {
      if (page.failure.class === 'refused') return { kind: 'refused', failure: page.failure };
      throw runFault(page.failure, `listing the channel partner links of ${account}`);
    }
    for (const link of page.value.links) links.set(link.id, link);
    pageToken = page.value.nextPageToken;
    if (pageToken !== undefined && seen.has(pageToken)) throw endlessLinks(account);
    if (pageToken !== undefined) seen.add(pageToken);
  } while (pageToken !== undefined);
  return { kind: 'listed', links: [...links.values()] };
}

/** A server that hands out the same page for ever would never let the command end. */
function endlessLinks(account: string): FatalError {
  return new FatalError(
    EXIT.credentials,
    'google.refused',
    `the listing of the channel partner links of ${account} repeats a page token and would never end`,
    'Check --api-url: this is no answer of Google.',
  );
}
