import { z } from 'zod';
import type { PartnerLink } from '../model/partner-link.ts';
import { hasOnlyAnswerKeys } from './answer-keys.ts';
import { optionalText as text } from './answer-text.ts';

/** One page of `channelPartnerLinks.list`. */
export interface PartnerLinkPage {
  readonly links: readonly PartnerLink[];
  readonly nextPageToken?: string;
}

const LINK = z.object({
  name: z.string().regex(/^accounts\/[^/]+\/channelPartnerLinks\/[^/]+$/),
  linkState: text,
  publicId: text,
});

const PAGE = z.object({ channelPartnerLinks: z.array(LINK).nullish(), nextPageToken: text });

/** A channel partner link as answered, or undefined where the answer is no such thing. */
export function readPartnerLink(json: unknown): PartnerLink | undefined {
  const result = LINK.safeParse(json);
  return result.success ? toPartnerLink(result.data) : undefined;
}

/** A page of channel partner links; `{}` is an empty one. */
export function readPartnerLinkPage(json: unknown): PartnerLinkPage | undefined {
  if (!hasOnlyAnswerKeys(json, ['channelPartnerLinks', 'nextPageToken'])) return undefined;
  const result = PAGE.safeParse(json);
  if (!result.success) return undefined;
  const links = (result.data.channelPartnerLinks ?? []).map(toPartnerLink);
  const { nextPageToken } = result.data;
  return nextPageToken === undefined || nextPageToken === '' ? { links } : { links, nextPageToken };
}

function toPartnerLink({ name, linkState, publicId }: z.infer<typeof LINK>): PartnerLink {
  return {
    name,
    id: name.slice(name.lastIndexOf('/') + 1),
    state: named(linkState),
    publicId: publicId === '' ? undefined : publicId,
  };
}

/** The enum's zero says that there is no state. */
function named(state: string | undefined): string | undefined {
  return state === undefined || state === '' || state.endsWith('_UNSPECIFIED') ? undefined : state;
}
