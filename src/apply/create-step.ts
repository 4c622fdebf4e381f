import { newCustomer, parentOf } from '../plan/requests.ts';
import type { StepContext, StepEnd } from './step.ts';

/** Sends `customers.create`, under the account or the row's partner link. Must not be sent again while in doubt. */
export async function runCreate(context: StepContext): Promise<StepEnd> {
  const request = newCustomer(context.customer);
  const result = await context.writer.createCustomer(parentOf(context.account, context.customer), request, {
    secrets: context.secrets,
    signal: context.signal,
    onSend: () => {
      context.commitIntent(request, undefined, undefined);
    },
  });
  return result.kind === 'failed'
    ? result
    : { kind: 'done', remote: result.value, changed: [], mask: undefined, calls: result.calls };
}
