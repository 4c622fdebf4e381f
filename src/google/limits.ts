/** Google counts calls per 60 seconds (https://docs.cloud.google.com/channel/docs/quotas). */
export const WINDOW_MS = 60_000;

/** Kept between an answer and the moment when its call stops counting: clocks and counters are never quite alike. */
export const MARGIN_MS = 1_000;

/**
 * How much later than noted a call of an earlier run may have reached the server. Within a run the answer tells;
 * of an earlier run only the note is left, so a slower call is noted again when its answer comes.
 */
export const CARRIED_MARGIN_MS = 4_000;

/** Customers per page: the most that `customers.list` gives (Cloud Channel API v1, `accounts.customers.list`). */
export const LIST_PAGE_SIZE = 50;

/** Channel partner links per page: more are taken as this (Cloud Channel API v1, `accounts.channelPartnerLinks.list`). */
export const LINK_PAGE_SIZE = 200;

/** A filtered listing that has more pages than this is not what a look-up asked for. */
export const MOST_FILTERED_PAGES = 100;

const PACE_MS = 1_000;

/** Slow answers stretch the pace, but a tenth of the window at most: now and then one takes a minute. */
export const LONGEST_STRETCH_MS = 6_000;

/** At most `calls` calls in any `intervalMs`. */
export interface Pace {
  readonly calls: number;
  readonly intervalMs: number;
}

/**
 * Short even intervals that add up to `cap` calls per window: about a second's worth at a time, but at least one call.
 * The longer the interval, the more of the window stands empty until the first calls of the last one stop counting.
 */
export function paceOf(cap: number): Pace {
  const calls = Math.max(1, Math.floor((cap * PACE_MS) / WINDOW_MS));
  return { calls, intervalMs: (WINDOW_MS * calls) / cap };
}
