import type { Credentials } from './fetched-token.ts';

/** Credentials that are opened when a token is first asked for: most runs never need them. */
export function laterCredentials(open: () => Promise<Credentials>): Credentials {
  let opening: Promise<Credentials> | undefined;
  let opened: Credentials | undefined;
  return {
    async token() {
      opened = await (opening ??= open());
      return opened.token();
    },
    // A token that was refused came from credentials that are open.
    renew: (token) => opened?.renew(token) ?? false,
  };
}
