import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to a server that is closed for a while: whoever connects then is refused, as where nobody listens. */
export interface RefusingProxy {
  readonly url: string;
  /** Opens it again, for good. */
  open(): Promise<void>;
}

/**
 * Hands every call on to `target`, each on a connection of its own.
 *
 * @param closedAfter number of answers after which no connection is taken any more
 */
export async function aRefusingProxy(target: string, closedAfter: number): Promise<RefusingProxy> {
  let answers = 0;
  const server = createServer((incoming, response) => {
    const { method, headers, url = '' } = incoming;
    const onward = forward(new URL(url, target), { method, headers, agent: false }, (answer) => {
      answers += 1;
      if (answers === closedAfter) server.close();
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: 'close' });
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async open() {
      if (server.listening) return;
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}
