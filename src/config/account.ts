import { usageFault } from './load.ts';
import type { Settings } from './options.ts';

/** `C012345` from `C012345` or `accounts/C012345`. */
export function accountId(account: string): string {
  return account.replace(/^accounts\//, '');
}

/**
 * The id of the account that a command works on.
 *
 * @throws FatalError 64 where none is named
 */
export function requireAccount({ account }: Pick<Settings, 'account'>): string {
  if (account !== undefined) return accountId(account);
  throw usageFault('no account is given', 'Add --account C012345, or "account" to the config file.');
}
