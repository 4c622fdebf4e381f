import PQueue from 'p-queue';
import type { Clock } from '../clock.ts';
import { CARRIED_MARGIN_MS, LONGEST_STRETCH_MS, MARGIN_MS, paceOf, WINDOW_MS } from './limits.ts';
import { createQuotaPauses } from './quota-pauses.ts';

/** Where the sends of one bucket are kept for the next run; wall-clock milliseconds. */
export interface BucketHistory {
  recent(sinceMs: number): readonly number[];
  record(atMs: number): void;
}

export interface LimiterOptions {
  /** Calls per 60 seconds. */
  readonly cap: number;
  /** Calls under way at one time. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly history: BucketHistory;
}

/** What a call may do with its turn. */
export interface Slot {
  /** The request leaves now: it counts from here on. Without it the turn costs nothing. */
  leave(): void;
  /** The answer was a quota refusal: nobody else of the bucket goes. Returns how long the bucket waits, in ms. */
  refused(retryAfterMs: number | undefined): number;
}

export interface LimiterStats {
  readonly calls: number;
  /** How long at least one call stood waiting for quota: time that passed, however many waited. */
  readonly waitedSeconds: number;
  /** Most sends in any 60 seconds, those of earlier runs included. */
  readonly largestWindow: number;
  readonly pauses: number;
}

export interface Limiter {
  /**
   * Waits for a turn, then does `work` in it.
   *
   * @param options.priority higher goes first
   * @param options.signal ends the wait, never the work; `run` then rejects with its reason
   */
  run<T>(
    work: (slot: Slot) => Promise<T>,
    options: { readonly priority: number; readonly signal: AbortSignal },
  ): Promise<T>;
  stats(): LimiterStats;
}

// Of how many answers the usual time is the mean, roughly: few enough to follow a server that slows down or recovers.
const ANSWERS_REMEMBERED = 8;

// As late as a timer may be on a busy machine; what comes later was held by something else than the pace.
const LATENESS_MS = 100;

// A timer that is too long for setTimeout fires at once; waking up early only means looking again.
const LONGEST_SLEEP_MS = 3_600_000;

/**
 * One quota bucket: p-queue for order, priority and concurrency, and a gate in front of it.
 *
 * The gate is open when all of this holds:
 * - fewer than `cap` calls are under way or were answered less than a window and a margin ago. A call reaches the
 *   server between its send and its answer, so no 60 seconds can hold more than `cap` arrivals;
 * - fewer than the pace's calls left within the pace's interval, so that the window is not spent in one burst. A call
 *   counts for as long as its answer takes on top of the window; the interval grows by the same share, else the last
 *   calls of a window would be followed by a hole as long as the answers take;
 * - no quota answer has paused the bucket.
 *
 * All waiting is done by the clock: p-queue's own intervals read the system's time of day, which may jump.
 */
export function createLimiter(options: LimiterOptions): Limiter {
  const { cap, clock, history } = options;
  const pace = paceOf(cap);
  const queue = new PQueue({ concurrency: options.concurrency });
  const pauses = createQuotaPauses(options.random);
  const use = { calls: 0, waitedMs: 0, largestWindow: 0 };

  const start = clock.monotonic();
  const carried = carriedSends(clock, history);
  /** When each answered call stops counting; ascending. */
  const releases = carried.map((at) => at + WINDOW_MS + CARRIED_MARGIN_MS).filter((at) => at > start);
  /** When the last calls were due to leave, as many as the pace looks at; ascending. */
  const paced = carried.slice(-pace.calls);
  /** When calls left, over the last window; ascending. */
  const windowSends = [...carried];
  let underWay = 0;
  let answers = 0;
  let usualAnswerMs = 0;
  /** Since when a call, for which there was room, has been standing at the closed gate. */
  let waitingSince: number | undefined;
  let wake: { readonly at: number; readonly control: AbortController } | undefined;

  /** When the gate opens; `Infinity` where only an answer can open it. */
  function opensAt(now: number): number {
    while (releases[0] !== undefined && releases[0] <= now) releases.shift();
    const tooMany = underWay + releases.length - cap;
    const windowOpens = tooMany < 0 ? now : (releases[tooMany] ?? Infinity);
    return Math.max(windowOpens, paceOpensAt(now), pauses.until());
  }

  function paceOpensAt(now: number): number {
    const intervalMs = pace.intervalMs * (1 + usualAnswerMs / WINDOW_MS);
    return paced.length < pace.calls ? now : (paced.at(-pace.calls) ?? now) + intervalMs;
  }

  /** A turn that is a little late counts from when it was due: late timers would slow the pace down bit by bit. */
  function notePace(now: number): void {
    const due = paceOpensAt(now);
    paced.push(now - due <= LATENESS_MS ? due : now);
    if (paced.length > pace.calls) paced.shift();
  }

  function update(): void {
    const now = clock.monotonic();
    const opens = opensAt(now);
    if (opens <= now) {
      if (queue.isPaused) queue.start();
    } else {
      queue.pause();
      if (queue.size > 0) wakeAt(opens, now);
    }
    noteWaiting(now);
  }

  function noteWaiting(now: number): void {
    const isWaiting = queue.isPaused && queue.size > 0 && underWay < options.concurrency;
    if (isWaiting === (waitingSince !== undefined)) return;
    if (waitingSince !== undefined) use.waitedMs += now - waitingSince;
    waitingSince = isWaiting ? now : undefined;
  }

  function wakeAt(at: number, now: number): void {
    if (at === Infinity || (wake !== undefined && wake.at <= at)) return;
    cancelWake();
    const control = new AbortController();
    wake = { at, control };
    const delayMs = Math.min(LONGEST_SLEEP_MS, Math.max(1, at - now));
    clock.sleep(delayMs, control.signal).then(
      () => {
        wake = undefined;
        update();
      },
      () => undefined,
    );
  }

  /** A timer that nobody waits for would keep the process from ending. */
  function cancelWake(): void {
    wake?.control.abort();
    wake = undefined;
  }

  function waitedSoFar(): number {
    return waitingSince === undefined ? use.waitedMs : use.waitedMs + clock.monotonic() - waitingSince;
  }

  function noteSend(now: number): void {
    use.calls += 1;
    windowSends.push(now);
    while (windowSends[0] !== undefined && windowSends[0] <= now - WINDOW_MS) windowSends.shift();
    use.largestWindow = Math.max(use.largestWindow, windowSends.length);
    history.record(clock.now());
  }

  function noteAnswer(leftAt: number, now: number, refused: boolean): void {
    releases.push(now + WINDOW_MS + MARGIN_MS);
    releases.sort((a, b) => a - b); // only the carried ones can stand behind it
    answers = Math.min(answers + 1, ANSWERS_REMEMBERED);
    usualAnswerMs += (Math.min(now - leftAt, LONGEST_STRETCH_MS) - usualAnswerMs) / answers;
    if (!refused) pauses.answered(leftAt);
    if (now - leftAt > CARRIED_MARGIN_MS) history.record(clock.now());
  }

  async function inTurn<T>(work: (slot: Slot) => Promise<T>): Promise<T> {
    underWay += 1;
    notePace(clock.monotonic());
    update();
    const turn: { leftAt: number | undefined; refused: boolean } = { leftAt: undefined, refused: false };
    const slot: Slot = {
      leave() {
        turn.leftAt = clock.monotonic();
        noteSend(turn.leftAt);
      },
      refused(retryAfterMs) {
        turn.refused = true;
        const now = clock.monotonic();
        pauses.refused(turn.leftAt ?? now, now, retryAfterMs);
        update();
        return Math.max(0, pauses.until() - now);
      },
    };
    try {
      return await work(slot);
    } finally {
      const now = clock.monotonic();
      underWay -= 1;
      if (turn.leftAt !== undefined) noteAnswer(turn.leftAt, now, turn.refused);
      update();
    }
  }

  async function run<T>(
    work: (slot: Slot) => Promise<T>,
    { priority, signal }: { readonly priority: number; readonly signal: AbortSignal },
  ): Promise<T> {
    signal.throwIfAborted();
    update();
    // A signal of the wait alone: p-queue would take an abort for the end of the work as well.
    const waiting = new AbortController();
    function abort(): void {
      waiting.abort(signal.reason);
    }
    function begin(): Promise<T> {
      signal.removeEventListener('abort', abort);
      return inTurn(work);
    }
    signal.addEventListener('abort', abort, { once: true });
    try {
      const done = queue.add(begin, { priority, signal: waiting.signal });
      update();
      return await done;
    } finally {
      signal.removeEventListener('abort', abort);
      if (queue.size === 0) cancelWake();
      noteWaiting(clock.monotonic());
    }
  }

  return {
    run,
    stats: () => ({
      calls: use.calls,
      waitedSeconds: Math.round(waitedSoFar()) / 1000,
      largestWindow: use.largestWindow,
      pauses: pauses.count(),
    }),
  };
}

/** Sends of earlier runs as monotonic times, oldest first; none in the future, should the time of day have jumped. */
function carriedSends(clock: Clock, history: BucketHistory): number[] {
  const now = clock.now();
  const start = clock.monotonic();
  return history
    .recent(now - WINDOW_MS - CARRIED_MARGIN_MS)
    .map((at) => start - Math.max(0, now - at))
    .sort((a, b) => a - b);
}
