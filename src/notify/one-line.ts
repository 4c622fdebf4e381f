/** Line ends, other controls, and the marks that turn the writing direction of what follows. */
// eslint-disable-next-line no-control-regex -- control characters are what is taken out
const UNWANTED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+/g;

/** A value as a header or a sentence may hold it: one line that cannot begin another. Names keep their script. */
export function oneLine(text: string): string {
  return text.replace(UNWANTED, ' ').replace(/\s+/g, ' ').trim();
}
