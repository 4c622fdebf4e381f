import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { aGateway, type OpenedGateway } from './a-gateway.ts';
import { startServer, type Reply } from './loopback-server.ts';

const CUSTOMER = { name: 'accounts/C1/customers/S1' };
const JSON_HEADERS = { 'content-type': 'application/json' };

async function answered(reply: (gateway: OpenedGateway) => Reply) {
  const made: OpenedGateway[] = [];
  const server = await startServer(() => made.map(reply)[0] ?? {});
  const gateway = await aGateway({ apiUrl: server.url, attempts: 1 });
  made.push(gateway);
  const request = { domain: 'acme.example', overwriteIfExists: false };
  return gateway.writer.importCustomer('accounts/C1', request);
}

/** A server below HTTP: `serve` gets each connection. */
async function startRawServer(serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
}

describe('createTransport', () => {
  it('reads a compressed answer', async () => {
    const body = gzipSync(JSON.stringify(CUSTOMER));
    const result = await answered(() => (response) => {
      response.writeHead(200, { ...JSON_HEADERS, 'content-encoding': 'gzip' });
      response.end(body);
    });
    expect(result).toEqual({ kind: 'ok', value: CUSTOMER, calls: 1 });
  });

  const lost = { class: 'transient', effect: 'unknown', code: 'CONNECTION_LOST' };
  const timedOut = { class: 'transient', effect: 'unknown', code: 'TIMEOUT' };
  const cases: readonly [string, (gateway: OpenedGateway) => Reply, object][] = [
    ['a connection reset before the answer', () => (response) => response.socket?.resetAndDestroy(), lost],
    ['a connection closed before the answer', () => (response) => response.socket?.end(), lost],
    [
      'a connection closed in the middle of a body of known length',
      () => (response) => {
        response.writeHead(200, { ...JSON_HEADERS, 'content-length': '1000' });
        response.write('{"name":');
        response.socket?.end();
      },
      lost,
    ],
    [
      'a connection closed in the middle of a chunked body',
      () => (response) => {
        response.writeHead(200, JSON_HEADERS);
        response.write(JSON.stringify(CUSTOMER));
        setImmediate(() => response.socket?.destroy());
      },
      lost,
    ],
    [
      'a compressed body that breaks off',
      () => (response) => {
        response.writeHead(200, { ...JSON_HEADERS, 'content-encoding': 'gzip' });
        response.end(gzipSync(JSON.stringify(CUSTOMER)).subarray(0, 20));
      },
      { class: 'transient', effect: 'unknown' },
    ],
    [
      'silence',
      (gateway) => () => {
        gateway.clock.timeOut();
      },
      timedOut,
    ],
    [
      'a body that never ends',
      (gateway) => (response) => {
        response.writeHead(200, JSON_HEADERS);
        response.write('{');
        setImmediate(() => {
          gateway.clock.timeOut();
        });
      },
      timedOut,
    ],
    [
      'a body larger than any answer',
      () => (response) => {
        const block = Buffer.alloc(1024 * 1024, ' ');
        response.writeHead(200, JSON_HEADERS);
        for (let megabyte = 0; megabyte < 40; megabyte += 1) response.write(block);
        response.end(JSON.stringify(CUSTOMER));
      },
      { class: 'transient', effect: 'unknown' },
    ],
  ];
  it.each(cases)('does not know the effect of a write after %s', async (_, reply, failure) => {
    expect(await answered(reply)).toMatchObject({ kind: 'failed', failure, calls: 1 });
  });

  it('knows that nothing was done where the time ran out before a connection stood', async () => {
    // Accepts the connection but never answers the TLS greeting.
    const made: OpenedGateway[] = [];
    const address = await startRawServer((socket) => {
      socket.once('data', () => made[0]?.clock.timeOut());
    });
    const gateway = await aGateway({ apiUrl: `https://${address}`, attempts: 1 });
    made.push(gateway);
    const result = await gateway.writer.importCustomer('accounts/C1', {
      domain: 'a.example',
      overwriteIfExists: false,
    });
    expect(result).toMatchObject({
      kind: 'failed',
      failure: { class: 'unreachable', effect: 'none', code: 'TIMEOUT' },
    });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['a server that speaks no TLS', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    [
      'a server that hangs up in the handshake',
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
    ],
  ])('cannot reach %s', async (_, serve) => {
    const gateway = await aGateway({ apiUrl: `https://${await startRawServer(serve)}`, attempts: 1 });
    const result = await gateway.writer.importCustomer('accounts/C1', {
      domain: 'a.example',
      overwriteIfExists: false,
    });
    expect(result).toMatchObject({
      kind: 'failed',
      failure: { class: 'unreachable', effect: 'none', code: 'UNREACHABLE' },
    });
  });

  it('goes straight to this machine, whatever proxy the environment names', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(await answered(() => ({ body: CUSTOMER }))).toMatchObject({ kind: 'ok' });
  });

  it('leaves no warning and no listener behind on a connection that is used often', async () => {
    const warnings: string[] = [];
    function onWarning({ name }: Error): void {
      warnings.push(name);
    }
    process.on('warning', onWarning);
    onTestFinished(() => {
      process.off('warning', onWarning);
    });
    const server = await startServer(() => ({ body: CUSTOMER }));
    const gateway = await aGateway({ apiUrl: server.url, attempts: 1 });
    for (let call = 0; call < 30; call += 1) await gateway.reader.getCustomer(CUSTOMER.name);
    expect({ warnings, connections: server.connections() }).toEqual({ warnings: [], connections: 1 });
  });
});
