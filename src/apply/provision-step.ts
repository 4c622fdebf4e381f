import type { StepPlan } from '../model/plan.ts';
import { provisionRequest } from '../plan/requests.ts';
import type { StepContext, StepEnd } from './step.ts';

/**
 * Sends `customers.provisionCloudIdentity`, or takes up the operation that an earlier run began. Must not be sent
 * again while in doubt.
 *
 * @param customer resource name of the customer; the method knows no partner links
 */
export async function runProvision(
  step: Extract<StepPlan, { kind: 'provision' }>,
  customer: string,
  context: StepContext,
): Promise<StepEnd> {
  if (step.operation !== undefined) {
    return { kind: 'running', operation: { state: 'running', name: step.operation }, calls: 0 };
  }
  const request = provisionRequest(context.customer);
  const result = await context.writer.provisionCloudIdentity(customer, request, {
    secrets: context.secrets,
    signal: context.signal,
    priority: 1,
    onSend: () => {
      context.commitIntent(request, undefined, undefined);
    },
  });
  return result.kind === 'failed'
    ? result
    : { kind: 'running', operation: result.value, calls: result.calls };
}
