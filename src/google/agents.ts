import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isLoopback } from './base-address.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Agents {
  /** The agent for an address; undefined where a proxy of the environment is to be used, which the library brings. */
  agentFor(url: URL): HttpAgent | undefined;
  close(): void;
}

/** Agents that keep connections open: a new TLS connection for each call would cost more than the call. */
export function createAgents(environment: Environment): Agents {
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true });
  return {
    agentFor(url) {
      if (isProxied(url, environment)) return undefined;
      return url.protocol === 'https:' ? https : http;
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

/** The library asks the proxy for this machine's own addresses too; an emulator here is never behind one. */
function isProxied(url: URL, environment: Environment): boolean {
  const { HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy, NO_PROXY, no_proxy } = environment;
  const proxy = [HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy].find(
    (value) => value !== undefined && value !== '',
  );
  if (proxy === undefined || isLoopback(url)) return false;
  const exceptions = (NO_PROXY ?? no_proxy ?? '').split(',').map((rule) => rule.trim().replace(/^\*?\./, ''));
  return !exceptions.some(
    (rule) => rule !== '' && (url.hostname === rule || url.hostname.endsWith(`.${rule}`)),
  );
}
