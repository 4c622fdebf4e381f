/** The quotas that Google counts apart; each has a limiter of its own. */
export const BUCKETS = [
  'channel.list',
  'channel.operations',
  'channel.other',
  'directory',
  'reseller',
] as const;
export type Bucket = (typeof BUCKETS)[number];

/** Calls per 60 seconds, per bucket. */
export type Quotas = Readonly<Record<Bucket, number>>;

/**
 * Defaults, in calls per 60 seconds and Google Cloud project.
 *
 * - `channel.*`: 24 for listings, 600 for `operations.get`, 120 shared by the rest
 *   (https://docs.cloud.google.com/channel/docs/quotas).
 * - `directory`: 2,400 per user and project
 *   (https://developers.google.com/workspace/admin/directory/v1/limits).
 * - `reseller`: Google publishes no number; 60 is our caution.
 */
export const DEFAULT_QUOTAS: Quotas = {
  'channel.list': 24,
  'channel.operations': 600,
  'channel.other': 120,
  directory: 2400,
  reseller: 60,
};
