import type { CustomerChanges } from '../google/channel-requests.ts';
import type { FieldChange } from '../ledger/undo.ts';
import { PATCHABLE, type PatchableField } from '../model/patchable.ts';
import type { RemoteAddress, RemoteCustomer } from '../model/remote-customer.ts';

/** The fields of a mask that a patch may write; all of them where the mask is not known. */
export function patchable(mask: readonly string[] | undefined): readonly PatchableField[] {
  return mask === undefined ? PATCHABLE : PATCHABLE.filter((field) => mask.includes(field));
}

/**
 * A customer as it is to be again, as far as patches go: the before-image, with Google's region where the
 * before-image's address has none, since a region is never taken away.
 */
export function asBefore(before: RemoteCustomer, now: RemoteCustomer): RemoteCustomer {
  const region = now.orgPostalAddress?.regionCode;
  if (before.orgPostalAddress === undefined || region === undefined) return before;
  const orgPostalAddress: RemoteAddress = {
    ...before.orgPostalAddress,
    regionCode: before.orgPostalAddress.regionCode ?? region,
  };
  return { ...before, orgPostalAddress };
}

/** Whether both addresses have a region and the two are different ones. */
export function regionsDiffer(before: RemoteCustomer, now: RemoteCustomer): boolean {
  const was = before.orgPostalAddress?.regionCode;
  const is = now.orgPostalAddress?.regionCode;
  return was !== undefined && is !== undefined && was.toLowerCase() !== is.toLowerCase();
}

/** Identities that only an import changes. */
const IDENTITIES = ['domain', 'cloudIdentityId', 'channelPartnerId'] as const;

/**
 * Everything that is not what it was and that no patch takes back: identities, and an address that is in another
 * region, or has one where it had none.
 */
export function unpatchableChanges(before: RemoteCustomer, now: RemoteCustomer): readonly FieldChange[] {
  const identities = IDENTITIES.flatMap((field): readonly FieldChange[] =>
    isSame(before[field], now[field]) ? [] : [{ field, now: now[field], back: before[field] }],
  );
  const address = regionsDiffer(before, now) ? now : asBefore(before, now);
  return [...identities, ...changesOf('orgPostalAddress', before, address)];
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return (a ?? '').toLowerCase() === (b ?? '').toLowerCase();
}

/** Everything in a field that is not what it was; empty where it is. Empty texts, lists and messages count as absent. */
export function changesOf(
  field: PatchableField,
  back: RemoteCustomer,
  now: RemoteCustomer,
): readonly FieldChange[] {
  const from = parts(field, now);
  const to = parts(field, back);
  return [...new Set([...to.keys(), ...from.keys()])]
    .sort()
    .filter((name) => textOf(from.get(name)) !== textOf(to.get(name)))
    .map((name) => ({ field: name, now: from.get(name), back: to.get(name) }));
}

/** The body of a patch that writes these fields back; what was absent is left out, which clears it. */
export function bodyOf(fields: readonly PatchableField[], back: RemoteCustomer): CustomerChanges {
  return Object.fromEntries(
    fields.flatMap((field) => (back[field] === undefined ? [] : [[field, back[field]]])),
  );
}

/** A field as it is told: an address or a contact part by part, without what Google makes of the other parts. */
function parts(field: PatchableField, customer: RemoteCustomer): ReadonlyMap<string, unknown> {
  const value = customer[field];
  if (typeof value !== 'object') return new Map(isEmpty(value) ? [] : [[field, value]]);
  return new Map(
    Object.entries(value)
      .filter(([name, part]) => name !== 'displayName' && !isEmpty(part))
      .map(([name, part]) => [`${field}.${name}`, part]),
  );
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

function textOf(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
