import type { Answer } from './answers.ts';
import { subjectOf } from './call-subject.ts';
import { faultAnswer, operationFate } from './faults.ts';
import type { StruckFault } from './faults.ts';
import type { OperationFate } from './method.ts';
import type { OpenEntry } from './request-log.ts';
import { settleOperations } from './settle.ts';
import type { HeardCall, Target } from './targets.ts';

/**
 * How a call ends.
 *
 * - `answer`: whole.
 * - `truncate`: the answer breaks off in the middle of its body.
 * - `reset`: the connection is reset without an answer.
 * - `silence`: no answer, and the connection stays.
 */
export type Ending =
  | { readonly kind: 'answer' | 'truncate'; readonly answer: Answer }
  | { readonly kind: 'reset' }
  | { readonly kind: 'silence' };

/** Waits real milliseconds; rejects when the emulator closes. */
export type Wait = (delayMs: number) => Promise<void>;

/** Serves a call: latency, refusal, fault, effect, in that order. Notes fault and effect in the log's entry. */
export async function serve(call: HeardCall, target: Target, entry: OpenEntry, wait: Wait): Promise<Ending> {
  await wait(call.session.world.switches.latencyMs);
  const refused = target.refuse(call);
  if (refused !== undefined) return { kind: 'answer', answer: refused };
  const fault = call.session.faults.strike(subjectOf(target.id, call));
  if (fault === undefined) return { kind: 'answer', answer: run(call, target, entry, undefined) };
  entry.fault = fault.id;
  const fate = operationFate(fault);
  const early = fault.afterEffect ? run(call, target, entry, fate) : undefined;
  await wait(fault.delayMs);
  return endingOf(fault, call, target, () => early ?? run(call, target, entry, fate));
}

function endingOf(fault: StruckFault, call: HeardCall, target: Target, effect: () => Answer): Ending {
  switch (fault.do) {
    case 'answer':
      return {
        kind: 'answer',
        answer: faultAnswer(fault, target, heard(call), call.session.clock.now()),
      };
    case 'delay':
    case 'fail-operation':
    case 'stall-operation':
      return { kind: 'answer', answer: effect() };
    case 'truncate':
      return { kind: 'truncate', answer: effect() };
    case 'reset':
      return { kind: 'reset' };
    case 'silence':
      return { kind: 'silence' };
  }
}

function run(call: HeardCall, target: Target, entry: OpenEntry, fate: OperationFate | undefined): Answer {
  settleOperations(call.session.state);
  const before = call.session.state.changes();
  const answer = target.run(call, fate);
  entry.effect ||= call.session.state.changes() > before;
  return answer;
}

/** Everything that the caller sent, for faults that repeat it. */
function heard({ incoming, text }: HeardCall): string {
  return [incoming.queryText, text ?? '', incoming.token === undefined ? '' : `Bearer ${incoming.token}`]
    .filter((part) => part !== '')
    .join(' ');
}
