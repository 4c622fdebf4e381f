import { randomInt } from 'node:crypto';

/** No letters and digits that look alike on paper or sound alike on the telephone. */
const LETTERS_AND_DIGITS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
/** Plain in CSV, in mails and in a shell's quotes. */
const SIGNS = '-_.!*#';
const LENGTH = 20;

/**
 * A random password for a first user: 20 characters of some 5.9 bits each, letters of both cases, digits and a sign among
 * them, the first a letter or digit. The Directory API takes 8 to 100 ASCII characters (Directory API v1, `users`).
 */
export function temporaryPassword(): string {
  for (;;) {
    const rest = Array.from({ length: LENGTH - 1 }, () => pick(LETTERS_AND_DIGITS + SIGNS)).join('');
    const password = pick(LETTERS_AND_DIGITS) + rest;
    if ([/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/].every((kind) => kind.test(password))) return password;
  }
}

function pick(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}
