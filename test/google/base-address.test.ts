import { describe, expect, it } from 'vitest';
import { isLoopback, parseBaseAddress, redirected } from '../../src/google/base-address.ts';

describe('redirected', () => {
  const base = new URL('http://127.0.0.1:8080/google/');
  it.each([
    [
      'https://cloudchannel.googleapis.com/v1/accounts/C1/customers?pageSize=50',
      'http://127.0.0.1:8080/google/v1/accounts/C1/customers?pageSize=50',
    ],
    ['https://oauth2.googleapis.com/token', 'http://127.0.0.1:8080/google/token'],
    [
      'https://reseller.googleapis.com/apps/reseller/v1/customers/a%40b',
      'http://127.0.0.1:8080/google/apps/reseller/v1/customers/a%40b',
    ],
    ['https://identity.example/oidc', 'https://identity.example/oidc'],
    ['https://notgoogleapis.com/token', 'https://notgoogleapis.com/token'],
  ])('sends %s to %s', (from, to) => {
    expect(redirected(new URL(from), base).href).toBe(to);
  });

  it('leaves an address as it is where no base is given', () => {
    const url = new URL('https://oauth2.googleapis.com/token');
    expect(redirected(url, parseBaseAddress(undefined))).toBe(url);
  });
});

describe('isLoopback', () => {
  it.each([
    ['http://127.0.0.1:1', true],
    ['http://127.9.9.9', true],
    ['http://localhost:1', true],
    ['http://[::1]:1', true],
    ['http://127.0.0.1.example', false],
    ['http://localhost.example', false],
    ['http://10.0.0.1', false],
  ])('knows of %s: %s', (address, expected) => {
    expect(isLoopback(new URL(address))).toBe(expected);
  });
});

describe('parseBaseAddress', () => {
  it.each([
    ['ftp://host', 'must be an http or https address'],
    ['http://bob:PLANTED@host/', 'must not carry a user name or password'],
    ['http://host/?key=PLANTED', 'must not carry a query or a fragment'],
  ])('ends the run for %s without repeating it', (address, fault) => {
    expect(() => parseBaseAddress(address)).toThrow(
      expect.objectContaining({ exitCode: 78, message: `the API address ${fault}` }),
    );
  });
});
