import { patchedColumns } from '../model/plan.ts';
import { differences } from '../plan/compare.ts';
import { patchRequest } from '../plan/requests.ts';
import type { StepContext, StepEnd } from './step.ts';

/** Sends `customers.patch` for what the book has and Google's customer, as last seen, has not; nothing if all is equal. */
export async function runPatch(context: StepContext): Promise<StepEnd> {
  const { remote } = context;
  if (remote === undefined) throw new Error('a patch was planned for a customer that nobody has seen');
  const found = differences(context.customer.fields, remote);
  const request = patchRequest(context.customer.fields, remote, found);
  if (request === undefined) return { kind: 'done', remote, changed: [], mask: undefined, calls: 0 };
  const result = await context.writer.patchCustomer(remote.name, request.body, request.updateMask, {
    secrets: context.secrets,
    signal: context.signal,
    priority: 1,
    onSend: () => {
      context.commitIntent(request, remote, request.updateMask);
    },
  });
  if (result.kind === 'failed') return result;
  return {
    kind: 'done',
    remote: result.value,
    changed: patchedColumns(found),
    mask: request.updateMask,
    calls: result.calls,
  };
}
