import { invalidField, notFound, permissionDenied } from './errors.ts';
import { ACCOUNT_PATH, CHANNEL_SCOPES, LINK_PATH, pageSize } from './method.ts';
import type { Call, Method } from './method.ts';
import { readPageToken, writePageToken } from './page-token.ts';
import type { ChannelPartnerLink } from './resources.ts';
import type { State } from './state.ts';

/** https://docs.cloud.google.com/channel/docs/reference/rest/v1/accounts.channelPartnerLinks/list */
const PAGE = { usual: 25, maximum: 200, over: 'coerce' } as const;
const VIEWS = ['UNSPECIFIED', 'BASIC', 'FULL'];

export const PARTNER_LINK_METHODS: readonly Method[] = [
  {
    id: 'channelPartnerLinks.list',
    verb: 'GET',
    paths: [`${ACCOUNT_PATH}/channelPartnerLinks`],
    bucket: 'channel.other',
    scopes: CHANNEL_SCOPES,
    query: ['pageSize', 'pageToken', 'view'],
    handle: listLinks,
  },
  {
    id: 'channelPartnerLinks.get',
    verb: 'GET',
    paths: [LINK_PATH],
    bucket: 'channel.other',
    scopes: CHANNEL_SCOPES,
    query: ['view'],
    handle: getLink,
  },
];

function listLinks(state: State, call: Call): unknown {
  const view = viewer(call);
  const size = pageSize(call.query['pageSize'], PAGE);
  const scope = `${state.account}/channelPartnerLinks`;
  const first = readPageToken(scope, call.query['pageToken']) + 1;
  const page = state.links.slice(first, first + size);
  return {
    channelPartnerLinks: page.map(view),
    nextPageToken: first + size < state.links.length ? writePageToken(scope, first + size - 1) : undefined,
  };
}

function getLink(state: State, call: Call): unknown {
  const view = viewer(call);
  const id = call.params['link'] ?? '';
  const link = state.link(id);
  if (link === undefined) throw notFound(`Channel partner link ${id} was not found.`);
  return view(link);
}

/** Shows links as the `view` parameter asks; throws INVALID_ARGUMENT for one that is unknown. */
function viewer(call: Call): (link: ChannelPartnerLink) => ChannelPartnerLink {
  const view = call.query['view'] ?? 'BASIC';
  if (!VIEWS.includes(view)) throw invalidField('view', `Invalid value at 'view', "${view}"`);
  return (link) => (view === 'FULL' ? link : { ...link, channelPartnerCloudIdentityInfo: undefined });
}

/**
 * ID of the partner for whom a customer is made: the link in the path, or the one named in the body, which must
 * not contradict. Throws INVALID_ARGUMENT for an unknown one, PERMISSION_DENIED for a link that is not active.
 */
export function partnerNamed(state: State, named: string, link: string | undefined): string | undefined {
  const partner = link ?? (named === '' ? undefined : named);
  if (partner === undefined) return undefined;
  if (named !== '' && named !== partner) {
    throw invalidField('channel_partner_id', 'channel_partner_id contradicts the parent.');
  }
  const found = state.link(partner);
  if (found === undefined) throw invalidField('channel_partner_id', `No partner link has the ID ${partner}.`);
  if (found.linkState !== 'ACTIVE') {
    throw permissionDenied(`The channel partner link ${partner} is ${found.linkState}.`);
  }
  return partner;
}
