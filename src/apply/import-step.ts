import type { Customer } from '../model/customer.ts';
import { PATCHABLE } from '../model/patchable.ts';
import type { StepPlan } from '../model/plan.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import { differences } from '../plan/compare.ts';
import { importRequest, parentOf } from '../plan/requests.ts';
import type { StepContext, StepEnd } from './step.ts';

/** Sends `customers.import`: copies a Cloud Identity into a Channel customer. May safely be repeated. */
export async function runImport(
  step: Extract<StepPlan, { kind: 'import' }>,
  context: StepContext,
): Promise<StepEnd> {
  const request = importRequest(context.customer, step, context.authToken);
  const overwritten = step.overwriteIfExists ? context.remote : undefined;
  const result = await context.writer.importCustomer(parentOf(context.account, context.customer), request, {
    secrets: context.secrets,
    signal: context.signal,
    onSend: () => {
      context.commitIntent({ ...request, authToken: undefined }, overwritten, undefined);
    },
  });
  if (result.kind === 'failed') return result;
  const changed = overwritten === undefined ? [] : broughtIn(context.customer, overwritten, result.value);
  return {
    kind: 'done',
    remote: result.value,
    changed,
    mask: overwritten === undefined ? undefined : PATCHABLE,
    calls: result.calls,
  };
}

/** The columns in which Google differed from the book before an overwriting import, and no longer does. */
function broughtIn(customer: Customer, before: RemoteCustomer, after: RemoteCustomer): readonly string[] {
  const left = new Set(differences(customer.fields, after).map(({ column }) => column));
  return differences(customer.fields, before).flatMap(({ column }) => (left.has(column) ? [] : [column]));
}
