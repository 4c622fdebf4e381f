/**
 * Spreadsheet programs run a cell that starts with one of these as a formula, or choke on it
 * (OWASP, "CSV Injection"). Reports put a `'` before it; reading takes that `'` off again.
 *
 * A cell that has a `'` of its own before one gets a second: otherwise reading would take its own for ours.
 */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const TO_NEUTRALISE = /^'*[=+\-@\u0000-\u001f\u007f-\u009f]/;
// eslint-disable-next-line no-control-regex -- as above
const NEUTRALISED = /^'+[=+\-@\u0000-\u001f\u007f-\u009f]/;
const PLAIN_E164 = /^\+[1-9][0-9]{6,14}$/;

/** A cell as a report may hold it. */
export function neutralise(cell: string): string {
  return TO_NEUTRALISE.test(cell) && !PLAIN_E164.test(cell) ? `'${cell}` : cell;
}

/** A cell as it was before `neutralise`. */
export function unneutralise(cell: string): string {
  return NEUTRALISED.test(cell) ? cell.slice(1) : cell;
}
