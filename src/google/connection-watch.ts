import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { TLSSocket } from 'node:tls';

/** What is known of the connection of one call. */
export interface CallTrace {
  /** Host and port that the request goes to. */
  host: string;
  /**
   * Whether the request may have left: a connection stood, with TLS its handshake was through. True to begin
   * with, so that a request that could not be watched is never taken for one that did not leave.
   */
  connected: boolean;
}

export interface ConnectionWatch {
  /** Runs `work`; what it sends is traced in `trace`. */
  watch<T>(trace: CallTrace, work: () => Promise<T>): Promise<T>;
  /** The trace of the call under way, for code that runs below `watch`. */
  current(): CallTrace | undefined;
  close(): void;
}

// Node.js 22.12 and later (https://nodejs.org/api/diagnostics_channel.html#http).
const REQUEST_CREATED = 'http.client.request.created';

/**
 * Tells whether a call that failed had a connection at all. No error says so: a time-out looks the same before
 * and after, yet only a call that was never connected certainly had no effect.
 */
export function createConnectionWatch(): ConnectionWatch {
  const traces = new AsyncLocalStorage<CallTrace>();
  function onRequest(message: unknown): void {
    const trace = traces.getStore();
    if (trace === undefined) return;
    const { request } = message as { readonly request: ClientRequest };
    trace.connected = false;
    request.once('socket', (socket) => {
      if (!socket.connecting) {
        trace.connected = true;
        return;
      }
      socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
        trace.connected = true;
      });
    });
  }
  subscribe(REQUEST_CREATED, onRequest);
  return {
    watch: (trace, work) => traces.run(trace, work),
    current: () => traces.getStore(),
    close() {
      unsubscribe(REQUEST_CREATED, onRequest);
    },
  };
}
