import { get } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createConnectionWatch, type CallTrace } from '../../src/google/connection-watch.ts';
import { startServer } from './loopback-server.ts';

function aWatch() {
  const watch = createConnectionWatch();
  onTestFinished(() => {
    watch.close();
  });
  return watch;
}

describe('createConnectionWatch', () => {
  it('tells a call that had a connection from one that had none', async () => {
    const server = await startServer(() => ({}));
    const watch = aWatch();
    const heard: CallTrace = { host: 'a', connected: true };
    const seen: boolean[] = [];
    await watch.watch(heard, async () => {
      const request = get(server.url);
      seen.push(heard.connected);
      await once(request, 'response');
    });
    await server.close();
    const unheard: CallTrace = { host: 'b', connected: true };
    await watch.watch(unheard, () => once(get(server.url), 'error'));
    expect({ seen, heard, unheard }).toEqual({
      seen: [false],
      heard: { host: 'a', connected: true },
      unheard: { host: 'b', connected: false },
    });
  });

  it('leaves a call that it could not watch as one that may have left', async () => {
    const trace: CallTrace = { host: 'a', connected: true };
    await aWatch().watch(trace, () => Promise.resolve());
    expect(trace.connected).toBe(true);
  });

  it('looks at no request outside', async () => {
    const server = await startServer(() => ({}));
    await server.close();
    const watch = aWatch();
    const trace: CallTrace = { host: 'a', connected: true };
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const inside = watch.watch(trace, () => promise);
    await once(get(server.url), 'error');
    expect(trace.connected).toBe(true);
    resolve(undefined);
    await inside;
  });
});
