import { runDirectory } from '../ledger/runs.ts';
import { tenantById, type KnownTenant } from '../ledger/tenants.ts';
import type { Customer } from '../model/customer.ts';
import { sentAddress } from '../plan/onboard-requests.ts';
import { adminAddress, onboardDomain } from '../plan/tenant-facts.ts';
import { passwordIn, type CredentialOwner } from './credentials-file.ts';
import { addToNote, type RowDeps, type RowRun } from './row-state.ts';

/**
 * The password that the row's first user is made with; it is in this run's credentials.csv when this returns. One that an
 * earlier try may have brought to Google is used again: nobody could tell which of two holds.
 *
 * @throws FatalError 73 or 74
 */
export function passwordFor(run: RowRun, deps: RowDeps): string {
  if (run.password !== undefined) return run.password.text;
  const known = earlierTry(run, deps);
  const earlier = known && earlierPassword(known, run, deps);
  const text = earlier ?? deps.onboarding.newPassword();
  if (known?.passwordRun !== deps.run || earlier === undefined)
    deps.onboarding.credentials.add(ownerOf(run), text);
  run.password = { text, isLost: known !== undefined && earlier === undefined };
  return text;
}

/**
 * Brings the password of a user that an earlier run made into this run's credentials.csv, where whoever looks for it
 * looks first.
 */
export function carryPassword(run: RowRun, deps: RowDeps): void {
  const known = earlierTry(run, deps);
  if (known === undefined || known.passwordRun === deps.run) return;
  const text = earlierPassword(known, run, deps);
  if (text === undefined) {
    addToNote(run, PASSWORD_LOST);
    return;
  }
  deps.onboarding.credentials.add(ownerOf(run), text);
}

/** Takes a password out again that the ledger does not say any user may have. */
export function withdrawPassword(run: RowRun, deps: RowDeps): void {
  if (run.password === undefined || earlierTry(run, deps)?.passwordRun === deps.run) return;
  deps.onboarding.credentials.withdraw(ownerOf(run));
  run.password = undefined;
}

/** For a user whose password is in no file of ours. */
export const PASSWORD_LOST =
  'the password that the first user was made with is in no credentials.csv any more: reset it in the Admin console';

export function ownerOf({ row }: RowRun): CredentialOwner {
  return credentialOwner(row.customer);
}

export function credentialOwner(customer: Customer): CredentialOwner {
  const { key, fields } = customer;
  return { key, domain: onboardDomain(customer), adminEmail: sentAddress(fields.admin_email) };
}

/** What an earlier try, of this run or another, sent for the row's user. */
function earlierTry(run: RowRun, deps: RowDeps): KnownTenant | undefined {
  const known = knownUser(run, deps);
  return known?.passwordRun === undefined ? undefined : known;
}

/** What the ledger knows of the row's customer, where its first user is the one that the row names. */
export function knownUser({ tenant, row }: RowRun, { ledger }: RowDeps): KnownTenant | undefined {
  const known = tenant && tenantById(ledger, tenant.customerId);
  return known?.adminEmail === adminAddress(row.customer) ? known : undefined;
}

function earlierPassword({ passwordRun }: KnownTenant, run: RowRun, deps: RowDeps): string | undefined {
  if (passwordRun === deps.run) return deps.onboarding.credentials.find(ownerOf(run));
  const directory = passwordRun === undefined ? undefined : runDirectory(deps.ledger, passwordRun);
  return directory === undefined ? undefined : passwordIn(directory, ownerOf(run));
}
