import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to answer; a function does as it likes with the response. */
export type Reply =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | object;
    }
  | ((response: ServerResponse) => void);

export interface LoopbackServer {
  readonly url: string;
  readonly arrived: Arrived[];
  /** Connections opened so far. */
  connections(): number;
  close(): Promise<void>;
}

/** A real HTTP server on this machine for one test; `answer` is asked for each request. */
export async function startServer(answer: (request: Arrived, nth: number) => Reply): Promise<LoopbackServer> {
  const arrived: Arrived[] = [];
  let opened = 0;
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, url, headers, body };
      arrived.push(request);
      give(response, answer(request, arrived.length));
    });
  });
  server.on('connection', () => {
    opened += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  async function close(): Promise<void> {
    server.closeAllConnections();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  }
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, arrived, connections: () => opened, close };
}

function give(response: ServerResponse, reply: Reply): void {
  if (typeof reply === 'function') {
    reply(response);
    return;
  }
  const { status = 200, headers = {}, body = '' } = reply;
  const isText = typeof body === 'string';
  response.writeHead(status, isText ? headers : { 'content-type': 'application/json', ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

/** One answer after the other; the last one again and again. */
export function inTurn(...replies: readonly [Reply, ...Reply[]]): (request: Arrived, nth: number) => Reply {
  return (_, nth) => replies[nth - 1] ?? replies.at(-1) ?? replies[0];
}
