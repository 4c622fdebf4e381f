import type { ApiFailure, ApiResult } from '../model/api-failure.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import type { CustomerPage } from './answers.ts';
import { invalidAnswer } from './invalid-answer.ts';
import { MOST_FILTERED_PAGES } from './limits.ts';

/** All pages of a filtered listing, one after the other, with the calls that they took together. */
export async function allCustomers(
  pageAt: (pageToken: string | undefined) => Promise<ApiResult<CustomerPage>>,
): Promise<ApiResult<readonly RemoteCustomer[]>> {
  const customers: RemoteCustomer[] = [];
  const seen = new Set<string>();
  let calls = 0;
  for (let pageToken: string | undefined; ; seen.add(pageToken)) {
    const page = await pageAt(pageToken);
    calls += page.calls;
    if (page.kind === 'failed') return { ...page, calls };
    customers.push(...page.value.customers);
    pageToken = page.value.nextPageToken;
    if (pageToken === undefined) return { kind: 'ok', value: customers, calls };
    if (seen.has(pageToken) || seen.size + 1 >= MOST_FILTERED_PAGES) {
      return { kind: 'failed', failure: endlessPages(seen.has(pageToken)), calls };
    }
  }
}

/** A server that hands out pages for ever would never let the run go on. */
function endlessPages(isRepeated: boolean): ApiFailure {
  return invalidAnswer(
    isRepeated
      ? 'the filtered listing repeats a page token and would never end'
      : `the filtered listing has more than ${MOST_FILTERED_PAGES} pages`,
  );
}
