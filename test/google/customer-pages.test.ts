import { describe, expect, it } from 'vitest';
import { allCustomers } from '../../src/google/customer-pages.ts';
import { MOST_FILTERED_PAGES } from '../../src/google/limits.ts';

/** A listing that hands out these page tokens, one after the other, with a customer on each page. */
function listing(tokenOf: (page: number) => string | undefined) {
  const asked: (string | undefined)[] = [];
  const result = allCustomers((pageToken) => {
    asked.push(pageToken);
    const nextPageToken = tokenOf(asked.length);
    const customers = [{ name: `accounts/C1/customers/S${asked.length}` }];
    const value = nextPageToken === undefined ? { customers } : { customers, nextPageToken };
    return Promise.resolve({ kind: 'ok', value, calls: 2 } as const);
  });
  return { asked, result };
}

describe('allCustomers', () => {
  it('follows the tokens to the last page, and adds up the calls', async () => {
    const { asked, result } = listing((page) => (page < 3 ? `p${page + 1}` : undefined));
    expect(await result).toEqual({
      kind: 'ok',
      value: [1, 2, 3].map((nth) => ({ name: `accounts/C1/customers/S${nth}` })),
      calls: 6,
    });
    expect(asked).toEqual([undefined, 'p2', 'p3']);
  });

  it.each([
    ['the same one', (): string => 'again', 2],
    ['one in a ring', (page: number): string => `p${page % 3}`, 4],
  ])('fails when a token comes again: %s', async (_, tokenOf, pages) => {
    const { asked, result } = listing(tokenOf);
    expect(await result).toStrictEqual({
      kind: 'failed',
      failure: {
        class: 'run',
        effect: 'none',
        httpStatus: 200,
        code: 'INVALID_ANSWER',
        reason: undefined,
        message: 'the filtered listing repeats a page token and would never end',
        retryAfterMs: undefined,
      },
      calls: 2 * pages,
    });
    expect(asked).toHaveLength(pages);
  });

  it('reads as many pages as the bound says, and fails where there is one more', async () => {
    const whole = listing((page) => (page < MOST_FILTERED_PAGES ? `p${page}` : undefined));
    const endless = listing((page) => `p${page}`);
    expect(await whole.result).toMatchObject({ kind: 'ok', calls: 2 * MOST_FILTERED_PAGES });
    expect(await endless.result).toMatchObject({
      kind: 'failed',
      failure: { class: 'run', message: 'the filtered listing has more than 100 pages' },
      calls: 2 * MOST_FILTERED_PAGES,
    });
    expect(endless.asked).toHaveLength(MOST_FILTERED_PAGES);
  });
});
