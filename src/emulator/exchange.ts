import { setTimeout as realDelay } from 'node:timers/promises';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { legacyAnswer, statusAnswer } from './answers.ts';
import type { Answer } from './answers.ts';
import { readBody, readHeader } from './incoming.ts';
import type { Incoming } from './incoming.ts';
import { usualFault } from './legacy-errors.ts';
import type { Admission } from './quotas.ts';
import type { LoggedRequest, OpenEntry, RequestLog } from './request-log.ts';
import { sendEnding } from './send.ts';
import { serve } from './serve.ts';
import type { Ending } from './serve.ts';
import type { Session } from './session.ts';
import type { Target } from './targets.ts';

/** A call whose header arrived, which settles its place in log and quota. */
interface Arrived {
  readonly session: Session;
  readonly incoming: Incoming;
  readonly entry: OpenEntry;
  readonly admission: Admission;
  readonly errors: Target['errors'];
}

/** `ended`: the answer has left, or there will be none. */
export type CallListener = (call: LoggedRequest, moment: 'arrived' | 'ended') => void;

/** What carries calls from the HTTP server to their targets and back. */
export interface Exchange {
  /** Notes a call as soon as its header is here. */
  arrive(request: FastifyRequest, target: Target): void;
  /** Serves it once its body is here. */
  finish(request: FastifyRequest, reply: FastifyReply, target: Target): Promise<void>;
  /** Answers a call that could not be served: too large, or a bug of the emulator. */
  fail(request: FastifyRequest, reply: FastifyReply, error: unknown): void;
}

export function createExchange(options: {
  readonly prefix: string;
  readonly log: RequestLog;
  readonly session: () => Session;
  /** Ends waiting calls. */
  readonly closing: AbortSignal;
  readonly onCall: CallListener;
}): Exchange {
  const arrivals = new WeakMap<FastifyRequest, Arrived>();
  return {
    arrive: (request, target) => {
      const session = options.session();
      const arrived = noteArrival(session, options.log, readHeader(request, options.prefix), target);
      arrivals.set(request, arrived);
      options.onCall(arrived.entry, 'arrived');
    },
    finish: async (request, reply, target) => {
      const arrived = arrivals.get(request);
      if (arrived === undefined) throw new Error('a call is served that never arrived');
      await serveArrived(arrived, request, reply, target, options.closing);
      options.onCall(arrived.entry, 'ended');
    },
    fail: (request, reply, error) => {
      const { entry, errors } = arrivals.get(request) ?? {};
      const answer = failureAnswer(error, errors);
      if (entry !== undefined) entry.status = answer.status;
      sendEnding(reply, { kind: 'answer', answer });
    },
  };
}

function noteArrival(session: Session, log: RequestLog, incoming: Incoming, target: Target): Arrived {
  const { verb, host, path, query, token } = incoming;
  const { bucket, errors } = target;
  const entry = log.open({
    arrivedAt: session.clock.now(),
    method: target.id,
    verb,
    host,
    path,
    query,
    bearer: token !== undefined,
    bucket,
  });
  const admission: Admission = bucket === undefined ? { kind: 'admitted' } : session.quotas.arrive(bucket);
  return { session, incoming, entry, admission, errors };
}

async function serveArrived(
  arrived: Arrived,
  request: FastifyRequest,
  reply: FastifyReply,
  target: Target,
  closing: AbortSignal,
): Promise<void> {
  const { entry } = arrived;
  const { text, parsed } = readBody(request);
  entry.body = parsed;
  function wait(delayMs: number): Promise<void> {
    return waitUntilClosing(delayMs, closing);
  }
  const ending = await serve({ ...arrived, text, parsed }, target, entry, wait).catch(
    silenceIfClosing(closing),
  );
  entry.status = 'answer' in ending ? ending.answer.status : undefined;
  sendEnding(reply, ending);
}

async function waitUntilClosing(delayMs: number, closing: AbortSignal): Promise<void> {
  if (delayMs > 0) await realDelay(delayMs, undefined, { signal: closing });
}

function silenceIfClosing(closing: AbortSignal): (error: unknown) => Ending {
  return (error) => {
    if (closing.aborted) return { kind: 'silence' };
    throw error;
  };
}

function failureAnswer(error: unknown, errors: Target['errors'] = 'status'): Answer {
  const { statusCode = 500, message = String(error) } = error as { statusCode?: number; message?: string };
  if (errors === 'legacy') {
    const { reason } = usualFault(statusCode);
    return legacyAnswer(statusCode, { reason, message });
  }
  return statusAnswer(statusCode, {
    code: statusCode < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL',
    message,
  });
}
