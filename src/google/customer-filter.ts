/** What customers are looked up by; one of the two is enough for a match. */
export interface CustomerFilter {
  readonly domain?: string;
  readonly cloudIdentityId?: string;
}

/**
 * The filter in Google's words, or undefined where it names nothing: a list without a filter is a list of everyone.
 * Fields are in snake case there (https://docs.cloud.google.com/channel/docs/concepts/google-cloud/filter-customers).
 */
export function customerFilter({ domain, cloudIdentityId }: CustomerFilter): string | undefined {
  const terms = [...term('domain', domain), ...term('cloud_identity_id', cloudIdentityId)];
  return terms.length === 0 ? undefined : terms.join(' OR ');
}

function term(field: string, value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [`${field} = ${quoted(value)}`];
}

/** A string of the filter language (https://google.aip.dev/160). */
function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
