import type { FieldChange, WrittenImport, WrittenRow, WrittenStep } from '../ledger/undo.ts';
import type { Fields } from '../model/customer.ts';
import { PATCHABLE, type PatchableField } from '../model/patchable.ts';
import type { RemoteCustomer } from '../model/remote-customer.ts';
import { differences } from '../plan/compare.ts';
import { maskedText, patchRequest } from '../plan/requests.ts';
import { changesOf, patchable, unpatchableChanges } from './fields.ts';

/**
 * The customer that is taken back, as it was before the run. Where an import led to another customer than the one
 * that it was sent for, only the patch after it is taken back.
 */
export function customerBefore({ import: imported, patch }: WrittenRow): RemoteCustomer {
  const before = imported !== undefined && !ledElsewhere(imported) ? imported.before : undefined;
  const found = before ?? patch?.before ?? imported?.before;
  if (found === undefined) throw new Error('a row that overwrote nothing cannot be undone');
  return found;
}

/** What the row may have written of what a patch can write: of an import, whatever it left otherwise than it was. */
export function writtenFields({ import: imported, patch }: WrittenRow): readonly PatchableField[] {
  const patched = patch === undefined ? [] : patchable(patch.mask);
  if (imported === undefined || ledElsewhere(imported)) return patched;
  return PATCHABLE.filter((field) => patched.includes(field) || isImported(field, imported));
}

function isImported(field: PatchableField, { before, left }: WrittenImport): boolean {
  return left === undefined || changesOf(field, before, left).length > 0;
}

/** What an import changed and no patch takes back; where it led to another customer, that one's name. */
export function staysOf({ import: imported }: WrittenRow, now: RemoteCustomer): readonly FieldChange[] {
  if (imported === undefined) return [];
  const { before, left } = imported;
  if (ledElsewhere(imported)) return [{ field: 'name', now: ledTo(imported), back: before.name }];
  const stays = unpatchableChanges(before, now);
  if (left === undefined) return stays;
  const changed = new Set(unpatchableChanges(before, left).map(({ field }) => field));
  return stays.filter(({ field }) => changed.has(field));
}

function ledTo({ left, customer, before }: WrittenImport): string {
  return left?.name ?? customer ?? before.name;
}

function ledElsewhere(imported: WrittenImport): boolean {
  return ledTo(imported) !== imported.before.name;
}

/**
 * Whether the fields that the row wrote are still as it left them; undefined where nobody knows how it left them.
 *
 * @param hash the ledger's
 */
export function isAsWritten(
  written: WrittenRow,
  now: RemoteCustomer,
  hash: (text: string) => string,
): boolean | undefined {
  const answers = [importStands(written, now, hash), patchStands(written, now, hash)];
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function importStands(
  { import: imported, patch }: WrittenRow,
  now: RemoteCustomer,
  hash: (text: string) => string,
): boolean | undefined {
  if (imported === undefined || ledElsewhere(imported)) return true;
  const { left } = imported;
  if (left === undefined) return isConfirmed(imported, now, hash);
  const patched = patch === undefined ? [] : patchable(patch.mask);
  return PATCHABLE.filter((field) => !patched.includes(field) && isImported(field, imported)).every(
    (field) => changesOf(field, left, now).length === 0,
  );
}

/** A patch without an answer went through where Google has what it sent, and did not where all is as before it. */
function patchStands(
  { patch, book }: WrittenRow,
  now: RemoteCustomer,
  hash: (text: string) => string,
): boolean | undefined {
  if (patch === undefined) return true;
  const confirmed = isConfirmed(patch, now, hash);
  if (confirmed !== undefined) return confirmed;
  const sent = book === undefined ? undefined : asSent(patch, book);
  const fields = patchable(patch.mask);
  const isOneOf = [sent, patch.before].some(
    (customer) =>
      customer !== undefined && fields.every((field) => changesOf(field, customer, now).length === 0),
  );
  return isOneOf ? true : undefined;
}

function isConfirmed(
  { mask, afterHash }: WrittenStep,
  now: RemoteCustomer,
  hash: (text: string) => string,
): boolean | undefined {
  return afterHash === undefined ? undefined : hash(maskedText(now, mask ?? PATCHABLE)) === afterHash;
}

/** The customer as the patch was to make it, worked out again from the book; undefined where it wrote other fields. */
function asSent({ before, mask }: WrittenStep, book: Fields): RemoteCustomer | undefined {
  const request = patchRequest(book, before, differences(book, before));
  if (request === undefined || mask === undefined) return undefined;
  const isSameMask = [...request.updateMask].sort().join() === [...mask].sort().join();
  return isSameMask ? { ...before, ...request.body } : undefined;
}
