/*
 * Preloaded into the program under test (`--import`): time passes CAMPAIGN_TIME_FACTOR times as fast as it does. A quota
 * window of a minute is then over within seconds. The server's clock is the same (`fasterClock`).
 */
const factor = Number(process.env['CAMPAIGN_TIME_FACTOR'] ?? '1');
const origin = Number(process.env['CAMPAIGN_TIME_ORIGIN'] ?? '0');

const now = Date.now.bind(Date);
const monotonic = performance.now.bind(performance);
const timer = globalThis.setTimeout;

Date.now = () => origin + Math.round((now() - origin) * factor);
performance.now = () => monotonic() * factor;
globalThis.setTimeout = new Proxy(timer, {
  apply: (target, self, [work, delayMs, ...rest]: Parameters<typeof timer>) =>
    Reflect.apply(target, self, [work, (delayMs ?? 0) / factor, ...rest]),
});
