import Table from 'cli-table3';
import { EXIT, FatalError, type ExitCode } from './model/fatal.ts';
import type { ApiFailure } from './model/api-failure.ts';
import type { PartnerLink } from './model/partner-link.ts';
import { listPartnerLinks } from './partner-links.ts';
import { readAccount } from './read-account.ts';
import type { RunDeps, RunRequest } from './run-session.ts';

/** `channelbook partners`: the account's channel partner links on stdout; writes nothing, here or at Google. */
export async function runPartners(
  request: RunRequest,
  deps: RunDeps,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { account, links } = await readAccount(request, deps, async ({ reader, account: id }) => {
    const answer = await listPartnerLinks(reader, id, signal);
    if (answer.kind === 'refused') throw noDistributor(id, answer.failure);
    return { account: id, links: answer.links };
  });
  await deps.terminal.result(request.settings.json ? asJson(account, links) : asText(account, links, deps));
  return deps.terminal.outputFault()?.exitCode ?? EXIT.ok;
}

function asJson(account: string, links: readonly PartnerLink[]): string {
  const partners = links.map(({ id, state, publicId }) => ({
    id,
    state: state ?? null,
    public_id: publicId ?? null,
  }));
  return JSON.stringify({ account, partners });
}

function asText(account: string, links: readonly PartnerLink[], { terminal }: RunDeps): string {
  if (links.length === 0) return `The account ${account} has no channel partner links.`;
  const table = new Table({
    head: ['id', 'state', 'public id'],
    style: { head: [], border: [], compact: true },
  });
  for (const { id, state = '', publicId = '' } of links) {
    table.push([id, terminal.paint(state === 'ACTIVE' ? 'green' : 'yellow', state), publicId]);
  }
  return table.toString();
}

function noDistributor(account: string, { code, message }: ApiFailure): FatalError {
  return new FatalError(
    EXIT.credentials,
    'google.no_partner_links',
    `Google refuses to list the channel partner links of ${account}: ${code}: ${message}`,
    'Only a distributor has channel partners: check --account, and that --subject is an admin of it.',
  );
}
