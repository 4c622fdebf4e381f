import { describe, expect, it } from 'vitest';
import { customerFilter } from '../../src/google/customer-filter.ts';

describe('customerFilter', () => {
  it.each([
    [{ domain: 'acme.example' }, 'domain = "acme.example"'],
    [{ cloudIdentityId: 'C0a' }, 'cloud_identity_id = "C0a"'],
    [
      { cloudIdentityId: 'C0a', domain: 'acme.example' },
      'domain = "acme.example" OR cloud_identity_id = "C0a"',
    ],
    [{ domain: '', cloudIdentityId: 'C0a' }, 'cloud_identity_id = "C0a"'],
    [{ domain: 'a" OR domain : "*' }, String.raw`domain = "a\" OR domain : \"*"`],
    [{ domain: String.raw`a\" b` }, String.raw`domain = "a\\\" b"`],
    [{}, undefined],
    [{ domain: '', cloudIdentityId: '' }, undefined],
  ])('says %j in words of the filter language', (filter, expected) => {
    expect(customerFilter(filter)).toBe(expected);
  });
});
