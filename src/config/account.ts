/** `C012345` from `C012345` or `accounts/C012345`. */
export function accountId(account: string): string {
  return account.replace(/^accounts\//, '');
}
