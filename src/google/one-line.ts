import { redact } from '../redact.ts';

const LONGEST_MESSAGE = 500;
// eslint-disable-next-line no-control-regex -- control characters are what is taken out
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\ufeff]+/g;

/**
 * Text of a server as a message may hold it: one line, at most 500 characters, without control characters and
 * secrets. Redacted before and after the line is made: taking characters out may join the parts of a secret.
 */
export function oneLine(text: string, secrets: readonly string[]): string {
  const line = redact(text, secrets).replace(CONTROL, ' ').replace(/\s+/g, ' ').trim();
  const clean = redact(line, secrets);
  return clean.length <= LONGEST_MESSAGE ? clean : `${clean.slice(0, LONGEST_MESSAGE - 1)}…`;
}

/** A code or reason of a server, or undefined where it is not one word or holds a secret. */
export function cleanWord(word: string, secrets: readonly string[]): string | undefined {
  return /^[A-Za-z][\w.-]{0,62}$/.test(word) && redact(word, secrets) === word ? word : undefined;
}
