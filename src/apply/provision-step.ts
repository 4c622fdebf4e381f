import type { StepPlan } from '../model/plan.ts';
import { provisionRequest } from '../plan/requests.ts';
import type { StepContext, StepEnd } from './step.ts';

/**
 * Sends `customers.provisionCloudIdentity`, or takes up the operation that an earlier run began. Must not be sent
 * again while in doubt.
 *
 * @param customer resource name of the customer; the method knows no partner links
 * @param isDoubted whether one was sent already and its answer never came: then Google is first asked to validate it,
 * which a customer that is being provisioned, or is, does not pass
 */
export async function runProvision(
  step: Extract<StepPlan, { kind: 'provision' }>,
  customer: string,
  isDoubted: boolean,
  context: StepContext,
): Promise<StepEnd> {
  if (step.operation !== undefined) {
    return { kind: 'running', operation: { state: 'running', name: step.operation }, calls: 0 };
  }
  const request = provisionRequest(context.customer);
  const probe = isDoubted
    ? await context.reader.validateProvision(customer, request, { signal: context.signal })
    : undefined;
  if (probe?.kind === 'failed') return probe;
  const probed = probe?.calls ?? 0;
  const result = await context.writer.provisionCloudIdentity(customer, request, {
    secrets: context.secrets,
    signal: context.signal,
    priority: 1,
    onSend: () => {
      context.commitIntent(request, undefined, undefined);
    },
  });
  const calls = result.calls + probed;
  return result.kind === 'failed'
    ? { ...result, calls }
    : { kind: 'running', operation: result.value, calls };
}
