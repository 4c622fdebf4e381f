/**
 * What is wrong with a base address for the APIs, in words that follow its name; undefined where nothing is.
 *
 * The words never quote it: a user name and password may stand in it. Paths are put after it, so that it has
 * neither query nor fragment.
 */
export function baseAddressFault(text: string): string | undefined {
  if (!/^https?:\/\/\S+$/i.test(text) || !URL.canParse(text)) return 'must be an http or https address';
  const { username, password } = new URL(text);
  if (username !== '' || password !== '') return 'must not carry a user name or password';
  return /[?#]/.test(text) ? 'must not carry a query or a fragment' : undefined;
}
