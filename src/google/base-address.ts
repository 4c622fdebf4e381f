import { baseAddressFault } from '../config/base-address.ts';
import { EXIT, FatalError } from '../model/fatal.ts';

/**
 * The base address that all calls go to instead of Google's own, or undefined where none is given.
 *
 * @throws FatalError 78 where it is no http or https address, or carries a user name, a query or a fragment
 */
export function parseBaseAddress(apiUrl: string | undefined): URL | undefined {
  if (apiUrl === undefined) return undefined;
  const fault = baseAddressFault(apiUrl);
  if (fault !== undefined) throw badBaseAddress(fault);
  return new URL(apiUrl);
}

/** Where a request of Google's libraries goes: with a base address its path is put after the base's own. */
export function redirected(url: URL, base: URL | undefined): URL {
  const isGoogle = url.hostname === 'googleapis.com' || url.hostname.endsWith('.googleapis.com');
  if (base === undefined || !isGoogle) return url;
  const prefix = base.pathname.replace(/\/+$/, '');
  return new URL(`${base.origin}${prefix}${url.pathname}${url.search}`);
}

export function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(?:\.\d+){3}$/.test(host)
  );
}

function badBaseAddress(fault: string): FatalError {
  return new FatalError(
    EXIT.config,
    'config.api_url',
    `the API address ${fault}`,
    'Give --api-url an address like http://127.0.0.1:8080 or https://proxy.example/google.',
  );
}
