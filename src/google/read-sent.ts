import { classifyAnswer, classifySilence, invalidAnswer } from './classify.ts';
import type { Method } from './method.ts';
import type { Attempt } from './retry.ts';
import type { Sent } from './transport.ts';

/**
 * What came of an attempt: the method's value, or a failure; of a read never one with an effect. Pure.
 *
 * @param secrets values that the answer may echo and no message may hold
 * @param now epoch milliseconds
 */
export function readSent<T>(
  method: Method<T>,
  sent: Sent,
  secrets: readonly string[],
  now: number,
): Attempt<T> {
  const outcome = meaningOf(method, sent, secrets, now);
  if (outcome.kind === 'ok' || method.kind === 'write') return outcome;
  return { kind: 'failed', failure: { ...outcome.failure, effect: 'none' } };
}

function meaningOf<T>(method: Method<T>, sent: Sent, secrets: readonly string[], now: number): Attempt<T> {
  if (sent.kind === 'silence') return { kind: 'failed', failure: classifySilence(sent.silence) };
  const { answer } = sent;
  if (answer.httpStatus < 200 || answer.httpStatus > 299) {
    return { kind: 'failed', failure: classifyAnswer(answer, method.bucket, secrets, now) };
  }
  const isEmpty = method.mayBeEmpty === true && answer.body.trim() === '';
  const json = isEmpty ? {} : parsed(answer.body);
  const value = json === undefined ? undefined : method.read(json, secrets);
  if (value === undefined) {
    return { kind: 'failed', failure: invalidAnswer(answer.httpStatus, answer.body, secrets) };
  }
  return { kind: 'ok', value };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
