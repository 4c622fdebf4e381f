/** Free text without what carries no meaning: composed letters, single blanks, none at the ends. */
export function collapse(value: string): string {
  return value.normalize('NFC').replace(/\s+/g, ' ').trim();
}
