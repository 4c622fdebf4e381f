/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

// Shapes of secrets that no row names: bearer headers, Google access tokens, JWTs, PEM keys.
const KNOWN_SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:bearer|oauth)\s+[\w.~+/=-]+/gi,
  /\bya29\.[\w.-]+/g,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g,
  /(?<=\b(?:access_token|authToken|auth_token|customerAuthToken|assertion|password|private_key)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
];

/** The forms in which a server may echo a value: as it is, as JSON, as part of an address. */
function spellings(secret: string): readonly string[] {
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])];
}

/** `text` without the given secrets, in any spelling and case, and without anything shaped like a token or key. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < 2) continue;
    for (const spelling of spellings(secret)) clean = replaceAllIgnoringCase(clean, spelling);
  }
  for (const shape of KNOWN_SHAPES) clean = clean.replace(shape, REDACTED);
  return clean;
}

function replaceAllIgnoringCase(text: string, part: string): string {
  const pattern = new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  return text.replace(pattern, REDACTED);
}

/** An address without the user name and password that it may carry. */
export function redactUrl(address: string): string {
  return address.replace(/^(https?:\/\/)[^/@]*@/i, `$1${REDACTED}@`);
}
